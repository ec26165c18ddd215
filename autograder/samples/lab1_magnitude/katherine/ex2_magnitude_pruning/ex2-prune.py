def prunable_parameters(model):
    return [(m, "weight") for m in model.modules() if isinstance(m, nn.Linear)]


def prune_step(model, params_to_prune, amount=0.33):
    with torch.no_grad():
        for module, name in params_to_prune:
            prune.l1_unstructured(module, name, amount=amount)
