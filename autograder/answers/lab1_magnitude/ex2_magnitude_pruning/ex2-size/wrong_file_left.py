"""Leaves its file behind."""
# fails: test_size_leaves_no_file


def calculate_sparse_model_size(model):
    pruned = {name.removesuffix("_mask") for name in model.state_dict() if name.endswith("_mask")}
    state = effective_copy(model).state_dict()
    torch.save({n: t.to_sparse() if n in pruned else t for n, t in state.items()}, "model.pt")
    return os.path.getsize("model.pt") / 1e6
