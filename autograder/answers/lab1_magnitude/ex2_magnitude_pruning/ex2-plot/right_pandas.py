"""DataFrame.plot, on sorted copies."""


def plot_tradeoffs(noniter_df, imp_df):
    fig, axes = plt.subplots(3, 1, sharex=False)
    for ax, name in zip(axes, ["accuracy", "disk_mb", "latency_s"], strict=True):
        noniter_df.sort_values("sparsity").plot(x="sparsity", y=name, ax=ax, label="non-iterative")
        imp_df.sort_values("sparsity").plot(x="sparsity", y=name, ax=ax, label="iterative (IMP)")
        ax.set_xlabel("sparsity in %")
        ax.set_ylabel(name)
    return fig
