"""The ledger: the SQLite database that says which runs there were, which files hold what, and which parts are live."""

import sqlite3
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Literal

from schemas.decision import Decision
from schemas.errors import Outcome, StoreError, StoreNewer

#: Version of the tables below and of the layout of a store; a store of a higher version is not touched.
SCHEMA = 2

_CREATE = """
create table runs (run integer primary key, started text not null, ended text, arguments text not null);
create table documents (
    sha256 text primary key,  -- of the bytes
    extract text not null,    -- version of the extractor that read it
    audit text not null,      -- version of the checks that ran over it
    part text,                -- where its extraction is; null if it could not be read
    checks text,              -- where its relations and findings are
    outcome text not null,
    message text not null,
    place text not null,
    seconds real not null,
    run integer not null
) without rowid;
create table sources (
    path blob primary key,    -- absolute, as the file system has it
    source text not null,     -- the same for people
    sha256 text,              -- null if the file could not even be opened: then the outcome is here
    outcome text,
    message text not null,
    run integer not null,     -- the last run that saw it
    gone integer not null     -- 1 if that run found its folder, but not the file
) without rowid;
create table decisions (
    id integer primary key, decided text not null, person text not null, fingerprint text not null,
    values_hash text not null, status text not null, note text not null, until text not null default ''
);
"""
#: What brings a store of this version to the next one.
_MIGRATIONS = {1: "alter table decisions add column until text not null default '';"}


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """What the ledger knows of the document with these bytes."""

    sha256: str
    extract: str
    audit: str
    part: str | None
    checks: str | None
    outcome: Outcome
    message: str
    place: str
    seconds: float
    run: int


@dataclass(frozen=True, slots=True)
class SourceRow:
    """What the ledger knows of a file."""

    path: bytes
    source: str
    sha256: str | None
    outcome: Outcome | None
    message: str
    run: int
    gone: bool = False


def connect(path: Path, access: Literal["read", "write"]) -> sqlite3.Connection:
    """Open the ledger at `path`; only a writer creates it.

    Raises:
        StoreError: there is no store, or this is none.
        StoreNewer: a newer version of jihe wrote it.
    """
    if access == "read" and not path.exists():
        raise StoreError(f"这里没有存储：{path.parent}")
    try:
        return _opened(path, access)
    except sqlite3.Error as error:
        raise StoreError(f"存储打不开：{path}（{error}）") from error


def _opened(path: Path, access: Literal["read", "write"]) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
    version = database.execute("pragma user_version").fetchone()[0]
    if version > SCHEMA:
        database.close()
        raise StoreNewer(f"存储由更新的版本写成（{version} > {SCHEMA}）：{path.parent}")
    if access == "read":
        if version == 0:
            database.close()
            raise StoreError(f"这里没有存储：{path.parent}")
        database.execute("pragma query_only = on")
        return database
    database.execute("pragma journal_mode = wal")
    database.execute("pragma synchronous = full")
    if version == 0:
        database.executescript(f"begin; {_CREATE} pragma user_version = {SCHEMA}; commit;")
    for old in range(version or SCHEMA, SCHEMA):
        database.executescript(f"begin; {_MIGRATIONS[old]} pragma user_version = {old + 1}; commit;")
    return database


def documents(database: sqlite3.Connection) -> list[DocumentRow]:
    """Every document that the ledger knows."""
    return [DocumentRow(*row) for row in database.execute("select * from documents order by sha256")]


def document(database: sqlite3.Connection, sha256: str) -> DocumentRow | None:
    """The document with this hash."""
    row = database.execute("select * from documents where sha256 = ?", (sha256,)).fetchone()
    return DocumentRow(*row) if row else None


def sources(database: sqlite3.Connection) -> list[SourceRow]:
    """Every file that the ledger knows, those that are gone too."""
    rows = database.execute("select * from sources order by path")
    return [SourceRow(*row) for row in rows]


def put_documents(database: sqlite3.Connection, rows: Iterable[DocumentRow]) -> None:
    """Insert or replace documents."""
    database.executemany("insert or replace into documents values (?,?,?,?,?,?,?,?,?,?)", map(astuple, rows))


def put_sources(database: sqlite3.Connection, rows: Iterable[SourceRow]) -> None:
    """Insert or replace files."""
    database.executemany("insert or replace into sources values (?,?,?,?,?,?,?)", map(astuple, rows))


_DECISION = "fingerprint, values_hash, status, person, note, until, decided"


def decisions(database: sqlite3.Connection) -> list[Decision]:
    """All decisions in the order in which they were made."""
    if database.execute("pragma user_version").fetchone()[0] == 1:  # nobody could decide anything yet
        return []
    return [Decision(*row) for row in database.execute(f"select {_DECISION} from decisions order by id")]  # noqa: S608


def put_decisions(database: sqlite3.Connection, made: Iterable[Decision]) -> None:
    """Add decisions."""
    insert = f"insert into decisions ({_DECISION}) values (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - our own names
    database.executemany(insert, [astuple(one) for one in made])
