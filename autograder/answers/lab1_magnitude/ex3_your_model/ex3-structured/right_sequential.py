"""Builds a new nn.Sequential of smaller layers."""


def prune_structured(model, example_input, ratio):
    linear = [module for module in model.modules() if isinstance(module, nn.Linear)]
    columns = torch.arange(linear[0].in_features)
    parts = [nn.Flatten()]
    for index, layer in enumerate(linear):
        last = index == len(linear) - 1
        n = layer.out_features
        order = torch.argsort((layer.weight.detach() ** 2).sum(1), descending=True)
        keep = torch.arange(n) if last else order[: max(1, n - round(ratio * n))].sort().values
        new = nn.Linear(len(columns), len(keep)).to(layer.weight.dtype)
        new.weight.data = layer.weight.data[keep][:, columns].clone()
        new.bias.data = layer.bias.data[keep].clone()
        parts += [new] if last else [new, nn.ReLU()]
        columns = keep
    return nn.Sequential(*parts)
