def one_row(i, model, params_to_prune, evaluate):
    acc, lat = evaluate(effective_copy(model))
    return {
        "iteration": i,
        "sparsity": float(calculate_sparsity_overall(model, params_to_prune)),
        "accuracy": acc,
        "latency_s": lat,
        "disk_mb": calculate_sparse_model_size(model),
    }


def repeated_pruning(model, params_to_prune, evaluate, rounds=5, amount=0.33):
    table = [one_row(0, model, params_to_prune, evaluate)]
    i = 0
    while i < rounds:
        i += 1
        prune_step(model, params_to_prune, amount)
        table.append(one_row(i, model, params_to_prune, evaluate))
    return pd.DataFrame(table)
