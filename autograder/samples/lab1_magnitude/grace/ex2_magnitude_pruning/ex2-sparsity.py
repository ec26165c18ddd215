import numpy as np


def calculate_sparsity(param):
    a = param.detach().numpy()
    return 100.0 - 100.0 * np.count_nonzero(a) / a.size


def calculate_sparsity_overall(model, params_to_prune):
    seen = []
    nonzero = entries = 0
    for module, name in params_to_prune:
        if any(module is m for m in seen):
            continue
        seen.append(module)
        a = effective_weight(module, name).numpy()
        nonzero += np.count_nonzero(a)
        entries += a.size
    return 100.0 * (1 - nonzero / entries)


def calculate_sparsity_model(model):
    zero = entries = 0
    done = set()
    for module in model.modules():
        for name, p in module.named_parameters(recurse=False):
            if p in done:
                continue
            done.add(p)
            w = effective_weight(module, name.replace("_orig", ""))
            zero += (w == 0).sum()
            entries += w.numel()
    return zero / entries * 100
