"""Where the language model is: what the person set, else what `greenroom serve` announces.

Invariant: an endpoint's address ends in ``/v1`` and never carries a password; its key is never part
of its text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from agent.settings import Settings, SettingsError

if TYPE_CHECKING:
    import httpx

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_NO_KEY = "none"  # an OpenAI client insists on a key; a server without one ignores it


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible server. `model` is None where the server is to name it; `uds` is the
    path of a Unix socket that `url` is spoken over."""

    url: str
    model: str | None = None
    api_key: str | None = field(default=None, repr=False)
    uds: str | None = None

    @property
    def root(self) -> str:
        """The address without ``/v1``, where vLLM has /health, /tokenize and /metrics."""
        return self.url.removesuffix("/v1")

    @property
    def key(self) -> str:
        """What to send as a key."""
        return self.api_key or _NO_KEY

    @property
    def local(self) -> bool:
        """Whether what is sent stays on this machine."""
        return self.uds is not None or urlsplit(self.url).hostname in LOOPBACK

    def open(self, timeout: httpx.Timeout | float) -> httpx.Client:
        """A connection pool; loopback and sockets are never reached through a proxy, and no reply
        leads to another address, where the key would go along."""
        import httpx

        from agent.llm.bounds import PLAIN, bound

        # A connection for each request that is out, kept: how many is decided where they are sent.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        transport = httpx.HTTPTransport(uds=self.uds, limits=limits) if self.uds else None
        return httpx.Client(
            timeout=timeout,
            transport=transport,
            limits=limits,
            trust_env=not self.local,
            follow_redirects=False,
            headers={"Authorization": f"Bearer {self.key}", **PLAIN},
            event_hooks={"response": [bound]},
        )


def find_endpoint(settings: Settings) -> Endpoint | None:
    """The server to use, or None where none is set and none announces itself. Raises SettingsError
    for an address that cannot be one."""
    if settings.llm_url:
        url = _normal(settings.llm_url)
        return Endpoint(url, settings.llm_model, settings.llm_api_key)
    from agent.serving.announcement import running

    found = running(settings.home)
    if found is None:
        return None
    return Endpoint(found.url, settings.llm_model or found.model, found.api_key, found.uds)


def _normal(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise _unusable(url, str(error)) from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _unusable(url, "it is no http address")
    if parts.username or parts.password:
        raise _unusable("…@" + parts.hostname, "put the key into GREENROOM_LLM_API_KEY")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    place = host if port is None else f"{host}:{port}"
    path = parts.path.rstrip("/")
    if not path.endswith("/v1"):
        path += "/v1"
    return urlunsplit((parts.scheme, place, path, "", ""))


def _unusable(url: str, why: str) -> SettingsError:
    return SettingsError(
        f"GREENROOM_LLM_URL is {url!r}: {why}; it looks like http://127.0.0.1:8000/v1"
    )
