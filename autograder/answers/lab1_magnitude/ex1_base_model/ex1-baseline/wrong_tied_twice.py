"""Counts a layer that is used twice two times."""
# fails: test_row_counts_parameters


def save_initial_state(model):
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def baseline_row(model, evaluate):
    accuracy, latency_s = evaluate(model)
    parameters = sum(value.numel() for value in model.state_dict().values())
    return pd.DataFrame(
        [[0.0, accuracy, latency_s, disk_size_mb(model), parameters]],
        columns=["sparsity", "accuracy", "latency_s", "disk_mb", "parameters"],
    )
