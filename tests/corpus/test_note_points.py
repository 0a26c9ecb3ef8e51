"""Key points of people's own notes: lines, bullets and short replies that each count."""

from __future__ import annotations

import pytest

from corpus.questions.keypoints import points_of_text


def said(text: str, question: str = "") -> list[str]:
    return [point.text for point in points_of_text(text, question)]


def test_sentences_of_labelled_lines_are_kept_where_there_is_room() -> None:
    text = (
        "Air: fine for racks that draw up to 40 kW or so. The fans take a tenth of the power.\n"
        "Liquid: needed for racks that draw 120 kW and more. This is useful for training.\n"
        "A litre of water takes up far more heat than a litre of air.\n"
    )
    assert said(text, "Which cooling?") == [
        "Air: fine for racks that draw up to 40 kW or so.",
        "The fans take a tenth of the power.",
        "Liquid: needed for racks that draw 120 kW and more.",
        "A litre of water takes up far more heat than a litre of air.",
    ]
    crowded = "".join(f"Part {x}: it does {x * 3} here. So it says.\n" for x in "abcdef")
    assert all(point.startswith("Part ") for point in said(crowded))


def test_each_line_is_a_point_where_each_is_a_note() -> None:
    text = "Inflammation\nProliferation: granulation tissue fills the gap\nRemodelling for months"
    assert said(text, "Which phases does a wound go through?") == text.split("\n")


def test_a_list_item_stays_whole_unless_it_is_a_list_of_words() -> None:
    text = "- stand-up, daily, 15 min\n- review of the plan, every second week"
    assert len(said(text)) == 2
    assert len(said("- uniqueness, completeness, timeliness\n- the format is kept")) == 4


@pytest.mark.parametrize(
    "text",
    [
        "uptime / (uptime + downtime), e.g. 98 h and 2 h give 98 %",
        "Yes, elastic net combines L1 and L2.",
        "one core, 2 GB, a disk",
    ],
)
def test_commas_do_not_make_an_enumeration(text: str) -> None:
    assert len(said(text)) == 1


def test_names_that_would_displace_other_points_stay_together() -> None:
    text = "part number, revision, quantity, designator, manufacturer\nAlso glue and labels\nScrews"
    assert said(text)[0] == text.split("\n")[0]


@pytest.mark.parametrize(
    "item",
    [
        "read your writes: a client sees what it wrote",
        "Read the Server-Timing header of the slow response",
        "Explore the data first: gaps and ranges",
        "Read whole pages of the table in order",
        "Refer to a dietician within two days",
        "Consider caching the result of the query",
        "rollback possible?",
        "what they have to do, and by when",
    ],
)
def test_an_item_that_tells_what_to_do_is_a_point(item: str) -> None:
    text = f"- one server takes all writes of a key\n- {item}\n- replicas are asked in turn"
    assert item in said(text, "What belongs into the design?")


def test_pointers_to_further_reading_are_no_points() -> None:
    pointers = ("Read more about it in the blog.", "Read the original paper.", "See the manual.")
    kept = said(f"A cache keeps copies of slow answers. {' '.join(pointers)}", "What is a cache?")
    assert kept == ["A cache keeps copies of slow answers."]


def test_a_list_of_questions_to_ask_keeps_them() -> None:
    text = "- Who is affected?\n- Since when does it happen?\n- What has changed since then?"
    assert len(said(text, "What do you ask first?")) == 3
    mixed = f"{text}\n" + "".join(f"- step {x} fixes the fault in part {x}\n" for x in "abcd")
    assert not any(point.endswith("?") for point in said(mixed))


def test_a_verdict_is_one_point_with_its_reason() -> None:
    text = "No. The expected prize is less than the price."
    assert said(text, "Should one buy the ticket?") == [text]
    assert said(f"**{text[:3]}**{text[3:]}", "Should one buy the ticket?") == [text]


@pytest.mark.parametrize(
    ("reply", "question"),
    [
        ("One bit is enough.", "How many bits are enough for the sequence number?"),
        ("CNNs are not resistant to rotations.", "Are CNNs resistant to rotations?"),
        ("The pressure rises.", "What happens to the pressure in a heated can?"),
        ("MTU.", "What do you suspect when big packets get lost?"),
    ],
)
def test_a_reply_in_the_words_of_the_question_is_kept(reply: str, question: str) -> None:
    reasons = (
        "A lost acknowledgement makes the sender repeat itself.",
        "Particles hit the wall of the vessel more often than before.",
        "Headers of a tunnel leave less room for the payload.",
        "Augmented samples of the training set change the outcome.",
    )
    assert said(" ".join((reply, *reasons[:3])), question)[0] == reply


def test_a_lead_in_in_the_words_of_the_question_is_dropped() -> None:
    text = (
        "There are two assumptions of linear regression. The errors have the same variance "
        "everywhere. The outcome depends on the inputs in a straight line. Outliers are few."
    )
    assert not any(
        point.startswith("There are")
        for point in said(text, "What are the assumptions of linear regression?")
    )


def test_every_item_of_a_list_of_names_is_kept() -> None:
    text = "- Right patient\n- Right drug\n- Right dose\n- Right time"
    assert len(said(text, "What are the four rights before any drug is given?")) == 4
