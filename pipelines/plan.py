"""What a run has to do: the files of every document, what the store has done of it before, and the tasks that are left.

A document is done when the store has it under the present versions of extractor and checks. Where only the checks are
newer, they alone run again, on the extraction that the store holds.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.inputs import Input, path_of
from pipelines.store import DocumentRow, SourceRow, Versions, Writer
from pipelines.unpack import copies
from pipelines.work import Task

#: Outcomes that say nothing about what a folder or bundle holds.
_UNKNOWN = {"unreadable", "timeout", "crash", "memory", "error"}


@dataclass(frozen=True, slots=True)
class Plan:
    """`files`: the inputs that hold each document; `refused`: those that can't be opened; `todo`: documents to work on.

    `check_only` are the documents of `todo` whose extraction is in the store; `gone` the rows of files that the store
    knew and that are no longer there.
    """

    files: Mapping[str, Sequence[Input]]
    refused: Sequence[Input]
    todo: Sequence[str]
    check_only: Collection[str]
    gone: Sequence[SourceRow]

    def tasks(self, store: Writer, room: Path) -> Iterator[Task]:
        """The tasks one by one; only then is what they need taken from a bundle, into `room`, or from the store."""
        bundles: dict[Path, dict[str, str]] = {}
        for sha256 in self.todo:
            first = self.files[sha256][0]
            if sha256 in self.check_only:
                continue
            if first.member:
                bundles.setdefault(first.path, {})[first.member] = sha256
            else:
                yield self._task(sha256)
        for path, wanted in bundles.items():
            for sha256, copy in copies(path, wanted, room):
                yield replace(self._task(sha256), path=copy, copy=True)
        for sha256, extracted in store.packed(self.check_only):
            yield replace(self._task(sha256), extracted=extracted)

    def _task(self, sha256: str) -> Task:
        first = self.files[sha256][0]
        return Task(sha256, first.path, first.source)

    def sources(self, documents: Iterable[str], run: int) -> list[SourceRow]:
        """The rows of the files that hold these documents."""
        return [_source(item, run) for sha256 in documents for item in self.files[sha256]]

    def settled(self, run: int) -> list[SourceRow]:
        """The rows of all files about which there is nothing left to do."""
        todo = set(self.todo)
        done = self.sources((sha256 for sha256 in self.files if sha256 not in todo), run)
        refused = [_source(item, run) for item in self.refused]
        return done + refused + [replace(row, run=run, gone=True) for row in self.gone]


def make_plan(paths: Sequence[Path], inputs: Sequence[Input], store: Writer, *, retry_failed: bool) -> Plan:
    """Compare the inputs found at `paths`, already hashed, with what the store knows."""
    files: dict[str, list[Input]] = {}
    for item in inputs:
        if item.sha256:
            files.setdefault(item.sha256, []).append(item)
    known, now = store.documents(), store.versions
    todo = [sha256 for sha256 in files if not _done(known.get(sha256), now, retry_failed=retry_failed)]
    return Plan(
        files=files,
        refused=[item for item in inputs if item.problem],
        todo=todo,
        check_only={sha256 for sha256 in todo if _extracted(known.get(sha256), now, retry_failed=retry_failed)},
        gone=_gone(paths, inputs, store.sources()),
    )


def _done(row: DocumentRow | None, now: Versions, *, retry_failed: bool) -> bool:
    current = row is not None and row.extract == now.extract and row.audit == now.audit
    return current and _stands(row, retry_failed=retry_failed)


def _extracted(row: DocumentRow | None, now: Versions, *, retry_failed: bool) -> bool:
    current = row is not None and row.part is not None and row.extract == now.extract
    return current and _stands(row, retry_failed=retry_failed)


def _stands(row: DocumentRow | None, *, retry_failed: bool) -> bool:
    """Whether what was read is all there is, or is not to be tried again: partial is failed, too."""
    return row is not None and (row.outcome == "ok" or not retry_failed)


def _source(item: Input, run: int) -> SourceRow:
    outcome, message = (item.problem.outcome, item.problem.message) if item.problem else (None, "")
    return SourceRow(item.key, item.source, item.sha256, outcome, message, run)


def _gone(paths: Sequence[Path], inputs: Sequence[Input], known: Sequence[SourceRow]) -> list[SourceRow]:
    """Files of an earlier run that are missing from these folders and bundles.

    What lies in one that can't be read is not missing, but what is not found in one that is damaged is.
    """
    holders = {path for path in paths if path.is_dir()} | {item.path for item in inputs}
    present = {item.key for item in inputs}
    refused = {item.path for item in inputs if item.problem and item.problem.outcome in _UNKNOWN and not item.member}
    missing = [row for row in known if not row.gone and row.path not in present]
    return [row for row in missing if _in(row, holders) and not _in(row, refused)]


def _in(row: SourceRow, holders: Collection[Path]) -> bool:
    path = path_of(row.path)
    return path in holders or any(folder in holders for folder in path.parents)
