"""Rows graded many at a time: the same marks, nothing lost to a crash, nothing left under way."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from marked import INFO, Told, row

from agent.grades import Grade, GradeRequest, Ungraded
from agent.llm.client import LanguageModel
from agent.llm.endpoint import Endpoint
from agent.llm.faults import ModelUnavailableError
from agent.llm.patience import Limits
from agent.llm.scripted import ScriptedModel
from agent.settings import Settings
from evals.bare_client import BareRun, send_all
from evals.cases import grade_all
from evals.first_token import as_chat, first_tokens
from evals.gpu_bench import percentile
from evals.grading_run import grade_many
from evals.journal import Journal
from evals.marker import open_marker
from evals.means import Means
from evals.pace import Pace, Round, as_result
from evals.result import Result
from evals.sent_requests import Sent, Tap, tapped
from evals.server_counters import Counters, counted, read_counters
from evals.writing import write_result
from index.embedder import TransformerEmbedder

ROWS = [row(i, ("covered",), "covered@0.9" if i % 3 else "missing@0.8") for i in range(24)]
CHAT = [("user", "Reply with one word: covered, partial, missing or opposite.")]


class Slowly(Told):
    """Takes its time, the first rows the longest; counts. Fails at the row `at` with `fault`."""

    def __init__(self, at: int | None = None, fault: BaseException | Grade | None = None) -> None:
        self.graded: list[str] = []
        self._at = at
        self._fault = fault
        self._lock = threading.Lock()

    def grade(self, request: GradeRequest) -> Grade:
        with self._lock:
            self.graded.append(request.answer)
            number = len(self.graded)
        time.sleep(0.02 if number < 5 else 0.001)
        if number == self._at:
            if isinstance(self._fault, BaseException):
                raise self._fault
            assert self._fault is not None
            return self._fault
        return super().grade(request)


def without_times(outs: tuple[dict[str, object], ...]) -> list[dict[str, object]]:
    return [{k: v for k, v in out.items() if k != "latency_ms"} for out in outs]


@pytest.mark.parametrize("workers", [1, 3, 40])
def test_rows_come_out_as_one_after_the_other(workers: int) -> None:
    many = grade_many("made", ROWS, Slowly(), workers=workers)
    alone = grade_all("made", ROWS, Told())
    assert without_times(many.outs) == without_times(alone.outs)
    assert many.rows == alone.rows


def test_what_was_graded_before_a_crash_is_not_graded_again(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "run.jsonl"
    with pytest.raises(RuntimeError):
        grade_many("made", ROWS, Slowly(11, RuntimeError("crash")), workers=2,
                   journal=Journal(path, INFO))  # fmt: skip
    kept = len([x for x in path.read_text().split("\n") if x])
    assert 5 < kept < 14
    with path.open("a") as stream:
        stream.write('\n{"key": "cut in the midd')
    journal, again = Journal(path, INFO), Slowly()
    found = grade_many("made", ROWS, again, workers=2, journal=journal)
    assert len(again.graded) == len(ROWS) - kept
    assert without_times(found.outs) == without_times(grade_all("made", ROWS, Told()).outs)
    whole = Slowly()
    grade_many("made", ROWS, whole, workers=2, journal=Journal(path, INFO))
    assert whole.graded == []


def test_another_grader_or_another_answer_is_graded_anew(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    grade_many("made", ROWS, Told(), journal=Journal(path, INFO))
    newer = Journal(path, replace(INFO, version="2"))
    assert newer.known(ROWS[0]) is None
    same = Journal(path, INFO)
    assert same.known(ROWS[0]) is not None
    assert same.known({**ROWS[0], "answer": "covered@0.1"}) is None
    same.remove()
    assert Journal(path, INFO).known(ROWS[0]) is None


def test_a_model_that_is_lost_ends_the_run_and_keeps_what_there_is(tmp_path: Path) -> None:
    lost = Ungraded("model_unavailable", (), "Not graded: it is away.", INFO)
    hung_up: list[bool] = []
    with pytest.raises(ModelUnavailableError, match="same command again") as raised:
        grade_many("made", ROWS, Slowly(9, lost), workers=1, hang_up=lambda: hung_up.append(True),
                   journal=Journal(tmp_path / "run.jsonl", INFO))  # fmt: skip
    assert raised.value.exit_code == 4
    assert hung_up == [True]
    assert Journal(tmp_path / "run.jsonl", INFO).known(ROWS[7]) is not None
    with pytest.raises(ModelUnavailableError, match="--output"):
        grade_many("made", ROWS, Slowly(2, lost), workers=1)


def test_output_that_cannot_be_used_is_an_outcome_but_is_tried_again(tmp_path: Path) -> None:
    bad = Ungraded("invalid_model_output", (), "Not graded: rubbish.", INFO)
    journal = Journal(tmp_path / "run.jsonl", INFO)
    found = grade_many("made", ROWS, Slowly(1, bad), workers=1, journal=journal)
    assert found.outs[0]["reason"] == "invalid_model_output"
    assert Journal(tmp_path / "run.jsonl", INFO).known(ROWS[0]) is None


def test_an_interrupt_ends_what_is_under_way() -> None:
    grader, hung_up = Slowly(6, KeyboardInterrupt()), threading.Event()
    with pytest.raises(KeyboardInterrupt):
        grade_many("made", ROWS * 20, grader, workers=4, hang_up=hung_up.set)
    assert hung_up.is_set()
    time.sleep(0.2)  # what was under way ends
    graded = len(grader.graded)
    time.sleep(0.2)
    assert graded == len(grader.graded) < len(ROWS) * 20


def test_a_closed_model_fails_at_once_rather_than_trying_again() -> None:
    """What `hang_up` does: rows under way may not keep a cancelled run alive for minutes."""
    with ScriptedModel("good") as server:
        model = LanguageModel(Endpoint(server.url), server.name)
        model.label(CHAT)
        opened = model._connection.chat(Limits())
        model.close()
        started = time.monotonic()
        with pytest.raises(Exception, match="closed"):
            opened.invoke("Hello")
        assert time.monotonic() - started < 5


def test_a_tap_takes_down_what_is_sent_and_the_bare_client_sends_it_again() -> None:
    with ScriptedModel("good") as server:
        tap = Tap("one")
        model = LanguageModel(tapped(Endpoint(server.url), tap), server.name)
        _ = model.capabilities
        tap.drained()
        server.requests.clear()
        read = model.label(CHAT)
        (sent,) = tap.drained()
        assert tap.drained() == []
        bare = send_all(model.endpoint, [sent] * 5, 2, "two")
        model.close()
        salts = [r.pop("cache_salt") for r in server.requests]
        assert salts == ["one"] + ["two"] * 5
        assert all(r == server.requests[0] for r in server.requests)
        assert (len(bare.waits), bare.failed) == (5, 0)
        assert max(read) > 0.25
        assert tap.most_out == 1


def test_the_bare_client_counts_refusals_and_never_has_more_out_than_it_may() -> None:
    out, most, lock = [0], [0], threading.Lock()

    def slow(handler: object, body: dict[str, object]) -> bool:
        with lock:
            out[0] += 1
            most[0] = max(most[0], out[0])
        time.sleep(0.02)
        with lock:
            out[0] -= 1
        return False

    with ScriptedModel("good", interfere=slow) as server:
        url = f"{server.url}/chat/completions"
        right = {"model": server.name, "messages": [{"role": "user", "content": "x"}]}
        sent = [Sent(url, right), Sent(url, {**right, "model": "another"})] * 6
        run = send_all(Endpoint(server.url), sent, 3, "salt")
    assert run.failed == 6
    assert 1 < most[0] <= 3
    gone = send_all(Endpoint(server.url), sent[:2], 3, "salt")
    assert gone.failed == 2
    with pytest.raises(ValueError, match="at_once"):
        send_all(Endpoint(server.url), sent, 0, "salt")


def test_a_first_token_is_waited_for_and_its_absence_is_no_speed() -> None:
    with ScriptedModel("good") as server:
        url = f"{server.url}/chat/completions"
        right = {"model": server.name, "messages": [{"role": "user", "content": "x"}]}
        sent = [Sent(url, right), Sent(url, {**right, "model": "another"})] * 3
        found = first_tokens(Endpoint(server.url), sent, 2, "salt")
    assert len(found.waits) == 3
    assert found.failed == 3
    assert percentile(found.waits, 95) is not None
    assert percentile((), 50) is None


def test_a_decision_becomes_a_chat_that_can_be_streamed() -> None:
    question = {"instructions": "Which label?", "criteria": {"covered": None, "missing": None}}
    body = {"model": "m", "instructions": "Mark.", "state": "Said.", "questions": {"0": question}}
    made = as_chat(Sent("http://x/v1/systemone", body))
    assert made.url == "http://x/v1/chat/completions"
    assert [m["content"] for m in made.body["messages"]] == ["Mark.", "Said.\n\nWhich label?"]
    assert made.body["structured_outputs"] == {"choice": ["covered", "missing"]}
    assert as_chat(made) == made


METRICS = """
# HELP vllm:prompt_tokens_total Number of prefill tokens processed.
vllm:prompt_tokens_total{engine="0",model_name="toy"} 100.0
vllm:prompt_tokens_total{engine="1",model_name="toy"} 20.0
vllm:prompt_tokens_created{engine="0",model_name="toy"} 1.7e9
vllm:generation_tokens_total{engine="0",model_name="toy"} 7.0
vllm:prefix_cache_queries_total{engine="0",model_name="toy"} 80.0
vllm:prefix_cache_hits_total{engine="0",model_name="toy"} 60.0
"""


def test_counters_are_summed_over_engines_and_never_made_up() -> None:
    found = counted(METRICS)
    assert found == Counters(120.0, 7.0, 80.0, 60.0)
    assert found.hit_share == 0.75
    assert Counters(0, 0, 0, 0).hit_share is None
    assert found.since(Counters(20, 7, 0, 0)) == Counters(100.0, 0.0, 80.0, 60.0)
    assert counted(METRICS.replace("prefix_cache_hits", "other")) is None
    assert counted(METRICS.replace("7.0", "many")) is None
    with ScriptedModel("good") as server:
        endpoint = Endpoint(server.url)
        assert read_counters(endpoint) is None
    assert read_counters(endpoint) is None


def test_the_pace_counts_only_what_was_graded_now() -> None:
    spent = Counters(100.0, 4.0, 80.0, 60.0)
    pace = Pace("made", 16, (Round(10, 4.0, spent, BareRun(3.0, (0.1,) * 40, 0)),
                             Round(0, 0.1, spent, None)))  # fmt: skip
    assert pace.ratio == pytest.approx(3.0 / 4.1)
    made = as_result([pace])
    assert made.timings
    assert {f.name for f in made.figures} == {
        "made/pace/rows_per_second", "made/pace/ratio_to_bare_client",
    }  # fmt: skip
    failed = replace(pace, rounds=(Round(10, 4.0, spent, BareRun(3.0, (0.1,), 1)),))
    assert "ratio" not in "".join(f.name for f in as_result([failed]).figures)
    resumed = replace(pace, rounds=(Round(0, 0.1, None, None),))
    assert as_result([resumed]).figures == ()


def grade_and_fail(workspace: Any, means: Means, rows: list[dict[str, Any]]) -> None:
    with open_marker(workspace, "vllm", means) as marker:
        marker.grade("earlier", rows)
        raise RuntimeError("a later set fails")


@pytest.mark.slow
def test_a_set_is_graded_by_a_model_and_its_pace_stands_apart(
    tmp_path: Path, embedder: TransformerEmbedder
) -> None:
    rows = [row(i, ("covered",), f"In case {i}, fact 1 of it is so and so.") for i in range(8)]
    with ScriptedModel("good") as server:
        workspace = SimpleNamespace(
            settings=Settings(home=tmp_path, llm_url=server.url),
            embedder=embedder,
        )
        means = Means(workers=3, kept=tmp_path / "out", bare=True)
        with pytest.raises(RuntimeError):
            grade_and_fail(workspace, means, rows)
        assert len(list((tmp_path / "out").glob("unfinished-earlier-vllm.jsonl"))) == 1
        server.requests.clear()
        with open_marker(workspace, "vllm", means) as marker:  # type: ignore[arg-type]
            graded = marker.grade("made", rows)
            assert len(list((tmp_path / "out").glob("unfinished-made-vllm.jsonl"))) == 1
            (pace,) = marker.paces
            asked = [r for r in server.requests if "cache_salt" in r]
            marker.grade("earlier", rows)
            assert marker.paces[1].rows == 0
    assert [out["id"] for out in graded.outs] == [r["id"] for r in rows]
    assert {out["grader"]["name"] for out in graded.outs} == {"vllm"}
    assert (pace.rows, len(pace.rounds)) == (8, 4)
    assert 0 < pace.ratio < 5
    ours = [r for r in asked if not str(r["cache_salt"]).endswith("-bare")]
    assert sum(len(b.waits) for b in pace.bare) == len(asked) - len(ours)
    assert list((tmp_path / "out").glob("unfinished-*")) == []


def test_what_depends_on_the_clock_is_written_to_a_file_of_its_own(tmp_path: Path) -> None:
    pace = as_result([Pace("made", 16, (Round(10, 4.0),))])
    write_result(tmp_path, Result("grading", "", (), {}, pace=pace))
    assert "rows_per_second" in (tmp_path / "timings.json").read_text()
    assert "rows_per_second" not in (tmp_path / "report.json").read_text()
