"""Line breaks: notes of one line each are told from wrapped prose."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.questions.breaks import are_notes

PROSE = (
    "A GPU hides the latency of its memory by switching between warps, which costs it nothing. "
    "NVIDIA calls the share of warps that are resident the occupancy of the Streaming "
    "Multiprocessor, and CUDA offers a calculator for it. High occupancy is no end in itself."
)


@pytest.mark.parametrize(
    "lines",
    [
        ["latency", "traffic", "errors", "saturation"],
        ["Illness", "Medication", "Stress"],
        ["A", "AAAA", "CNAME: alias, not allowed at the zone's apex"],
        ["429", "Retry-After header says how long the client has to wait before it comes back."],
        ["Vertical scaling means a bigger machine", "Horizontal scaling means more machines"],
        ["4xx: the client's fault", "5xx: the server's fault"],
        ["stored: comes from the database", "reflected: comes from the link"],
        [
            "CE with the Radio Equipment Directive in the EU, FCC in the US",
            "Use a certified module, which saves weeks",
            "Measure emissions early",
        ],
    ],
)
def test_a_note_a_line(lines: list[str]) -> None:
    labelled = sum(1 for line in lines if line[0].isupper() and ": " in line)
    assert are_notes(lines, labelled)


@pytest.mark.parametrize(
    "lines",
    [
        ["The cores are the primary compute units that make up the", "Streaming Multiprocessors."],
        ["Examples of cores include", "[CUDA Cores](/cuda-core) and", "[Tensor Cores](/tensor)."],
        ["It is created with", "cudaMalloc", ". It lives until it is freed."],
        ["The choice of the batch size depends on the size of the", "GPU", "and on the model."],
        ["A sentence ends here.", "Another one stands in a line of its own."],
        ["The scheduler hands one warp after another to the", "GPU"],
        ["It runs on the", "GPU"],
        ["The result is computed by a library of kernels named", "cuDNN", "Then it is copied"],
        ["The scheduler of a multiprocessor hands one warp after another to", "CUDA cores of it"],
        ["The scheduler of a multiprocessor hands every ready warp straight", "CUDA cores of it"],
        ["last in, first out"],
        [],
    ],
)
def test_a_sentence_over_several_lines(lines: list[str]) -> None:
    assert not are_notes(lines, 0)


@given(st.integers(min_value=25, max_value=120))
def test_prose_wrapped_at_any_width_is_no_list(width: int) -> None:
    assert not are_notes(textwrap.wrap(PROSE, width), 0)


@given(st.lists(st.text(max_size=60), max_size=8), st.integers(0, 8))
def test_any_lines_are_judged(lines: list[str], labelled: int) -> None:
    assert are_notes(lines, labelled) in (True, False)
