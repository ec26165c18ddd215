def rewind(model, init_state):
    params = dict(model.named_parameters())
    for name, value in init_state.items():
        target = params[name] if name in params else params[name + "_orig"]
        target.data.copy_(value)


def iterative_magnitude_pruning(
    model, init_state, params_to_prune, train, evaluate, rounds=5, amount=0.33
):
    rows = []
    for i in range(rounds + 1):
        if i > 0:
            prune_step(model, params_to_prune, amount)
        train(model)
        acc, lat = evaluate(effective_copy(model))
        s = calculate_sparsity_overall(model, params_to_prune)
        rows.append([i, s, acc, lat, calculate_sparse_model_size(model)])
    return pd.DataFrame(rows, columns=COLUMNS)
