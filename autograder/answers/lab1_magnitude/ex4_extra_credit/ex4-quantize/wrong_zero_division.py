"""Divides by zero where all weights are zero."""
# fails: test_zeros_stay_zero


def quantize_weight(weight):
    scale = float(weight.abs().max()) / 127
    return (weight.detach() / torch.tensor(scale)).round().to(torch.int8), 1 / (1 / scale)


def prune_and_quantize(model, init_state, params_to_prune, train, evaluate, rounds=3, amount=0.33):
    names = {module: name for name, module in model.named_modules()}
    rows = []
    for iteration in range(rounds + 1):
        if iteration:
            prune_step(model, params_to_prune, amount)
            rewind(model, init_state)
        train(model)
        plain = effective_copy(model)
        small = copy.deepcopy(plain)
        quantized = dict(plain.state_dict())
        for module, name in params_to_prune:
            key = f"{names[module]}.{name}"
            q, scale = quantize_weight(quantized[key])
            quantized[key] = (q, scale)
            small.get_submodule(names[module]).weight.data = q.float() * scale
        rows.append(
            (
                iteration,
                calculate_sparsity_overall(model, params_to_prune),
                evaluate(plain)[0],
                evaluate(small)[0],
                calculate_sparse_model_size(model),
                quantized_size_mb(quantized),
            )
        )
    return pd.DataFrame(rows, columns=INT8_COLUMNS)
