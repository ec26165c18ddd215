"""Lists the tensors instead of pairs of module and name."""
# fails: test_lists_every_weight


def prunable_parameters(model):
    return [param for name, param in model.named_parameters() if "weight" in name]


def prune_step(model, params_to_prune, amount=0.33):
    with torch.no_grad():
        prune.global_unstructured(
            params_to_prune, pruning_method=prune.L1Unstructured, amount=amount
        )
