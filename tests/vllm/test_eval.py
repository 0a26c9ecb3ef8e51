"""Evals by a real server: broken off without leaving it at work, gone on with, and measured."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, VllmServer

pytestmark = [pytest.mark.vllm, pytest.mark.slow, pytest.mark.timeout(1500)]

ROWS = 60
KEPT = 5  # rows on disk when the run is broken off
EVAL = (sys.executable, "-m", "ui.cli", "eval", "grading", "--grader", "vllm", "--workers", "4")


def marked(path: Path) -> Path:
    """Answers that people might have marked."""
    points = [
        {"id": "k1", "text": "The cache is keyed by a hash."},
        {"id": "k2", "text": "A hit skips the work."},
    ]
    rows = (
        {"id": f"a{i}", "qid": f"q{i % 5}", "question": "What is a cache?", "key_points": points,
         "answer": f"In case {i} the cache is keyed by a hash.", "score": i % 3 / 2}
        for i in range(ROWS)
    )  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def environment(server: VllmServer) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "GREENROOM_HOME": str(server.home)}


def test_a_run_is_broken_off_and_gone_on_with(vllm_server: VllmServer, tmp_path: Path) -> None:
    out = tmp_path / "out"
    line = [*EVAL, "--data", str(marked(tmp_path / "made.jsonl")), "--output", str(out)]
    kept = out / "unfinished-made-vllm.jsonl"
    with subprocess.Popen(line, env=environment(vllm_server), stderr=subprocess.PIPE) as run:
        end = time.monotonic() + 900
        while not kept.exists() or kept.read_text().count('"key"') < KEPT:
            assert run.poll() is None, run.stderr
            assert time.monotonic() < end
            time.sleep(0.02)
        run.send_signal(signal.SIGINT)
        assert run.wait(timeout=60) == 130
    end = time.monotonic() + 20
    while vllm_server.metric("vllm:num_requests_running") > 0:
        assert time.monotonic() < end, "the server is still at work for nobody"
        time.sleep(0.5)
    before = kept.read_text().count('"key"')
    assert KEPT <= before < ROWS
    subprocess.run([*line, "--bare-client"], env=environment(vllm_server), check=True)
    assert not kept.exists()
    timings = json.loads((out / "timings.json").read_text())
    [pace] = timings["tables"][0]["rows"]
    assert len((out / "rows.jsonl").read_text().splitlines()) == ROWS
    assert pace["rows"] == ROWS - before
    assert pace["tokens read"] > 0
    assert float(pace["ratio"]) > 0.1


def test_the_bench_runs_on_whatever_there_is(vllm_server: VllmServer, tmp_path: Path) -> None:
    figures = tmp_path / "speed.json"
    line = [sys.executable, "-m", "evals.gpu_bench", "--rows", "8", "--concurrency", "1", "4"]
    subprocess.run(
        [*line, "--output", str(figures)],
        cwd=tmp_path,
        env=environment(vllm_server),
        check=True,
    )
    found = json.loads(figures.read_text())
    assert [load["rows_at_a_time"] for load in found["loads"]] == [1, 4]
    for load in found["loads"]:
        assert load["rows_per_second"] > 0
        assert load["first_token_failed"] == 0
        assert 0 < load["first_token_p50"] <= load["first_token_p95"]
        assert 0 < load["cache_hits"] < 1
    assert found["devices"][0]["device"] == "cpu"
    assert found["devices"][0]["texts_per_second"] > 0
