"""Whether a server is well: no answer of it keeps who looks after it waiting, or ends them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import llm_faults as faults
import pytest

from agent.llm.endpoint import Endpoint
from agent.llm.scripted import Interference, ScriptedModel
from agent.serving.probe import Probe


@pytest.fixture(autouse=True)
def _released() -> Iterator[None]:
    faults.RELEASED.clear()
    yield
    faults.RELEASED.set()


@pytest.mark.parametrize(
    "fault",
    [
        faults.dribbles,
        faults.hangs,
        faults.breaks_off,
        faults.says(b"[" * 100_000),
        faults.says(b"<html>", "text/html"),
        faults.answers([]),
        faults.answers({"choices": []}),
        faults.answers({"choices": [{}]}, 503),
    ],
)
def test_what_is_no_answer_is_a_bad_one_in_time(fault: Interference) -> None:
    with ScriptedModel(interfere=fault) as server:
        probe = Probe(Endpoint(server.url, "scripted"), 0.5)
        before = threading.active_count()
        began = time.monotonic()
        assert not probe.answers(0.5)
        assert not probe.works(0.5)
        assert time.monotonic() - began < 10
        faults.RELEASED.set()
        while threading.active_count() > before and time.monotonic() - began < 20:
            time.sleep(0.05)
        assert threading.active_count() <= before


def test_a_good_one_is_good() -> None:
    with ScriptedModel() as server:
        probe = Probe(Endpoint(server.url, "scripted"), 30.0)
        assert probe.health() == "up"
        assert probe.answers(30.0, as_verdict=True)
        assert probe.works(30.0)
