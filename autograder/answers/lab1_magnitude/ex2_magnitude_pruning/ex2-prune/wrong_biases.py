"""Biases are listed as well."""
# fails: test_lists_every_weight


def prunable_parameters(model):
    linear = [module for module in model.modules() if isinstance(module, nn.Linear)]
    return [(module, name) for module in linear for name in ("weight", "bias")]


def prune_step(model, params_to_prune, amount=0.33):
    with torch.no_grad():
        prune.global_unstructured(
            params_to_prune, pruning_method=prune.L1Unstructured, amount=amount
        )
