"""copy.deepcopy of the state; a dict of lists."""


import copy


def save_initial_state(model):
    return copy.deepcopy(model.state_dict())


def baseline_row(model, evaluate):
    measured = evaluate(model)
    row = {"sparsity": [0], "accuracy": [measured[0]], "latency_s": [measured[1]]}
    row["disk_mb"] = [disk_size_mb(model)]
    row["parameters"] = [sum(t.numel() for t in model.state_dict().values())]
    if len(set(map(id, model.modules()))) < sum(1 for _ in model.named_modules(remove_duplicate=False)):
        row["parameters"] = [sum(p.numel() for p in set(model.parameters()))]
    return pd.DataFrame(row)
