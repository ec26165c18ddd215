def rewind(model, init_state):
    own = model.state_dict()
    new = {}
    for key in own:
        if key.endswith("_orig"):
            new[key] = init_state[key[:-5]]
        elif key in init_state:
            new[key] = init_state[key]
        else:
            new[key] = own[key]
    model.load_state_dict(new)


def iterative_magnitude_pruning(
    model, init_state, params_to_prune, train, evaluate, rounds=5, amount=0.33
):
    train(model)
    table = [one_row(0, model, params_to_prune, evaluate)]
    for i in range(1, rounds + 1):
        prune_step(model, params_to_prune, amount)
        rewind(model, init_state)
        train(model)
        table.append(one_row(i, model, params_to_prune, evaluate))
    return pd.DataFrame.from_records(table)
