"""A loop over named_parameters; counts with torch."""


def save_initial_state(model):
    saved = {}
    for name, value in model.state_dict().items():
        saved[name] = torch.from_numpy(value.cpu().numpy().copy())
    return saved


def baseline_row(model, evaluate):
    acc = evaluate(model)[0]
    lat = evaluate(model)[1]
    count = torch.tensor([p.numel() for p in model.parameters()]).sum()
    frame = pd.DataFrame([{"accuracy": acc, "latency_s": lat, "disk_mb": disk_size_mb(model)}])
    frame.insert(0, "sparsity", 0.0)
    frame["parameters"] = count.item()
    return frame
