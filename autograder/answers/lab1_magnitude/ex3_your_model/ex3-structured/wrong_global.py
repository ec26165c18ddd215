"""Ranks the units of all layers together."""
# fails: test_structured_shapes


def prune_structured(model, example_input, ratio):
    small = copy.deepcopy(model)
    originals = [*model.layers, model.out]
    layers = [*small.layers, small.out]
    norms = torch.cat([one.weight.detach().norm(dim=1) for one in model.layers])
    floor = norms.sort().values[min(len(norms) - 1, round(ratio * len(norms)))]
    with torch.no_grad():
        for original, layer, following in zip(originals, layers, layers[1:], strict=False):
            keep = (original.weight.norm(dim=1) >= floor).nonzero()[:, 0]
            keep = keep if len(keep) else torch.tensor([0])
            layer.weight = nn.Parameter(layer.weight[keep])
            layer.bias = nn.Parameter(layer.bias[keep])
            following.weight = nn.Parameter(following.weight[:, keep])
            layer.out_features = following.in_features = len(keep)
    return small
