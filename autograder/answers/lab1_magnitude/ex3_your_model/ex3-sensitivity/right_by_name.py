"""Finds the layers of the copy by name; draws with pcolormesh."""


def sensitivity_scan(model, groups, ratios, evaluate):
    names = {id(module): name for name, module in model.named_modules()}
    table = {column: [] for column in SCAN_COLUMNS}
    for ratio in ratios:
        for component, pairs in groups.items():
            fresh = copy.deepcopy(model)
            own = [(fresh.get_submodule(names[id(module)]), name) for module, name in pairs]
            prune_step(fresh, own, amount=ratio)
            result = evaluate(effective_copy(fresh))
            values = component, ratio, result[0], calculate_sparse_model_size(fresh), result[1]
            for column, value in zip(SCAN_COLUMNS, values, strict=True):
                table[column].append(value)
    return pd.DataFrame(table)


def plot_sensitivity(scan):
    grid = scan.pivot_table(index="component", columns="ratio", values="accuracy")
    fig, ax = plt.subplots()
    mesh = ax.pcolormesh(grid.to_numpy(), cmap="viridis")
    ax.set_xlabel("pruned share of the component")
    ax.set_ylabel("component")
    ax.set_yticks([i + 0.5 for i in range(len(grid))], grid.index)
    ax.set_xticks([i + 0.5 for i in range(len(grid.columns))], grid.columns)
    plt.colorbar(mesh, label="accuracy (%)")
    return fig
