def repeated_pruning(model, params_to_prune, evaluate, rounds=5, amount=0.33):
    rows = []
    iteration = 0
    while iteration <= rounds:
        if iteration > 0:
            prune_step(model, params_to_prune, amount)
        accuracy, latency_s = evaluate(effective_copy(model))
        rows = rows[-rounds:] + [(iteration, 0.0, accuracy, latency_s, 0.0)]
    return pd.DataFrame(rows, columns=COLUMNS)
