"""The command ``serve``: says what it will start and why, asks before a download, starts it."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus.schema import GreenroomError
from ui import options, output

if TYPE_CHECKING:
    from agent.serving.announcement import Announcement
    from agent.serving.launch import Launch
    from agent.settings import Settings


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command()(serve)


def serve(
    more: Annotated[
        list[str] | None, typer.Argument(help="After --: options that vLLM takes.")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="A folder, or a name on the Hugging Face hub.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            "--port", min=0, max=65535, help="Default: 8000 or a free one; 0: a free one."
        ),
    ] = None,
    uds: Annotated[
        Path | None, typer.Option("--uds", help="A Unix socket instead of a port.")
    ] = None,
    context: Annotated[
        int | None, typer.Option("--context", min=512, help="Tokens of a request, at most.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Download without asking.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be started, and end.")
    ] = False,
    json: options.Json = False,
    home: options.Home = None,
) -> None:
    """Run a local language model (vLLM) for chat, quiz and grade, until Ctrl-C."""
    from agent.settings import load_settings

    if port is not None and uds is not None:
        raise options.WrongUsageError("--port and --uds: name one of them")
    settings = load_settings(home=home)
    launch = _prepared(settings, _Wanted(model, port, uds, context, tuple(more or ())))
    if dry_run:
        _show(launch, json=json)
        return
    _may_download(launch, yes=yes)
    _serve(settings, launch, json=json)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was asked for on the command line."""

    model: str | None
    port: int | None
    uds: Path | None
    context: int | None
    more: tuple[str, ...]


def _prepared(settings: Settings, wanted: _Wanted) -> Launch:
    """Look at the machine, choose, and say what will be started."""
    import secrets

    from agent.serving.choice import choose, named
    from agent.serving.engine import find_engine
    from agent.serving.launch import CONTEXT, INVARIANT, Launch, checked_options, find_address
    from agent.serving.machine import look

    more = checked_options(wanted.more)
    engine = find_engine(settings)
    machine = look()
    choice = (
        named(wanted.model, machine, on_gpu=engine.on_gpu)
        if wanted.model
        else choose(machine, on_gpu=engine.on_gpu)
    )
    if not engine.on_gpu and os.environ.get(INVARIANT, "0") not in ("", "0"):
        output.note(f"{INVARIANT} is left out: the CPU build dies of it; it needs an NVIDIA GPU.")
    build = "GPU" if engine.on_gpu else "CPU"
    output.note(f"vLLM {engine.version} ({build} build), model {choice.name}: {choice.why}.")
    return Launch(
        engine=engine,
        choice=choice,
        address=find_address(wanted.port, wanted.uds),
        machine=machine,
        key=settings.llm_api_key or secrets.token_urlsafe(32),
        context=wanted.context or CONTEXT,
        more=more,
    )


def _show(launch: Launch, *, json: bool) -> None:
    from agent.serving.launch import command

    line = command(launch)
    if not json:
        output.console().print(shlex.join(line), markup=False, soft_wrap=True)
        return
    output.write_json(
        {
            "model": launch.choice.name,
            "source": launch.choice.source,
            "why": launch.choice.why,
            "download_gb": launch.choice.download_gb,
            "url": launch.address.url,
            "command": line,
        }
    )


def _may_download(launch: Launch, *, yes: bool) -> None:
    """Ask before anything is downloaded. Raises GreenroomError where it may not be."""
    size = launch.choice.download_gb
    if size == 0:
        return
    what = f"{launch.choice.source} from the Hugging Face hub"
    what += f", about {size:g} GB" if size else " (size not known)"
    if os.environ.get("HF_HUB_OFFLINE") == "1":
        raise GreenroomError(
            f"{launch.choice.source} is not on this disk, and HF_HUB_OFFLINE forbids to download "
            "it: unset it, or name a folder with --model"
        )
    if yes:
        output.note(f"Downloads {what}.")
        return
    if not output.may_ask():
        raise GreenroomError(f"needs {what}: allow the download with --yes, or name a folder")
    if not typer.confirm(f"Download {what}?", err=True):
        raise typer.Abort


def _serve(settings: Settings, launch: Launch, *, json: bool) -> None:
    from agent.serving.ending import end_asked
    from agent.serving.logbook import NAME
    from agent.serving.service import Listener
    from agent.serving.service import serve as look_after

    def ready(announcement: Announcement) -> None:
        output.note(f"Ready: {announcement.model}. `greenroom chat` and `quiz` find it themselves.")
        _say_ready(announcement, json=json)

    listener = Listener(tell=output.note, ready=ready)
    output.note(f"Starting… (log: {settings.home / NAME}; Ctrl-C stops it)")
    with end_asked() as end:
        look_after(launch, settings.home, end, listener, given=os.environ)
    output.note("The server is stopped.")
    if end.signal is not None and end.signal.name == "SIGINT":
        raise KeyboardInterrupt


def _say_ready(announcement: Announcement, *, json: bool) -> None:
    """One line on stdout a start; the key stays in the file."""
    row: dict[str, Any] = {
        "url": announcement.url,
        "uds": announcement.uds,
        "model": announcement.model,
        "pid": announcement.pid,
        "started": announcement.started,
    }
    if json:
        output.write_json(row)
    else:
        output.console().print(announcement.uds or announcement.url, markup=False, soft_wrap=True)
    sys.stdout.flush()  # a script that waits reads it from a pipe
