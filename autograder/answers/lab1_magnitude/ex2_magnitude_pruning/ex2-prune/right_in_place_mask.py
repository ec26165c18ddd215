"""First a mask of ones everywhere, then masks are written in place."""


def prunable_parameters(model):
    pairs = []
    for module in model.modules():
        if isinstance(module, nn.Linear) and (module, "weight") not in pairs:
            pairs.append((module, "weight"))
    return pairs


def prune_step(model, params_to_prune, amount=0.33):
    with torch.no_grad():
        for module, name in params_to_prune:
            if not hasattr(module, name + "_mask"):
                prune.identity(module, name)
        ranked = []
        for index, (module, name) in enumerate(params_to_prune):
            size = (module.weight_orig * module.weight_mask).abs().flatten()
            alive = module.weight_mask.flatten().nonzero().flatten()
            ranked += [(float(size[i]), index, int(i)) for i in alive]
        ranked.sort()
        for _, index, i in ranked[: round(amount * len(ranked))]:
            params_to_prune[index][0].weight_mask.view(-1)[i] = 0
        for module, name in params_to_prune:
            module.weight = module.weight_orig * module.weight_mask
