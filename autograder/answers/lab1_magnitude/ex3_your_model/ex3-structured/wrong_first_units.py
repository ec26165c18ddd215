"""Takes the first units, whatever their norms."""
# fails: test_structured_survivors


def prune_structured(model, example_input, ratio):
    small = copy.deepcopy(model)
    originals = [*model.layers, model.out]
    layers = [*small.layers, small.out]
    with torch.no_grad():
        for original, layer, following in zip(originals, layers, layers[1:], strict=False):
            units = layer.out_features
            keep = torch.arange(max(1, units - round(ratio * units)))
            layer.weight = nn.Parameter(layer.weight[keep])
            layer.bias = nn.Parameter(layer.bias[keep])
            following.weight = nn.Parameter(following.weight[:, keep])
            layer.out_features = following.in_features = len(keep)
    return small
