"""Overall by the mask buffers, the model by hand."""


def calculate_sparsity(param):
    nonzero = torch.count_nonzero(param).item()
    return (1 - nonzero / param.nelement()) * 100.0


def calculate_sparsity_overall(model, params_to_prune):
    zeros, total, done = 0, 0, set()
    for module, name in params_to_prune:
        if module in done:
            continue
        done.add(module)
        total += getattr(module, name).nelement()
        if hasattr(module, name + "_mask"):
            mask = getattr(module, name + "_mask")
            zeros += torch.sum(mask == 0)
    return zeros * 100 / total


def calculate_sparsity_model(model):
    zeros = total = 0
    for module in model.modules():
        for name, param in module.named_parameters(recurse=False):
            value = param.detach()
            if name.endswith("_orig"):
                value = value * module.get_buffer(name.replace("_orig", "_mask"))
            zeros += (value == 0).sum().item()
            total += value.numel()
    return zeros / total * 100
