"""The largest magnitudes go."""
# fails: test_prunes_smallest_magnitudes_of_all_layers


def prunable_parameters(model):
    return [(module, "weight") for module in model.modules() if isinstance(module, nn.Linear)]


def prune_step(model, params_to_prune, amount=0.33):
    with torch.no_grad():
        scores = {(m, n): 1 / (1e-6 + effective_weight(m, n).abs()) for m, n in params_to_prune}
        prune.global_unstructured(
            params_to_prune, prune.L1Unstructured, importance_scores=scores, amount=amount
        )
