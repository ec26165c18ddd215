"""Random weights go."""
# fails: test_prunes_smallest_magnitudes_of_all_layers


def prunable_parameters(model):
    return [(module, "weight") for module in model.modules() if isinstance(module, nn.Linear)]


def prune_step(model, params_to_prune, amount=0.33):
    with torch.no_grad():
        prune.global_unstructured(
            params_to_prune, pruning_method=prune.RandomUnstructured, amount=amount
        )
