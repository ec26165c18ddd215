"""The biases are not saved."""
# fails: test_state_holds_all_values, test_state_is_a_copy


def save_initial_state(model):
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items() if "weight" in name}


def baseline_row(model, evaluate):
    accuracy, latency_s = evaluate(model)
    parameters = sum(param.numel() for param in model.parameters())
    return pd.DataFrame(
        [[0.0, accuracy, latency_s, disk_size_mb(model), parameters]],
        columns=["sparsity", "accuracy", "latency_s", "disk_mb", "parameters"],
    )
