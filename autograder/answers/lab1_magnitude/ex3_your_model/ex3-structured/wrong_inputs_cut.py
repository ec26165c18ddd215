"""In and out axes swapped: columns of each layer go, the inputs of the network among them."""
# fails: test_structured_shapes


def prune_structured(model, example_input, ratio):
    small = copy.deepcopy(model)
    previous = None
    with torch.no_grad():
        for layer in [*small.layers, small.out]:
            n = layer.in_features
            keep = layer.weight.norm(dim=0).topk(max(1, n - round(ratio * n))).indices
            layer.weight = nn.Parameter(layer.weight[:, keep])
            layer.in_features = len(keep)
            if previous is not None:
                previous.weight = nn.Parameter(previous.weight[keep])
                previous.bias = nn.Parameter(previous.bias[keep])
                previous.out_features = len(keep)
            previous = layer
    return small
