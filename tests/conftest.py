"""Shared fixtures: the sample documents beside the checkout, the real encoder, a strict mode.

With GREENROOM_NO_SKIPS=1 (as in .ci/run) a skipped test fails the run.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from index.embedder import TransformerEmbedder

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of sample documents and data that stands beside the checkout."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the folder ../shared with sample documents and data is not there")
    return folder


@pytest.fixture(scope="session")
def embedder() -> TransformerEmbedder:
    """The real bundled encoder, loaded once."""
    return TransformerEmbedder()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Turn skips into a failure where nothing may be skipped."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if skipped and os.environ.get("GREENROOM_NO_SKIPS") == "1":
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
