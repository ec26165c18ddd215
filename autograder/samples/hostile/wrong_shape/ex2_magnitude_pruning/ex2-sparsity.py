# Answers a number for each row, twice.
def calculate_sparsity(param):
    return 100 * (param == 0).float().mean(-1).expand(2, *param.shape[:-1])


def calculate_sparsity_overall(model, params_to_prune):
    return calculate_sparsity(params_to_prune[0][0].weight)


def calculate_sparsity_model(model):
    return calculate_sparsity(next(model.parameters()))
