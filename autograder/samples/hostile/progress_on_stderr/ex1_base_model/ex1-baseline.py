# A bar on stderr costs nothing.
from tqdm import tqdm


def save_initial_state(model):
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def baseline_row(model, evaluate):
    for _ in tqdm(range(1000)):
        pass
    accuracy, latency_s = evaluate(model)
    parameters = sum(param.numel() for param in model.parameters())
    return pd.DataFrame(
        [[0.0, accuracy, latency_s, disk_size_mb(model), parameters]],
        columns=["sparsity", "accuracy", "latency_s", "disk_mb", "parameters"],
    )
