"""The network of Exercise 2."""
# fails: test_model_is_new_and_own

DEVICE = pick_device("cpu")


def build_model():
    torch.manual_seed(SEED)
    return FFN(1024, 400, 10, num_layers=2)


def load_data():
    return load("mnist", batch_size=64, seed=SEED)


def own_parameters(model):
    kinds = (nn.Linear, nn.Conv2d)
    return [(module, "weight") for module in model.modules() if isinstance(module, kinds)]


def own_results(model, train_loader, test_loader):
    train(model, train_loader, epochs=1, progress=False)
    pruned = copy.deepcopy(model)
    return repeated_pruning(
        pruned, own_parameters(pruned), lambda model: evaluate(model, test_loader), rounds=3
    )
