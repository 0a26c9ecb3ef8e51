"""What `ingest` tells in a narrow terminal: no word, state or number is cut short."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from index.report import IngestReport, IngestRow
from ui import documents, output

ROWS = (
    IngestRow("1", "/a/notes.md", "Notes on schedulers", "text/markdown", "unchanged", None, None,
              12345, 678),
    IngestRow("2", "/a/odd\x1b[31m.pdf", None, None, "failed", "damaged: it breaks off"),
)  # fmt: skip


@pytest.mark.parametrize("width", [24, 40, 76, 120])
def test_a_report_is_whole_at_every_width(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    console = Console(file=written, width=width, force_terminal=False)
    monkeypatch.setattr(output, "console", lambda **_: console)
    documents._print_report(IngestReport(ROWS))
    shown = written.getvalue()
    assert "\x1b" not in shown
    for told in ("unchanged", "failed", "12345", "678", "schedulers", "damaged:"):
        assert told in shown, told
    assert all(len(line) <= width for line in shown.splitlines())
