"""Commands on past and open interviews: ``sessions list``, ``show``, ``export``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.schema import GreenroomError
from ui import completion, options, output
from ui.text import one_line
from ui.workspaces import open_workspace

if TYPE_CHECKING:
    from rich.console import Console

    from agent.debrief import Report
    from agent.records import SessionSummary

TABLE_FROM = 76  # columns from which a table has room

sessions_app = typer.Typer(help="Past and open interviews.", no_args_is_help=True)
Session = Annotated[str, typer.Argument(autocompletion=completion.sessions)]


@sessions_app.command("list")
def list_sessions(
    plain: options.Plain = False, json: options.Json = False, home: options.Home = None
) -> None:
    """All interviews, the newest first."""
    from dataclasses import asdict

    found = open_workspace(home).interview.sessions()
    if json:
        output.write_json({"sessions": [asdict(s) for s in found]})
    elif not found:
        output.note("No interviews yet. Begin one: greenroom quiz")
    else:
        console = output.console(plain=plain)
        if plain or console.width < TABLE_FROM:
            _print_lines(console, found)
        else:
            _print_table(console, found)


@sessions_app.command("show")
def show_session(
    session: Session,
    plain: options.Plain = False,
    json: options.Json = False,
    home: options.Home = None,
) -> None:
    """One interview: its debrief (with --json every turn)."""
    from ui.debrief import print_report
    from ui.scripted import session_rows
    from ui.terminal import print_wrapped

    interview = open_workspace(home).interview
    if json:
        output.write_rows(session_rows(interview, session))
        return
    report, record = interview.report(session), interview.history.session(session)
    console = output.console(plain=plain)
    if record is not None and record.withheld:
        print_wrapped(console, _withheld(session, report))
    else:
        print_report(console, report, whole=True, in_words=plain)


@sessions_app.command("export")
def export_session(
    session: Session,
    target: options.Output = None,
    cases: Annotated[
        bool, typer.Option("--cases", help="Only the marks you disagreed with, as JSON Lines.")
    ] = False,
    json: options.Json = False,
    home: options.Home = None,
) -> None:
    """Write one interview as Markdown (or JSON) to a file or stdout."""
    from agent.export import to_json, to_markdown

    interview = open_workspace(home).interview
    report, record = interview.report(session), interview.history.session(session)
    if record is not None and record.withheld:
        raise GreenroomError(_withheld(session, report))
    second = interview.second_look
    if cases:
        output.write_rows(second.cases(session), target)
        return
    if json:
        turns = interview.history.turns(session)
        whole = to_json(report, turns, second.retries(session), second.cases(session))
        text = output.encode(whole) + "\n"
    else:
        text = to_markdown(report, second.disagreements(session))
    if target is None:
        sys.stdout.write(text)
    else:
        target.write_text(text, encoding="utf-8")


def _withheld(session: str, report: Report) -> str:
    return (
        f"{session} is a real interview that is not over ({report.overall.asked} of "
        f"{report.planned} questions answered or skipped): its marks come with the debrief. Go on "
        f"with: greenroom resume {session}"
    )


def _print_table(console: Console, found: list[SessionSummary]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("session", "started", "state", "topics", "graded", "mean", box=None)
    for s in found:
        topics = Text(one_line(", ".join(s.topics)))
        table.add_row(s.id, _started(s), _state(s), topics, f"{s.graded} of {s.total}", _mean(s))
    console.print(table)


def _print_lines(console: Console, found: list[SessionSummary]) -> None:
    from ui.terminal import print_wrapped

    for s in found:
        print_wrapped(console, f"{s.id}, {_state(s)}", style="bold")
        mean = f", mean {_mean(s)}" if s.mean is not None else ""
        line = f"{_started(s)}; {s.graded} of {s.total} graded{mean}"
        print_wrapped(console, line, indent=2)
        print_wrapped(console, one_line(", ".join(s.topics)), indent=2)


def _started(summary: SessionSummary) -> str:
    return summary.started[:16].replace("T", " ")


def _state(summary: SessionSummary) -> str:
    return "finished" if summary.finished else "open"


def _mean(summary: SessionSummary) -> str:
    return "–" if summary.mean is None else f"{summary.mean:.0%}"
