"""Walks the modules; zeros where the mask is 0; no prune_step."""


def rewind(model, init_state):
    for name, module in model.named_modules():
        if not isinstance(module, nn.Linear):
            continue
        start = init_state[f"{name}.weight"]
        if hasattr(module, "weight_mask"):
            module.weight_orig.data = start * module.weight_mask
        else:
            module.weight.data = start.clone()
        module.bias.data = init_state[f"{name}.bias"].clone()


def iterative_magnitude_pruning(
    model, init_state, params_to_prune, train, evaluate, rounds=5, amount=0.33
):
    table = pd.DataFrame(columns=COLUMNS, dtype=float)
    for k in range(rounds + 1):
        train(model)
        result = evaluate(effective_copy(model))
        sparsity = calculate_sparsity_overall(model, params_to_prune)
        table.loc[k] = [k, sparsity, *result, calculate_sparse_model_size(model)]
        if k < rounds:
            prune.global_unstructured(params_to_prune, prune.L1Unstructured, amount=amount)
            rewind(model, init_state)
    return table
