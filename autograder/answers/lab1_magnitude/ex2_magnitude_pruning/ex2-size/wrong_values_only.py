"""Counts four bytes for each survivor, no positions."""
# fails: test_size_of_sparse_file


def calculate_sparse_model_size(model):
    state = effective_copy(model).state_dict()
    return sum(4 * int((value != 0).sum()) for value in state.values()) / 1e6
