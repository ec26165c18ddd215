def calculate_sparsity(param):
    return 100 * int(torch.count_nonzero(param)) / param.numel()


def calculate_sparsity_overall(model, params_to_prune):
    weights = [effective_weight(m, n) for m, n in set(params_to_prune)]
    return calculate_sparsity(torch.cat([w.flatten() for w in weights]))


def calculate_sparsity_model(model):
    return calculate_sparsity(torch.cat([p.flatten() for p in effective_copy(model).parameters()]))
