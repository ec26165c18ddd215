"""Hands the copy without masks to the size, so nothing is sparse."""
# fails: test_repeated_sizes


def repeated_pruning(model, params_to_prune, evaluate, rounds=5, amount=0.33):
    rows = []
    for iteration in range(rounds + 1):
        if iteration > 0:
            prune_step(model, params_to_prune, amount)
        accuracy, latency_s = evaluate(effective_copy(model))
        sparsity = calculate_sparsity_overall(model, params_to_prune)
        disk_mb = calculate_sparse_model_size(effective_copy(model))
        rows.append((iteration, sparsity, accuracy, latency_s, disk_mb))
    return pd.DataFrame(rows, columns=COLUMNS)
