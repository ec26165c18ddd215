"""Old masks are removed first, and the original values come back."""
# fails: test_step_keeps_masks_values_and_biases


def prunable_parameters(model):
    return [(module, "weight") for module in model.modules() if isinstance(module, nn.Linear)]


def prune_step(model, params_to_prune, amount=0.33):
    with torch.no_grad():
        for module, name in params_to_prune:
            if hasattr(module, name + "_mask"):
                values = module.weight_orig.clone()
                prune.remove(module, name)
                module.weight.copy_(values)
        prune.global_unstructured(params_to_prune, prune.L1Unstructured, amount=amount)
