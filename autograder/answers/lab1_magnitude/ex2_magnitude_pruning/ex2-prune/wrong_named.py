"""Pairs of layer name and "weight"."""
# fails: test_lists_every_weight


def prunable_parameters(model):
    return [(n, "weight") for n, m in model.named_modules() if isinstance(m, nn.Linear)]


def prune_step(model, params_to_prune, amount=0.33):
    with torch.no_grad():
        prune.global_unstructured(
            params_to_prune, pruning_method=prune.L1Unstructured, amount=amount
        )
