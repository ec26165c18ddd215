def prunable_parameters(model):
    found = []
    for name, module in model.named_modules():
        if type(module) is nn.Linear:
            found.append((module, "weight"))
    return found


@torch.no_grad()
def prune_step(model, params_to_prune, amount=0.33):
    # by hand: rank the survivors, make masks, hand them to torch
    masks, values = [], []
    for module, name in params_to_prune:
        w = effective_weight(module, name)
        mask = getattr(module, name + "_mask", None)
        masks.append((torch.ones_like(w) if mask is None else mask.clone()).flatten())
        values.append(w.abs().flatten())
    alive = torch.cat(masks)
    score = torch.cat(values)
    score[alive == 0] = float("inf")
    k = round(amount * int(alive.sum()))
    alive[score.topk(k, largest=False).indices] = 0
    start = 0
    for (module, name), old in zip(params_to_prune, masks):
        new = alive[start : start + old.numel()]
        start += old.numel()
        prune.custom_from_mask(module, name, new.view_as(effective_weight(module, name)))
