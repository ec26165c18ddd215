def save_initial_state(model):
    return dict(model.state_dict())


def baseline_row(model, evaluate):
    accuracy, latency_s = evaluate(model)
    row = [0.0, accuracy, latency_s, disk_size_mb(model), len(list(model.parameters()))]
    return pd.DataFrame(
        [row], columns=["sparsity", "accuracy", "latency_s", "disk_mb", "parameters"]
    )
