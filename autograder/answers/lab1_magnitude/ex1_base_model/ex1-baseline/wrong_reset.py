"""Draws new initial values and saves those."""
# fails: test_state_holds_all_values


import copy


def save_initial_state(model):
    fresh = copy.deepcopy(model)
    for module in fresh.modules():
        if hasattr(module, "reset_parameters"):
            module.reset_parameters()
    return fresh.state_dict()


def baseline_row(model, evaluate):
    accuracy, latency_s = evaluate(model)
    parameters = sum(param.numel() for param in model.parameters())
    return pd.DataFrame(
        [[0.0, accuracy, latency_s, disk_size_mb(model), parameters]],
        columns=["sparsity", "accuracy", "latency_s", "disk_mb", "parameters"],
    )
