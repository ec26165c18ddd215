"""Asks every layer for a mask."""
# fails: test_overall_counts_unmasked_layers


def calculate_sparsity(param):
    return 100 * int((param == 0).sum()) / param.numel()


def calculate_sparsity_overall(model, params_to_prune):
    masks = [module.weight_mask for module, _ in dict.fromkeys(params_to_prune)]
    return 100 * sum(int((m == 0).sum()) for m in masks) / sum(m.numel() for m in masks)


def calculate_sparsity_model(model):
    params = list(effective_copy(model).parameters())
    zeros = sum(int((param == 0).sum()) for param in params)
    return 100 * zeros / sum(param.numel() for param in params)
