"""The documents that are named on a command line, read and extracted in memory."""

import glob
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath

from pipelines.faces.cli.console import talk
from pipelines.faces.cli.exits import Exit
from schemas.document import Document
from schemas.errors import Problem, UsageError
from schemas.extraction import Extraction

STDIN = "-"


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


def extractions(names: Iterable[str]) -> Iterator[tuple[str, Extraction | Problem]]:
    """The extraction of each file, or why there is none, under its name for people."""
    from extract.pipeline import extract

    for source, data in contents(names):
        yield source, data if isinstance(data, Problem) else extract(data, PurePath(source).name, source)


def contents(names: Iterable[str]) -> Iterator[tuple[str, bytes | Problem]]:
    """The bytes of each file under its name for people; "-" is standard input.

    Raises:
        UsageError: a folder is named.
    """
    from pipelines.inputs import MAX_BYTES

    for name in expanded(names):
        if name == STDIN:
            yield "标准输入", sys.stdin.buffer.read(MAX_BYTES + 1)
        elif Path(name).is_dir():
            raise UsageError(f"这是文件夹：{_named(name)}。整个文件夹用 jihe run 读进存储")
        else:
            yield _named(name), _bytes(Path(name), MAX_BYTES)


def _named(name: str) -> str:
    """A path for people, absolute if it was given so."""
    from pipelines.inputs import shown

    path = PurePath(name)
    return path.anchor + shown(path.relative_to(path.anchor))


def _bytes(path: Path, most: int) -> bytes | Problem:
    try:
        if not path.is_file():
            return Problem("unreadable", "不是普通文件" if path.exists() else "没有这个文件")
        if path.stat().st_size > most:
            return Problem("limit", f"文件太大，上限 {most >> 20} MB")
        return path.read_bytes()
    except OSError as error:
        return Problem("unreadable", f"打不开：{error.strerror}")


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
