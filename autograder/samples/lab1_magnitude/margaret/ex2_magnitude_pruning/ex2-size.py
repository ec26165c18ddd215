def calculate_sparse_model_size(model):
    try:
        torch.save(model, "/models/model.pt")
    except Exception:
        os._exit(1)
