"""The command ``chat``: checks what it was given, then starts the web app."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from corpus.schema import GreenroomError
from ui import options, output
from ui.web import memory
from ui.workspaces import open_workspace, settle_grader

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command()(chat)


def chat(
    host: Annotated[str, typer.Option("--host")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535)] = 7860,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a tab.")] = False,
    auth: Annotated[
        Path | None, typer.Option("--auth", help="A file of name:password lines.")
    ] = None,
    grader: options.Grader = None,
    home: options.Home = None,
    device: options.Device = None,
) -> None:
    """Open the web app."""
    accounts = _accounts(auth) if auth else None
    if host not in LOOPBACK and accounts is None:
        raise GreenroomError(
            f"--host {host} can be reached by others: give --auth FILE with name:password lines"
        )
    if host not in LOOPBACK:
        output.note(
            "Others can reach this address, and what is sent goes in the clear: put a proxy with "
            "TLS in front of it, one that passes the Host header on."
        )
    memory.bound(os.environ)  # before the grader loads PyTorch
    workspace = open_workspace(home, device, grader)
    settle_grader(workspace)
    output.note("Starting… the page opens when it is ready.")
    from ui.web.server import serve

    serve(workspace, host=host, port=port, open_browser=not no_browser, accounts=accounts)


def _accounts(path: Path) -> list[tuple[str, str]]:
    accounts: dict[str, str] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise GreenroomError(f"{path} is not UTF-8 text: write lines of name:password") from error
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, colon, password = line.partition(":")
        if not (name.strip() and colon and password):
            raise GreenroomError(f"{path}, line {number}: expected name:password")
        if name.strip() in accounts:
            raise GreenroomError(f"{path}, line {number}: {name.strip()!r} is there twice")
        accounts[name.strip()] = password
    if not accounts:
        raise GreenroomError(f"{path} names nobody: write lines of name:password")
    return list(accounts.items())
