def calculate_sparsity(param):
    return 100.0 * torch.sum(param == 0).item() / param.nelement()


def calculate_sparsity_overall(model, params_to_prune):
    zeros, total = 0, 0
    for module, name in dict.fromkeys(params_to_prune):
        param = module._parameters.get(name + "_orig", module._parameters.get(name))
        zeros += torch.sum(param == 0).item()
        total += param.nelement()
    return 100.0 * zeros / total


def calculate_sparsity_model(model):
    zeros, total = 0, 0
    for param in model.parameters():
        zeros += torch.sum(param == 0).item()
        total += param.nelement()
    return 100.0 * zeros / total
