"""Counts in all buffers, BatchNorm's too."""
# fails: test_model_counts_parameters_once_and_no_buffers


def calculate_sparsity(param):
    return 100 * int((param == 0).sum()) / param.numel()


def calculate_sparsity_overall(model, params_to_prune):
    weights = [effective_weight(module, name) for module, name in dict.fromkeys(params_to_prune)]
    zeros = sum(int((weight == 0).sum()) for weight in weights)
    return 100 * zeros / sum(weight.numel() for weight in weights)


def calculate_sparsity_model(model):
    values = list(effective_copy(model).parameters()) + list(effective_copy(model).buffers())
    zeros = sum(int((value == 0).sum()) for value in values)
    return 100 * zeros / sum(value.numel() for value in values)
