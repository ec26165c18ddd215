"""Writes the zeros into weight_orig as well."""
# fails: test_step_keeps_masks_values_and_biases


def prunable_parameters(model):
    return [(module, "weight") for module in model.modules() if isinstance(module, nn.Linear)]


def prune_step(model, params_to_prune, amount=0.33):
    with torch.no_grad():
        prune.global_unstructured(
            params_to_prune, pruning_method=prune.L1Unstructured, amount=amount
        )

        for module, name in params_to_prune:
            module.weight_orig.mul_(module.weight_mask)
