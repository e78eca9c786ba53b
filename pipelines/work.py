"""The work on one document, as it is done in a worker: extract, check, and pack the tables for the store."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from extract.ingest import limits
from pipelines.inputs import name_of
from pipelines.store import Entry, Packed, Versions, pack, pack_checks, unpack
from schemas.errors import Problem
from schemas.extraction import Extraction
from schemas.finding import Finding
from schemas.relation import Relation


@dataclass(frozen=True, slots=True)
class Task:
    """Read the file at `path`, which has this hash, and check it; or, given the tables of an extraction, only check.

    `copy` says that the file is a copy of a member of a bundle, to be removed once it has been read.
    """

    sha256: str
    path: Path
    source: str
    extracted: Packed | None = None
    copy: bool = False
    limits: Mapping[str, int] = field(default_factory=limits.current)


def versions() -> Versions:
    """The versions of the stages as they are now."""
    import extract
    from pipelines import audit

    return Versions(extract=extract.version(), audit=audit.VERSION)


def work(task: Task) -> Entry | Problem:
    """What the store is to hold of a document, or what kept it from being read."""
    from pipelines.audit import audit

    extraction = unpack(task.extracted) if task.extracted else _extract(task)
    if isinstance(extraction, Problem):
        return extraction
    return entry(task, extraction, *audit(extraction))


def entry(task: Task, extraction: Extraction, relations: Sequence[Relation], findings: Sequence[Finding]) -> Entry:
    """What the store is to hold of a document that was read: of one that was only checked again, no extraction."""
    checks = pack_checks(task.sha256, relations, findings)
    problems = extraction.document.problems
    return Entry(
        sha256=task.sha256,
        outcome="partial" if problems else "ok",
        message="；".join(f"{problem.place} {problem.message}".strip() for problem in problems),
        tables=checks if task.extracted else pack(extraction) | checks,
        checked_only=task.extracted is not None,
    )


def _extract(task: Task) -> Extraction | Problem:
    from extract.pipeline import extract

    try:
        data = task.path.read_bytes()
    except OSError as error:
        return Problem("unreadable", f"打不开：{error.strerror}")
    if hashlib.sha256(data).hexdigest() != task.sha256:
        return Problem("unreadable", "文件在读取时被改动")
    with limits.changed(task.limits):
        return extract(data, name_of(task.source), task.source)
