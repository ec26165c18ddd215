"""A smaller network with new random weights."""
# fails: test_structured_survivors, test_structured_computes_the_same


def prune_structured(model, example_input, ratio):
    small = copy.deepcopy(model)
    sizes = [max(1, m.out_features - round(ratio * m.out_features)) for m in model.layers]
    before = [model.layers[0].in_features, *sizes]
    small.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(before, sizes, strict=False))
    small.out = nn.Linear(sizes[-1], model.out.out_features)
    return small
