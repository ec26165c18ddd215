"""Each layer is pruned by itself."""
# fails: test_prunes_smallest_magnitudes_of_all_layers


def prunable_parameters(model):
    return [(module, "weight") for module in model.modules() if isinstance(module, nn.Linear)]


def prune_step(model, params_to_prune, amount=0.33):
    with torch.no_grad():
        for module, name in params_to_prune:
            prune.l1_unstructured(module, name, amount=amount)
