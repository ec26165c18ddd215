def calculate_sparse_model_size(model):
    pruned = []
    for name, module in model.named_modules():
        if prune.is_pruned(module) and hasattr(module, "weight_mask"):
            prune.remove(module, "weight")
            pruned.append(f"{name}.weight" if name else "weight")
    state = model.state_dict()
    for name in pruned:
        state[name] = state[name].to_sparse()
    torch.save(state, "sparse_model.pt")
    return os.path.getsize("sparse_model.pt") / 1e6
