"""Removes the masks of the student's real model."""
# fails: test_size_changes_nothing


def calculate_sparse_model_size(model):
    pruned = {name.removesuffix("_mask") for name in model.state_dict() if name.endswith("_mask")}
    for module in model.modules():
        if hasattr(module, "weight_mask"):
            prune.remove(module, "weight")
    buffer = io.BytesIO()
    state = model.state_dict()
    torch.save({name: t.to_sparse() if name in pruned else t for name, t in state.items()}, buffer)
    return buffer.getbuffer().nbytes / 1e6
