"""Reading a store: what is live in it now, as rows, as records or as a DataFrame. A writer is never waited for."""

import hashlib
import json
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from pipelines.store import ledger
from pipelines.store.columns import present, record, unpack
from pipelines.store.parts import read_part
from pipelines.store.tables import BY_NAME
from pipelines.store.views import ORDER, open_views, quoted
from schemas.errors import UsageError
from schemas.extraction import Extraction

Row = dict[str, Any]

_BATCH = 2000
#: Views whose rows are those of a table and more.
_SHAPED = {"comparisons": "records", "judged": "findings"}


class Store:
    """A store opened for reading.

    Views are the tables of records (`TABLES`: figures, claims, findings, ...), `sources` (files), `documents`,
    `failures`, `comparisons` (records with the kind of their report and the place of their figure), `decisions` of
    people, and `judged` (findings with the status, person, note and day of the last decision; `lapsed` says why one
    does not count any more).

    A condition `column=value` asks for equal values, `column=[...]` for one of several, `column=None` for nothing
    there. Rows come in the order of source and place in the document. Each call sees the last commit; methods may be
    called from several threads.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self._ledger = ledger.connect(self.folder / "ledger.sqlite", "read")
        self._lock = threading.Lock()
        self._state: int | None = None
        self._views: Any = None

    def rows(self, view: str, *, limit: int | None = None, offset: int = 0, **conditions: Any) -> list[Row]:
        """The rows of a view as plain values: decimals exact, nested fields as lists and dictionaries.

        Raises:
            UsageError: there is no such view or column.
        """
        return list(self.iterate(view, limit=limit, offset=offset, **conditions))

    def iterate(self, view: str, *, limit: int | None = None, offset: int = 0, **conditions: Any) -> Iterator[Row]:
        """The same rows one by one, for tables that do not fit into memory."""
        where, values = self._where(view, conditions)
        cut = f" limit {int(limit)}" if limit is not None else ""
        query = f"select * from {view}{where}{_ordered(view)}{cut} offset {int(offset)}"  # noqa: S608 - checked names
        table = BY_NAME.get(_SHAPED.get(view, view))
        for row in self._stream(query, values):
            yield present(table, row) if table else row

    def count(self, view: str, *by: str, **conditions: Any) -> list[Row]:
        """The number of rows (`n`) for every combination of the columns `by`, or of all rows."""
        where, values = self._where(view, conditions)
        names = ", ".join(self._column(view, name) for name in by)
        select, group = (f"{names}, ", f" group by {names} order by {names}") if by else ("", "")
        return list(self._stream(f"select {select}count(*) as n from {view}{where}{group}", values))  # noqa: S608

    def frame(self, view: str, **conditions: Any) -> Any:
        """The rows of a view as a pandas DataFrame; decimals stay decimals, in columns of objects."""
        import pandas as pd

        return pd.DataFrame(self.rows(view, **conditions), columns=self.columns(view), dtype=object)

    def columns(self, view: str) -> list[str]:
        """The columns of a view in their order."""
        return [name for name in self._described(view) if name != "exact"]

    def records(self, table: str, **conditions: Any) -> list[Any]:
        """The rows of one of the tables of records as the records that they are (`Figure`, `Claim`, ...)."""
        where, values = self._where(table, conditions)
        query = f"select * from {table}{where}{_ordered(table)}"  # noqa: S608 - checked names
        return [record(BY_NAME[table], row) for row in self._stream(query, values)]

    def extraction(self, document: str) -> Extraction:
        """All that was extracted from a document, as `extract` returned it, `source` being the file read then.

        Raises:
            UsageError: no such document, or it could not be read.
        """
        row = ledger.document(self._ledger, document)
        if row is None or row.part is None:
            raise UsageError(f"存储里没有这份文档的内容：{document}")
        ((_, packed),) = read_part(self.folder / "parts", row.part, [document])
        return unpack(packed)

    def save(self, view: str, path: Path) -> None:
        """Write a view as a Parquet file; it has the column `exact` for decimals that DECIMAL(38, 10) does not hold."""
        self._described(view)
        self._execute(f"copy (select * from {view}{_ordered(view)}) to {quoted(str(path))} (format parquet)")  # noqa: S608

    def digest(self) -> str:
        """A hash over all live rows; the same for the same archive, however many workers read it."""
        digest = hashlib.sha256()
        for view in ("sources", "documents", "failures", *BY_NAME):
            for row in self.iterate(view):
                digest.update(json.dumps([view, row], ensure_ascii=False, default=str).encode())
        return digest.hexdigest()

    def close(self) -> None:
        """Let go of the files."""
        self._ledger.close()
        if self._views is not None:
            self._views.close()

    def __enter__(self) -> Self:
        """The store itself, closed at the end of the `with` block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def _stream(self, query: str, values: Sequence[Any]) -> Iterator[Row]:
        cursor = self._execute(query, values)
        names = [column[0] for column in cursor.description]
        while batch := cursor.fetchmany(_BATCH):
            for row in batch:
                yield dict(zip(names, row, strict=True))

    def _execute(self, query: str, values: Sequence[Any] = ()) -> Any:
        import duckdb

        try:
            return self._cursor().execute(query, list(values))
        except duckdb.IOException:  # a writer that started just now swept a part that its last commit had replaced
            self._state = None
            return self._cursor().execute(query, list(values))

    def _cursor(self) -> Any:
        """A cursor on views that show the last commit."""
        with self._lock:
            state = self._ledger.execute("pragma data_version").fetchone()[0]
            if self._views is None or state != self._state:
                self._ledger.execute("begin")
                documents, sources = ledger.documents(self._ledger), ledger.sources(self._ledger)
                decisions = ledger.decisions(self._ledger)
                self._ledger.execute("commit")
                self._views, self._state = open_views(self.folder, documents, sources, decisions), state
            return self._views.cursor()

    def _where(self, view: str, conditions: Mapping[str, Any]) -> tuple[str, list[Any]]:
        self._described(view)
        parts: list[str] = []
        values: list[Any] = []
        for name, wanted in conditions.items():
            column = self._column(view, name)
            if wanted is None:
                parts.append(f"{column} is null")
            elif isinstance(wanted, Collection) and not isinstance(wanted, str):
                parts.append(f"{column} in (select unnest(?))")
                values.append(list(wanted))
            else:
                parts.append(f"{column} = ?")
                values.append(wanted)
        return (" where " + " and ".join(parts) if parts else ""), values

    def _column(self, view: str, name: str) -> str:
        if name not in self._described(view):
            raise UsageError(f"{view} 没有这一列：{name}")
        return f'"{name}"'

    def _described(self, view: str) -> list[str]:
        if view not in ORDER:
            raise UsageError(f"没有这张表：{view}")
        cursor = self._execute(f"select * from {view} limit 0")  # noqa: S608 - checked name
        return [column[0] for column in cursor.description]


def _ordered(view: str) -> str:
    return f" order by {', '.join(ORDER[view])}"
