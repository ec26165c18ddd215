"""CSC of all matrices, masked or not."""


def calculate_sparse_model_size(model):
    buffer = io.BytesIO()
    state = {
        name: value.to_sparse_csc() if value.dim() == 2 else value
        for name, value in effective_copy(model).state_dict().items()
    }
    torch.save(state, buffer)
    return len(buffer.getvalue()) / 10**6
