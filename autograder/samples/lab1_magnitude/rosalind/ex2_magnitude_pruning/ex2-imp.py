def rewind(model, init_state):
    with torch.no_grad():
        for name, param in model.named_parameters():
            if "weight" in name:
                param.copy_(init_state[name.removesuffix("_orig")])


def iterative_magnitude_pruning(
    model, init_state, params_to_prune, train, evaluate, rounds=5, amount=0.33
):
    train(model)
    rows = []
    for i in range(1, rounds + 1):
        prune_step(model, params_to_prune, amount)
        rewind(model, init_state)
        train(model)
        accuracy, latency_s = evaluate(effective_copy(model))
        sparsity = calculate_sparsity_overall(model, params_to_prune)
        rows.append((i, sparsity, accuracy, latency_s, calculate_sparse_model_size(model)))
    return pd.DataFrame(rows, columns=COLUMNS)
