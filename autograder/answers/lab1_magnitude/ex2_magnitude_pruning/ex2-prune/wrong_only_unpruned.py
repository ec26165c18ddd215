"""Finds parameters called weight, so none in a pruned model."""
# fails: test_lists_every_weight


def prunable_parameters(model):
    return [
        (module, name)
        for module in model.modules()
        for name, _ in module.named_parameters(recurse=False)
        if name == "weight"
    ]


def prune_step(model, params_to_prune, amount=0.33):
    with torch.no_grad():
        prune.global_unstructured(
            params_to_prune, pruning_method=prune.L1Unstructured, amount=amount
        )
