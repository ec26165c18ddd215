"""Counts zeros in weight_orig."""
# fails: test_overall_counts_masked_weights, test_overall_counts_unmasked_layers, test_overall_counts_a_module_once, test_measuring_sparsity_changes_nothing


def calculate_sparsity(param):
    return 100 * int((param == 0).sum()) / param.numel()


def calculate_sparsity_overall(model, params_to_prune):
    weights = [getattr(module, name + "_orig", getattr(module, name)) for module, name in dict.fromkeys(params_to_prune)]
    zeros = sum(int((weight == 0).sum()) for weight in weights)
    return 100 * zeros / sum(weight.numel() for weight in weights)


def calculate_sparsity_model(model):
    params = list(effective_copy(model).parameters())
    zeros = sum(int((param == 0).sum()) for param in params)
    return 100 * zeros / sum(param.numel() for param in params)
