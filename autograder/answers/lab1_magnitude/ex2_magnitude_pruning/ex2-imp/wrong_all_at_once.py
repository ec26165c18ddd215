"""Prunes the whole amount from the unpruned network each round."""
# fails: test_imp_table


def rewind(model, init_state):
    with torch.no_grad():
        for name, param in model.named_parameters():
            param.copy_(init_state[name.removesuffix("_orig")])


def iterative_magnitude_pruning(
    model, init_state, params_to_prune, train, evaluate, rounds=5, amount=0.33
):
    rows = []
    for iteration in range(rounds + 1):
        if iteration > 0:
            for module, name in params_to_prune:
                if hasattr(module, name + "_mask"):
                    module.weight_mask.fill_(1)
            prune_step(model, params_to_prune, amount)
            rewind(model, init_state)
        train(model)
        accuracy, latency_s = evaluate(effective_copy(model))
        sparsity = calculate_sparsity_overall(model, params_to_prune)
        disk_mb = calculate_sparse_model_size(model)
        rows.append((iteration, sparsity, accuracy, latency_s, disk_mb))
    return pd.DataFrame(rows, columns=COLUMNS)
