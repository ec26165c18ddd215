"""Prunes by magnitude within each row."""
# fails: test_method_is_not_magnitude


def additional_pruning(model, params_to_prune, amount, calibration):
    with torch.no_grad():
        for module, name in params_to_prune:
            alive = getattr(module, name + "_mask", torch.ones_like(module.weight)) == 1
            score = effective_weight(module, name).abs().masked_fill(~alive, torch.inf)
            count = (amount * alive.sum(1, keepdim=True)).round()
            rank = score.argsort(1).argsort(1)
            prune.custom_from_mask(module, name, (alive & (rank >= count)).float())
