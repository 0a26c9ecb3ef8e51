"""The scanner: what it sees in a text, and that it loses nothing."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.blocks import scan
from corpus.schema import Block

PIECES = st.sampled_from(
    [
        "- ",
        "1. ",
        "# ",
        "## ",
        "```",
        "~~~",
        "\n",
        "\n\n",
        " ",
        "    ",
        "\t",
        "|",
        "| a | b |\n|---|---|\n",
        "---",
        "===",
        "<table>",
        "</table>",
        "<br/>",
        "<details>",
        "<summary>",
        "<!--",
        "-->",
        "> ",
        "**",
        "Word",
        "a line that goes on",
        ". ",
        "?",
        "Q 1. ",
        "\x0c",
        "\u200f",
        "👶",
        "\0",
        "é",
    ]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(max_size=200))


def bodies(text: str) -> list[tuple[str, str]]:
    return [(b.kind, text[b.body_start : b.body_end]) for b in scan(text)]


def only(text: str) -> Block:
    (block,) = scan(text)
    return block


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_blocks_are_ordered_apart_and_cover_every_visible_character(text: str) -> None:
    at = 0
    for block in scan(text):
        assert at <= block.start < block.end <= len(text)
        assert block.start <= block.body_start <= block.body_end <= block.end
        assert not text[at : block.start].strip()
        at = block.end
    assert not text[at:].strip()


def test_headings_of_every_notation() -> None:
    text = "## 🎯 Aim ##\n\nTitle\n=====\n\nSub\n---\n\n<h3>Third</h3>\n"
    found = [(b.level, text[b.body_start : b.body_end]) for b in scan(text)]
    assert found == [(2, "🎯 Aim"), (1, "Title"), (2, "Sub"), (3, "Third")]


def test_a_rule_after_a_sentence_is_no_heading() -> None:
    assert [b.kind for b in scan("That is all.\n---\nNext one.")] == [
        "paragraph",
        "rule",
        "paragraph",
    ]


def test_code_keeps_what_looks_like_structure() -> None:
    text = "```python\n# not a heading\n- not an item\n```\nafter"
    assert bodies(text) == [("code", "# not a heading\n- not an item"), ("paragraph", "after")]


def test_an_open_fence_does_not_swallow_the_document() -> None:
    assert [b.kind for b in scan("```\nx = 1\n\n# Heading\n\ntext")] == [
        "code",
        "heading",
        "paragraph",
    ]


def test_fence_inside_a_list_item_and_longer_fences() -> None:
    text = "- item\n\n  ```sh\n  ls\n  ```\n\n~~~~\n```\n~~~~\n"
    assert [b.kind for b in scan(text)] == ["list_item", "code", "code"]


def test_lists_nest_and_keep_their_continuation_lines() -> None:
    text = "1. one\n   more of one\n   - deep\n     - deeper\n2) two\n- [ ] task\n- [x] done"
    found = [(b.level, b.marker, text[b.body_start : b.body_end]) for b in scan(text)]
    assert found == [
        (0, "1.", "one\n   more of one"),
        (1, "-", "deep"),
        (2, "-", "deeper"),
        (0, "2)", "two"),
        (0, "[ ]", "task"),
        (0, "[x]", "done"),
    ]


def test_tables_html_and_front_matter() -> None:
    text = (
        "---\ntitle: T\n---\n\n| a | b |\n|:--|--:|\n| 1 | 2 |"
        "\n\n<table>\n<tr><td>x</td></tr>\n</table>\n<br/>\n"
    )
    assert [(b.kind, b.marker) for b in scan(text)] == [
        ("html", "front-matter"),
        ("table", "|"),
        ("table", "<table>"),
        ("html", "<br>"),
    ]


def test_wrapped_lines_are_one_paragraph() -> None:
    line = "A sentence of the kind that an editor breaks at the eightieth column, wherever that"
    text = "\n".join([line] * 6) + " ends."
    assert only(text).kind == "paragraph"


def test_one_paragraph_per_line_gives_one_block_per_line() -> None:
    line = "A whole paragraph stands on this line, as it does when a web page is saved as text."
    assert len(scan("\n".join([line] * 6))) == 6


def test_a_sentence_broken_around_a_code_word_stays_whole() -> None:
    text = (
        "You call the function named\ncudaMalloc\nand later free the memory.\nThis is "
        "another paragraph."
    )
    assert len(scan(text)) == 2


def test_title_without_markup_over_prose() -> None:
    prose = (
        "This paragraph is long enough to be seen as the text that stands under a title in a page. "
        * 2
    )
    assert [b.kind for b in scan(f"Why it pays off\n\n{prose}")] == ["heading", "paragraph"]


def test_a_year_at_the_start_of_a_wrapped_line_is_no_list() -> None:
    line = "Words and more words that fill the line until it is wrapped somewhere about here and"
    text = "\n".join([line] * 5) + " in\n1986. The network learned.\n"
    assert all(b.kind == "paragraph" for b in scan(text))


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        "Some words of ordinary prose here.\n",
        "```\n",
        "- a\n",
        "<table>\n",
        "<!--\n",
        "a\n==\n",
        "|a|\n",
        "<",
    ],
)
def test_time_grows_with_the_length_and_no_faster(unit: str) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        best = float("inf")
        for _ in range(3):
            began = time.process_time()
            scan(text)
            best = min(best, time.process_time() - began)
        return best

    assert seconds(200_000) < 12 * seconds(50_000) + 0.05
