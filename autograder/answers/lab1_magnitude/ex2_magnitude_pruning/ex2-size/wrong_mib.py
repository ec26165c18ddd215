"""MiB instead of MB."""
# fails: test_size_of_sparse_file, test_size_where_one_layer_is_pruned


def calculate_sparse_model_size(model):
    pruned = {name.removesuffix("_mask") for name in model.state_dict() if name.endswith("_mask")}
    state = effective_copy(model).state_dict()
    buffer = io.BytesIO()
    torch.save({name: t.to_sparse() if name in pruned else t for name, t in state.items()}, buffer)
    return buffer.getbuffer().nbytes / 2**20
