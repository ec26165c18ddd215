"""Columns in another order."""
# fails: test_scan_has_one_row_for_each_cell


def sensitivity_scan(model, groups, ratios, evaluate):
    rows = []
    for component in groups:
        for ratio in ratios:
            pruned, pairs = copy.deepcopy((model, groups))
            prune_step(pruned, pairs[component], ratio)
            accuracy, latency_s = evaluate(effective_copy(pruned))
            size_mb = calculate_sparse_model_size(pruned)
            rows.append((component, ratio, accuracy, size_mb, latency_s))
    table = pd.DataFrame(rows, columns=SCAN_COLUMNS)
    return table[["component", "ratio", "size_mb", "accuracy", "latency_s"]]


def plot_sensitivity(scan):
    grid = scan.pivot(index="component", columns="ratio", values="accuracy")
    fig, ax = plt.subplots()
    image = ax.imshow(grid)
    ax.set_xticks(range(len(grid.columns)), grid.columns)
    ax.set_yticks(range(len(grid)), grid.index)
    ax.set(xlabel="ratio", ylabel="component")
    fig.colorbar(image, label="accuracy (%)")
    return fig
