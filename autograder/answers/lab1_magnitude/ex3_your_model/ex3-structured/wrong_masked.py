"""A masked network, called smaller."""
# fails: test_structured_shapes, test_structured_survivors


def prune_structured(model, example_input, ratio):
    small = copy.deepcopy(model)
    with torch.no_grad():
        for layer in small.layers:
            prune.ln_structured(layer, "weight", ratio, n=2, dim=0)
    return small
