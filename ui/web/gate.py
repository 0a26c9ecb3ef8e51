"""What may be asked of the server, by whom, how much and how often, before Gradio sees it.

Invariant: what the page itself does not ask for is refused; where there are accounts, nothing but
the log-in is answered without one, and what belongs to one account's page is not given to another.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ui.chat import LOOPBACK
from ui.web.access import Access
from ui.web.rate import Buckets

UPLOAD = "/gradio_api/upload"
JOIN = "/gradio_api/queue/join"
FILE_MB = 20  # the largest file that can be added
_BODIES = {
    JOIN: 8_000_000,  # bytes: an answer, or a CV of 5 MB as base64
    UPLOAD: 210_000_000,
    "/gradio_api/cancel": 10_000,
    "/gradio_api/reset": 10_000,
    "/login": 10_000,
    "/logout": 10_000,
}
_REFUSED = ("/gradio_api/file", "/gradio_api/proxy", "/gradio_api/run-history", "/gradio_api/dev")
_OPEN = ("/assets/", "/static/", "/svelte/", "/login", "/theme.css", "/gradio_api/theme.css")
_ALSO_OPEN = ("", "/favicon.ico", "/manifest.json", "/robots.txt")
_ASKED_AT_START = ("/gradio_api/login_check", "/gradio_api/startup-events")
_MOST_PAGES = 10_000
EVENTS = (40.0, 4.0)  # of one browser: at once, and then a second
LOGINS = (5.0, 0.2)  # of one address
LONGEST_WAIT = 20.0  # seconds: more attempts than that are turned away
TOO_FAST = "That was too much at once. Wait a few seconds, then go on; nothing is lost."


class _RefusedError(Exception):
    """A request that is not let through: the status and what is said."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status
        self.said = said


class Gate:
    """ASGI middleware around the app.

    On a loopback address the request must name one too: a site whose name was made to point at
    this machine could otherwise read a person's notes through their own browser.
    """

    def __init__(
        self,
        app: Any,
        loopback_only: bool,
        access: Access,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._loopback_only = loopback_only
        self._access = access
        self._clock = clock
        self._events = Buckets(*EVENTS)
        self._logins = Buckets(*LOGINS)
        self._pages: OrderedDict[str, str] = OrderedDict()  # whose page a session hash is

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass the request on, or answer why not."""
        if scope["type"] == "websocket":  # the page uses none
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def noted(message: Any) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, await self._checked(scope, receive), noted)
        except _RefusedError as refused:  # also while the app reads a body that is too long
            if begun:
                raise
            await _answer(send, refused)

    async def _checked(self, scope: Any, receive: Any) -> Any:
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        path = scope["path"].rstrip("/")
        self._check_origin(headers, scope["method"])
        if path.startswith(_REFUSED) or not (scope["method"] in ("GET", "HEAD") or path in _BODIES):
            raise _RefusedError(403, "not part of this page")
        account = self._account(scope, headers, path)
        if path == "/login" and scope["method"] == "POST":
            await self._slow_down(scope)
        if path == UPLOAD and not self._access.may_change_documents(account):
            raise _RefusedError(403, "only the first account may add documents")
        if scope["method"] in ("GET", "HEAD"):
            if path == "/gradio_api/queue/data":
                asked = parse_qs(scope["query_string"].decode("latin-1"))
                named = asked.get("session_hash", [""])
                if len(named) > 1:  # which of them the app would take is not for us to guess
                    raise _RefusedError(400, "a page has one name")
                self._check_page(account, named[0])
            elif path.startswith("/gradio_api/heartbeat/"):
                self._check_page(account, path.rpartition("/")[2])
            return receive
        limited = _limited(receive, headers, _BODIES[path])
        if not path.startswith("/gradio_api/") or path == UPLOAD:
            return limited
        body = await _whole(limited)
        page = _page_of(body)
        self._check_page(account, page)
        if path == JOIN and self._events.take(account or page, self._clock()) is None:
            raise _RefusedError(429, TOO_FAST)
        return _again(body, receive)

    def _check_origin(self, headers: dict[bytes, str], method: str) -> None:
        host = headers.get(b"host", "")
        if self._loopback_only:
            name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
            if name.strip("[]").casefold() not in LOOPBACK:
                raise _RefusedError(403, "not part of this page")
        origin = headers.get(b"origin")
        if method == "POST" and origin is not None and urlsplit(origin).netloc != host:
            raise _RefusedError(403, "this comes from another site")

    def _account(self, scope: Any, headers: dict[bytes, str], path: str) -> str | None:
        """Who asks; None without accounts, and for what everybody may ask."""
        if not self._access.accounts:
            return None
        account = _logged_in(scope["app"], headers.get(b"cookie", ""))
        if (
            account is None
            and path not in _ALSO_OPEN + _ASKED_AT_START
            and not path.startswith(_OPEN)
        ):
            raise _RefusedError(401, "log in first")
        return account

    async def _slow_down(self, scope: Any) -> None:
        address = (scope.get("client") or ("",))[0]
        wait = self._logins.take(address, self._clock(), LONGEST_WAIT)
        if wait is None:
            raise _RefusedError(429, "too many attempts to log in; wait a minute")
        await asyncio.sleep(wait)

    def _check_page(self, account: str | None, page: str) -> None:
        """Whether a page is this account's: it is the first one's to name it."""
        if account is None or not page:
            return
        if self._pages.setdefault(page, account) != account:
            raise _RefusedError(403, "this page is somebody else's")
        self._pages.move_to_end(page)
        while len(self._pages) > _MOST_PAGES:
            self._pages.popitem(last=False)


def _logged_in(app: Any, cookies: str) -> str | None:
    """The account that the cookies are of, as Gradio reads them."""
    try:
        read = SimpleCookie(cookies)
    except CookieError:
        return None
    for name in (f"access-token-{app.cookie_id}", f"access-token-unsecure-{app.cookie_id}"):
        if name in read and (account := app.tokens.get(read[name].value)):
            return str(account)
    return None


def _page_of(body: bytes) -> str:
    """The session hash that a request names; empty where it names none."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    named = read.get("session_hash") if isinstance(read, dict) else None
    return named if isinstance(named, str) else ""


def _limited(receive: Any, headers: dict[bytes, str], most: int) -> Any:
    """`receive`, ending with 413 where more comes than may."""
    said = headers.get(b"content-length", "")
    too_much = _RefusedError(413, f"more than {most:,} bytes cannot be sent at once")
    if said.isdigit() and int(said) > most:
        raise too_much
    taken = 0

    async def counted() -> Any:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise too_much
        return message

    return counted


async def _whole(receive: Any) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            return b"".join(parts)


def _again(body: bytes, receive: Any) -> Any:
    """A `receive` that gives a body already read, then what comes after it."""
    given = False

    async def first() -> Any:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return first


async def _answer(send: Any, refused: _RefusedError) -> None:
    body = json.dumps({"detail": refused.said}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    start = {"type": "http.response.start", "status": refused.status, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": body})
