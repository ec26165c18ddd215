"""Takes masks off, loads the initial state, puts the masks on again."""


def rewind(model, init_state):
    with torch.no_grad():
        masks = [(m, m.weight_mask.clone()) for m in model.modules() if hasattr(m, "weight_mask")]
        for module, _ in masks:
            prune.remove(module, "weight")
        model.load_state_dict(copy.deepcopy(init_state))
        for module, mask in masks:
            prune.custom_from_mask(module, "weight", mask)


def iterative_magnitude_pruning(
    model, init_state, params_to_prune, train, evaluate, rounds=5, amount=0.33
):
    results = {name: [] for name in COLUMNS}
    for k in range(rounds + 1):
        rewind(model, init_state)
        train(model)
        accuracy, latency = evaluate(effective_copy(model))
        values = (
            k,
            calculate_sparsity_overall(model, params_to_prune),
            accuracy,
            latency,
            calculate_sparse_model_size(model) if k else disk_size_mb(model),
        )
        for name, value in zip(COLUMNS, values, strict=True):
            results[name].append(value)
        if k < rounds:
            prune_step(model, params_to_prune, amount)
    return pd.DataFrame(results)
