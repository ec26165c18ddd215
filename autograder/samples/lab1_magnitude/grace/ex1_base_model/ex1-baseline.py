import copy


def save_initial_state(model):
    return copy.deepcopy(dict(model.state_dict()))


def baseline_row(model, evaluate):
    acc, lat = evaluate(model)
    n = 0
    for p in model.parameters():
        n = n + p.nelement()
    data = {"sparsity": [0.0], "accuracy": [acc], "latency_s": [lat]}
    data["disk_mb"] = [disk_size_mb(model)]
    data["parameters"] = [n]
    return pd.DataFrame(data)
