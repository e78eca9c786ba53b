"""Records as Arrow tables and back. Every table starts with the columns document and position (order in the document).

The two offsets `start` and `end` are the columns `char_start` and `char_end`, nested fields are JSON text.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from pipelines.store.tables import BY_NAME, TABLES, Table, overview
from pipelines.store.values import PRECISION, SCALE, clean, exact, fitted, hints, plain, restore, shape, to_json
from schemas.document import Document
from schemas.extraction import Extraction
from schemas.finding import Finding
from schemas.relation import Relation

#: Tables by name, each as the bytes of an Arrow stream: what a worker hands to the writer.
Packed = Mapping[str, bytes]

_COLUMNS = {"start": "char_start", "end": "char_end"}


@cache
def columns(table: Table) -> Mapping[str, str]:
    """The column of every field of the table's record, but for the owner, which is the column `document`."""
    return {name: _COLUMNS.get(name, name) for name in hints(table.record) if name != table.owner}


@cache
def decimals(table: Table) -> tuple[str, ...]:
    """The fields that hold decimals."""
    return tuple(name for name, hint in hints(table.record).items() if shape(hint) == "decimal")


@cache
def schema(table: Table) -> Any:
    """The Arrow schema of a table."""
    import pyarrow as pa

    kinds = {
        "text": pa.string(),
        "json": pa.string(),
        "integer": pa.int64(),
        "flag": pa.bool_(),
        "decimal": pa.decimal128(PRECISION, SCALE),
    }
    named = hints(table.record)
    found = [(column, kinds[shape(named[name])]) for name, column in columns(table).items()]
    extra = [("exact", pa.string())] if decimals(table) else []
    return pa.schema([("document", pa.string()), ("position", pa.int64()), *found, *extra])


def pack(extraction: Extraction) -> dict[str, bytes]:
    """The tables of an extraction."""
    document = extraction.document.id
    contents: dict[str, Sequence[Any]] = {
        "texts": (extraction.document,),
        "overviews": (overview(extraction),),
        "reports": (extraction.report,),
        "headings": extraction.headings,
        "figures": extraction.figures,
        "mentions": extraction.mentions,
        "unexplained": extraction.unexplained,
        "claims": extraction.claims,
        "forms": extraction.forms,
        "records": extraction.records,
    }
    return {name: _packed(BY_NAME[name], document, records) for name, records in contents.items() if records}


def pack_checks(document: str, relations: Sequence[Relation], findings: Sequence[Finding]) -> dict[str, bytes]:
    """The tables of the checks of a document."""
    contents: dict[str, Sequence[Any]] = {"relations": relations, "findings": findings}
    return {name: _packed(BY_NAME[name], document, records) for name, records in contents.items() if records}


def unpack(packed: Packed) -> Extraction:
    """The extraction again, from its tables."""
    found = {table.name: tuple(_records(table, packed)) for table in TABLES if table.stage == "extract"}
    document: Document = found["texts"][0]
    return Extraction(
        document=document,
        report=found["reports"][0],
        headings=found["headings"],
        figures=found["figures"],
        mentions=found["mentions"],
        unexplained=found["unexplained"],
        claims=found["claims"],
        forms=found["forms"],
        records=found["records"],
        numerals=found["overviews"][0].numerals,
    )


def read(packed: bytes) -> Any:
    """The Arrow table of a stream."""
    import pyarrow as pa

    with pa.ipc.open_stream(packed) as stream:
        return stream.read_all()


def write(arrow: Any) -> bytes:
    """The stream of an Arrow table."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, arrow.schema) as stream:
        stream.write_table(arrow)
    return bytes(sink.getvalue())


def record(table: Table, row: Mapping[str, Any]) -> Any:
    """The record of one row."""
    values = dict(row)
    written = json.loads(values.get("exact") or "{}")
    found = {table.owner: row["document"]} if table.owner else {}
    for name, hint in hints(table.record).items():
        if name != table.owner:
            found[name] = _value(hint, values[columns(table)[name]], written.get(name))
    return table.record(**found)


def present(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """The row as plain values: decimals exact, nested fields as lists and dictionaries."""
    written = json.loads(row.pop("exact", None) or "{}")
    named = hints(table.record)
    for name, column in columns(table).items():
        kind = shape(named[name])
        if kind == "decimal":
            row[column] = number(row[column], written.get(name))
        elif kind == "json" and row[column] is not None:
            row[column] = json.loads(row[column])
    return row


def _value(hint: Any, value: Any, written: str | None) -> Any:
    """The value of a field from that of its column and, for a decimal, from its exact form."""
    kind = shape(hint)
    if kind == "decimal":
        return number(value, written)
    return restore(hint, json.loads(value)) if kind == "json" and value is not None else value


def number(value: Any, written: str | None) -> Any:
    """A decimal from what its column holds and from its exact form, if that differs."""
    if written is not None:
        return Decimal(written)
    return None if value is None else plain(value)


def _records(table: Table, packed: Packed) -> Iterator[Any]:
    if table.name in packed:
        yield from (record(table, row) for row in read(packed[table.name]).to_pylist())


def _packed(table: Table, document: str, records: Sequence[Any]) -> bytes:
    import pyarrow as pa

    named = hints(table.record)
    found: dict[str, list[Any]] = {"document": [document] * len(records), "position": list(range(len(records)))}
    for name, column in columns(table).items():
        found[column] = _column(shape(named[name]), [getattr(record, name) for record in records])
    if decimals(table):
        found["exact"] = [_exact(table, record) for record in records]
    return write(pa.table(found, schema=schema(table)))


def _column(kind: str, values: list[Any]) -> list[Any]:
    if kind == "decimal":
        return [fitted(value) for value in values]
    if kind == "json":
        return [None if value is None else to_json(value) for value in values]
    if kind == "text":
        return [None if value is None else clean(value) for value in values]
    return values


def _exact(table: Table, record: Any) -> str | None:
    values = {name: getattr(record, name) for name in decimals(table)}
    written = {name: exact(value, fitted(value)) for name, value in values.items()}
    kept = {name: text for name, text in written.items() if text is not None}
    return json.dumps(kept) if kept else None
