"""Key points: exact spans, few, the important ones heaviest."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.questions.keypoints import MOST_OF_A_LIST, key_points, points_of_text
from corpus.questions.plaintext import plain
from corpus.questions.sentences import sentences
from corpus.schema import Document

MARKDOWN = st.text(
    alphabet=st.sampled_from("ab Z.!?;,:-*_`#|[]()<>&\n\t1é🙂“”"), min_size=1, max_size=300
)


def document(text: str) -> Document:
    return Document("d" * 16, "/notes.md", "Notes", "text/markdown", "user", "0", text)


@given(st.one_of(MARKDOWN, st.text(max_size=200)), st.text(max_size=40))
def test_points_lie_in_the_text_in_order_and_weigh_something(text: str, question: str) -> None:
    points = points_of_text(text, question)
    assert len(points) <= MOST_OF_A_LIST
    if any(c.isalpha() for c in text):
        assert points
    end = 0
    for point in points:
        assert end <= point.start < point.end <= len(text)
        end = point.end
        assert math.isfinite(point.weight)
        assert point.weight > 0
        assert point.text.strip() == point.text != ""


@given(MARKDOWN)
def test_sentences_hold_every_visible_character(text: str) -> None:
    spans = sentences(text)
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())
    assert all(a < b <= c for (a, b), (c, _) in pairwise(spans))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It runs on v8.2 of the library. It is fast.", 2),
        ("Use a cache, e.g. Redis. Then measure.", 2),
        ("See https://example.com/a.b for it. Done now.", 2),
        ("Batching helps (e.g. by a lot. Really). It costs latency.", 2),
        ("The value is 3.14 vs. 2.71 here.", 1),
        ("cuDNN is a library. cuBLAS is another one.", 2),
        ("Call `a. B` first. Then stop.", 2),
        ("Smith et al. found it. We agree.", 2),
    ],
)
def test_what_ends_a_sentence(text: str, count: int) -> None:
    assert len(sentences(text)) == count


def test_a_phrase_is_one_point() -> None:
    (point,) = points_of_text("last in, first out", "What is a stack?")
    assert (point.start, point.end) == (0, 18)


def test_two_independent_claims_are_two_points() -> None:
    text = "A stack removes the newest element, whereas a queue removes the oldest element."
    first, second = points_of_text(text, "How do they differ?")
    assert text[first.start : first.end].startswith("A stack")
    assert text[second.start : second.end].startswith("a queue")


def test_a_bare_enumeration_gives_its_names() -> None:
    points = points_of_text("Airflow, Dagster (cloud, local) and Prefect")
    assert [p.text for p in points] == ["Airflow", "Dagster (cloud, local)", "Prefect"]


def test_a_list_of_numbers_is_one_point() -> None:
    (point,) = points_of_text("Boundary values: 17, 18, 65 and 66.")
    assert point.text == "Boundary values: 17, 18, 65 and 66."


@pytest.mark.parametrize("label", ["A: ", "**A:** ", "**Answer**: "])
def test_the_label_of_an_answer_is_no_part_of_it(label: str) -> None:
    text = f"Q: What is a heap?\n{label}A tree whose root is its least element."
    (point,) = points_of_text(text, "What is a heap?")
    assert text[point.start : point.end] == "A tree whose root is its least element."


def test_labels_carry_list_items_and_lead_ins_are_dropped() -> None:
    text = (
        "There are several reasons:\n"
        "- **Speed**: it runs the kernels of all the layers in parallel. You will like it a lot.\n"
        "- **Memory**: it keeps the activations in half precision.\n"
    )
    points = points_of_text(text, "Why use it?")
    assert [p.text.split(":")[0] for p in points] == ["Speed", "Memory"]
    assert "You will" not in points[0].text


def test_the_definition_outweighs_analogy_example_and_filler() -> None:
    text = (
        "Imagine a kitchen with many cooks. Profiling is crucial for performance. "
        "A warp is a group of 32 threads that execute in lockstep. "
        "For example, an SM may hold 64 of these at once."
    )
    points = points_of_text(text, "What is a warp?")
    heaviest = max(points, key=lambda p: p.weight)
    assert heaviest.text.startswith("A warp is")
    assert not any(p.text.startswith(("Imagine", "Profiling")) for p in points)
    example = [p for p in points if p.text.startswith("For example")]
    assert all(p.weight < heaviest.weight / 2 for p in example)


def test_filler_is_kept_where_nothing_else_stands() -> None:
    assert len(points_of_text("Testing is important.")) == 1


def test_a_long_list_is_cut_and_its_first_half_weighs_more() -> None:
    text = "\n".join(
        f"- item number {i} does the thing called {chr(97 + i) * 4}" for i in range(12)
    )
    points = points_of_text(text)
    assert len(points) == MOST_OF_A_LIST
    weights = [p.weight for p in points]
    assert sum(weights[:4]) > 0.55 * sum(weights)


def test_code_is_one_point_where_it_is_the_answer() -> None:
    (point,) = points_of_text("```python\nfor i in range(3):\n    print(i)\n```\n", "Print to 3")
    assert point.text.startswith("the code: for i in range(3)")


def test_code_beside_prose_is_no_point() -> None:
    text = (
        "The handle is created once per device and kept for the whole run of the program.\n\n"
        "```cpp\ncreate(&handle);\nuse(handle);\ndestroy(handle);\nfree(memory);\n```\n\n"
        "It must be destroyed before the context that it belongs to goes away."
    )
    assert not any("create(" in p.text for p in points_of_text(text, "Explain handles."))


def test_points_of_two_spans_cite_the_document() -> None:
    text = "Heading\nFirst claim is here.\nadvert advert\nSecond claim stands here."
    doc = document(text)
    spans = (doc.span(8, 28), doc.span(43, 68))
    points = key_points(doc, spans, "What is claimed?")
    assert [p.id for p in points] == ["k1", "k2"]
    for point in points:
        assert point.span is not None
        assert text[point.span.start : point.span.end] == point.span.quote
        assert sum(s.start <= point.span.start and point.span.end <= s.end for s in spans) == 1


def test_markup_is_taken_off_the_words_only() -> None:
    assert plain("The [warp](/a/b_(c)) is **32** `threads` <br/> &amp; _more_.") == (
        "The warp is 32 threads & more."
    )
    assert plain("/proc/<pid>/fd of vector<int>, <host name>") == (
        "/proc/<pid>/fd of vector<int>, <host name>"
    )
    assert plain("`<script>` is <b>run</b>, <Tab value=1> <mi>x</mi> <Card/> not") == (
        "<script> is run, x not"
    )
    assert plain("snake_case_name and 2 * 3 * 4") == "snake_case_name and 2 * 3 * 4"
