"""Columns as lists in a dict, evaluate called twice, an odd index."""


def repeated_pruning(model, params_to_prune, evaluate, rounds=5, amount=0.33):
    columns = {name: [] for name in COLUMNS}
    for k in range(rounds + 1):
        columns["iteration"].append(k)
        columns["sparsity"].append(calculate_sparsity_overall(model, params_to_prune))
        columns["accuracy"].append(evaluate(effective_copy(model))[0])
        columns["latency_s"].append(evaluate(effective_copy(model))[1])
        columns["disk_mb"].append(calculate_sparse_model_size(model))
        if k < rounds:
            prune_step(model, params_to_prune, amount)
    return pd.DataFrame(columns, index=[f"round {k}" for k in range(rounds + 1)])
