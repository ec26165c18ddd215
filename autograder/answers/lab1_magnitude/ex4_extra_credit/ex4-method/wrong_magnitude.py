"""Prunes by magnitude over all layers."""
# fails: test_method_is_not_magnitude


def additional_pruning(model, params_to_prune, amount, calibration):
    prune_step(model, params_to_prune, amount)
