"""Parts: immutable folders of Parquet files, one file a table. What is half written never has a part's name."""

import hashlib
import os
import shutil
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.store.columns import Packed, read, schema, write
from pipelines.store.tables import TABLES, Stage

_UNFINISHED = ".tmp-"


def write_part(folder: Path, contents: Sequence[Packed]) -> str:
    """Write the tables of some documents as one new part and return its name, a hash of what is in it.

    Every row carries the name in its column `part`, so that a reader can tell a live row from a superseded one.
    """
    tables = {table.name: [packed[table.name] for packed in contents if table.name in packed] for table in TABLES}
    name = _name(tables)
    if (folder / name).exists():
        return name
    unfinished = folder / f"{_UNFINISHED}{name}"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    for table, streams in tables.items():
        if streams:
            _write(unfinished / f"{table}.parquet", name, [read(stream) for stream in streams])
    _sync(unfinished)
    unfinished.replace(folder / name)
    _sync(folder)
    return name


def _name(tables: Mapping[str, Sequence[bytes]]) -> str:
    digest = hashlib.sha256()
    for table, streams in tables.items():
        digest.update(f"{table} {len(streams)}\n".encode())
        for stream in streams:
            digest.update(hashlib.sha256(stream).digest())
    return digest.hexdigest()[:32]


def _write(path: Path, part: str, tables: Sequence[Any]) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    table = pa.concat_tables(tables)
    table = table.append_column("part", pa.array([part] * len(table), pa.string()))
    parquet.write_table(table, path, compression="zstd")
    _sync(path)


def _sync(path: Path) -> None:
    """Make a file, or the names in a folder, outlive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_part(folder: Path, part: str, document: str) -> dict[str, bytes]:
    """The tables of the extraction of one document in a part."""
    from pyarrow import parquet

    found: dict[str, bytes] = {}
    for table in TABLES:
        path = folder / part / f"{table.name}.parquet"
        if table.stage == "extract" and path.exists():
            rows = parquet.read_table(path, columns=schema(table).names, filters=[("document", "=", document)])
            found[table.name] = write(rows)
    return found


def merge(folder: Path, live: Mapping[Stage, Mapping[str, Sequence[str]]]) -> dict[str, bytes]:
    """The tables of several parts as one; `live` names, for each stage, the parts and the documents to take of each."""
    import pyarrow as pa
    from pyarrow import parquet

    found: dict[str, bytes] = {}
    for table in TABLES:
        pieces = [
            parquet.read_table(path, columns=schema(table).names, filters=[("document", "in", documents)])
            for part, documents in sorted(live[table.stage].items())
            if (path := folder / part / f"{table.name}.parquet").exists()
        ]
        if pieces:
            found[table.name] = write(pa.concat_tables(pieces))
    return found


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
