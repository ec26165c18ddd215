"""A bare Figure, with shaded artists that have no label, and rows in reverse."""


def plot_tradeoffs(noniter_df, imp_df):
    fig = Figure(figsize=(12, 4))
    for ax, y in zip(fig.subplots(1, 3), ("accuracy", "disk_mb", "latency_s"), strict=True):
        for frame, label in ((noniter_df[::-1], "Magnitude"), (imp_df[::-1], "with IMP")):
            ax.plot(list(frame["sparsity"]), list(frame[y]), label=label)
            ax.fill_between(frame["sparsity"], frame[y] * 0.99, frame[y] * 1.01, alpha=0.2)
        ax.set(xlabel="sparsity (%)", ylabel=y, title="trade-off")
    return fig
