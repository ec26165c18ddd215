"""Switches the model to evaluation mode."""
# fails: test_size_changes_nothing


def calculate_sparse_model_size(model):
    model.eval()
    pruned = {name.removesuffix("_mask") for name in model.state_dict() if name.endswith("_mask")}
    state = effective_copy(model).state_dict()
    buffer = io.BytesIO()
    torch.save({name: t.to_sparse() if name in pruned else t for name, t in state.items()}, buffer)
    return buffer.getbuffer().nbytes / 1e6
