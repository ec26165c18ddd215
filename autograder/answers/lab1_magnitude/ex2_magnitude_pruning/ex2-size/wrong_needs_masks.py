"""Asks every layer for a mask."""
# fails: test_size_where_one_layer_is_pruned, test_size_of_unpruned_model


def calculate_sparse_model_size(model):
    state = {}
    for name, module in model.named_modules():
        if isinstance(module, nn.Linear):
            state[name + ".weight"] = (module.weight_orig * module.weight_mask).to_sparse()
            state[name + ".bias"] = module.bias
    buffer = io.BytesIO()
    torch.save(state, buffer)
    return buffer.getbuffer().nbytes / 1e6
