"""Averages the percentages of the layers."""
# fails: test_overall_counts_masked_weights


def calculate_sparsity(param):
    return 100 * int((param == 0).sum()) / param.numel()


def calculate_sparsity_overall(model, params_to_prune):
    pairs = dict.fromkeys(params_to_prune)
    return sum(calculate_sparsity(effective_weight(m, n)) for m, n in pairs) / len(pairs)


def calculate_sparsity_model(model):
    params = list(effective_copy(model).parameters())
    zeros = sum(int((param == 0).sum()) for param in params)
    return 100 * zeros / sum(param.numel() for param in params)
