"""What a real server's probabilities are worth, fitted from end to end.

Its toy says nonsense, so a fit must make it unsure of everything it says.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from conftest import ROOT, VllmServer

from agent.grades import GradeRequest, Scored
from agent.llm.choosing import choose_grader
from agent.llm.fits import FILE, find_fit
from agent.settings import load_settings
from agent.workspace import Workspace
from corpus.schema import KeyPoint
from index.embedder import TransformerEmbedder
from ui.doctor_serving import examine_serving

pytestmark = [pytest.mark.vllm, pytest.mark.slow, pytest.mark.timeout(1500)]

POINT = "A hit skips compilation and copies the stored result."


def test_a_fit_is_made_found_and_told(
    vllm_server: VllmServer, embedder: TransformerEmbedder
) -> None:
    line = [sys.executable, "-m", "evals.fit_model", "--rows", "48", "--workers", "4"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "GREENROOM_HOME": str(vllm_server.home)}
    done = subprocess.run(line, env=environment, check=True, capture_output=True, text=True)
    settings = load_settings(home=vllm_server.home)
    try:
        fit = find_fit(vllm_server.home, vllm_server.model)
        assert fit is not None
        assert "calibrated" in done.stdout
        assert fit.current
        grader = choose_grader("vllm", settings, embedder, None)  # type: ignore[arg-type]
        grade = grader.grade(GradeRequest("What is it?", POINT, None, (KeyPoint("k1", POINT),)))
        assert isinstance(grade, Scored)
        assert grade.grader.measured
        assert grade.grader.version.endswith(fit.mark)
        assert grade.points[0].confidence < 0.9
        workspace = Workspace(settings)
        info = workspace.session_grader.info  # of the next interview, in the terminal or the app
        workspace.close()
        assert (info.name, info.measured) == ("combined", True)
        assert fit.mark in info.version
        findings = {f.name: f for f in examine_serving(settings)}
        assert "calibrated on" in findings["language model"].detail
    finally:
        (vllm_server.home / FILE).unlink(missing_ok=True)  # other tests mark with the same server
