"""A helper that measures a row; prunes without prune_step; tensors in the table."""


def measure(k, model, params, evaluate):
    result = evaluate(effective_copy(model))
    zeros = torch.cat([effective_weight(m, n).flatten() for m, n in params]) == 0
    return {
        "iteration": float(k),
        "sparsity": zeros.double().mean().item() * 100,
        "accuracy": result[0],
        "latency_s": result[1],
        "disk_mb": calculate_sparse_model_size(model),
    }


def repeated_pruning(model, params_to_prune, evaluate, rounds=5, amount=0.33):
    frames = [pd.DataFrame([measure(0, model, params_to_prune, evaluate)])]
    for k in range(rounds):
        with torch.no_grad():
            prune.global_unstructured(params_to_prune, prune.L1Unstructured, amount=amount)
        frames.append(pd.DataFrame([measure(k + 1, model, params_to_prune, evaluate)]))
    return pd.concat(frames)
