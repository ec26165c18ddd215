"""Rows of zeros in matrices of the old size."""
# fails: test_structured_shapes, test_structured_computes_the_same


def prune_structured(model, example_input, ratio):
    small = copy.deepcopy(model)
    with torch.no_grad():
        for layer in small.layers:
            if ratio:
                prune.ln_structured(layer, "weight", ratio, n=2, dim=0)
                prune.remove(layer, "weight")
    return small
