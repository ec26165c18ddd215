"""Prunes the biases beside the weights."""
# fails: test_step_keeps_masks_values_and_biases


def prunable_parameters(model):
    return [(module, "weight") for module in model.modules() if isinstance(module, nn.Linear)]


def prune_step(model, params_to_prune, amount=0.33):
    with torch.no_grad():
        prune.global_unstructured(params_to_prune, prune.L1Unstructured, amount=amount)
        for module, _ in params_to_prune:
            prune.l1_unstructured(module, "bias", amount=amount)
