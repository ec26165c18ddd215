"""First-order Taylor scores |w g|, masks by hand, gradients cleared."""


def additional_pruning(model, params_to_prune, amount, calibration):
    modes = [(part, part.training) for part in model.modules()]
    model.eval()
    classification_loss(model(calibration[0]), calibration[1]).backward()
    for part, mode in modes:
        part.training = mode
    with torch.no_grad():
        scores, alive = [], []
        for module, name in params_to_prune:
            masked = hasattr(module, name + "_mask")
            weight = getattr(module, name + "_orig") if masked else getattr(module, name)
            mask = module.weight_mask if masked else torch.ones_like(weight)
            scores.append((weight * mask * weight.grad).abs().flatten())
            alive.append(mask.flatten() == 1)
        flat, left = torch.cat(scores), torch.cat(alive)
        flat[~left] = float("inf")
        gone = flat.argsort()[: round(amount * int(left.sum()))]
        keep = left.clone()
        keep[gone] = False
        sizes = [len(part) for part in scores]
        for (module, name), part in zip(params_to_prune, keep.split(sizes), strict=True):
            prune.custom_from_mask(module, name, part.view_as(module.weight).float())
    model.zero_grad(set_to_none=True)
    refresh_(model)
