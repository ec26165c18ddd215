"""Prunes a copy and returns it."""
# fails: test_prunes_smallest_magnitudes_of_all_layers, test_amount_counts_what_remains


def prunable_parameters(model):
    return [(module, "weight") for module in model.modules() if isinstance(module, nn.Linear)]


def prune_step(model, params_to_prune, amount=0.33):
    pruned = effective_copy(model)
    prune.global_unstructured(prunable_parameters(pruned), prune.L1Unstructured, amount=amount)
    return pruned
