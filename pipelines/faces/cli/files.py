"""The documents that are named on a command line, and how what was not read of them is told."""

import glob
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pipelines.faces.cli.console import talk
from pipelines.faces.cli.exits import Exit
from schemas.document import Document
from schemas.errors import Problem, UsageError
from schemas.extraction import Extraction

if TYPE_CHECKING:
    from pipelines.direct import Named
    from pipelines.work import Task

#: Documents under their names for people, with what was made of them.
Results = Iterator[tuple[str, Any]]

STDIN = "-"
#: Bytes of standard input that are read at a time.
_CHUNK = 1 << 20


def expanded(names: Iterable[str]) -> list[str]:
    """File names with patterns filled in, which the Windows shell does not do; what Word leaves beside a file is none.

    A pattern that nothing fits stays as it is, so that it is reported like any other file that is not there.
    """
    found: list[str] = []
    for name in names:
        matches = sorted(glob.glob(name, recursive=True)) if _is_pattern(name) else []  # noqa: PTH207 - absolute, too
        kept = [match for match in matches if not PurePath(match).name.startswith("~$")]
        found += kept or [name]
    return list(dict.fromkeys(found))


def _is_pattern(name: str) -> bool:
    return glob.has_magic(name) and not Path(name).exists()


@contextmanager
def results(names: Iterable[str], work: Callable[["Task"], Any], timeout: float | None) -> Iterator["Results"]:
    """What `work`, a function of `pipelines.work`, makes of each document, or why nothing, under its name for people.

    "-" is standard input; "2023.zip!自评.docx" names a member of a bundle, a folder in it, or a bundle within it.

    Raises:
        UsageError: a folder is named.
    """
    from pipelines.direct import answers

    with (
        TemporaryDirectory(prefix="jihe-") as room,
        closing(answers(_all_named(names, Path(room)), work, timeout)) as found,
    ):
        yield found


def _all_named(names: Iterable[str], room: Path) -> "list[Named]":
    from pipelines.direct import Named

    named = []
    for name in expanded(names):
        path, member = (_held(room), "") if name == STDIN else _parted(name)
        if path.is_dir():
            raise UsageError(f"这是文件夹：{_named(name)}。整个文件夹用 jihe run 读进存储")
        named.append(Named(path, "标准输入" if name == STDIN else _named(str(path)), member))
    return named


def _held(room: Path) -> Path:
    """A file with what comes from standard input, as far as its size is within the limit."""
    from extract.ingest import limits

    path = room / "标准输入"
    with path.open("wb") as file:
        copied = 0
        while copied <= limits.BYTES and (data := sys.stdin.buffer.read(_CHUNK)):
            copied += file.write(data)
    return path


def _parted(name: str) -> tuple[Path, str]:
    """The path of a file and the address of a member in it: at the first "!" before which there is a file."""
    if Path(name).exists():
        return Path(name), ""
    ends = (mark.start() for mark in re.finditer("!", name))
    end = next((end for end in ends if Path(name[:end]).is_file()), len(name))
    return Path(name[:end]), name[end + 1 :]


def _named(name: str) -> str:
    """A path for people, absolute if it was given so."""
    from pipelines.inputs import shown

    path = PurePath(name)
    return path.anchor + shown(path.relative_to(path.anchor))


def reported(source: str, read: Document | Extraction | Problem) -> Exit:
    """Say on standard error what was not read of a file, and what is odd about it; UNREAD if anything was not."""
    if isinstance(read, Problem):
        _report(source, read)
        return Exit.UNREAD
    document = read if isinstance(read, Document) else read.document
    for problem in document.problems:
        _report(source, problem)
    for warning in document.warnings:
        talk(f"● {source}：{warning}")
    return Exit.UNREAD if document.problems else Exit.DONE


def _report(source: str, problem: Problem) -> None:
    from pipelines.export.labels import word

    place = f"（{problem.place}）" if problem.place else ""
    talk(f"× {source}：{word('outcome', problem.outcome)}，{problem.message}{place}")
