"""Leaves the file with the weights out of the size."""
# fails: test_onnx_size


def export_onnx(model, path, example_input):
    plain = effective_copy(model).eval()
    shapes = ({0: torch.export.Dim.DYNAMIC},)
    torch.onnx.export(
        plain, (example_input,), path, dynamo=True, dynamic_shapes=shapes, verbose=False
    )
    return Path(path).stat().st_size / 1e6


def onnx_latency(path, batch, warmup=10, repeats=50):
    session = open_session(path)
    times_s = []
    for number in range(warmup + repeats):
        start = time.perf_counter()
        run_session(session, batch)
        if number >= warmup:
            times_s.append(time.perf_counter() - start)
    return float(np.median(times_s))
