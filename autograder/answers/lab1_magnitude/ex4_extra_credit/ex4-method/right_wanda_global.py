"""Wanda's scores, ranked over all layers together."""


def input_norms(model, layers, inputs):
    norms, handles = {}, []
    modes = {part: part.training for part in model.modules()}
    for layer in layers:

        def hook(module, args):
            norms[module] = args[0].norm(dim=0)

        handles.append(layer.register_forward_pre_hook(hook))
    model.eval()
    with torch.no_grad():
        model(inputs)
    for handle in handles:
        handle.remove()
    for part, mode in modes.items():
        part.training = mode
    return norms


def additional_pruning(model, params_to_prune, amount, calibration):
    norms = input_norms(model, [module for module, _ in params_to_prune], calibration[0])
    with torch.no_grad():
        scores = {
            (module, name): effective_weight(module, name).abs() * norms[module]
            for module, name in params_to_prune
        }
        prune.global_unstructured(
            params_to_prune, prune.L1Unstructured, importance_scores=scores, amount=amount
        )
