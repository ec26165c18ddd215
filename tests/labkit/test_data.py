import hashlib
import re
import shutil
from pathlib import Path

import pytest
import torch

from labkit.data import TensorLoader, load_mnist
from labkit.data import download as download_module
from labkit.data.mnist import FILES, find_mnist
from labkit.data.places import named_folder
from labkit.errors import DataError

ROOT = Path(__file__).resolve().parents[2]
STAND_IN = ROOT / "data" / "digits"


def test_images_are_the_centre_of_what_torchvision_reads(digits):
    from torchvision.datasets import MNIST

    for loader, train in zip(digits, (True, False), strict=True):
        dataset = MNIST(str(STAND_IN), train=train)
        expected = dataset.data[:, 4:24, 4:24].reshape(len(dataset), 400).double() / 255
        assert loader.images.dtype == torch.float32
        torch.testing.assert_close(loader.images.double(), expected, atol=1e-6, rtol=0)
        assert torch.equal(loader.labels, dataset.targets)


def test_the_crop_is_torchvisions_centre_crop(digits):
    from torchvision.datasets import MNIST
    from torchvision.transforms import v2

    image, _ = MNIST(str(STAND_IN), train=False)[7]
    to_crop = v2.Compose([v2.CenterCrop(20), v2.ToImage(), v2.ToDtype(torch.float32, scale=True)])
    torch.testing.assert_close(to_crop(image).flatten(), digits[1].images[7])


def test_each_pass_is_a_new_order_of_the_whole_set(loader):
    passes = [torch.cat([labels for _, labels in loader]) for _ in range(2)]
    rows = [torch.cat([images for images, _ in loader]) for _ in range(2)]
    assert not torch.equal(rows[0], rows[1])
    for seen in rows:
        assert torch.equal(seen.sum(dim=1).sort().values, loader.images.sum(dim=1).sort().values)
    assert torch.equal(passes[0].sort().values, passes[1].sort().values)


def test_images_keep_their_labels(loader):
    for images, labels in loader:
        assert torch.equal(images[:, :3].argmax(dim=1), labels)


def test_batches_are_counted_with_the_last_smaller_one(loader):
    sizes = [len(labels) for _, labels in loader]
    assert sizes == [16] * 6 + [4]
    assert len(loader) == len(sizes)


def test_restart_and_the_seed_fix_the_order(loader):
    first = torch.cat([labels for _, labels in loader])
    loader.restart()
    assert torch.equal(torch.cat([labels for _, labels in loader]), first)
    other = TensorLoader(loader.images, loader.labels, 16, shuffle=True, seed=4)
    assert not torch.equal(torch.cat([labels for _, labels in other]), first)


def test_the_global_generator_is_left_alone(loader):
    before = torch.get_rng_state()
    list(loader)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_test_loader_is_in_order(digits):
    assert torch.equal(torch.cat([labels for _, labels in digits[1]]), digits[1].labels)


def test_says_loudly_which_data_it_is(capsys):
    train, _ = load_mnist()
    said = capsys.readouterr().out
    assert "STAND-IN" in said
    assert said.count("\n") == 1
    assert "1,437" in train.source


def test_a_subset_in_mnists_place_is_called_so(tmp_path, capsys):
    shutil.copytree(STAND_IN / "MNIST", tmp_path / "MNIST")
    load_mnist(data_dir=tmp_path)
    assert "SUBSET" in capsys.readouterr().out


def test_the_argument_goes_before_the_variable(tmp_path):
    shutil.copytree(STAND_IN / "MNIST", tmp_path / "MNIST")
    assert find_mnist(tmp_path) == tmp_path
    assert find_mnist() == STAND_IN


def test_a_relative_name_is_looked_up_from_the_folders_above(tmp_path, monkeypatch):
    (tmp_path / "real").mkdir()
    (tmp_path / "course/labs/lab1").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "course/labs/lab1")
    monkeypatch.setenv("LABKIT_DATA", "../real")
    assert named_folder(None).resolve() == (tmp_path / "real").resolve()


def test_without_a_name_the_stand_in_of_the_course_is_found(tmp_path, monkeypatch):
    monkeypatch.delenv("LABKIT_DATA")
    monkeypatch.chdir(tmp_path)
    assert find_mnist().is_relative_to(ROOT / "data")


def test_a_data_folder_above_the_notebook_is_found(tmp_path, monkeypatch):
    monkeypatch.delenv("LABKIT_DATA")
    shutil.copytree(STAND_IN, tmp_path / "data" / "digits")
    (tmp_path / "labs").mkdir()
    monkeypatch.chdir(tmp_path / "labs")
    assert find_mnist() == tmp_path / "data" / "digits"


def test_no_data_at_all_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.delenv("LABKIT_DATA")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("labkit.data.places.COURSE_ROOT", tmp_path)
    with pytest.raises(DataError, match="labkit data download"):
        load_mnist()


def test_a_folder_that_does_not_exist_is_named(monkeypatch):
    monkeypatch.setenv("LABKIT_DATA", "/nowhere/at all")
    with pytest.raises(
        DataError, match=re.escape("LABKIT_DATA names the folder '/nowhere/at all'")
    ):
        load_mnist()


def test_a_folder_without_mnist_is_named(tmp_path):
    with pytest.raises(DataError, match=re.escape(str(tmp_path))):
        load_mnist(data_dir=tmp_path)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["cut", "empty", "noise"])
def test_a_damaged_file_is_one_sentence(tmp_path, name, damage):
    shutil.copytree(STAND_IN / "MNIST", tmp_path / "MNIST")
    file = tmp_path / "MNIST" / "raw" / name
    content = file.read_bytes()
    file.write_bytes({"cut": content[:-7], "empty": b"", "noise": b"<html>" + content[6:]}[damage])
    with pytest.raises(DataError, match="is damaged") as caught:
        load_mnist(data_dir=tmp_path)
    assert "\n" not in str(caught.value)
    assert name in str(caught.value)


def test_swapped_labels_are_noticed(tmp_path):
    shutil.copytree(STAND_IN / "MNIST", tmp_path / "MNIST")
    raw = tmp_path / "MNIST" / "raw"
    shutil.copy(raw / "t10k-labels-idx1-ubyte", raw / "train-labels-idx1-ubyte")
    with pytest.raises(DataError, match="1437 images but 360 labels"):
        load_mnist(data_dir=tmp_path)


def test_a_loader_without_inputs_is_refused():
    with pytest.raises(DataError, match="0 inputs"):
        TensorLoader(torch.empty(0, 4), torch.empty(0))
    with pytest.raises(DataError, match="batch size"):
        TensorLoader(torch.rand(3, 4), torch.zeros(3), batch_size=0)


def test_the_committed_digits_match_their_checksums():
    lines = re.findall(
        r"^([0-9a-f]{64})  (MNIST/\S+)$", (ROOT / "data/README.md").read_text(), re.M
    )
    assert len(lines) == len(FILES)
    for digest, name in lines:
        assert hashlib.sha256((STAND_IN / name).read_bytes()).hexdigest() == digest


def test_the_committed_digits_are_scikit_learns(tmp_path):
    pytest.importorskip("sklearn")
    from labkit.data.stand_in import write_stand_in

    write_stand_in(tmp_path)
    for name in FILES:
        made, kept = ((p / "MNIST/raw" / name).read_bytes() for p in (tmp_path, STAND_IN))
        # Rounding of the enlargement may differ by one grey level between processors.
        assert len(made) == len(kept)
        assert max(abs(a - b) for a, b in zip(made, kept, strict=True)) <= 1


def test_a_download_without_network_is_one_sentence(tmp_path, monkeypatch):
    def no_network(*args, **kwargs):
        raise RuntimeError("Error downloading train-images:\nTried one, got:\n<no route to host>")

    monkeypatch.setattr("torchvision.datasets.MNIST.download", no_network)
    with pytest.raises(DataError, match="no route to host") as caught:
        download_module.download_mnist(tmp_path / "new")
    assert "\n" not in str(caught.value)
