"""The work on one document, as it is done in a worker: extract, check, and pack the tables for the store."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from extract.ingest import limits, ocr
from pipelines.inputs import name_of
from pipelines.store import Entry, Packed, Versions, pack, pack_checks, unpack
from schemas.document import Document
from schemas.errors import Problem
from schemas.extraction import Extraction
from schemas.finding import Finding
from schemas.relation import Relation

#: Seconds that a document may take, also where its scanned pages are recognised.
TIMEOUT, OCR_TIMEOUT = 120.0, 1_800.0


@dataclass(frozen=True, slots=True)
class Task:
    """Read the file at `path`, which has this hash, and check it; or, given the tables of an extraction, only check.

    `copy` says that the file is a copy of a member of a bundle, to be removed once it has been read. `problem` is what
    was found out before, which leaves nothing to do.
    """

    sha256: str
    path: Path
    source: str
    extracted: Packed | None = None
    copy: bool = False
    problem: Problem | None = None
    limits: Mapping[str, int] = field(default_factory=limits.current)


def usual_timeout(timeout: float | None) -> float:
    """The seconds that a document may take: those that were asked for, or the usual ones."""
    return timeout or (OCR_TIMEOUT if ocr.available() else TIMEOUT)


def versions() -> Versions:
    """The versions of the stages as they are now."""
    import extract
    from pipelines import audit

    return Versions(extract=extract.version(), audit=audit.VERSION)


def work(task: Task) -> Entry | Problem:
    """What the store is to hold of a document, or what kept it from being read."""
    from pipelines.audit import audit

    found = unpack(task.extracted) if task.extracted else extraction(task)
    if isinstance(found, Problem):
        return found
    return entry(task, found, *audit(found))


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


def document(task: Task) -> Document | Problem:
    """The document of a file."""
    from extract.ingest import read

    with limits.changed(task.limits):
        data = _data(task)
        return data if isinstance(data, Problem) else read(data, name_of(task.source))


def extraction(task: Task) -> Extraction | Problem:
    """Everything that is found in a file."""
    from extract.pipeline import extract

    with limits.changed(task.limits):
        data = _data(task)
        return data if isinstance(data, Problem) else extract(data, name_of(task.source), task.source)


def checked(task: Task) -> tuple[Extraction, Sequence[Relation], Sequence[Finding]] | Problem:
    """Everything that is found in a file, what was recomputed, and what does not fit together."""
    from pipelines.audit import audit

    found = extraction(task)
    return found if isinstance(found, Problem) else (found, *audit(found))


def _data(task: Task) -> bytes | Problem:
    if task.problem:
        return task.problem
    try:
        data = task.path.read_bytes()
    except OSError as error:
        return Problem("unreadable", f"打不开：{error.strerror}")
    if hashlib.sha256(data).hexdigest() != task.sha256:
        return Problem("unreadable", "文件在读取时被改动")
    return data
