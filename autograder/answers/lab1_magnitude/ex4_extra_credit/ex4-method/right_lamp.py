"""LAMP: magnitude relative to what is larger in its layer, without any data."""


def additional_pruning(model, params_to_prune, amount, calibration):
    scores = {}
    for module, name in params_to_prune:
        squares = effective_weight(module, name).flatten().square()
        order = squares.argsort(descending=True)
        total = squares[order].cumsum(0)
        score = torch.empty_like(squares)
        score[order] = squares[order] / total
        scores[module, name] = score.view_as(effective_weight(module, name))
    with torch.no_grad():
        prune.global_unstructured(
            params_to_prune, prune.L1Unstructured, importance_scores=scores, amount=amount
        )
