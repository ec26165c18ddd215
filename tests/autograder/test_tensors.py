"""Tensors come through our pickles as they were: values, layout, views, flags."""

import io
import pickle

import pytest
import torch
from torch import nn

from autograder.boundary.tensors import tensors_as_bytes


def through(value):
    """What a pickle of ours brings back."""
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, protocol=pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = tensors_as_bytes()
    pickler.dump(value)
    return pickle.loads(buffer.getvalue())


TENSORS = {
    "matrix": torch.randn(3, 4),
    "transposed": torch.randn(3, 4).T,
    "view": torch.arange(24).reshape(2, 3, 4)[:, 1:, ::2],
    "gradient": torch.randn(2, 3, dtype=torch.float64, requires_grad=True),
    "bfloat16": torch.randn(5).to(torch.bfloat16),
    "bool": torch.tensor([True, False]),
    "scalar": torch.tensor(7),
    "empty": torch.empty(0, 4),
    "expanded": torch.randn(4).expand(3, 4),
    "complex": torch.complex(torch.randn(3), torch.randn(3)),
    "conjugate": torch.complex(torch.randn(3), torch.randn(3)).conj(),
}


@pytest.mark.parametrize("name", TENSORS)
def test_dense_tensors_come_back_with_their_views_and_flags(name) -> None:
    tensor = TENSORS[name]
    back = through(tensor)
    assert torch.equal(back, tensor) and back.dtype == tensor.dtype
    assert back.stride() == tensor.stride() and back.storage_offset() == tensor.storage_offset()
    assert back.requires_grad == tensor.requires_grad
    back.detach().contiguous().resize_(100)  # its memory is torch's own


@pytest.mark.filterwarnings("ignore:Sparse CSR")
@pytest.mark.parametrize("layout", [torch.sparse_coo, torch.sparse_csr])
def test_sparse_tensors_keep_their_layout(layout) -> None:
    tensor = torch.eye(3).to_sparse(layout=layout)
    back = through(tensor)
    assert back.layout == layout and torch.equal(back.to_dense(), torch.eye(3))


def test_a_model_comes_back_with_parameters_that_are_its_own() -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    model[0].bias.requires_grad = False
    back = through(model)
    for (name, one), (_, other) in zip(
        model.named_parameters(), back.named_parameters(), strict=True
    ):
        assert type(other) is nn.Parameter and torch.equal(one, other), name
        assert other.requires_grad == one.requires_grad
    assert not {p.data_ptr() for p in model.parameters()} & {
        p.data_ptr() for p in back.parameters()
    }


def test_what_somebody_hung_on_a_tensor_comes_along() -> None:
    tensor = torch.ones(2)
    tensor.note = "mine"
    assert through(tensor).note == "mine"


def test_a_parameter_that_is_used_twice_stays_one() -> None:
    layer = nn.Linear(2, 2)
    back = through(nn.Sequential(layer, layer))
    assert back[0] is back[1]
