"""Loads the quantized values through a state_dict, row 0 apart."""


def quantize_weight(weight):
    scale = float(weight.abs().max()) / 127 or 1.0
    return (weight.detach() / scale).round().to(torch.int8), scale


def prune_and_quantize(model, init_state, params_to_prune, train, evaluate, rounds=3, amount=0.33):
    chosen = {id(module) for module, _ in params_to_prune}
    keys = [f"{n}.weight" for n, m in model.named_modules() if id(m) in chosen]

    def measure(iteration):
        state = {key: value.clone() for key, value in effective_copy(model).state_dict().items()}
        pairs = {key: quantize_weight(state[key]) for key in keys}
        small = effective_copy(model)
        small.load_state_dict(state | {key: q * scale for key, (q, scale) in pairs.items()})
        return {
            "iteration": iteration,
            "sparsity": calculate_sparsity_overall(model, params_to_prune),
            "accuracy": evaluate(effective_copy(model))[0],
            "accuracy_int8": evaluate(small)[0],
            "disk_mb": calculate_sparse_model_size(model),
            "disk_int8_mb": quantized_size_mb(state | pairs),
        }

    train(model)
    rows = [measure(0)]
    for iteration in range(1, rounds + 1):
        prune_step(model, params_to_prune, amount)
        rewind(model, init_state)
        train(model)
        rows.append(measure(iteration))
    return pd.DataFrame(rows)
