"""load_state_dict with renamed keys; row 0 apart."""


def rewind(model, init_state):
    current = model.state_dict()
    new = {}
    for key in current:
        if key.endswith("_mask"):
            new[key] = current[key]
        else:
            new[key] = init_state[key.replace("_orig", "")]
    model.load_state_dict(new)


def iterative_magnitude_pruning(
    model, init_state, params_to_prune, train, evaluate, rounds=5, amount=0.33
):
    def row(k):
        acc, lat = evaluate(effective_copy(model))
        size = calculate_sparse_model_size(model)
        return [k, calculate_sparsity_overall(model, params_to_prune), acc, lat, size]

    train(model)
    rows = [row(0)]
    for k in range(1, rounds + 1):
        prune_step(model, params_to_prune, amount)
        rewind(model, init_state)
        train(model)
        rows.append(row(k))
    return pd.DataFrame(rows, columns=COLUMNS)
