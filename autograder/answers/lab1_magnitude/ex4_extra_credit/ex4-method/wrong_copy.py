"""Prunes a copy and returns it."""
# fails: test_method_removes_share_of_what_remains


def additional_pruning(model, params_to_prune, amount, calibration):
    pruned = copy.deepcopy(model)
    for module in pruned.modules():
        if isinstance(module, nn.Linear):
            prune.random_unstructured(module, "weight", amount)
    return pruned
