import copy
import pickle

import pytest
import torch
from torch.nn.utils import prune

from labkit.checkpoints import load_weights, save_weights
from labkit.errors import CheckpointError
from labkit.models import FFN
from labkit.pruning import effective_copy, prunable_parameters, prune_step


@pytest.mark.parametrize("saved_pruned", [True, False])
@pytest.mark.parametrize("loaded_pruned", [True, False])
def test_weights_and_masks_come_back(model, tmp_path, saved_pruned, loaded_pruned):
    path = tmp_path / "weights.pt"
    twin = FFN(24, 16, 3)
    if loaded_pruned:
        prune_step(twin, prunable_parameters(twin), 0.7)
    if saved_pruned:
        prune_step(model, prunable_parameters(model), 0.4)
    save_weights(model, path)
    load_weights(twin, path)
    assert prune.is_pruned(twin) == saved_pruned
    assert twin.state_dict().keys() == model.state_dict().keys()
    for key, value in model.state_dict().items():
        assert torch.equal(twin.state_dict()[key], value), key
    x = torch.rand(4, 16)
    assert torch.equal(effective_copy(twin)(x), effective_copy(model)(x))
    copy.deepcopy(twin)
    assert [p.name for p in tmp_path.iterdir()] == ["weights.pt"]


@pytest.mark.parametrize("other", [FFN(25, 16, 3), FFN(24, 16, 3, num_layers=3), FFN(24, 16, 4)])
def test_another_architecture_is_one_sentence(model, tmp_path, other):
    path = tmp_path / "weights.pt"
    save_weights(model, path)
    before = copy.deepcopy(other.state_dict())
    with pytest.raises(CheckpointError, match="another architecture") as caught:
        load_weights(other, path)
    assert "\n" not in str(caught.value)
    assert all(torch.equal(value, before[key]) for key, value in other.state_dict().items())


def test_a_missing_or_damaged_file_is_one_sentence(model, tmp_path):
    path = tmp_path / "weights.pt"
    with pytest.raises(CheckpointError, match="There is no checkpoint"):
        load_weights(model, path)
    path.write_bytes(b"not a checkpoint")
    with pytest.raises(CheckpointError, match="damaged"):
        load_weights(model, path)
    torch.save([1, 2], path)
    with pytest.raises(CheckpointError, match="holds no weights"):
        load_weights(model, path)


def test_a_file_that_would_run_code_is_refused(model, tmp_path):
    class Evil:
        def __reduce__(self):
            return (open, (str(tmp_path / "pwned"), "w"))

    (tmp_path / "weights.pt").write_bytes(pickle.dumps(Evil()))
    with pytest.raises(CheckpointError):
        load_weights(model, tmp_path / "weights.pt")
    torch.save(model, tmp_path / "whole.pt")
    with pytest.raises(CheckpointError):
        load_weights(model, tmp_path / "whole.pt")
    assert not (tmp_path / "pwned").exists()
