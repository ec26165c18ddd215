# A warning costs nothing, not even where nobody would see it.
import warnings


def save_initial_state(model):
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def baseline_row(model, evaluate):
    warnings.warn("old style", DeprecationWarning, stacklevel=1)
    warnings.warn("careful")
    accuracy, latency_s = evaluate(model)
    parameters = sum(param.numel() for param in model.parameters())
    return pd.DataFrame(
        [[0.0, accuracy, latency_s, disk_size_mb(model), parameters]],
        columns=["sparsity", "accuracy", "latency_s", "disk_mb", "parameters"],
    )
