"""Prunes at random."""
# fails: test_method_is_not_magnitude


def additional_pruning(model, params_to_prune, amount, calibration):
    with torch.no_grad():
        for module, name in params_to_prune:
            prune.random_unstructured(module, name, amount)
