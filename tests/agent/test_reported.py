"""A claim told as somebody's error is told from one that is made."""

from __future__ import annotations

import pytest

from agent.reported import told_as_error


@pytest.mark.parametrize(
    "sentence",
    [
        "People wrongly say that a larger batch always lowers the loss.",
        "It is a myth that NVLink replaces PCIe.",
        "Many think the cache is shared, but that is not true.",
        "A common mistake is to scale after clipping.",
        "Contrary to what the blog says, padding is not free.",
        "I used to think that FP16 has more range.",
        "Some claim it copies the weights, which is wrong.",
        "Don't fall for the idea that more heads are always better.",
    ],
)
def test_told_as_an_error(sentence: str) -> None:
    assert told_as_error(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The training error falls while the validation error rises.",
        "A false positive costs more than a false negative here.",
        "It predicts the wrong class for rare words.",
        "If the key is incorrect, the server closes the connection.",
        "A larger batch always lowers the loss.",
        "The mistakes of one tree are corrected by the next.",
        "It is not stored on disk.",
    ],
)
def test_claimed(sentence: str) -> None:
    assert not told_as_error(sentence)
