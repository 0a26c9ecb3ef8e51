"""Commands that look after the data folder: doctor, backup, restore."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ui import options, output
from ui.text import one_line


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command()(doctor)
    app.command()(backup)
    app.command()(restore)


def doctor(
    json: options.Json = False,
    home: options.Home = None,
    device: options.Device = None,
) -> None:
    """Say what is installed, in what state the stores are, and what to do about each problem."""
    from agent.settings import load_settings
    from ui.doctor import examine, healthy

    settings = load_settings(home=home, device=device.value if device else None)
    findings = list(examine(settings))
    if json:
        output.write_json(
            {
                "healthy": healthy(findings),
                "home": str(settings.home),
                "findings": [asdict(f) for f in findings],
            }
        )
    else:
        console = output.console()
        for finding in findings:
            mark = {"ok": "ok  ", "note": "note", "problem": "FIX "}[finding.state]
            line = f"{mark}  {finding.name}: {one_line(finding.detail)}"
            console.print(line, markup=False, soft_wrap=True)
            if finding.fix:
                console.print(f"        → {one_line(finding.fix)}", markup=False, soft_wrap=True)
    if not healthy(findings):
        raise typer.Exit(1)


def backup(
    target: Annotated[Path, typer.Argument(help="The zip file to write.")],
    home: options.Home = None,
    json: options.Json = False,
) -> None:
    """Write the texts of documents, files dropped on the page, questions, sessions and history into
    one zip file."""
    from agent.archive_backup import backup as write_backup
    from agent.settings import load_settings

    settings = load_settings(home=home)
    report = write_backup(settings, target, datetime.now(UTC))
    if report.left_out:
        output.note(
            f"left out: {' and '.join(report.left_out)} in {settings.home}, which nothing reads "
            "while GREENROOM_DATABASE_URL is set; unset it to back them up"
        )
    if json:
        output.write_json(asdict(report))
    else:
        sessions = f", with the sessions of the {report.database}" if report.database else ""
        copies = sum("/" in name for name in report.files)
        dropped = f", with {copies} file{'s'[: copies != 1]} dropped on the page" if copies else ""
        output.note(f"written: {target}{dropped}{sessions}")


def restore(
    source: Annotated[Path, typer.Argument(help="A zip file that backup wrote.")],
    force: Annotated[
        bool, typer.Option("--force", help="Replace what is there (it is moved aside).")
    ] = False,
    home: options.Home = None,
    json: options.Json = False,
) -> None:
    """Bring a backup back, after checking it whole."""
    from agent.archive_backup import restore as read_backup
    from agent.settings import load_settings

    settings = load_settings(home=home)
    report = read_backup(source, settings, datetime.now(UTC), force)
    if json:
        output.write_json(asdict(report))
    else:
        sessions = f", the sessions into the {report.database}" if report.database else ""
        aside = f"; what was there is kept in {report.kept}" if report.kept else ""
        output.note(f"restored into {settings.home}{sessions}{aside}")
