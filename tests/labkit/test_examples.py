"""What `show_examples` shows of each kind of data."""

from pathlib import Path

import numpy as np

from labkit.data import load, show_examples

REVIEWS = Path(__file__).resolve().parents[2] / "data" / "reviews"


def test_digits_stand_beside_each_other_with_their_labels(digits, capsys):
    (axes,) = show_examples(digits[0]).axes
    labels = [int(text.get_text()) for text in axes.get_xticklabels()]
    assert labels == digits[0].labels[:10].tolist()
    picture = axes.get_images()[0].get_array()
    for place in (0, 9):
        digit = picture[:, 25 * place : 25 * place + 20]
        assert np.allclose(digit, digits[0].inputs[place].view(20, 20))
    assert "(64, 400)" in capsys.readouterr().out


def test_sentences_are_a_table(capsys):
    train, _ = load("sst2", data_dir=REVIEWS, verbose=False)
    shown = show_examples(train, count=3)
    assert train.inputs.texts[2] in shown._repr_html_()
    assert len(shown.frame) == 3
    assert "(64, 5000)" in capsys.readouterr().out
