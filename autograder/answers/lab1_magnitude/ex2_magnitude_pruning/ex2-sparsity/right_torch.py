"""Tensors all the way: returns 0-d tensors."""


def calculate_sparsity(param):
    return (param == 0).double().mean() * 100


def calculate_sparsity_overall(model, params_to_prune):
    unique = {id(module): effective_weight(module, name) for module, name in params_to_prune}
    return calculate_sparsity(torch.cat([w.flatten() for w in unique.values()]))


def calculate_sparsity_model(model):
    return calculate_sparsity(
        torch.cat([p.detach().flatten() for p in effective_copy(model).parameters()])
    )
