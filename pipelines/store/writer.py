"""The one writer of a store: it holds the lock, and what it commits is there wholly or not at all."""

import fcntl
import json
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from pipelines.store import ledger
from pipelines.store.columns import Packed
from pipelines.store.compact import compacted
from pipelines.store.ledger import DocumentRow, SourceRow
from pipelines.store.parts import read_part, sweep, write_part
from schemas.decision import Decision
from schemas.errors import Outcome, StoreBusy, StoreError


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one document: its tables, or why there are none.

    `checked_only` tells that the extraction in the store stays and `tables` holds relations and findings only.
    """

    sha256: str
    outcome: Outcome
    message: str = ""
    place: str = ""
    tables: Packed = field(default_factory=dict)
    checked_only: bool = False
    seconds: float = 0.0

    @property
    def failed(self) -> bool:
        """Whether the document could not be read at all."""
        return self.outcome not in {"ok", "partial"}


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions that, with the hash of the bytes, are the key of "done"; a stage is redone when its own changes."""

    extract: str
    audit: str


class Writer:
    """A store opened for writing; made by `writing`."""

    def __init__(self, folder: Path, database: sqlite3.Connection, versions: Versions) -> None:
        self._parts = folder / "parts"
        self._database = database
        self.versions = versions

    def documents(self) -> dict[str, DocumentRow]:
        """What the ledger knows of every document, by its hash."""
        return {row.sha256: row for row in ledger.documents(self._database)}

    def sources(self) -> list[SourceRow]:
        """What the ledger knows of every file."""
        return ledger.sources(self._database)

    def packed(self, documents: Collection[str]) -> Iterator[tuple[str, dict[str, bytes]]]:
        """The tables of the extraction of each of these documents, those of one part together."""
        parts: dict[str, list[str]] = {}
        for row in self.documents().values():
            if row.sha256 in documents and row.part:
                parts.setdefault(row.part, []).append(row.sha256)
        for part, held in parts.items():
            yield from read_part(self._parts, part, held)

    def begin(self, arguments: Mapping[str, Any]) -> int:
        """Note the start of a run and return its number."""
        values = (_now(), json.dumps(arguments, ensure_ascii=False))
        cursor = self._database.execute("insert into runs (started, arguments) values (?, ?)", values)
        return int(cursor.lastrowid or 0)

    def end(self, run: int) -> None:
        """Note the end of a run."""
        self._database.execute("update runs set ended = ? where run = ?", (_now(), run))

    def commit(self, run: int, entries: Sequence[Entry], sources: Iterable[SourceRow] = ()) -> None:
        """Put documents and the files that hold them into the store, all of them at once.

        Raises:
            StoreError: nothing was changed, because it can't be written (disk full, no permission).
        """
        with _writable():
            contents = [entry.tables for entry in entries if entry.tables]
            part = write_part(self._parts, contents) if contents else None
            with self._transaction():
                ledger.put_documents(self._database, self._rows(run, entries, part))
                ledger.put_sources(self._database, sources)

    def compact(self) -> None:
        """Merge small parts if there are many; see `pipelines.store.compact`."""
        with _writable():
            rows = compacted(self._parts, self.documents().values())
            with self._transaction():
                ledger.put_documents(self._database, rows)

    def _rows(self, run: int, entries: Sequence[Entry], part: str | None) -> list[DocumentRow]:
        known = self.documents() if any(entry.checked_only for entry in entries) else {}
        return [
            DocumentRow(
                sha256=entry.sha256,
                extract=self.versions.extract,
                audit=self.versions.audit,
                part=known[entry.sha256].part if entry.checked_only else part if entry.tables else None,
                checks=part if entry.tables else None,
                outcome=entry.outcome,
                message=entry.message,
                place=entry.place,
                seconds=entry.seconds,
                run=run,
            )
            for entry in entries
        ]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._database.execute("rollback")
            raise
        self._database.execute("commit")


@contextmanager
def writing(folder: Path, versions: Versions) -> Iterator[Writer]:
    """Open the store in `folder` for writing, create it if need be, and sweep what an earlier writer left unfinished.

    Raises:
        StoreBusy: another process is writing.
        StoreNewer: a newer version of jihe wrote it.
        StoreError: it can't be created or opened.
    """
    with _writable():
        (folder / "parts").mkdir(parents=True, exist_ok=True)
    with _locked(folder / "lock"):
        database = ledger.connect(folder / "ledger.sqlite", "write")
        try:
            rows = ledger.documents(database)
            sweep(folder / "parts", {part for row in rows for part in (row.part, row.checks) if part})
            yield Writer(folder, database, versions)
        finally:
            database.close()


def decide(folder: Path, made: Iterable[Decision]) -> None:
    """Add decisions of people to a store; a run that is going on is not disturbed. The time is put in here.

    Raises:
        StoreError: they can't be written.
    """
    now = _now()
    with _writable():
        database = ledger.connect(folder / "ledger.sqlite", "write")
        try:
            database.execute("begin immediate")
            ledger.put_decisions(database, [replace(one, decided=now) for one in made])
            database.execute("commit")
        finally:
            database.close()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock; the system gives it back however the process ends."""
    with _writable():
        handle = path.open("a+")
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreBusy(f"存储正被另一个进程写入（{_holder(handle)}）：{path.parent}") from error
        handle.truncate(0)
        handle.write(f"pid {os.getpid()}")
        handle.flush()
        yield


def _holder(handle: IO[str]) -> str:
    handle.seek(0)
    return handle.read() or "未知"


@contextmanager
def _writable() -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"存储写不进去：{error}") from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
