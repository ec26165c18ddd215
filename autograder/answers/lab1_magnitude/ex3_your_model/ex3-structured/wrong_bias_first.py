"""Biases are cut, not chosen."""
# fails: test_structured_survivors, test_structured_computes_the_same


def prune_structured(model, example_input, ratio):
    small = copy.deepcopy(model)
    originals = [*model.layers, model.out]
    layers = [*small.layers, small.out]
    with torch.no_grad():
        for original, layer, following in zip(originals, layers, layers[1:], strict=False):
            units = layer.out_features
            keep = original.weight.norm(dim=1).topk(max(1, units - round(ratio * units))).indices
            layer.weight = nn.Parameter(layer.weight[keep])
            layer.bias = nn.Parameter(layer.bias[: len(keep)])
            following.weight = nn.Parameter(following.weight[:, keep])
            layer.out_features = following.in_features = len(keep)
    return small
