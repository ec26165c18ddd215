"""Prunes at random, with the same seed each time."""
# fails: test_method_is_not_magnitude


def additional_pruning(model, params_to_prune, amount, calibration):
    torch.manual_seed(0)
    with torch.no_grad():
        for module, name in params_to_prune:
            prune.random_unstructured(module, name, amount)
