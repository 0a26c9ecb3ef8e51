"""Lists within a paragraph, as they come out of PDFs and tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.questions.inline import inline_items
from corpus.questions.keypoints import points_of_text


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("Aims: • fast to start • cheap to run", ["fast to start", "cheap to run"]),
        ("1. read it, 2. parse it and 3. check it.", ["read it", "parse it", "check it."]),
        ("Use: a) a lock, b) a channel or c) a copy", ["a lock", "a channel", "a copy"]),
        ("i)Hidden: they collide. ii)Exposed: they wait.",
         ["Hidden: they collide.", "Exposed: they wait."]),
        ("Fields: -Sequence number -Flags -Urgent pointer",
         ["Sequence number", "Flags", "Urgent pointer"]),
        ("It is lossless. Its aims are: 1.speed 2.size",
         ["It is lossless.", "speed", "size"]),
    ],
)  # fmt: skip
def test_a_list_in_a_paragraph(text: str, items: list[str]) -> None:
    assert [text[a:b] for a, b in inline_items(text)] == items


@pytest.mark.parametrize(
    "text",
    [
        "",
        "One sentence without a list.",
        "In step 1. the file is read, in step 2. it is parsed.",
        "Version 2. is out, and 3. will follow.",
        "It costs 1. 50 and 2. 75.",
        "The call is f(a) or g(b) as (a) and (b) say.",
        "-e: stop at once. -u: unset is an error. -x: print.",
        "A well-known - if slow - way, and -maybe- a good one.",
        "1. Only one point here.",
        "• Only one point here.",
    ],
)
def test_no_list(text: str) -> None:
    assert inline_items(text) == []


@given(st.text("1234.)( •-abc:,;\n", max_size=80))
def test_items_are_in_order_within_the_text(text: str) -> None:
    end = 0
    for start, stop in inline_items(text):
        assert end <= start < stop <= len(text)
        end = stop


def test_each_item_is_a_point_and_every_sentence_of_a_long_one() -> None:
    text = "Risks: 1.Security: Packets are read by others. They may be changed. 2.Power runs out"
    assert [p.text for p in points_of_text(text)] == [
        "Security: Packets are read by others.", "They may be changed.", "Power runs out",
    ]  # fmt: skip
