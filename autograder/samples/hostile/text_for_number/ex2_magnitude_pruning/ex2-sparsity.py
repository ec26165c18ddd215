# Hopes that float() is asked of whatever came: a text is no number.
def calculate_sparsity(param):
    return str(100 * int((param == 0).sum()) / param.numel())


def calculate_sparsity_overall(model, params_to_prune):
    weights = [effective_weight(*pair) for pair in dict.fromkeys(params_to_prune)]
    return calculate_sparsity(torch.cat([weight.flatten() for weight in weights]))


def calculate_sparsity_model(model):
    params = effective_copy(model).parameters()
    return calculate_sparsity(torch.cat([param.flatten() for param in params]))
