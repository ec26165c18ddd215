"""The latency is the sum of all timed runs."""
# fails: test_onnx_latency


def export_onnx(model, path, example_input):
    plain = effective_copy(model).eval()
    shapes = ({0: torch.export.Dim.DYNAMIC},)
    torch.onnx.export(
        plain, (example_input,), path, dynamo=True, dynamic_shapes=shapes, verbose=False
    )
    files = [Path(path), Path(path + ".data")]
    return sum(file.stat().st_size for file in files if file.exists()) / 1e6


def onnx_latency(path, batch, warmup=10, repeats=50):
    session = open_session(path)
    times_s = []
    for number in range(warmup + repeats):
        start = time.perf_counter()
        run_session(session, batch)
        if number >= warmup:
            times_s.append(time.perf_counter() - start)
    return sum(times_s)
