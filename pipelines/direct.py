"""Documents that a person names, read at once and without a store: in a worker that may hang or crash, as in a run."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipelines.bundles import MARK
from pipelines.engines import local
from pipelines.inputs import Input, single
from pipelines.interrupts import deferred
from pipelines.unpack import copies, gather
from pipelines.work import Task, usual_timeout
from schemas.errors import Problem


@dataclass(frozen=True, slots=True)
class Named:
    """A file, what it is called for people, and the address of what is meant of it if it is a bundle, or ""."""

    path: Path
    source: str
    member: str = ""


def answers(
    named: Iterable[Named], work: Callable[[Task], Any], timeout: float | None = None
) -> Generator[tuple[str, Any], None, None]:
    """What `work` makes of each document, or the `Problem` that kept it from it, under the name for people.

    Files come in the order given; of a bundle first what can't be read and then the members in its own order. `work` is
    a function of `pipelines.work`; `timeout` counts the seconds of one document and defaults to that of a run.
    """
    seconds = usual_timeout(timeout)
    with deferred(), TemporaryDirectory(prefix="jihe-") as room:
        inputs = [(one, _inputs(one, seconds)) for one in named]
        tasks = (task for one, meant in inputs for task in _tasks(one.path, meant, Path(room)))
        with closing(local.run(tasks, work, 1, seconds)) as found:
            for answer in found:
                if answer.task.copy:
                    answer.task.path.unlink(missing_ok=True)
                yield answer.task.source, answer.value


def _inputs(named: Named, timeout: float) -> list[Input]:
    """The file, or what is meant of a bundle; each hashed or with its problem."""
    file = replace(single(named.path), source=named.source)
    found, _ = gather([file], 1, timeout)
    if named.member and any(one.sha256 and not one.member for one in found):
        return [replace(file, problem=Problem("unsupported", "不是压缩包，里面没有别的文件"))]
    meant = [one for one in found if not one.member or _meant(one.member, named.member)]
    if meant:
        return meant
    source = f"{named.source}{MARK}{named.member}" if named.member else named.source
    return [replace(file, source=source, problem=Problem("unreadable", "压缩包里没有这个文件"))]


def _tasks(path: Path, inputs: Sequence[Input], room: Path) -> Iterator[Task]:
    """The tasks of a file, or of the members of a bundle, which are copied into the room as they are needed."""
    members = {str(number): one for number, one in enumerate(inputs) if one.member and one.sha256}
    for one in inputs:
        if one.problem or not one.member:
            yield Task(one.sha256 or "", one.path, one.source, problem=one.problem)
    for number, copy in copies(path, {one.member: number for number, one in members.items()}, room):
        one = members[number]
        yield Task(one.sha256 or "", copy, one.source, copy=True)


def _meant(address: str, member: str) -> bool:
    """Whether an address is what was named, lies in it, or leads to it."""
    within = (f"{member}{MARK}", f"{member.rstrip('/')}/")
    return not member or address == member or address.startswith(within) or member.startswith(f"{address}{MARK}")
