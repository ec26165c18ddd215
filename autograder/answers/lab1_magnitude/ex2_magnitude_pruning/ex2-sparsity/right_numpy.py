"""NumPy, and prune.remove on a deep copy."""


import numpy as np


def calculate_sparsity(param):
    values = param.detach().cpu().numpy()
    return np.float32(100 * np.mean(values == 0))


def calculate_sparsity_overall(model, params_to_prune):
    seen = []
    for module, name in params_to_prune:
        if not any(module is other for other, _ in seen):
            seen.append((module, name))
    values = np.concatenate([getattr(m, n).detach().numpy().ravel() for m, n in seen])
    return 100 - 100 * np.count_nonzero(values) / values.size


def calculate_sparsity_model(model):
    clone = copy.deepcopy(model)
    for module in clone.modules():
        if prune.is_pruned(module) and hasattr(module, "weight_orig"):
            prune.remove(module, "weight")
    values = np.concatenate([p.detach().numpy().ravel() for p in clone.parameters()])
    return 100 * float((values == 0).mean())
