"""A torchvision model, on random pictures."""

DEVICE = pick_device("cuda")


def build_model():
    return torchvision_model("squeezenet1_1", num_classes=4)


def load_data():
    return random_data((3, 32, 32), 4, count=40, batch_size=8)


def own_parameters(model):
    return [(m, "weight") for m in model.modules() if isinstance(m, (nn.Linear, nn.Conv2d))]


def own_results(model, train_loader, test_loader):
    train(model, train_loader, epochs=1, progress=False)
    pruned = copy.deepcopy(model)
    return repeated_pruning(
        pruned, own_parameters(pruned), lambda m: evaluate(m, test_loader, repeats=2), rounds=3
    )
