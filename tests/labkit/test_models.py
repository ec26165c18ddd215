import pickle

import pytest
import torch
from torch import nn

from labkit.metrics import count_parameters
from labkit.models import FFN


def test_the_handouts_model_has_its_number_of_parameters():
    model = FFN(1024, 20 * 20, 10, num_layers=2)
    assert count_parameters(model) == 400 * 1024 + 1024 + 1024 * 1024 + 1024 + 1024 * 10 + 10
    assert count_parameters(model) == 1_470_474


def test_the_network_for_sst2_has_one_logit_and_its_number_of_parameters():
    model = FFN(256, 5_000, 1, num_layers=3)
    assert count_parameters(model) == 5001 * 256 + 2 * 257 * 256 + 257 == 1_412_097
    assert model(torch.zeros(3, 5_000)).shape == (3, 1)


@pytest.mark.parametrize("num_layers", [1, 2, 4])
def test_layers_and_out(num_layers):
    model = FFN(7, 12, 3, num_layers=num_layers)
    assert isinstance(model.layers, nn.ModuleList)
    assert len(model.layers) == num_layers
    assert all(isinstance(layer, nn.Linear) for layer in (*model.layers, model.out))


def test_forward_is_matrices_with_relu_between():
    model = FFN(7, 12, 3)
    x = torch.rand(5, 12)
    hidden = x
    for layer in model.layers:
        hidden = (hidden @ layer.weight.T + layer.bias).clamp(min=0)
    expected = hidden @ model.out.weight.T + model.out.bias
    torch.testing.assert_close(model(x), expected)
    torch.testing.assert_close(model(x.reshape(5, 1, 3, 4)), expected)  # images are flattened


def test_can_be_pickled():
    model = FFN(7, 12, 3)
    x = torch.rand(2, 12)
    assert torch.equal(pickle.loads(pickle.dumps(model))(x), model(x))


def test_a_size_below_one_is_refused():
    with pytest.raises(ValueError, match="num_layers must be at least 1"):
        FFN(7, 12, 3, num_layers=0)
