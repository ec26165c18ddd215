"""Original and mask both in the denominator."""
# fails: test_overall_counts_masked_weights


def calculate_sparsity(param):
    return 100 * int((param == 0).sum()) / param.numel()


def calculate_sparsity_overall(model, params_to_prune):
    zeros = total = 0
    for module, name in dict.fromkeys(params_to_prune):
        weight = effective_weight(module, name)
        zeros += int((weight == 0).sum())
        total += weight.numel()
        if hasattr(module, name + "_mask"):
            total += weight.numel()
    return 100 * zeros / total


def calculate_sparsity_model(model):
    params = list(effective_copy(model).parameters())
    zeros = sum(int((param == 0).sum()) for param in params)
    return 100 * zeros / sum(param.numel() for param in params)
