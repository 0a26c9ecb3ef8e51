"""A PostgreSQL server that sessions are kept on: its address, connections to it, its errors.

Invariant: no message names the password, nor a part of an address that could be one; all that is
Greenroom's stands in a schema of its own, so that a database may be shared.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from index.database import DatabaseError, no_text

if TYPE_CHECKING:
    import psycopg

SCHEMA = "greenroom"
CONNECT_SECONDS = 10  # how long a server may take to answer
_SCHEMES = ("postgresql://", "postgres://")


class Server:
    """A database on a PostgreSQL server."""

    def __init__(self, url: str) -> None:
        """`url` as libpq reads it. Raises `DatabaseError` for one that cannot be read, and where
        psycopg is not installed."""
        try:
            from psycopg import ProgrammingError
            from psycopg.conninfo import conninfo_to_dict, make_conninfo
        except ImportError as error:
            raise DatabaseError(
                "PostgreSQL needs the package psycopg; install it with: pip install "
                "'greenroom[postgres]', or unset GREENROOM_DATABASE_URL"
            ) from error
        try:
            read: dict[str, Any] = conninfo_to_dict(url if url.startswith(_SCHEMES) else "=")
        except ProgrammingError:
            # Its message repeats a part of the address, which may be the password.
            raise DatabaseError(
                "GREENROOM_DATABASE_URL is no address of a PostgreSQL database; write it as "
                "postgresql://NAME:PASSWORD@HOST/DATABASE, with % signs in it as %25"
            ) from None
        options = f"{read.pop('options', '') or ''} -c search_path={SCHEMA}".strip()
        read.setdefault("connect_timeout", CONNECT_SECONDS)
        self._secret = str(read.get("password") or "")
        self.conninfo = make_conninfo("", **read, options=options)
        self.name = f"PostgreSQL database {read.get('dbname') or 'of your name'}"
        if host := read.get("host") or read.get("hostaddr"):
            self.name += f" on {host}"

    def connect(self, **given: Any) -> psycopg.Connection[Any]:
        """A new connection. Raises `psycopg.OperationalError` where none comes about."""
        import psycopg

        return psycopg.connect(self.conninfo, **given)

    @contextmanager
    def told(self) -> Iterator[None]:
        """Raise the errors of psycopg and SQLAlchemy inside as `DatabaseError`s, and what is no
        text as on SQLite."""
        import psycopg
        from sqlalchemy.exc import DBAPIError

        try:
            yield
        except (psycopg.Error, DBAPIError) as error:
            # What hangs on the error may hold what a person wrote: it is not passed on.
            raise self._plain(error) from None
        except UnicodeEncodeError as error:
            raise no_text(error) from None

    def _plain(self, error: Exception) -> DatabaseError:
        import psycopg

        cause: object = getattr(error, "orig", None) or error
        said = " ".join(str(cause).split("\n", 1)[0].split())
        if self._secret:
            said = said.replace(self._secret, "…")
        if isinstance(cause, psycopg.errors.InsufficientPrivilege):
            return DatabaseError(
                f"the {self.name} does not let Greenroom keep its tables there ({said}); grant "
                f"CREATE on the database, or make the schema {SCHEMA} and grant all on it"
            )
        if isinstance(cause, (psycopg.OperationalError, psycopg.InterfaceError)):
            return DatabaseError(
                f"the {self.name} cannot be used now ({said}); see that the server runs and that "
                "GREENROOM_DATABASE_URL is right"
            )
        return DatabaseError(f"the {self.name} refused a step ({said}); run `greenroom doctor`")
