"""Draws imp_df against the sparsity of the other table."""
# fails: test_plot_draws_all_rows


def plot_tradeoffs(noniter_df, imp_df):
    quantities = {"accuracy": "accuracy (%)", "disk_mb": "disk (MB)", "latency_s": "latency (s)"}
    fig, axes = plt.subplots(1, 3, figsize=(12, 3.5))
    for ax, (column, label) in zip(axes, quantities.items(), strict=True):
        ax.plot(noniter_df["sparsity"], noniter_df[column], "o--", label="no retraining")
        ax.plot(noniter_df["sparsity"], imp_df[column][: len(noniter_df)], "s-", label="IMP with rewinding")
        ax.set(xlabel="sparsity (%)", ylabel=label)
        ax.legend()
    return fig
