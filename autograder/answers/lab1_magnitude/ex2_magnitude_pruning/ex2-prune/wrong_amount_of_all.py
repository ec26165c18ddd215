"""amount counts among all weights, not among the survivors."""
# fails: test_amount_counts_what_remains


def prunable_parameters(model):
    return [(module, "weight") for module in model.modules() if isinstance(module, nn.Linear)]


def prune_step(model, params_to_prune, amount=0.33):
    with torch.no_grad():
        total = sum(getattr(m, n).numel() for m, n in params_to_prune)
        masks = [getattr(m, n + "_mask", torch.ones(1)) for m, n in params_to_prune]
        left = total - sum(int((mask == 0).sum()) for mask in masks)
        count = min(left, round(amount * total))
        prune.global_unstructured(params_to_prune, prune.L1Unstructured, amount=count)
