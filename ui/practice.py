"""The commands that hold an interview in the terminal: quiz and resume."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.schema import GreenroomError
from ui import completion, options, output, progress, sessions
from ui.workspaces import keep_papers, open_workspace, settle_grader

if TYPE_CHECKING:
    from agent.interview import Interview
    from agent.workspace import Workspace

DEFAULT_COUNT = 5


class StyleChoice(StrEnum):
    """How an interview is held: marks at once, or as in a real one."""

    study = "study"
    interview = "interview"


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command()(quiz)
    app.command()(resume)
    app.command()(progress.progress)
    app.add_typer(sessions.sessions_app, name="sessions")


def quiz(
    topic: options.Topic = None,
    role: Annotated[str | None, typer.Option("--role", help="For this role.")] = None,
    count: Annotated[
        int | None, typer.Option("--count", min=1, max=200, help="How many questions.")
    ] = None,
    minutes: Annotated[
        int | None,
        typer.Option("--minutes", min=1, max=600, help="The time there is, instead of a count."),
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Same seed, same questions.")] = None,
    document: options.DocumentRef = None,
    mode: Annotated[
        StyleChoice,
        typer.Option("--mode", help="study: marks at once; interview: all marks at the end."),
    ] = StyleChoice.study,
    closing: Annotated[
        bool | None,
        typer.Option(
            "--closing/--no-closing",
            help="Be asked for questions of your own at the end (with --mode interview: yes).",
            show_default=False,
        ),
    ] = None,
    seniority: options.Seniority = "",
    cv: options.Cv = None,
    job: options.Job = None,
    answers: Annotated[
        Path | None, typer.Option("--answers", help="Answers as JSON Lines, instead of a person.")
    ] = None,
    follow_ups: Annotated[
        bool, typer.Option("--follow-ups", help="With --answers: ask follow-ups too.")
    ] = False,
    grader: options.Grader = None,
    plain: options.Plain = False,
    json: options.Json = False,
    home: options.Home = None,
    device: options.Device = None,
) -> None:
    """Be interviewed in the terminal."""
    from agent.plan import MOST_QUESTIONS, Options
    from agent.profiles import ProfileError, checked_seniority
    from ui.views import fewer_asked

    if answers is None and not output.may_ask(json=json):
        raise options.WrongUsageError("a quiz needs a terminal to ask on, or --answers FILE")
    try:
        senior = checked_seniority(seniority)
    except ProfileError as error:
        raise options.WrongUsageError(f"--seniority: {error}") from error
    workspace = open_workspace(home, device, grader)
    settle_grader(workspace)
    keep_papers(workspace, cv, job)
    if senior and not workspace.companion.answers:
        output.note("No language model runs, so --seniority words no question.")
    chosen = Options(
        topics=(topic,) if topic else (),
        roles=(role,) if role else (),
        count=count or (MOST_QUESTIONS if minutes else DEFAULT_COUNT),
        minutes=minutes,
        seed=seed,
        document_ids=(workspace.document_id(document),) if document else (),
        mode=mode.value,
        closing=closing,
        seniority=senior,
    )
    if answers is not None:
        from ui.scripted import run_scripted

        output.write_rows(run_scripted(workspace, answers, chosen, count, follow_ups))
        return
    begun = workspace.interview.start(chosen)
    if count and (fewer := fewer_asked(begun.total, count)):
        output.note(fewer)
    _play(workspace, begun.session_id, json, plain)


def resume(
    session: Annotated[
        str | None,
        typer.Argument(help="Default: the last open one.", autocompletion=completion.open_sessions),
    ] = None,
    grader: options.Grader = None,
    plain: options.Plain = False,
    json: options.Json = False,
    home: options.Home = None,
    device: options.Device = None,
) -> None:
    """Go on with an interview where it stopped."""
    if not output.may_ask(json=json):
        raise options.WrongUsageError("resume needs a terminal to ask on")
    workspace = open_workspace(home, device, grader)
    settle_grader(workspace)
    _play(workspace, session or _last_open(workspace.interview), json, plain)


def _last_open(interview: Interview) -> str:
    for summary in interview.sessions():
        if summary.finished is None:
            return summary.id
    raise GreenroomError("no interview is open; begin one with: greenroom quiz")


def _play(workspace: Workspace, session_id: str, json: bool, plain: bool) -> None:
    from ui.quiz import PausedError, Quiz
    from ui.scripted import session_rows

    stopped = None
    try:
        console = output.console(stderr=json, plain=plain)
        Quiz(workspace, console, in_words=plain).play(session_id)
    except PausedError as error:
        stopped = error
    if json:
        output.write_rows(session_rows(workspace.interview, session_id))
    if stopped:
        raise stopped
