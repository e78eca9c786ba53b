"""The members of bundles, found in workers before a run is planned and copied out, a few at a time, while it goes on.

A bundle is read twice, from its start to its end: for the hashes, and again for the bytes of what is not done yet.
"""

import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from extract.ingest import limits
from pipelines.bundles import MARK, members
from pipelines.engines import local
from pipelines.inputs import Input, hashed, unpacked
from pipelines.interrupts import check
from schemas.errors import Problem


@dataclass(frozen=True, slots=True)
class _Task:
    bundle: Input
    limits: Mapping[str, int] = field(default_factory=limits.current)


def gather(found: Sequence[Input], jobs: int, timeout: float) -> tuple[list[Input], int]:
    """All inputs hashed, a bundle replaced by its members, and the number of members that are no documents.

    A bundle that hangs, crashes or eats the memory does so in a worker and is an input with that problem.
    """
    plain = []
    for item in found:
        check()
        plain.append(hashed(item))
    bundles = [item for item in plain if not item.sha256 and not item.problem]
    inputs = [item for item in plain if item.sha256 or item.problem]
    left_out = 0
    for answer in local.run(map(_Task, bundles), _unpack, min(jobs, len(bundles)), timeout) if bundles else ():
        value = answer.value
        listed = [replace(answer.task.bundle, problem=value)] if isinstance(value, Problem) else value
        kept = [item for item in listed if item.sha256 or item.problem]
        left_out += len(listed) - len(kept)
        inputs += kept
    return sorted(inputs, key=lambda item: (os.fsencode(item.path), item.member)), left_out


def _unpack(task: _Task) -> list[Input]:
    with limits.changed(task.limits):
        return unpacked(task.bundle)


def copies(bundle: Path, wanted: Mapping[str, str], folder: Path) -> Iterator[tuple[str, Path]]:
    """Copies the members, which are given with names of files, into these; all names come back, found or not."""
    if not wanted:
        return
    missing = dict(wanted)
    ways = {address[: mark.start()] for address in wanted for mark in re.finditer(MARK, address)}
    try:
        with bundle.open("rb") as file:
            for member in members(file, {*wanted, *ways}.__contains__):
                if member.file and missing.pop(member.address, None):
                    path = folder / wanted[member.address]
                    with path.open("wb") as copy:
                        shutil.copyfileobj(member.file, copy)
                    yield wanted[member.address], path
    except (FileNotFoundError, PermissionError):
        pass  # since it was hashed; each of its members is a failure
    for name in missing.values():
        yield name, folder / name


@contextmanager
def room(store: Path) -> Iterator[Path]:
    """A private folder in the store for copies; what a killed run left there is removed."""
    folder = store / "unpacked"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
