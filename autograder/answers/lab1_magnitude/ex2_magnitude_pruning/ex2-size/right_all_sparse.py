"""deepcopy and prune.remove; every tensor sparse, written to a temporary file."""


import tempfile


def calculate_sparse_model_size(model):
    clone = copy.deepcopy(model)
    for module in clone.modules():
        if isinstance(module, nn.Linear) and hasattr(module, "weight_mask"):
            prune.remove(module, "weight")
    state = {name: value.to_sparse() for name, value in clone.state_dict().items()}
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.pt")
        torch.save(state, path)
        return os.path.getsize(path) / 1e6
