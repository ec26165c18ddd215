"""torch-pruning finds which rows and columns belong together."""


def prune_structured(model, example_input, ratio):
    import torch_pruning as tp

    small = copy.deepcopy(model)
    graph = tp.DependencyGraph().build_dependency(small, example_inputs=example_input)
    originals = list(model.layers)
    for original, layer in zip(originals, list(small.layers), strict=True):
        n = original.out_features
        count = min(n - 1, round(ratio * n))
        gone = original.weight.detach().norm(dim=1).argsort()[:count].tolist()
        if gone:
            graph.get_pruning_group(layer, tp.prune_linear_out_channels, idxs=gone).prune()
    return small
