"""No copy: multiplies originals with masks; COO, index values as they are."""


def calculate_sparse_model_size(model):
    state = model.state_dict()
    new = {}
    for key in state:
        if key.endswith("_orig"):
            new[key[:-5]] = (state[key] * state[key[:-5] + "_mask"]).to_sparse_coo()
        elif not key.endswith("_mask"):
            new[key] = state[key].clone()
    file = io.BytesIO()
    torch.save(new, file)
    return file.tell() / 1e6
