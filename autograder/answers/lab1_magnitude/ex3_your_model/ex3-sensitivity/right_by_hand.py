"""Sets the smallest weights to zero by hand, with masks of its own."""


def sensitivity_scan(model, groups, ratios, evaluate):
    def one(component, ratio):
        fresh, pairs = copy.deepcopy((model, groups[component]))
        flat = torch.cat([module.weight.detach().abs().flatten() for module, _ in pairs])
        order = flat.argsort()[: round(ratio * len(flat))]
        mask = torch.ones(len(flat))
        mask[order] = 0
        parts = mask.split([module.weight.numel() for module, _ in pairs])
        with torch.no_grad():
            for (module, name), part in zip(pairs, parts, strict=True):
                prune.custom_from_mask(module, name, part.view_as(module.weight))
        size = calculate_sparse_model_size(fresh)
        for module, name in pairs:
            prune.remove(module, name)
        accuracy, latency = evaluate(fresh)
        return {"component": component, "ratio": ratio, "accuracy": accuracy,
                "size_mb": size, "latency_s": latency}  # fmt: skip

    return pd.DataFrame([one(name, ratio) for name in groups for ratio in ratios])


def plot_sensitivity(scan):
    table = scan.set_index(["component", "ratio"])["accuracy"].unstack()
    fig = Figure(figsize=(6, 3))
    ax = fig.add_subplot()
    ax.imshow(table.values, aspect="auto")
    ax.set(xlabel="ratio", ylabel="component", title="accuracy (%): bright is high")
    return fig
