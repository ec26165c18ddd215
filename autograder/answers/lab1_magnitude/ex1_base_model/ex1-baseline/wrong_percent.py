"""Accuracy as a fraction."""
# fails: test_row_holds_what_evaluate_returned


def save_initial_state(model):
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def baseline_row(model, evaluate):
    accuracy, latency_s = evaluate(model)
    parameters = sum(param.numel() for param in model.parameters())
    return pd.DataFrame(
        [[0.0, accuracy / 100, latency_s, disk_size_mb(model), parameters]],
        columns=["sparsity", "accuracy", "latency_s", "disk_mb", "parameters"],
    )
