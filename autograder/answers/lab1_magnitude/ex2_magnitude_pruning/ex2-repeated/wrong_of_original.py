"""Prunes a share of the original weights each round."""
# fails: test_repeated_schedule


def repeated_pruning(model, params_to_prune, evaluate, rounds=5, amount=0.33):
    rows = []
    for iteration in range(rounds + 1):
        if iteration > 0:
            left = 1 - calculate_sparsity_overall(model, params_to_prune) / 100
            prune_step(model, params_to_prune, min(1.0, amount / max(left, 1e-9)))
        accuracy, latency_s = evaluate(effective_copy(model))
        sparsity = calculate_sparsity_overall(model, params_to_prune)
        disk_mb = calculate_sparse_model_size(model)
        rows.append((iteration, sparsity, accuracy, latency_s, disk_mb))
    return pd.DataFrame(rows, columns=COLUMNS)
