"""Shared fixtures: the sample documents beside the checkout, the real encoder, a strict mode.

With GREENROOM_NO_SKIPS=1 (as in .ci/run) a skipped test fails the run, and property tests draw the
same examples each time, so that a change is judged by what it changes. Every other run draws new
ones. Invariant: a folder of tests that is run alone finds the stand-ins that it takes from another.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from index.embedder import TransformerEmbedder

ROOT = Path(__file__).resolve().parents[1]
STAND_INS = tuple(ROOT / "tests" / folder for folder in ("agent", "index"))
sys.path.extend(map(str, STAND_INS))

STRICT = os.environ.get("GREENROOM_NO_SKIPS") == "1"

# How long an example takes says how busy the machine is, nothing about the code.
settings.register_profile("unhurried", deadline=None, derandomize=STRICT)
settings.load_profile("unhurried")

# What a shell starts in the background ignores Ctrl-C, and so would the programs that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of sample documents and data that stands beside the checkout."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the folder ../shared with sample documents and data is not there")
    return folder


@pytest.fixture(scope="session")
def stand_ins() -> tuple[Path, ...]:
    """The folders of tests whose stand-ins others may import."""
    return STAND_INS


@pytest.fixture(scope="session")
def embedder() -> TransformerEmbedder:
    """The real bundled encoder, loaded once."""
    return TransformerEmbedder()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Turn skips into a failure where nothing may be skipped."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if skipped and STRICT:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
