"""Divides by the prunable weights only."""
# fails: test_model_counts_weights_and_biases


def calculate_sparsity(param):
    return 100 * int((param == 0).sum()) / param.numel()


def calculate_sparsity_overall(model, params_to_prune):
    weights = [effective_weight(module, name) for module, name in dict.fromkeys(params_to_prune)]
    zeros = sum(int((weight == 0).sum()) for weight in weights)
    return 100 * zeros / sum(weight.numel() for weight in weights)


def calculate_sparsity_model(model):
    return calculate_sparsity_overall(model, prunable_parameters(model))
