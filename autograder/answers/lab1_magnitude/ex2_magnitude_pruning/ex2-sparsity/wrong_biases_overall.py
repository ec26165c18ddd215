"""Counts biases in "all prunable weights"."""
# fails: test_overall_counts_masked_weights, test_overall_counts_unmasked_layers


def calculate_sparsity(param):
    return 100 * int((param == 0).sum()) / param.numel()


def calculate_sparsity_overall(model, params_to_prune):
    return calculate_sparsity_model(model)


def calculate_sparsity_model(model):
    params = list(effective_copy(model).parameters())
    zeros = sum(int((param == 0).sum()) for param in params)
    return 100 * zeros / sum(param.numel() for param in params)
