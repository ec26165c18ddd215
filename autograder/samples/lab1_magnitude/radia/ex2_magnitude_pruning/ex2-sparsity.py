import sys
import warnings

from tqdm.auto import tqdm


def calculate_sparsity(param):
    print("calculate_sparsity", tuple(param.shape), file=sys.stderr)
    warnings.warn("slow")
    return 100 * int((param == 0).sum()) / param.numel()


def calculate_sparsity_overall(model, params_to_prune):
    print("counting", len(params_to_prune), "weights")
    zeros = total = 0
    for module, name in tqdm(dict.fromkeys(params_to_prune)):
        weight = effective_weight(module, name)
        zeros += int((weight == 0).sum())
        total += weight.numel()
    return 100 * zeros / total


def calculate_sparsity_model(model):
    zeros = total = 0
    for param in tqdm(list(effective_copy(model).parameters()), desc="model"):
        zeros += int((param == 0).sum())
        total += param.numel()
    return 100 * zeros / total
