def calculate_sparse_model_size(model):
    buffer = io.BytesIO()
    torch.save({k: v.to_sparse() for k, v in model.state_dict().items()}, buffer)
    return buffer.getbuffer().nbytes / 1024**2
