"""Counts pruned zeros only, not those in biases."""
# fails: test_model_counts_weights_and_biases


def calculate_sparsity(param):
    return 100 * int((param == 0).sum()) / param.numel()


def calculate_sparsity_overall(model, params_to_prune):
    weights = [effective_weight(module, name) for module, name in dict.fromkeys(params_to_prune)]
    zeros = sum(int((weight == 0).sum()) for weight in weights)
    return 100 * zeros / sum(weight.numel() for weight in weights)


def calculate_sparsity_model(model):
    masks = [b for name, b in model.named_buffers() if name.endswith("_mask")]
    zeros = sum(int((mask == 0).sum()) for mask in masks)
    return 100 * zeros / sum(param.numel() for param in model.parameters())
