def plot_tradeoffs(noniter_df, imp_df):
    noniter_df = noniter_df[noniter_df.iteration > 0]
    imp_df = imp_df[imp_df.iteration > 0]
    fig, axes = plt.subplots(1, 3, figsize=(15, 4))
    for ax, column in zip(axes, ["accuracy", "disk_mb", "latency_s"]):
        ax.plot(noniter_df["sparsity"], noniter_df[column])
        ax.plot(imp_df["sparsity"], imp_df[column])
        ax.set_title(column)
    return fig
