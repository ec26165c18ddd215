"""Exports the weights from before pruning."""
# fails: test_onnx_same_outputs


def export_onnx(model, path, example_input):
    plain = effective_copy(model).eval()
    state = model.state_dict()
    names = plain.state_dict()
    plain.load_state_dict({name: state.get(f"{name}_orig", state.get(name)) for name in names})
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
    return float(np.median(times_s))
