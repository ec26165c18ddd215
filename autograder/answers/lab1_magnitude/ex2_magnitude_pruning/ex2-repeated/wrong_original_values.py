"""The copy has weight_orig, so nothing is pruned in it."""
# fails: test_repeated_gives_copies_without_masks


def repeated_pruning(model, params_to_prune, evaluate, rounds=5, amount=0.33):
    rows = []
    for iteration in range(rounds + 1):
        if iteration > 0:
            prune_step(model, params_to_prune, amount)
        clone = effective_copy(model)
        state = model.state_dict()
        clone.load_state_dict({n: state.get(n + "_orig", state.get(n)) for n in clone.state_dict()})
        accuracy, latency_s = evaluate(clone)
        sparsity = calculate_sparsity_overall(model, params_to_prune)
        disk_mb = calculate_sparse_model_size(model)
        rows.append((iteration, sparsity, accuracy, latency_s, disk_mb))
    return pd.DataFrame(rows, columns=COLUMNS)
