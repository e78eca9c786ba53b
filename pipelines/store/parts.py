"""Parts: immutable folders of Parquet files, one file a table. What is half written never has a part's name.

Every row carries the name of its part in the column `part`, so that a reader can tell a live row from a superseded one.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.store.columns import Packed, read, schema, write
from pipelines.store.tables import TABLES, Stage, Table

#: For each stage the parts, and the documents that each of them is live for.
Live = Mapping[Stage, Mapping[str, Sequence[str]]]

_UNFINISHED = ".tmp-"
#: Documents that are read from a part at once.
_AT_ONCE = 32


def write_part(folder: Path, contents: Sequence[Packed]) -> str:
    """Write the tables of some documents as a new part and return its name, a hash of what is in it."""
    digest = hashlib.sha256()
    for packed in contents:
        for name, stream in packed.items():
            digest.update(f"{name} {len(stream)}\n".encode() + stream)
    return _write(folder, digest.hexdigest()[:32], lambda table: _joined(table, contents))


def _joined(table: Table, contents: Sequence[Packed]) -> Iterator[Any]:
    import pyarrow as pa

    pieces = [read(packed[table.name]) for packed in contents if table.name in packed]
    if pieces:
        yield pa.concat_tables(pieces)


def merge_parts(folder: Path, live: Live) -> str:
    """Write the live rows of several parts as a new part and return its name; one old part is in memory at a time."""
    name = hashlib.sha256(json.dumps(live, sort_keys=True).encode()).hexdigest()[:32]
    return _write(folder, name, lambda table: _live_rows(folder, table, live))


def _live_rows(folder: Path, table: Table, live: Live) -> Iterator[Any]:
    for part, documents in live[table.stage].items():
        rows = _rows(folder, part, table, documents)
        if len(rows):
            yield rows


def _write(folder: Path, name: str, pieces: Callable[[Table], Iterable[Any]]) -> str:
    """Write a part, table by table; it is there wholly, and on the disk, or not at all."""
    if (folder / name).exists():
        return name
    unfinished = folder / f"{_UNFINISHED}{name}"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    for table in TABLES:
        _write_table(unfinished / f"{table.name}.parquet", name, pieces(table))
    _sync(unfinished)
    unfinished.replace(folder / name)
    _sync(folder)
    return name


def _write_table(path: Path, part: str, pieces: Iterable[Any]) -> None:
    """Write the pieces, each as a row group; without any there is no file."""
    import pyarrow as pa
    from pyarrow import parquet

    writer: Any = None
    for piece in pieces:
        rows = piece.append_column("part", pa.array([part] * len(piece), pa.string()))
        writer = writer or parquet.ParquetWriter(path, rows.schema, compression="zstd")
        writer.write_table(rows)
    if writer:
        writer.close()
        _sync(path)


def _sync(path: Path) -> None:
    """Make a file, or the names in a folder, outlive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_part(folder: Path, part: str, documents: Sequence[str]) -> Iterator[tuple[str, dict[str, bytes]]]:
    """The tables of the extraction of each of these documents, all of which are in the part."""
    tables = [table for table in TABLES if table.stage == "extract"]
    for start in range(0, len(documents), _AT_ONCE):
        wanted = documents[start : start + _AT_ONCE]
        found = {table.name: _rows(folder, part, table, wanted) for table in tables}
        for document in wanted:
            yield document, _of(document, found)


def _of(document: str, tables: Mapping[str, Any]) -> dict[str, bytes]:
    from pyarrow import compute

    rows = {name: table.filter(compute.field("document") == document) for name, table in tables.items()}
    return {name: write(table) for name, table in rows.items() if len(table)}


def _rows(folder: Path, part: str, table: Table, documents: Sequence[str]) -> Any:
    """The rows of some documents in a part; none if the part has no such table."""
    from pyarrow import parquet

    path = folder / part / f"{table.name}.parquet"
    if not path.exists():
        return schema(table).empty_table()
    return parquet.read_table(path, columns=schema(table).names, filters=[("document", "in", documents)])


def size(folder: Path, part: str) -> int:
    """The bytes of a part."""
    return sum(path.stat().st_size for path in (folder / part).iterdir())


def sweep(folder: Path, live: Collection[str]) -> None:
    """Remove every part that is not in use, finished or not."""
    for path in folder.iterdir():
        if path.name not in live:
            shutil.rmtree(path)


def files(folder: Path, table: str, parts: Collection[str]) -> list[str]:
    """The Parquet files of a table in the given parts; a part without rows of the table has none."""
    paths = (folder / part / f"{table}.parquet" for part in sorted(parts))
    return [str(path) for path in paths if path.exists()]
