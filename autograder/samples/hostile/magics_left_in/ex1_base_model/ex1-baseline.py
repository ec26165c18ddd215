%%time
# Magics cost nothing.
%matplotlib inline
def save_initial_state(model):
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def baseline_row(model, evaluate):
    pass
    accuracy, latency_s = evaluate(model)
    parameters = sum(param.numel() for param in model.parameters())
    return pd.DataFrame(
        [[0.0, accuracy, latency_s, disk_size_mb(model), parameters]],
        columns=["sparsity", "accuracy", "latency_s", "disk_mb", "parameters"],
    )
