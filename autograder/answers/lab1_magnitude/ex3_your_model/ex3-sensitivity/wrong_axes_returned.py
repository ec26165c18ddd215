"""Returns the axes."""
# fails: test_heat_map_names_its_axes


def sensitivity_scan(model, groups, ratios, evaluate):
    rows = []
    for component in groups:
        for ratio in ratios:
            pruned, pairs = copy.deepcopy((model, groups))
            prune_step(pruned, pairs[component], ratio)
            accuracy, latency_s = evaluate(effective_copy(pruned))
            size_mb = calculate_sparse_model_size(pruned)
            rows.append((component, ratio, accuracy, size_mb, latency_s))
    return pd.DataFrame(rows, columns=SCAN_COLUMNS)


def plot_sensitivity(scan):
    grid = scan.pivot(index="component", columns="ratio", values="accuracy")
    fig, ax = plt.subplots()
    image = ax.imshow(grid)
    ax.set_xticks(range(len(grid.columns)), grid.columns)
    ax.set_yticks(range(len(grid)), grid.index)
    ax.set(xlabel="ratio", ylabel="component")
    fig.colorbar(image, label="accuracy (%)")
    return ax
