"""Markup: what is taken for it, what is left alone, and that places stay what they are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ui.markup import cells, lines, pieces, readable, words_of

SIGNS = st.text(alphabet="ab 1\n\t*_`[]()!>#|-~<>/\\:.", max_size=120)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# Warps and *lanes*", "Warps and lanes"),
        ("Tides\n=====\n\nThe moon.", "Tides The moon."),
        ("A **warp** has __32 lanes__.", "A warp has 32 lanes."),
        ("Bold over **two\nfolded lines** here", "Bold over two folded lines here"),
        ("It calls `cudaMalloc(**p)` twice.", "It calls cudaMalloc(**p) twice."),
        ("See [Tensor Cores](/a/b_c_(d)) and ![a chip](x.png).", "See Tensor Cores and a chip."),
        ("![a chip\nfrom above](chip.svg)", "a chip from above"),
        ("- item *one*\n- two", "item one two"),
        ("1. first\n2. second", "1. first 2. second"),
        ("> said\n> twice", "said twice"),
        ("```python\nx = f(**kw)\n```", "x = f(**kw)"),
        ("End of line.  \nNext line", "End of line. Next line"),
        ("Above\n\n<br/>\n\nBelow", "Above Below"),
    ],
)
def test_markup_is_set_aside(text: str, words: str) -> None:
    assert readable(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "a**b**c and 2 * 3 * 4",
        "call __init__ and snake_case_name",
        "std::vector<int> x; f(*args, **kwargs)",
        "the value of a[i](x)",
        "a ** b",
        "| a | b |",
        "Is `this open",
    ],
)
def test_what_only_looks_like_markup_stays(text: str) -> None:
    assert readable(text) == text


def test_a_long_quote_is_cut_after_its_markup_is_gone() -> None:
    assert readable("**" + "word " * 5 + "end** x", 12) == "word word w…"


def test_code_and_tables_keep_their_lines_in_a_terminal() -> None:
    table = "| a | b |\n|---|---|\n| 1 | 2 |"
    text = f"A *line* that\nis folded.\n\n- one\n  more\n\n```\na\n  b\n```\n\n{table}"
    assert lines(text) == ("A line that is folded.", "• one more", "a\n  b", table)


def test_the_cells_of_a_table_cover_its_rows() -> None:
    text = "| a \\| b | c |\n|---|---|\n  d | **e**\n"
    (table,) = pieces(text)
    found = [[text[start:end] for start, end in row] for row in cells(text, table.block)]
    assert found == [["| a \\| b ", "| c |"], [], ["  d ", "| **e**"]]


@settings(deadline=None)
@given(st.one_of(SIGNS, st.text(max_size=120)))
def test_runs_lie_in_their_block_and_what_is_left_is_the_text_without_them(text: str) -> None:
    for piece in pieces(text):
        start, end = piece.block.start, piece.block.end
        assert all(start <= run.start < run.end <= end for run in piece.runs)
        hidden = {
            place
            for run in piece.runs
            if run.kind in ("sign", "break")
            for place in range(run.start, run.end)
        }
        left = "".join(text[place] for place in range(start, end) if place not in hidden)
        assert words_of(text, piece) == left
