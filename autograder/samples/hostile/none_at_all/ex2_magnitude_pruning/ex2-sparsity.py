# Answers nothing.
def calculate_sparsity(param):
    return None


def calculate_sparsity_overall(model, params_to_prune):
    return calculate_sparsity(params_to_prune[0][0].weight)


def calculate_sparsity_model(model):
    return calculate_sparsity(next(model.parameters()))
