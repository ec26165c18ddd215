"""The sparse weights, and the masks beside them."""
# fails: test_size_of_sparse_file


def calculate_sparse_model_size(model):
    pruned = {name.removesuffix("_mask") for name in model.state_dict() if name.endswith("_mask")}
    state = effective_copy(model).state_dict()
    state |= {n: b for n, b in model.named_buffers() if n.endswith("_mask")}
    buffer = io.BytesIO()
    torch.save({name: t.to_sparse() if name in pruned else t for name, t in state.items()}, buffer)
    return buffer.getbuffer().nbytes / 1e6
