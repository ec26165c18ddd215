"""8-bit weights: half a step at most, zeros stay zero, and the file really is that small."""

import pytest
import torch

from labkit.errors import PruningError
from labkit.runtimes.quantization import pack, quantize_weight, quantized_size_mb, unpack


@pytest.fixture
def weight():
    values = torch.randn(30, 41, generator=torch.Generator().manual_seed(0)) - 0.5
    values[values.abs() < 0.4] = 0
    return values


def test_values_are_at_most_half_a_step_away(weight):
    for scaled in (weight, -weight, 1e-6 * weight, 1e6 * weight):
        q, scale = quantize_weight(scaled)
        assert q.dtype == torch.int8
        assert scale == pytest.approx(float(scaled.abs().max()) / 127)
        assert (q.double() * scale - scaled.double()).abs().max() <= 0.5001 * scale
        assert int(q.abs().max()) == 127


def test_zeros_stay_zero_and_a_zero_weight_has_a_scale(weight):
    q, _ = quantize_weight(weight)
    assert (q[weight == 0] == 0).all()
    for empty in (torch.zeros(3, 4), torch.zeros(0, 4)):
        q, scale = quantize_weight(empty)
        assert not q.any()
        assert scale > 0
        assert q.shape == empty.shape


def test_the_weight_is_not_changed_and_may_be_a_parameter(weight):
    given = torch.nn.Parameter(weight.clone())
    q, _ = quantize_weight(given)
    assert torch.equal(given, weight)
    assert not q.requires_grad


def test_packing_loses_nothing(weight):
    q, scale = quantize_weight(weight)
    back, same = unpack(pack(q, scale))
    assert torch.equal(back, q)
    assert back.dtype == torch.int8
    assert same == scale


def test_a_bit_for_each_entry_and_a_byte_for_each_survivor():
    q = torch.zeros(1000, 1000, dtype=torch.int8)
    q.view(-1)[:100_000] = 3
    assert quantized_size_mb({"weight": (q, 0.1)}) == pytest.approx(0.225, abs=0.003)
    bias = torch.zeros(50_000)
    both = quantized_size_mb({"weight": (q, 0.1), "bias": bias})
    assert both == pytest.approx(0.425, abs=0.004)


def test_a_view_costs_its_own_values_only():
    whole = torch.zeros(1_000_000)
    assert quantized_size_mb({"bias": whole[:10]}) < 0.01


def test_what_is_no_quantized_model_is_refused():
    with pytest.raises(PruningError, match="pair"):
        quantized_size_mb({"weight": 3.0})
    with pytest.raises(PruningError, match="int8"):
        quantized_size_mb({"weight": (torch.zeros(2, 2), 1.0)})
