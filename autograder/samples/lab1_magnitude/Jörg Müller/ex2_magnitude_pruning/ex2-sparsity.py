def calculate_sparsity(param):
    """Anteil der Nullen, von 0 bis 1 – für Prüfung und Übung."""
    return float((param == 0).double().mean())


def calculate_sparsity_overall(model, params_to_prune):
    gewichte = [effective_weight(m, n).flatten() for m, n in dict.fromkeys(params_to_prune)]
    return calculate_sparsity(torch.cat(gewichte))


def calculate_sparsity_model(model):
    größen = [p.flatten() for p in effective_copy(model).parameters()]
    return calculate_sparsity(torch.cat(größen))
