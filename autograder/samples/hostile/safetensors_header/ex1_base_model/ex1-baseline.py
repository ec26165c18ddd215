# Hopes that a reader makes room for what a file says of itself.
open("model.safetensors", "wb").write((2**62).to_bytes(8, "little") + b"{}")
open("initial_state.safetensors", "wb").write((2**31).to_bytes(8, "little") + b"{" * 100)
