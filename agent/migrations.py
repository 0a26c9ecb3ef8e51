"""How the tables of the sessions' database came to be, step by step, on SQLite and on PostgreSQL.

Invariant: a step that has been released is never edited, only followed by another. The two lists
are numbered apart: PostgreSQL's begins with all that SQLite had by its third step.
"""

from __future__ import annotations

SQLITE: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE sessions (
            id TEXT PRIMARY KEY, person TEXT NOT NULL, options TEXT NOT NULL,
            started TEXT NOT NULL, finished TEXT) STRICT""",
        """CREATE TABLE planned (
            session_id TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
            position INTEGER NOT NULL, question_id TEXT NOT NULL, question TEXT NOT NULL,
            PRIMARY KEY (session_id, position)) STRICT""",
        """CREATE TABLE turns (
            session_id TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
            number INTEGER NOT NULL, position INTEGER NOT NULL, attempt INTEGER NOT NULL,
            kind TEXT NOT NULL, prompt TEXT NOT NULL, note TEXT NOT NULL, unsure TEXT NOT NULL,
            asked TEXT NOT NULL, reply TEXT, answered TEXT, intent TEXT, grade TEXT, standing TEXT,
            PRIMARY KEY (session_id, number)) STRICT""",
        "CREATE INDEX sessions_by_person ON sessions (person, started)",
    ),
    (
        "ALTER TABLE planned ADD COLUMN reason TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE turns ADD COLUMN reason TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE turns ADD COLUMN hinted TEXT",
        """CREATE TABLE ratings (
            session_id TEXT NOT NULL, position INTEGER NOT NULL, rating TEXT NOT NULL,
            written TEXT NOT NULL, PRIMARY KEY (session_id, position),
            FOREIGN KEY (session_id, position) REFERENCES planned ON DELETE CASCADE) STRICT""",
        """CREATE TABLE retries (
            session_id TEXT NOT NULL, number INTEGER NOT NULL, attempt INTEGER NOT NULL,
            answer TEXT NOT NULL, written TEXT NOT NULL, grade TEXT,
            PRIMARY KEY (session_id, number, attempt),
            FOREIGN KEY (session_id, number) REFERENCES turns ON DELETE CASCADE) STRICT""",
        """CREATE TABLE disagreements (
            session_id TEXT NOT NULL, number INTEGER NOT NULL, attempt INTEGER NOT NULL,
            reason TEXT NOT NULL, written TEXT NOT NULL, before TEXT NOT NULL, regrade TEXT,
            PRIMARY KEY (session_id, number, attempt),
            FOREIGN KEY (session_id, number) REFERENCES turns ON DELETE CASCADE) STRICT""",
    ),
    (
        """CREATE TABLE profiles (
            person TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL,
            written TEXT NOT NULL, PRIMARY KEY (person, kind)) STRICT""",
        """CREATE TABLE avoided_topics (
            person TEXT NOT NULL, topic TEXT NOT NULL, written TEXT NOT NULL,
            PRIMARY KEY (person, topic)) STRICT""",
    ),
    ("ALTER TABLE turns ADD COLUMN cited TEXT NOT NULL DEFAULT '[]'",),
)


# Text sorts by code point, as SQLite sorts it; `rowid` is what every table has there.
_POSTGRES_1 = """
CREATE TABLE sessions (
    id TEXT COLLATE "C" PRIMARY KEY, person TEXT COLLATE "C" NOT NULL, options TEXT NOT NULL,
    started TEXT COLLATE "C" NOT NULL, finished TEXT COLLATE "C",
    rowid BIGINT GENERATED ALWAYS AS IDENTITY);
CREATE INDEX sessions_by_person ON sessions (person, started);
CREATE TABLE planned (
    session_id TEXT COLLATE "C" NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
    position INTEGER NOT NULL, question_id TEXT COLLATE "C" NOT NULL, question TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '', PRIMARY KEY (session_id, position));
CREATE TABLE turns (
    session_id TEXT COLLATE "C" NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
    number INTEGER NOT NULL, position INTEGER NOT NULL, attempt INTEGER NOT NULL,
    kind TEXT NOT NULL, prompt TEXT NOT NULL, note TEXT NOT NULL, unsure TEXT NOT NULL,
    asked TEXT COLLATE "C" NOT NULL, reply TEXT, answered TEXT COLLATE "C", intent TEXT, grade TEXT,
    standing TEXT, reason TEXT NOT NULL DEFAULT '', hinted TEXT,
    cited TEXT NOT NULL DEFAULT '[]', PRIMARY KEY (session_id, number));
CREATE TABLE ratings (
    session_id TEXT COLLATE "C" NOT NULL, position INTEGER NOT NULL, rating TEXT NOT NULL,
    written TEXT NOT NULL, PRIMARY KEY (session_id, position),
    FOREIGN KEY (session_id, position) REFERENCES planned ON DELETE CASCADE);
CREATE TABLE retries (
    session_id TEXT COLLATE "C" NOT NULL, number INTEGER NOT NULL, attempt INTEGER NOT NULL,
    answer TEXT NOT NULL, written TEXT NOT NULL, grade TEXT,
    PRIMARY KEY (session_id, number, attempt),
    FOREIGN KEY (session_id, number) REFERENCES turns ON DELETE CASCADE);
CREATE TABLE disagreements (
    session_id TEXT COLLATE "C" NOT NULL, number INTEGER NOT NULL, attempt INTEGER NOT NULL,
    reason TEXT NOT NULL, written TEXT NOT NULL, before TEXT NOT NULL, regrade TEXT,
    PRIMARY KEY (session_id, number, attempt),
    FOREIGN KEY (session_id, number) REFERENCES turns ON DELETE CASCADE);
CREATE TABLE profiles (
    person TEXT COLLATE "C" NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL,
    written TEXT NOT NULL, PRIMARY KEY (person, kind));
CREATE TABLE avoided_topics (
    person TEXT COLLATE "C" NOT NULL, topic TEXT COLLATE "C" NOT NULL, written TEXT NOT NULL,
    PRIMARY KEY (person, topic));
"""

POSTGRES: tuple[tuple[str, ...], ...] = (
    tuple(statement.strip() for statement in _POSTGRES_1.split(";") if statement.strip()),
)
