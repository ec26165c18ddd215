def prunable_parameters(model):
    return [(m, "weight") for m in model.modules() if isinstance(m, nn.Linear)]


@torch.no_grad()
def prune_step(model, params_to_prune, amount=0.33):
    prune.global_unstructured(params_to_prune, prune.L1Unstructured, amount=amount)
