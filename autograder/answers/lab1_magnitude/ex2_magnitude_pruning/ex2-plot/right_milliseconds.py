"""Stacked panels, latency in ms, other order, an unlabelled baseline, three calls by hand."""


def plot_tradeoffs(noniter_df, imp_df):
    fig = plt.figure(figsize=(6, 10))
    ax1 = fig.add_subplot(311)
    ax1.plot(imp_df.sparsity, imp_df.latency_s * 1000, color=BLUE, label="IMP")
    ax1.plot(noniter_df.sparsity, noniter_df.latency_s * 1000, color=ORANGE, label="once trained")
    ax1.set_ylabel("latency (ms)")
    ax2 = fig.add_subplot(312)
    ax2.plot(noniter_df.sparsity, noniter_df.disk_mb, color=ORANGE, label="once trained")
    ax2.plot(imp_df.sparsity, imp_df.disk_mb, color=BLUE, label="IMP")
    ax2.set_ylabel("size (MB)")
    ax3 = fig.add_subplot(313)
    ax3.plot(noniter_df.sparsity, noniter_df.accuracy, color=ORANGE, label="once trained")
    ax3.plot(imp_df.sparsity, imp_df.accuracy, color=BLUE, label="IMP")
    ax3.axhline(noniter_df.accuracy.iloc[0], linestyle="--", color=GREY)
    ax3.set_ylabel("accuracy (%)")
    for ax in (ax1, ax2, ax3):
        ax.set_xlabel("sparsity (%)")
        ax.legend()
    return fig
