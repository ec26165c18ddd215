"""Removes whole neurons, with all weights of a row."""
# fails: test_method_removes_share_of_what_remains


def additional_pruning(model, params_to_prune, amount, calibration):
    with torch.no_grad():
        for module, name in params_to_prune:
            prune.ln_structured(module, name, amount, n=2, dim=0)
