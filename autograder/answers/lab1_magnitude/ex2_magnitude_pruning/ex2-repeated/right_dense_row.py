"""Row 0 apart with its dense size; deep copies and prune.remove."""


def unmasked(model):
    clone = copy.deepcopy(model)
    for module in clone.modules():
        if hasattr(module, "weight_mask"):
            prune.remove(module, "weight")
    return clone


def repeated_pruning(model, params_to_prune, evaluate, rounds=5, amount=0.33):
    acc, lat = evaluate(unmasked(model))
    table = pd.DataFrame([[0, 0.0, acc, lat, disk_size_mb(model)]], columns=COLUMNS)
    for i in range(1, rounds + 1):
        prune_step(model, params_to_prune, amount=amount)
        acc, lat = evaluate(unmasked(model))
        size = calculate_sparse_model_size(model)
        table.loc[len(table)] = [i, calculate_sparsity_overall(model, params_to_prune), acc, lat, size]
    return table
