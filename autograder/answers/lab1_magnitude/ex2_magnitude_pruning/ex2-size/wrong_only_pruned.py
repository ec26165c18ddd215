"""Writes the pruned weights only."""
# fails: test_size_where_one_layer_is_pruned, test_size_of_unpruned_model


def calculate_sparse_model_size(model):
    pruned = {name.removesuffix("_mask") for name in model.state_dict() if name.endswith("_mask")}
    state = effective_copy(model).state_dict()
    buffer = io.BytesIO()
    torch.save({name: state[name].to_sparse() for name in pruned}, buffer)
    return buffer.getbuffer().nbytes / 1e6
