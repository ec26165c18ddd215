import tempfile


def calculate_sparse_model_size(model):
    masked = [k[:-5] for k in model.state_dict() if k.endswith("_mask")]
    clean = effective_copy(model).state_dict()
    for key in masked:
        csr = clean[key].to_sparse_csr()
        clean[key] = torch.sparse_csr_tensor(
            csr.crow_indices().clone(), csr.col_indices().clone(), csr.values().clone(), csr.shape
        )
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.pt")
        torch.save(clean, path)
        return os.path.getsize(path) / 1_000_000
