"""Removes everything up to a threshold, so all that ties with it."""
# fails: test_amount_counts_what_remains


def prunable_parameters(model):
    return [(module, "weight") for module in model.modules() if isinstance(module, nn.Linear)]


def prune_step(model, params_to_prune, amount=0.33):
    with torch.no_grad():
        weights = [effective_weight(m, n) for m, n in params_to_prune]
        masks = [
            getattr(m, n + "_mask", torch.ones_like(w))
            for (m, n), w in zip(params_to_prune, weights, strict=True)
        ]
        sizes = torch.cat([w.abs()[mask == 1] for w, mask in zip(weights, masks, strict=True)])
        threshold = sizes.sort().values[round(amount * len(sizes)) - 1]
        for (m, n), w, mask in zip(params_to_prune, weights, masks, strict=True):
            prune.custom_from_mask(m, n, mask * (w.abs() > threshold))
