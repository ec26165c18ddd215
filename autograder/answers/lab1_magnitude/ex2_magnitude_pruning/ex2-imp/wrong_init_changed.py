"""Multiplies init_state with the masks in place."""
# fails: test_rewind_keeps_init_state


def rewind(model, init_state):
    buffers = dict(model.named_buffers())
    with torch.no_grad():
        for name, param in model.named_parameters():
            key = name.removesuffix("_orig")
            if key + "_mask" in buffers:
                init_state[key].mul_(buffers[key + "_mask"])
            param.copy_(init_state[key])


def iterative_magnitude_pruning(
    model, init_state, params_to_prune, train, evaluate, rounds=5, amount=0.33
):
    rows = []
    for iteration in range(rounds + 1):
        if iteration > 0:
            prune_step(model, params_to_prune, amount)
            rewind(model, init_state)
        train(model)
        accuracy, latency_s = evaluate(effective_copy(model))
        sparsity = calculate_sparsity_overall(model, params_to_prune)
        disk_mb = calculate_sparse_model_size(model)
        rows.append((iteration, sparsity, accuracy, latency_s, disk_mb))
    return pd.DataFrame(rows, columns=COLUMNS)
