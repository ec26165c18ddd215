"""Scores handed over; a tuple of pairs found by attribute."""


def prunable_parameters(model):
    return tuple((m, "weight") for m in model.modules() if hasattr(m, "in_features"))


def prune_step(model, params_to_prune, amount=0.33):
    with torch.no_grad():
        scores = {(m, n): effective_weight(m, n).abs() for m, n in params_to_prune}
        prune.global_unstructured(
            list(params_to_prune), prune.L1Unstructured, importance_scores=scores, amount=amount
        )
