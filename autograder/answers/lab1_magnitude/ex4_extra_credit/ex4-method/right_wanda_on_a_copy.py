"""Wanda's scores from a copy with hooks, ranked in each layer."""


def additional_pruning(model, params_to_prune, amount, calibration):
    twin = effective_copy(model).eval()
    names = {module: name for name, module in model.named_modules()}
    layers = {module: twin.get_submodule(names[module]) for module, _ in params_to_prune}
    norms = {}
    for module, layer in layers.items():
        layer.register_forward_pre_hook(
            lambda _, args, module=module: norms.update({module: args[0].pow(2).sum(0).sqrt()})
        )
    with torch.no_grad():
        twin(calibration[0])
        for module, name in params_to_prune:
            scores = layers[module].weight.abs() * norms[module]
            prune.l1_unstructured(module, name, amount=amount, importance_scores=scores)
