"""The documents that are named on a command line, read and extracted in memory."""

import glob
import re
import sys
from collections.abc import Iterable, Iterator
from os import SEEK_END
from pathlib import Path, PurePath
from tempfile import SpooledTemporaryFile
from typing import IO

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
    from pipelines.inputs import name_of

    for source, data in contents(names):
        yield source, data if isinstance(data, Problem) else extract(data, name_of(source), source)


def contents(names: Iterable[str]) -> Iterator[tuple[str, bytes | Problem]]:
    """The bytes of each file, and of each member of a bundle, under its name for people; "-" is standard input.

    "2023.zip!自评.docx" names a member of a bundle, a folder in it, or a bundle within it.

    Raises:
        UsageError: a folder is named.
    """
    for name in expanded(names):
        if name == STDIN:
            yield from _held("标准输入", sys.stdin.buffer)
            continue
        path, member = _parted(name)
        if path.is_dir():
            raise UsageError(f"这是文件夹：{_named(name)}。整个文件夹用 jihe run 读进存储")
        try:
            if path.is_file():
                with path.open("rb") as file:
                    yield from _parts(_named(str(path)), file, member)
            else:
                yield _named(name), Problem("unreadable", "不是普通文件" if path.exists() else "没有这个文件")
        except OSError as error:
            yield _named(name), Problem("unreadable", f"打不开：{error.strerror}")


def _parted(name: str) -> tuple[Path, str]:
    """The path of a file and the address of a member in it: at the first "!" before which there is a file."""
    if Path(name).exists():
        return Path(name), ""
    ends = (mark.start() for mark in re.finditer("!", name))
    end = next((end for end in ends if Path(name[:end]).is_file()), len(name))
    return Path(name[:end]), name[end + 1 :]


def _held(source: str, stream: IO[bytes]) -> Iterator[tuple[str, bytes | Problem]]:
    """What comes from a stream that can't be read twice."""
    from extract.ingest import limits
    from pipelines.bundles import SPOOL

    with SpooledTemporaryFile(SPOOL) as file:
        file.write(stream.read(limits.BYTES + 1))
        yield from _parts(source, file, "")


def _parts(source: str, file: IO[bytes], member: str) -> Iterator[tuple[str, bytes | Problem]]:
    """The bytes of a file, or of the members of a bundle: all of them, or those that `member` names."""
    from extract.ingest import limits
    from pipelines.bundles import MARK, is_bundle, members, too_large

    size = file.seek(0, SEEK_END)
    if size > limits.BYTES:
        yield source, too_large(size)
    elif is_bundle(file):
        found = 0
        for one in members(file, lambda address: _meant(address, member)):
            read = one.file.read() if one.file else one.problem
            if read is not None:
                found += 1
                yield f"{source}{MARK if one.address else ''}{one.address}", read
        if not found:
            yield f"{source}{MARK}{member}", Problem("unreadable", "压缩包里没有这个文件")
    elif member:
        yield source, Problem("unsupported", "不是压缩包，里面没有别的文件")
    else:
        file.seek(0)
        yield source, file.read()


def _meant(address: str, member: str) -> bool:
    """Whether an address is what was named, lies in it, or leads to it."""
    within = (f"{member}!", f"{member.rstrip('/')}/")
    return not member or address == member or address.startswith(within) or member.startswith(f"{address}!")


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
