"""Optimal Brain Damage, with the gradient of each sample alone."""


def additional_pruning(model, params_to_prune, amount, calibration):
    inputs, labels = calibration
    twin = effective_copy(model).eval()
    names = {module: name for name, module in model.named_modules()}
    weights = [twin.get_submodule(names[module]).weight for module, _ in params_to_prune]
    fisher = [torch.zeros_like(weight) for weight in weights]
    for x, y in zip(inputs, labels, strict=True):
        loss = classification_loss(twin(x[None]), y[None])
        for total, grad in zip(fisher, torch.autograd.grad(loss, weights), strict=True):
            total += grad**2 / len(inputs)
    scores = {
        tuple(pair): (0.5 * weight**2 * total).detach()
        for pair, weight, total in zip(params_to_prune, weights, fisher, strict=True)
    }
    with torch.no_grad():
        prune.global_unstructured(
            params_to_prune, prune.L1Unstructured, importance_scores=scores, amount=amount
        )
