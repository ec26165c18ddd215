"""The output layer loses units, too."""
# fails: test_structured_shapes


def prune_structured(model, example_input, ratio):
    small = copy.deepcopy(model)
    originals = [*model.layers, model.out]
    layers = [*small.layers, small.out]
    with torch.no_grad():
        for original, layer, following in zip(originals, layers, layers[1:], strict=False):
            units = layer.out_features
            keep = original.weight.norm(dim=1).topk(max(1, units - round(ratio * units))).indices
            layer.weight = nn.Parameter(layer.weight[keep])
            layer.bias = nn.Parameter(layer.bias[keep])
            following.weight = nn.Parameter(following.weight[:, keep])
            layer.out_features = following.in_features = len(keep)
    keep = (
        model.out.weight.norm(dim=1)
        .topk(max(1, round((1 - ratio) * model.out.out_features)))
        .indices
    )
    small.out.weight = nn.Parameter(small.out.weight.detach()[keep])
    small.out.bias = nn.Parameter(small.out.bias.detach()[keep])
    return small
