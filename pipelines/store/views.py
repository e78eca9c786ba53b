"""The views that readers query: DuckDB in memory over the live rows of the live parts."""

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from pipelines.store.columns import schema
from pipelines.store.ledger import DocumentRow, SourceRow
from pipelines.store.parts import files
from pipelines.store.tables import TABLES, Table
from schemas.decision import Decision

_DOCUMENTS = """
create view documents as
select live.source, live.document, live.sources, live.outcome, live.message, live.place,
       format, title, quality, pages, characters, numerals, figures, dates, identifiers, unexplained
from live left join overviews using (document)
"""
_FAILURES = """
create view failures as
select seen.source, seen.document, coalesce(live.outcome, seen.outcome) as outcome,
       coalesce(live.message, seen.message) as message, coalesce(live.place, '') as place
from seen left join live using (document)
where coalesce(live.outcome, seen.outcome) <> 'ok'
"""
_COMPARISONS = """
create view comparisons as
select records.* replace (coalesce(records.period, records.year) as year), records.year as reported,
       reports.kind, figures.text, figures.page, figures."table"->>'sheet' as sheet,
       figures."table"->>'cell' as cell
from records
left join reports using (document)
left join figures on figures.document = records.document
                 and figures.char_start || ':' || figures.char_end = records.figure
"""
# The last decision counts, for the values that it was made for and until its day.
_JUDGED = """
create view judged as
with last as (select * from decisions qualify row_number() over (partition by fingerprint order by number desc) = 1),
     known as (
         select findings.*, last.person, last.note, last.until, last.decided, last.status as given,
                case when last.status is null then ''
                     when last.values_hash <> findings.values_hash then '数值已变'
                     when last.until <> '' and last.until < cast(current_date as varchar) then '已到期'
                     else '' end as lapsed
         from findings left join last using (fingerprint))
select known.* replace (case when given is null or lapsed <> '' then status else given end as status) from known
"""

#: Every view, with the columns that put its rows in order.
ORDER: dict[str, tuple[str, ...]] = {
    "sources": ("source",),
    "documents": ("source", "document"),
    "failures": ("source",),
    "comparisons": ("source", "position"),
    "judged": ("source", "position"),
    "decisions": ("number",),
    **{table.name: ("source", "position") for table in TABLES},
}


def open_views(
    folder: Path, documents: Sequence[DocumentRow], sources: Sequence[SourceRow], decisions: Sequence[Decision]
) -> Any:
    """A DuckDB connection with all views over what the ledger says is live."""
    import duckdb

    connection = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
    _create_ledger_tables(connection, documents, sources)
    _create_decisions(connection, decisions)
    parts = {
        "extract": {row.part for row in documents if row.part},
        "audit": {row.checks for row in documents if row.checks},
    }
    for table in TABLES:
        _create_view(connection, table, files(folder / "parts", table.name, parts[table.stage]))
    for view in (_DOCUMENTS, _FAILURES, _COMPARISONS, _JUDGED):
        connection.execute(view)
    return connection


def _create_ledger_tables(connection: Any, documents: Sequence[DocumentRow], sources: Sequence[SourceRow]) -> None:
    """`seen`: the files that are there; `live`: the documents in them, each with its first file as `source`."""
    import pyarrow as pa

    present = [row for row in sources if not row.gone]
    seen = {
        "source": pa.array([row.source for row in present], pa.string()),
        "document": pa.array([row.sha256 for row in present], pa.string()),
        "outcome": pa.array([row.outcome for row in present], pa.string()),
        "message": pa.array([row.message for row in present], pa.string()),
    }
    names = ("sha256", "part", "checks", "outcome", "message", "place")
    known = {name: pa.array([getattr(row, name) for row in documents], pa.string()) for name in names}
    connection.register("seen_rows", pa.table(seen))
    connection.register("known_rows", pa.table(known))
    connection.execute("create table seen as select * from seen_rows")
    connection.execute("create view sources as select * from seen")
    connection.execute(
        "create table live as select sha256 as document, known_rows.* exclude (sha256), source, sources from known_rows"
        " join (select document, min(source) as source, count(*) as sources from seen group by document) as first"
        " on first.document = sha256"
    )
    connection.unregister("seen_rows")
    connection.unregister("known_rows")


def _create_decisions(connection: Any, decisions: Sequence[Decision]) -> None:
    import pyarrow as pa

    names = [field.name for field in fields(Decision)]
    held = {name: pa.array([getattr(one, name) for one in decisions], pa.string()) for name in names}
    connection.register("decided_rows", pa.table({"number": pa.array(range(len(decisions)), pa.int64()), **held}))
    connection.execute("create table decisions as select * from decided_rows")
    connection.unregister("decided_rows")


def _create_view(connection: Any, table: Table, paths: Sequence[str]) -> None:
    """The live rows of a table. `source` is the file that holds the document now, not that of the first reading."""
    connection.register("no_rows", schema(table).empty_table())
    connection.execute(f"create table no_{table.name} as select *, null::varchar as part from no_rows")  # noqa: S608
    connection.unregister("no_rows")
    rows = f"select * from no_{table.name}"  # noqa: S608 - our own names
    if paths:
        listed = ", ".join(quoted(path) for path in paths)
        rows += f" union all by name select * from read_parquet([{listed}], union_by_name = true)"  # noqa: S608
    names = ", ".join(f'rows."{name}"' for name in schema(table).names if name != "source")
    held = "part" if table.stage == "extract" else "checks"
    connection.execute(
        f"create view {table.name} as select live.source, {names} from ({rows}) as rows "  # noqa: S608 - our own names
        f"join live on live.document = rows.document and live.{held} = rows.part"
    )


def quoted(text: str) -> str:
    """A text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"
