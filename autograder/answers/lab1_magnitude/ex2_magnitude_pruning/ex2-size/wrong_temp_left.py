"""Leaves a temporary file behind."""
# fails: test_size_leaves_no_file


import tempfile


def calculate_sparse_model_size(model):
    pruned = {name.removesuffix("_mask") for name in model.state_dict() if name.endswith("_mask")}
    state = effective_copy(model).state_dict()
    with tempfile.NamedTemporaryFile(delete=False) as file:
        torch.save({n: t.to_sparse() if n in pruned else t for n, t in state.items()}, file)
    return os.path.getsize(file.name) / 1e6
