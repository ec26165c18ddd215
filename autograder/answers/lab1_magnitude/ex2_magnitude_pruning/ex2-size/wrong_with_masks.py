"""Saves the masked model as it is."""
# fails: test_size_of_sparse_file


def calculate_sparse_model_size(model):
    return disk_size_mb(model)
