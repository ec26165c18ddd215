"""CSR, compact; a file in the working folder that is removed."""


def calculate_sparse_model_size(model):
    state = effective_copy(model).state_dict()
    for name, value in state.items():
        if name + "_mask" in dict(model.named_buffers()):
            state[name] = value.to_sparse_csr().clone()
    try:
        torch.save(state, "sparse.pt")
        return torch.tensor(os.stat("sparse.pt").st_size / 1_000_000)
    finally:
        os.remove("sparse.pt")
