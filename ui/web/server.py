"""Serving the web page: address, accounts, and its end.

Invariant: nothing but the page's own requests gets through; no file of this machine is served.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from corpus.schema import GreenroomError
from ui import output
from ui.chat import LOOPBACK

if TYPE_CHECKING:
    from agent.workspace import Workspace

# The gate refuses every file; Gradio itself shall refuse these too. The folder of uploads cannot be
# among them, for Gradio takes no upload from a blocked folder.
NEVER_SERVED = ("greenroom.db", "history.db", "checkpoints.db", "cache", "documents", "browser.key")
# Of every page that was opened, and of each time that it was loaded, Gradio keeps what it shows,
# the whole transcript too. A page that it forgot is like one just loaded: its interview goes on,
# and what is chosen from a list there asks for another loading.
MOST_PAGES = 1_000
QUIET: dict[str, Any] = {
    "prevent_thread_lock": True,
    "quiet": True,
    "show_error": False,
    "share": False,
    "ssr_mode": False,
    "pwa": False,
    "mcp_server": False,
    "enable_monitoring": False,
    "footer_links": [],
}


def serve(
    workspace: Workspace,
    *,
    host: str,
    port: int,
    open_browser: bool,
    accounts: list[tuple[str, str]] | None,
) -> None:
    """Serve the page until interrupted. Raises GreenroomError where the address cannot be used, and
    KeyboardInterrupt at Ctrl-C or SIGTERM."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_TEMP_DIR"] = str(workspace.home / "tmp")
    _pass_by_proxies(host)
    import httpx
    from starlette.middleware import Middleware

    from ui.web.access import Access
    from ui.web.app import build
    from ui.web.frame import APPEARANCE
    from ui.web.gate import FILE_MB, Gate

    workspace.ready()
    threading.Thread(target=workspace.warm, daemon=True).start()
    access = Access(tuple(name for name, _ in accounts or ()))
    page = build(workspace, _secret(workspace.home), access)
    gate = Middleware(Gate, loopback_only=host in LOOPBACK, access=access)
    with _end_asked() as wait:
        try:
            page.launch(
                server_name=host,
                server_port=port or _free_port(host),
                inbrowser=open_browser,
                auth=accounts,
                blocked_paths=[str(workspace.home / name) for name in NEVER_SERVED],
                max_file_size=f"{FILE_MB}mb",
                state_session_capacity=MOST_PAGES,
                app_kwargs={"middleware": [gate]},
                **QUIET,
                **APPEARANCE,
            )
        except OSError as error:
            raise GreenroomError(
                f"the address {host}:{port} cannot be used; another program may have it: "
                "choose another --port"
            ) from error
        except (ValueError, httpx.HTTPError) as error:
            page.close(verbose=False)
            raise GreenroomError(
                f"the page at {host}:{port} does not answer this machine itself: if a proxy is set "
                f"(HTTP_PROXY, ALL_PROXY), put {host} into NO_PROXY and try again ({error})"
            ) from error
        output.note(f"Greenroom is at {page.local_url} (Ctrl-C ends it)")
        try:
            wait()
        finally:
            page.close(verbose=False)
    raise KeyboardInterrupt


def _free_port(host: str) -> int:
    """A port that nobody has at this moment; Gradio cannot be asked for "any"."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as chosen:
        chosen.bind((host, 0))
        return int(chosen.getsockname()[1])


def _pass_by_proxies(host: str) -> None:
    """Let this process ask its own page whether it answers, as Gradio does, past any proxy."""
    given = [os.environ[name] for name in ("NO_PROXY", "no_proxy") if os.environ.get(name)]
    # Both, since which of them counts differs between libraries.
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = ",".join([*given, *sorted(LOOPBACK), host])


@contextmanager
def _end_asked() -> Iterator[Callable[[], object]]:
    """Gives a function that returns when Ctrl-C or SIGTERM has asked for the end.

    The handler only writes to a pipe: an exception raised in it could be swallowed by whatever
    code happens to run at that moment.
    """
    reader, writer = os.pipe()

    def ask(_number: int, _frame: FrameType | None) -> None:
        os.write(writer, b".")

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: os.read(reader, 1)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reader)
        os.close(writer)


def _secret(home: Path) -> str:
    """The key under which browsers keep what they remember; it stays the same over a restart, so
    that nobody loses an interview. It is no secret from those who see the page."""
    path = home / "browser.key"
    try:
        if kept := path.read_text(encoding="ascii").strip():
            return kept
    except FileNotFoundError:
        pass
    key = secrets.token_urlsafe(32)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(key)
    return key
