"""The output layer is not listed."""
# fails: test_lists_every_weight


def prunable_parameters(model):
    return [(layer, "weight") for layer in model.layers]


def prune_step(model, params_to_prune, amount=0.33):
    with torch.no_grad():
        prune.global_unstructured(
            params_to_prune, pruning_method=prune.L1Unstructured, amount=amount
        )
