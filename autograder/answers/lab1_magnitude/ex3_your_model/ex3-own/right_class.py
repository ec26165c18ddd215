"""A class of its own with BatchNorm and a residual branch, on random data, eight rows."""

DEVICE = pick_device()


class Net(nn.Module):
    """Two convolutions with a shortcut, then a linear layer."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, padding=1)
        self.second = nn.Conv2d(8, 8, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(8)
        self.out = nn.Linear(8, 5)

    def forward(self, x):
        x = torch.relu(self.first(x))
        x = x + torch.relu(self.norm(self.second(x)))
        return self.out(x.mean(dim=(2, 3)))


def build_model():
    return Net()


def load_data():
    try:
        return image_folder("my_pictures", size=16)
    except AdapterError:
        return random_data((3, 16, 16), num_classes=5)


def own_parameters(model):
    found = {}
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            found[(module, "weight")] = None
    return list(found)


def own_results(model, train_loader, test_loader):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    for inputs, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs.to(DEVICE)), labels.to(DEVICE)).backward()
        optimizer.step()
    copied = effective_copy(model)
    return repeated_pruning(
        copied, own_parameters(copied), lambda one: evaluate(one, test_loader), rounds=7
    )
