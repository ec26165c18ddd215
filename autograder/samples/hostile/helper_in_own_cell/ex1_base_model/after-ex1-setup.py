# Helpers of one's own are kept, where they were.
def count(model):
    return sum(param.numel() for param in model.parameters())
