"""The store: immutable Parquet parts, a SQLite ledger that says which are live, DuckDB in memory to query them.

The only place with SQL. `Store` reads, `writing` opens the one writer; a reader never waits for it.
"""

from pipelines.store.columns import Packed, pack, pack_checks, unpack
from pipelines.store.ledger import DocumentRow, SourceRow
from pipelines.store.reader import Store
from pipelines.store.tables import TABLES
from pipelines.store.writer import Entry, Versions, Writer, decide, writing

__all__ = [
    "TABLES",
    "DocumentRow",
    "Entry",
    "Packed",
    "SourceRow",
    "Store",
    "Versions",
    "Writer",
    "decide",
    "pack",
    "pack_checks",
    "unpack",
    "writing",
]
