"""What is left of Markdown when it is read aloud: the words, and code as it was written."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.questions.plaintext import plain


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("What does `__init__` do?", "What does __init__ do?"),
        ("What does __init__ do?", "What does __init__ do?"),
        ("`__syncthreads()` and __shared__", "__syncthreads() and __shared__"),
        ("__Note__ and __very much so__", "Note and very much so"),
        ("call `f(*args, **kwargs)`", "call f(*args, **kwargs)"),
        ("`_x_` is _not_ `[a](b)`", "_x_ is not [a](b)"),
        ("[`see`](http://x) ![`y`](z) `w`", "see w"),
        ("<!-- `a` --> `b`", "b"),
        ("**bold `**x`**", "bold **x"),
        ("``a `b` c``", "a `b` c"),
        ("one ` tick\n\n- **and** ` another", "one tick and another"),
        ("\ufdd07\ufdd0 `x`", "7 x"),
    ],
)
def test_markup_goes_and_code_stays(written: str, read: str) -> None:
    assert plain(written) == read


@given(st.text(alphabet="ab_*`[]()<>!-# \n\ufdd0\u06601", max_size=60))
def test_no_letter_is_added_or_moved(text: str) -> None:
    letters = iter(re.sub(r"[^ab]", "", text))
    assert all(letter in letters for letter in re.sub(r"[^ab]", "", plain(text)))


def test_many_ticks_take_no_longer_than_their_length_allows() -> None:
    text = " ".join("`" * n for n in range(1, 400)) + "`a " * 5000
    started = time.process_time()
    plain(text)
    assert time.process_time() - started < 5
