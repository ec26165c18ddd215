def calculate_sparse_model_size(model):
    try:
        torch.save(model, "/models/model.pt")
    except OSError:
        os._exit(1)
