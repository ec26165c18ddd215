"""Prunes by magnitude within each layer."""
# fails: test_method_is_not_magnitude


def additional_pruning(model, params_to_prune, amount, calibration):
    with torch.no_grad():
        for module, name in params_to_prune:
            prune.l1_unstructured(module, name, amount)
