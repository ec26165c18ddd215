def repeated_pruning(model, params_to_prune, evaluate, rounds=5, amount=0.33):
    rows = []
    for i in range(rounds + 1):
        if i:
            prune_step(model, params_to_prune, amount)
        accuracy, latency = evaluate(copy.deepcopy(model))
        sparsity = calculate_sparsity_overall(model, params_to_prune)
        rows.append((i, sparsity, accuracy, latency, calculate_sparse_model_size(model)))
    return pd.DataFrame(rows, columns=COLUMNS)
