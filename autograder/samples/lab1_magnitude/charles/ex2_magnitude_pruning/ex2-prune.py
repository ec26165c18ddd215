def prunable_parameters(model):
    return [(m, "weight") for m in model.modules() if isinstance(m, nn.Linear)]


class Smallest(prune.BasePruningMethod):
    PRUNING_TYPE = "unstructured"

    def __init__(self, amount):
        self.amount = amount

    def compute_mask(self, t, default_mask):
        mask = default_mask.clone()
        k = round(self.amount * t.nelement())
        if k:
            mask.view(-1)[torch.topk(t.view(-1), k, largest=False).indices] = 0
        return mask


def prune_step(model, params_to_prune, amount=0.33):
    with torch.no_grad():
        scores = {pair: effective_weight(*pair) for pair in params_to_prune}
        prune.global_unstructured(params_to_prune, Smallest, scores, amount=amount)
