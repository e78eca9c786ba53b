"""Compaction: many small parts into few large ones, so that readers open few files. No row changes by it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pipelines.store.ledger import DocumentRow
from pipelines.store.parts import merge_parts, size
from pipelines.store.tables import Stage

#: Small parts that a store may have before they are merged.
MANY = 32
#: Bytes of a large part, which is left alone.
LARGE = 16 << 20


def compacted(folder: Path, rows: Iterable[DocumentRow]) -> list[DocumentRow]:
    """Write merged parts and return the rows of the documents that are now to point to them."""
    rows = list(rows)
    live = _live(rows)
    sizes = {part: size(folder, part) for part in sorted({*live["extract"], *live["audit"]})}
    small = {part: number for part, number in sizes.items() if number < LARGE}
    if len(small) < MANY:
        return []
    merged: dict[str | None, str] = {}
    for group in _groups(small):
        chosen = {stage: {part: live[stage][part] for part in group if part in live[stage]} for stage in live}
        merged |= dict.fromkeys(group, merge_parts(folder, chosen))
    return [
        replace(row, part=merged.get(row.part, row.part), checks=merged.get(row.checks, row.checks))
        for row in rows
        if row.part in merged or row.checks in merged
    ]


def _live(rows: Iterable[DocumentRow]) -> dict[Stage, dict[str, list[str]]]:
    """The documents that each part is live for, stage by stage."""
    found: dict[Stage, dict[str, list[str]]] = {"extract": defaultdict(list), "audit": defaultdict(list)}
    for row in rows:
        if row.part:
            found["extract"][row.part].append(row.sha256)
        if row.checks:
            found["audit"][row.checks].append(row.sha256)
    return found


def _groups(sizes: Mapping[str, int]) -> Iterator[Sequence[str]]:
    """The parts in groups that make a large part each."""
    group: list[str] = []
    total = 0
    for part, number in sizes.items():
        group.append(part)
        total += number
        if total >= LARGE:
            yield group
            group, total = [], 0
    if len(group) > 1:
        yield group
