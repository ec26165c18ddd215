"""Leaves out row 0."""
# fails: test_plot_draws_all_rows


def plot_tradeoffs(noniter_df, imp_df):
    quantities = {"accuracy": "accuracy (%)", "disk_mb": "disk (MB)", "latency_s": "latency (s)"}
    noniter_df, imp_df = noniter_df[1:], imp_df[1:]
    fig, axes = plt.subplots(1, 3, figsize=(12, 3.5))
    for ax, (column, label) in zip(axes, quantities.items(), strict=True):
        ax.plot(noniter_df["sparsity"], noniter_df[column], "o--", label="no retraining")
        ax.plot(imp_df["sparsity"], imp_df[column], "s-", label="IMP with rewinding")
        ax.set(xlabel="sparsity (%)", ylabel=label)
        ax.legend()
    return fig
