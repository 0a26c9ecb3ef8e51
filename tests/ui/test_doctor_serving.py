"""What ``greenroom doctor`` finds about a local language model."""

from __future__ import annotations

import functools
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.llm.calibration import Calibration
from agent.llm.capabilities import answering_model
from agent.llm.fits import FILE, Fit, keep_fit
from agent.llm.prompts import DIGEST
from agent.serving.announcement import Announcement, announce, claimed
from agent.serving.engine import Engine
from agent.serving.machine import Gpu, Machine
from agent.settings import load_settings
from ui.doctor import Finding
from ui.doctor_serving import examine_serving

CPU_BUILD = Engine(Path("/v/python"), "0.32.0", False, ("/v/python",), False)
LAPTOP = Machine(16.0, 8, True)
WORKSTATION = Machine(64.0, 16, True, (Gpu("RTX 4090", 24.0, 23.0, 8.9),))


def found(home: Path, **settings: object) -> dict[str, Finding]:
    return {f.name: f for f in examine_serving(load_settings(home=home, **settings))}


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with neither vLLM nor models."""
    monkeypatch.setattr("agent.serving.engine._CHECKOUT", tmp_path)
    monkeypatch.setattr("agent.serving.machine.look", lambda: LAPTOP)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    patient = functools.partial(answering_model, limit=60)  # a busy machine is no finding here
    monkeypatch.setattr("agent.llm.capabilities.answering_model", patient)


@pytest.fixture
def server() -> Iterator[str]:
    """A server whose model answers to the name "well" only."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            data = b'{"choices": [{}]}'
            self.send_response(200 if asked["model"] == "well" else 404)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as made:
        threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{made.server_port}/v1"
        made.shutdown()


def test_a_decent_cpu_is_told_what_it_could_do_and_how(tmp_path: Path) -> None:
    findings = found(tmp_path)
    assert all(f.state != "problem" for f in findings.values())
    model = findings["local model"]
    assert "Qwen3-1.7B" in model.detail
    assert "mark answers on this CPU" in model.detail
    assert model.fix is not None
    assert "make serve" in model.fix
    assert "4.1 GB" in model.fix


def test_a_gpu_is_told_of_a_larger_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.serving.machine.look", lambda: WORKSTATION)
    findings = found(tmp_path)
    assert "RTX 4090: 23 of 24 GiB" in findings["memory"].detail
    assert "Qwen3-8B" in findings["local model"].detail
    monkeypatch.setattr("agent.serving.engine.find_engine", lambda _: CPU_BUILD)
    findings = found(tmp_path)
    assert "Qwen3-1.7B" in findings["local model"].detail
    assert "not used by this build" in findings["local model"].detail


def test_a_machine_that_is_too_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.serving.machine.look", lambda: Machine(3.0, 2, False))
    model = found(tmp_path)["local model"]
    assert (model.state, model.fix) == ("note", None)
    assert "there are 3 GiB" in model.detail


def test_an_interpreter_that_was_named_and_is_not_there(tmp_path: Path) -> None:
    finding = found(tmp_path, vllm_python=tmp_path / "none")["vllm"]
    assert finding.state == "problem"
    assert "GREENROOM_VLLM_PYTHON" in str(finding.fix)


def a_fit(**fields: object) -> Fit:
    known = {
        "prompt": DIGEST, "way": "choice", "answers": 40, "points": 160, "verdicts_right": 0.72,
        "macro_f1": 0.6, "confidence_error": 0.05, "calibration": Calibration(),
    }  # fmt: skip
    return Fit.model_validate({**known, **fields})


def test_it_is_told_what_the_model_was_calibrated_on(tmp_path: Path, server: str) -> None:
    def looked() -> Finding:
        return found(tmp_path, llm_url=server, llm_model="well")["language model"]

    bare = looked()
    assert "not calibrated for this model" in bare.detail
    assert "evals.fit_model" in str(bare.fix)
    keep_fit(tmp_path, "well", a_fit(prompt="other"))
    assert "other prompts" in looked().detail
    keep_fit(tmp_path, "well", a_fit())
    fitted = looked()
    assert (fitted.state, fitted.fix) == ("ok", None)
    assert "calibrated on 40 marked answers, 72% of its verdicts right" in fitted.detail
    (tmp_path / FILE).write_text("{")
    assert looked().state == "problem"
    assert "delete" in str(looked().fix)


@pytest.mark.parametrize(("model", "state"), [("well", "note"), ("another", "problem")])
def test_the_configured_server_is_asked(
    tmp_path: Path, server: str, model: str, state: str
) -> None:
    finding = found(tmp_path, llm_url=server, llm_model=model)["language model"]
    assert finding.state == state
    assert server in finding.detail


def test_a_server_that_runs_is_found(tmp_path: Path, server: str) -> None:
    with claimed(tmp_path):
        announce(tmp_path, Announcement(server, "well", "s3cret", 1, "2026-11-21T00:00:00+00:00"))
        finding = found(tmp_path)["language model"]
    assert finding.state == "note"  # it answers, and nobody calibrated its model
    assert "well" in finding.detail
    assert "s3cret" not in finding.detail
    assert "none runs" in found(tmp_path)["language model"].detail


@pytest.mark.parametrize("url", ["nonsense", "http://", "ftp://x/v1", "http://127.0.0.1:99999/v1"])
def test_an_address_that_is_none(tmp_path: Path, url: str) -> None:
    finding = found(tmp_path, llm_url=url, llm_model="m")["language model"]
    assert finding.state == "problem"
    assert finding.fix
