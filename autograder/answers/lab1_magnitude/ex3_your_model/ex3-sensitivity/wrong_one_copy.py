"""One copy for the whole scan: other components stay pruned."""
# fails: test_scan_prunes_one_group_alone, test_scan_prunes_the_share


def sensitivity_scan(model, groups, ratios, evaluate):
    rows = []
    pruned, pairs = copy.deepcopy((model, groups))
    for component in groups:
        for ratio in ratios:
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
    return fig
