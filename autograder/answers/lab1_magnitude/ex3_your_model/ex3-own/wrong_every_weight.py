"""Lists every module that has a weight, BatchNorm, too."""
# fails: test_own_parameters_lists_weights

DEVICE = pick_device("cpu")


def build_model():
    torch.manual_seed(SEED)
    return nn.Sequential(
        nn.Unflatten(1, (1, 20, 20)),
        nn.Conv2d(1, 4, 3, stride=2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(4 * 9 * 9, 10),
    )


def load_data():
    return load("mnist", batch_size=64, seed=SEED)


def own_parameters(model):
    return [(module, "weight") for module in model.modules() if hasattr(module, "weight")]


def own_results(model, train_loader, test_loader):
    train(model, train_loader, epochs=1, progress=False)
    pruned = copy.deepcopy(model)
    return repeated_pruning(
        pruned, own_parameters(pruned), lambda model: evaluate(model, test_loader), rounds=3
    )
