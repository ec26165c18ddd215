"""weight_orig as a sparse tensor; the mask stays dense."""
# fails: test_size_of_sparse_file


def calculate_sparse_model_size(model):
    buffer = io.BytesIO()
    state = model.state_dict()
    torch.save({n: t.to_sparse() if n.endswith("_orig") else t for n, t in state.items()}, buffer)
    return buffer.getbuffer().nbytes / 1e6
