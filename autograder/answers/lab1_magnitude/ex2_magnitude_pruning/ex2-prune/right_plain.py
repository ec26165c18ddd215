"""The handout's one call, without no_grad; layers written out."""


def prunable_parameters(model):
    return [(layer, "weight") for layer in model.layers] + [(model.out, "weight")]


def prune_step(model, params_to_prune, amount=0.33):
    prune.global_unstructured(params_to_prune, pruning_method=prune.L1Unstructured, amount=amount)
    return model
