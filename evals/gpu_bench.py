"""The speed of marking by a language model at several loads, and of the encoder on each device.

    python -m evals.gpu_bench --concurrency 1 8 64 --rows 256 --output speed.json

It asks the server that Greenroom would use (GREENROOM_LLM_URL, else a running `greenroom serve`);
``docs/serving.md`` tells how to have one of real size without its weights.
Invariant: each load gets a cache of its own, so that none profits from what another has read.
"""

from __future__ import annotations

import argparse
import json
import sys
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.schema import GreenroomError
from evals.cases import Row, marks_rows, sample
from evals.device_speed import DeviceSpeed, device_speed, devices
from evals.first_token import FirstTokens, as_chat, first_tokens
from evals.marker import Marker, open_marker
from evals.marks import load_marks
from evals.means import Means
from evals.pace import Pace
from evals.read_ahead import Waits, waits_after
from evals.result import Table
from evals.text_table import aligned

if TYPE_CHECKING:
    from agent.workspace import Workspace

LOADS = (1, 8, 64)  # rows at a time
ROWS = 256  # of our own marked answers
FIRST = 64  # requests whose first token is waited for, at each load
AHEAD = 24  # answers that are waited for one by one, after the model has read ahead


@dataclass(frozen=True, slots=True)
class Load:
    """What was measured at one load. Seconds."""

    at_a_time: int
    pace: Pace
    waits: tuple[float, ...]
    first: FirstTokens

    def as_json(self) -> dict[str, Any]:
        """All of it as plain data; percentiles in seconds, None where there is nothing."""
        spent = self.pace.spent
        return {
            "rows_at_a_time": self.at_a_time,
            "rows": self.pace.rows,
            "rows_per_second": _short(self.pace.rows / self.pace.seconds),
            "grade_p50": percentile(self.waits, 50),
            "grade_p95": percentile(self.waits, 95),
            "first_token_p50": percentile(self.first.waits, 50),
            "first_token_p95": percentile(self.first.waits, 95),
            "first_token_failed": self.first.failed,
            "tokens_read": None if spent is None else int(spent.read),
            "cache_hits": None if spent is None else _short(spent.hit_share),
            "ratio_to_bare_client": _short(self.pace.ratio),
        }


def measure(
    workspace: Workspace, grader: str, loads: Sequence[int], rows: Sequence[Row]
) -> list[Load]:
    """Grade the rows at each load. Raises `ModelUnavailableError` where no model answers."""
    found = []
    for at_a_time in loads:
        means = Means(workers=at_a_time, bare=True)
        with open_marker(workspace, grader, means) as marker:
            graded = marker.grade("bench", rows)
            waits = tuple(float(out["latency_ms"]) / 1000 for out in graded.outs)
            found.append(Load(at_a_time, marker.paces[0], waits, _first(marker, at_a_time)))
    return found


def ahead_as_json(waits: Waits) -> dict[str, Any]:
    """What was waited for a mark, in seconds."""
    return {
        "answer_read_ahead": f"{waits.share:.0%}",
        "answers": len(waits.seconds),
        "grade_p50": percentile(waits.seconds, 50),
        "grade_p95": percentile(waits.seconds, 95),
    }


def percentile(seconds: Sequence[float], q: float) -> float | None:
    """The q-th percentile, None of nothing."""
    return _short(float(np.percentile(seconds, q))) if seconds else None


def _first(marker: Marker, at_a_time: int) -> FirstTokens:
    """The first tokens of requests as they were sent last, in a cache that has none of them."""
    if marker.model is None:
        return FirstTokens((), 0)
    sent = [as_chat(s) for s in marker.last_sent[:FIRST]]
    return first_tokens(marker.model.endpoint, sent, at_a_time, uuid.uuid4().hex)


def _short(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else round(value, 4)


def _shown(name: str, rows: Sequence[dict[str, Any]]) -> str:
    if not rows:
        return ""
    return aligned(Table(name, "", tuple(rows[0]), tuple(tuple(row.values()) for row in rows)))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print the tables, and write all figures where that was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--concurrency", type=int, nargs="+", default=LOADS, metavar="N")
    parser.add_argument("--rows", type=int, default=ROWS, help="answers that are graded")
    parser.add_argument(
        "--ahead", type=int, default=AHEAD, help="answers marked after reading ahead"
    )
    parser.add_argument("--grader", choices=("vllm", "combined"), default="vllm")
    parser.add_argument("--no-devices", action="store_true", help="leave the encoder out")
    parser.add_argument("--home", type=Path, help="Greenroom's data folder")
    parser.add_argument("--output", type=Path, help="a file for the figures, as JSON")
    given = parser.parse_args(arguments)
    from agent.settings import load_settings
    from agent.workspace import Workspace

    rows = sample(marks_rows(load_marks().part("dev")), given.rows)
    try:
        workspace = Workspace(load_settings(home=given.home))
        measured = measure(workspace, given.grader, given.concurrency, rows)
        waits = waits_after(workspace, given.grader, rows[: given.ahead])
    except GreenroomError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
    loads = [load.as_json() for load in measured]
    sys.stdout.write(_shown("Marking by the model", loads) + "\n")
    ahead = [ahead_as_json(w) for w in waits]
    sys.stdout.write(_shown("One answer at a time, its question read ahead", ahead) + "\n")
    speeds: list[DeviceSpeed] = []
    for device in () if given.no_devices else devices():
        speeds.append(device_speed(workspace.settings, device, rows))
    sys.stdout.write(_shown("Encoder and embedded grader", [asdict(s) for s in speeds]) + "\n")
    if given.output is not None:
        figures = {"loads": loads, "read_ahead": ahead, "devices": [asdict(s) for s in speeds]}
        given.output.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
