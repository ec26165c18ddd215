"""Own ranking with topk, floor instead of round, masks put on by hand."""


def prunable_parameters(model):
    found = []
    for name, module in reversed(list(model.named_modules())):
        if type(module) is nn.Linear:
            found.append((module, "weight"))
    return found


@torch.no_grad()
def prune_step(model, params_to_prune, amount=0.33):
    scores, masks = [], []
    for module, name in params_to_prune:
        mask = getattr(module, name + "_mask", torch.ones_like(getattr(module, name)))
        weight = getattr(module, name + "_orig", getattr(module, name)).detach()
        masks.append(mask)
        scores.append(torch.where(mask == 1, weight.abs(), torch.inf).flatten())
    flat = torch.cat(scores)
    count = int(amount * int(torch.isfinite(flat).sum()))
    keep = torch.cat([mask.flatten() for mask in masks]).clone()
    keep[flat.topk(count, largest=False).indices] = 0
    for (module, name), mask, part in zip(
        params_to_prune, masks, keep.split([m.numel() for m in masks]), strict=True
    ):
        prune.custom_from_mask(module, name, part.view_as(mask))
