"""Commands on interviews: quiz, resume, sessions, progress."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.schema import GreenroomError
from ui import options, output
from ui.text import one_line
from ui.workspaces import open_workspace

if TYPE_CHECKING:
    from agent.interview import Interview
    from agent.workspace import Workspace

sessions_app = typer.Typer(help="Past and open interviews.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command()(quiz)
    app.command()(resume)
    app.command()(progress)
    app.add_typer(sessions_app, name="sessions")


def quiz(
    topic: options.Topic = None,
    role: Annotated[str | None, typer.Option("--role", help="For this role.")] = None,
    count: Annotated[
        int | None, typer.Option("--count", min=1, max=200, help="How many questions.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Same seed, same questions.")] = None,
    document: options.DocumentRef = None,
    answers: Annotated[
        Path | None, typer.Option("--answers", help="Answers as JSON Lines, instead of a person.")
    ] = None,
    follow_ups: Annotated[
        bool, typer.Option("--follow-ups", help="With --answers: ask follow-ups too.")
    ] = False,
    json: options.Json = False,
    home: options.Home = None,
    device: options.Device = None,
) -> None:
    """Be interviewed in the terminal."""
    from agent.plan import Options

    if answers is None and not output.may_ask(json=json):
        raise options.WrongUsageError("a quiz needs a terminal to ask on, or --answers FILE")
    workspace = open_workspace(home, device)
    chosen = Options(
        topics=(topic,) if topic else (),
        roles=(role,) if role else (),
        count=count or 5,
        seed=seed,
        document_ids=(workspace.document_id(document),) if document else (),
    )
    if answers is not None:
        from ui.scripted import run_scripted

        output.write_rows(run_scripted(workspace, answers, chosen, count, follow_ups))
        return
    _play(workspace, workspace.interview.start(chosen).session_id, json)


def resume(
    session: Annotated[str | None, typer.Argument(help="Default: the last open one.")] = None,
    json: options.Json = False,
    home: options.Home = None,
    device: options.Device = None,
) -> None:
    """Go on with an interview where it stopped."""
    if not output.may_ask(json=json):
        raise options.WrongUsageError("resume needs a terminal to ask on")
    workspace = open_workspace(home, device)
    _play(workspace, session or _last_open(workspace.interview), json)


def _last_open(interview: Interview) -> str:
    for summary in interview.sessions():
        if summary.finished is None:
            return summary.id
    raise GreenroomError("no interview is open; begin one with: greenroom quiz")


def _play(workspace: Workspace, session_id: str, json: bool) -> None:
    from ui.quiz import PausedError, Quiz
    from ui.scripted import session_rows

    stopped = None
    try:
        Quiz(workspace, output.console(stderr=json)).play(session_id)
    except PausedError as error:
        stopped = error
    if json:
        output.write_rows(session_rows(workspace.interview, session_id))
    if stopped:
        raise stopped


@sessions_app.command("list")
def list_sessions(json: options.Json = False, home: options.Home = None) -> None:
    """All interviews, the newest first."""
    from dataclasses import asdict

    from rich.table import Table
    from rich.text import Text

    found = open_workspace(home).interview.sessions()
    if json:
        output.write_json({"sessions": [asdict(s) for s in found]})
        return
    table = Table("session", "started", "state", "topics", "graded", "mean", box=None)
    for s in found:
        mean = "–" if s.mean is None else f"{s.mean:.0%}"
        state = "finished" if s.finished else "open"
        topics = Text(one_line(", ".join(s.topics)))
        started = s.started[:16].replace("T", " ")
        table.add_row(s.id, started, state, topics, f"{s.graded} of {s.total}", mean)
    if found:
        output.console().print(table)
    else:
        output.note("No interviews yet. Begin one: greenroom quiz")


@sessions_app.command("show")
def show_session(
    session: Annotated[str, typer.Argument()], json: options.Json = False, home: options.Home = None
) -> None:
    """One interview: its debrief (with --json every turn)."""
    from ui.debrief import print_report
    from ui.scripted import session_rows

    interview = open_workspace(home).interview
    if json:
        output.write_rows(session_rows(interview, session))
    else:
        print_report(output.console(), interview.report(session), whole=True)


@sessions_app.command("export")
def export_session(
    session: Annotated[str, typer.Argument()],
    target: options.Output = None,
    json: options.Json = False,
    home: options.Home = None,
) -> None:
    """Write one interview as Markdown (or JSON) to a file or stdout."""
    from agent.export import to_json, to_markdown

    interview = open_workspace(home).interview
    report = interview.report(session)
    if json:
        turns = interview.history.turns(session)
        text = output.encode(to_json(report, turns)) + "\n"
    else:
        text = to_markdown(report)
    if target is None:
        sys.stdout.write(text)
    else:
        target.write_text(text, encoding="utf-8")


def progress(json: options.Json = False, home: options.Home = None) -> None:
    """How each topic stands over all interviews: means of graded questions only."""
    from dataclasses import asdict

    from rich.table import Table
    from rich.text import Text

    from agent.progress import topic_progress

    interview = open_workspace(home).interview
    rows = topic_progress(interview.report(s.id) for s in interview.sessions())
    if json:
        output.write_json({"topics": [asdict(row) for row in rows]})
        return
    table = Table("topic", "interviews", "graded", "not graded", "mean", "self-marked", box=None)
    for row in rows:
        mean = "–" if row.mean is None else f"{row.mean:.0%}"
        table.add_row(
            Text(one_line(row.topic)),
            str(row.sessions),
            str(row.graded),
            str(row.ungraded),
            mean,
            f"{row.self_marked:.0%}",
        )
    if rows:
        output.console().print(table)
    else:
        output.note("Nothing yet. Begin with: greenroom quiz")
