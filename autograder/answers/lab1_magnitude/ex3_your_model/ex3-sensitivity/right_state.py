"""One working copy whose masks are removed and whose values are restored for each row."""


def sensitivity_scan(model, groups, ratios, evaluate):
    dense = copy.deepcopy(model.state_dict())
    work, pairs = copy.deepcopy((model, groups))
    rows = []
    for component in groups:
        for ratio in ratios:
            work.load_state_dict(dense)
            prune_step(work, pairs[component], float(ratio))
            size_mb = calculate_sparse_model_size(work)
            for module, name in pairs[component]:
                prune.remove(module, name)
            accuracy, latency_s = evaluate(copy.deepcopy(work))
            rows.append([component, float(ratio), float(accuracy), size_mb, float(latency_s)])
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
