def calculate_sparsity(param):
    return (param == 0).float().mean().item() * 100


def calculate_sparsity_overall(model, params_to_prune):
    weights = [effective_weight(m, n).flatten() for m, n in dict.fromkeys(params_to_prune)]
    return calculate_sparsity(torch.cat(weights))


def calculate_sparsity_model(model):
    # TODO
    raise NotImplementedError()
