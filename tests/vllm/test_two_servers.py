"""Two servers behind one address, one of which is killed in the middle of a batch."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import VllmServer, served
from roundrobin import RoundRobin

from agent.grades import GradeRequest, Scored
from agent.llm.client import LanguageModel
from agent.llm.grader import LanguageModelGrader
from agent.llm.patience import Breaker, Limits, Patience
from corpus.schema import KeyPoint
from index.embedder import TransformerEmbedder

pytestmark = [pytest.mark.vllm, pytest.mark.slow, pytest.mark.timeout(1500)]

ROWS = 40
KILLED_AT = 12  # rows that are marked when one server is killed
POINTS = (KeyPoint("k1", "The cache is keyed by a hash."), KeyPoint("k2", "A hit skips the work."))
DONE = "vllm:request_success_total"


@pytest.fixture
def second(vllm_python: Path, toy_model: Path, tmp_path: Path) -> Iterator[VllmServer]:
    with served(tmp_path / "second", vllm_python, toy_model) as server:
        yield server


def test_a_server_that_is_killed_costs_no_row(
    vllm_server: VllmServer, second: VllmServer, embedder: TransformerEmbedder
) -> None:
    requests = [
        GradeRequest("What is a cache?", f"In case {i} the cache is keyed by a hash.", None, POINTS)
        for i in range(ROWS)
    ]
    with RoundRobin([vllm_server.url, second.url]) as both:
        endpoint = replace(vllm_server.endpoint, url=both.url)
        patience = Patience(Limits(first=120.0), Breaker(most=16), random.Random(0))
        model = LanguageModel(endpoint, vllm_server.model, patience)
        grader = LanguageModelGrader(model, embedder)
        marked = []
        before = second.metric(DONE)
        with ThreadPoolExecutor(4) as pool:
            for i, grade in enumerate(pool.map(grader.grade, requests)):
                marked.append(grade)
                if i == KILLED_AT:
                    assert second.metric(DONE) > before
                    os.killpg(second.group, signal.SIGKILL)
        model.close()
    assert len(marked) == ROWS
    assert all(isinstance(grade, Scored) for grade in marked)
