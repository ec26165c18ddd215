"""SST-2 and its stand-in: files, vocabulary, bags of words, what is said of damage."""

import hashlib
import io
import re
import shutil
import zipfile
from collections import Counter
from pathlib import Path
from typing import ClassVar

import pandas as pd
import pytest
import torch

from labkit.data import TensorLoader, load, load_sst2, model_settings
from labkit.data import download_sst2 as download_module
from labkit.data.bag_of_words import BagOfWords, build_vocabulary
from labkit.data.sst2 import FILES, find_sst2, read_tsv
from labkit.errors import DataError

ROOT = Path(__file__).resolve().parents[2]
STAND_IN = ROOT / "data" / "reviews"


@pytest.fixture
def sst2(tmp_path):
    """A copy of the stand-in in SST-2's place."""
    shutil.copytree(STAND_IN, tmp_path / "real")
    return tmp_path / "real"


@pytest.fixture(scope="module")
def reviews():
    return load("sst2", data_dir=STAND_IN, verbose=False)


def dense(loader):
    return torch.cat([inputs for inputs, _ in loader])


def test_a_row_has_a_one_for_each_word_of_the_vocabulary(reviews):
    train, test = reviews
    lines = (STAND_IN / "sst2" / "dev.tsv").read_text().splitlines()[1:]
    rows = dense(test)
    assert rows.shape == (len(lines), 5_000)
    assert rows.dtype == torch.float32
    known = set(train.inputs.vocabulary)
    for row, line, label in zip(rows, lines, test.labels, strict=True):
        sentence, said = line.split("\t")
        words = {test.inputs.vocabulary[i] for i in row.nonzero().flatten()}
        assert words == set(sentence.split()) & known
        assert row.sum() == len(words)
        assert int(said) == label


def test_the_vocabulary_is_the_most_frequent_words_ties_by_the_alphabet():
    texts = ["B a a c", "b d e", "e"]
    assert build_vocabulary(texts, 4) == ["a", "b", "e", "c"]
    assert build_vocabulary(texts, 100) == ["a", "b", "e", "c", "d"]


def test_the_vocabulary_comes_from_the_training_sentences_alone(reviews):
    train, test = reviews
    assert test.inputs.vocabulary == train.inputs.vocabulary
    counts = Counter(w for text in train.inputs.texts for w in text.split())
    assert set(train.inputs.vocabulary) == set(counts)  # fewer than 5,000


def test_unknown_words_and_repeated_words_do_not_count():
    bags = BagOfWords(["good good new", "never seen", ""], ["good", "bad"], width=3)
    assert bags[torch.tensor([0, 1, 2])].tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 0]]
    assert BagOfWords(["x"], ["good"], 2)[torch.tensor([0, 0])].tolist() == [[0, 0], [0, 0]]


def test_batches_are_shuffled_with_their_labels_and_restart(reviews):
    loader = TensorLoader(reviews[1].inputs, reviews[1].labels, 64, shuffle=True, seed=3)
    assert len(loader) == 5
    first = [(inputs.sum(dim=0), labels) for inputs, labels in loader]
    second = [(inputs.sum(dim=0), labels) for inputs, labels in loader]
    loader.restart()
    again = [(inputs.sum(dim=0), labels) for inputs, labels in loader]
    assert all(torch.equal(a[0], b[0]) for a, b in zip(first, again, strict=True))
    assert not all(torch.equal(a[0], b[0]) for a, b in zip(first, second, strict=True))
    positive = dense(reviews[1])[reviews[1].labels == 1].sum(dim=0)
    loader.restart()
    found = sum(inputs[labels == 1].sum(dim=0) for inputs, labels in loader)
    assert torch.equal(found, positive)


def test_sentences_take_little_memory(reviews):
    columns = reviews[0].inputs.columns
    assert columns.numel() * columns.element_size() < 300_000  # dense: 40 MB


def test_sentences_are_no_images(reviews):
    with pytest.raises(DataError, match="no images"):
        _ = reviews[0].images


def test_both_data_sets_have_a_name_and_a_network(digits):
    from labkit.metrics import count_parameters
    from labkit.models import FFN

    assert count_parameters(FFN(**model_settings("mnist"))) == 1_470_474
    assert count_parameters(FFN(**model_settings("sst2"))) == 1_412_097
    train, test = load("mnist", batch_size=32, seed=5, verbose=False)
    assert torch.equal(train.images, digits[0].images)
    assert (train.batch_size, train.seed, test.shuffle) == (32, 5, False)
    model_settings("mnist")["num_layers"] = 9  # a copy
    assert model_settings("mnist")["num_layers"] == 2
    for function in (load, model_settings):
        with pytest.raises(DataError, match=r"'sst'.*mnist, sst2"):
            function("sst")


def test_says_loudly_which_data_it_is(capsys, sst2):
    load_sst2(data_dir=STAND_IN)
    said = capsys.readouterr().out
    assert "STAND-IN" in said
    assert "2,000" in said
    assert said.count("\n") == 1
    load_sst2(data_dir=sst2)
    assert "SUBSET" in capsys.readouterr().out


def test_a_linked_stand_in_is_still_called_so(tmp_path, capsys):
    (tmp_path / "sst2").symlink_to(STAND_IN / "sst2")
    (tmp_path / "MNIST").symlink_to(ROOT / "data" / "digits" / "MNIST")
    for name in ("sst2", "mnist"):
        load(name, data_dir=tmp_path)
        assert "STAND-IN" in capsys.readouterr().out


def test_glues_own_folder_name_is_found(sst2):
    (sst2 / "sst2").rename(sst2 / "SST-2")
    assert find_sst2(sst2) == sst2
    assert len(load_sst2(data_dir=sst2, verbose=False)[1].labels) == 300


def test_without_a_name_the_stand_in_of_the_course_is_found(tmp_path, monkeypatch):
    monkeypatch.delenv("LABKIT_DATA")
    monkeypatch.chdir(tmp_path)
    assert find_sst2().is_relative_to(ROOT / "data")


def test_a_named_folder_without_it_is_one_sentence():
    with pytest.raises(DataError, match=r"holds no SST-2.*--what sst2") as caught:
        load_sst2(data_dir=ROOT / "data" / "digits")
    assert "\n" not in str(caught.value)


def test_no_data_at_all_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.delenv("LABKIT_DATA")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("labkit.data.places.COURSE_ROOT", tmp_path)
    with pytest.raises(DataError, match="labkit data download --what sst2"):
        load_sst2()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "first line"),
        (b"<html>no</html>\n", "first line"),
        (b"sentence\tlabel\n", "no sentence"),
        (b"sentence\tlabel\ngood .\t1\ncut off", "line 3"),
        (b"sentence\tlabel\ngood .\t7\n", "line 2"),
        (b"sentence\tlabel\n\xff\xfe\t1\n", "decode"),
    ],
)
def test_a_damaged_file_is_one_sentence(sst2, name, content, word):
    (sst2 / "sst2" / name).write_bytes(content)
    with pytest.raises(DataError, match=rf"is damaged \({name}.*{word}") as caught:
        load_sst2(data_dir=sst2)
    assert "\n" not in str(caught.value)


def test_a_file_from_windows_is_read(tmp_path):
    path = tmp_path / "dev.tsv"
    path.write_bytes(b"sentence\tlabel\r\nit 's good \t1\r\nnot so \t0\r\n")
    texts, labels = read_tsv(path)
    assert texts == ["it 's good", "not so"]
    assert labels.tolist() == [1, 0]


def test_glues_test_file_is_not_touched(sst2):
    (sst2 / "sst2" / "test.tsv").write_bytes(b"\xff not text")
    load_sst2(data_dir=sst2, verbose=False)


def test_the_committed_reviews_match_their_checksums_and_their_maker(tmp_path):
    from labkit.data.stand_in_reviews import write_stand_in

    readme = (ROOT / "data/README.md").read_text()
    lines = re.findall(r"^([0-9a-f]{64})  (sst2/\S+)$", readme, re.M)
    assert len(lines) == len(FILES)
    write_stand_in(tmp_path)
    for digest, name in lines:
        for root in (STAND_IN, tmp_path):
            assert hashlib.sha256((root / name).read_bytes()).hexdigest() == digest


def test_the_reviews_are_balanced_and_no_test_sentence_is_trained_on(reviews):
    train, test = reviews
    for loader in reviews:
        assert 0.45 < loader.labels.double().mean() < 0.55
    assert not set(train.inputs.texts) & set(test.inputs.texts)


def glue_zip(folder="SST-2"):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in FILES:
            archive.writestr(f"{folder}/{name}", (STAND_IN / "sst2" / name).read_bytes())
        archive.writestr(f"{folder}/test.tsv", "index\tsentence\n0\tsecret\n")
    return packed.getvalue()


class Answer(io.BytesIO):
    headers: ClassVar[dict[str, str]] = {}


def serve(monkeypatch, content, md5=None):
    monkeypatch.setattr(download_module, "urlopen", lambda url, timeout: Answer(content))
    digest = md5 or hashlib.md5(content, usedforsecurity=False).hexdigest()
    monkeypatch.setattr(download_module, "MD5", digest)


def test_a_download_is_unpacked_without_the_test_file(tmp_path, monkeypatch):
    serve(monkeypatch, glue_zip())
    folder = download_module.download_sst2(tmp_path / "new")
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    assert len(load_sst2(data_dir=tmp_path / "new", verbose=False)[1].labels) == 300
    serve(monkeypatch, b"not asked again")
    assert download_module.download_sst2(tmp_path / "new") == folder


@pytest.mark.parametrize(
    ("content", "md5", "word"),
    [
        (b"<html>", None, "zip"),
        (glue_zip("other"), None, "SST-2/train.tsv"),
    ],
)
def test_a_wrong_download_is_one_sentence_and_leaves_nothing(
    tmp_path, monkeypatch, content, md5, word
):
    serve(monkeypatch, content, md5)
    with pytest.raises(DataError, match=word) as caught:
        download_module.download_sst2(tmp_path)
    assert "\n" not in str(caught.value)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("rows", [(67_349, 872), (67_349, 871)])
def test_hugging_faces_copy_takes_the_place_of_glues_file(tmp_path, monkeypatch, rows):
    frames = [pd.DataFrame({"sentence": ['it \'s so "good" '] * n, "label": [1] * n}) for n in rows]
    serve(monkeypatch, b"<html>", md5="0" * 32)
    monkeypatch.setattr("pandas.read_parquet", lambda file, columns: frames.pop(0)[columns])
    if rows[1] != 872:
        with pytest.raises(DataError, match="871 sentences, not 872"):
            download_module.download_sst2(tmp_path)
        return
    folder = download_module.download_sst2(tmp_path)
    texts, labels = read_tsv(folder / "dev.tsv")
    assert texts == ['it \'s so "good"'] * 872
    assert labels.tolist() == [1] * 872


def test_without_a_reader_of_parquet_the_first_error_is_told(tmp_path, monkeypatch):
    def no_reader(file, columns):
        raise ImportError("no pyarrow")

    serve(monkeypatch, b"<html>", md5="0" * 32)
    monkeypatch.setattr("pandas.read_parquet", no_reader)
    with pytest.raises(DataError, match="its MD5 differs"):
        download_module.download_sst2(tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_download_without_network_is_one_sentence(tmp_path, monkeypatch):
    def no_network(url, timeout):
        raise OSError("<urlopen error no route to host>")

    monkeypatch.setattr(download_module, "urlopen", no_network)
    with pytest.raises(DataError, match="no route to host"):
        download_module.download_sst2(tmp_path)
