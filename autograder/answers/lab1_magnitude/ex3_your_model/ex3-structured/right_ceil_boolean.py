"""Boolean masks as indices, one unit more where rounding is close; ranks by NumPy."""

import numpy as np


def prune_structured(model, example_input, ratio):
    small = copy.deepcopy(model).requires_grad_(False)
    chain = [*small.layers, small.out]
    rows = []
    for layer in chain[:-1]:
        norms = np.linalg.norm(layer.weight.numpy(), axis=1)
        gone = min(len(norms) - 1, int(np.ceil(ratio * len(norms))))
        keep = np.ones(len(norms), dtype=bool)
        keep[np.argsort(norms)[:gone]] = False
        rows.append(torch.from_numpy(keep))
    for index, keep in enumerate(rows):
        chain[index].weight.data = chain[index].weight[keep]
        chain[index].bias.data = chain[index].bias[keep]
        chain[index + 1].weight.data = chain[index + 1].weight[:, keep]
    for layer in chain:
        layer.out_features, layer.in_features = layer.weight.shape
    return small.requires_grad_(True)
