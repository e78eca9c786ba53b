"""The files of an archive: found in a fixed order, links not followed, each hashed; what can't be opened is a row too."""

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from schemas.errors import Problem

#: A file of more bytes is not read at all.
MAX_BYTES = 300 << 20


@dataclass(frozen=True, slots=True)
class Input:
    """A file: its absolute path, the same for people, and the hash of its bytes or why there is none.

    `source` starts with the name of the folder that was asked for, so it is the same wherever the archive lies.
    """

    path: str
    source: str
    sha256: str | None = None
    problem: Problem | None = None


def find(paths: Sequence[Path | str], skip: Path) -> list[Input]:
    """Every file in the given files and folders but those below `skip`, each once, sorted by path; not hashed yet."""
    found: dict[str, Input] = {}
    for given in paths:
        path = os.path.abspath(given)  # noqa: PTH100 - pathlib would lose nothing, but os.walk wants a str
        for item in _walk(path, os.path.abspath(skip)) if os.path.isdir(path) else [_single(path)]:  # noqa: PTH100, PTH112
            found.setdefault(item.path, item)
    return sorted(found.values(), key=lambda item: os.fsencode(item.path))


def _single(path: str) -> Input:
    source = shown(os.path.basename(path))  # noqa: PTH119
    if not os.path.exists(path):  # noqa: PTH110
        return Input(path, source, problem=Problem("unreadable", "没有这个文件"))
    if not os.path.isfile(path):  # noqa: PTH113
        return Input(path, source, problem=Problem("unsupported", "不是普通文件"))
    return Input(path, source)


def _walk(root: str, skip: str) -> Iterator[Input]:
    unreadable: list[OSError] = []
    above = os.path.dirname(root)  # noqa: PTH120
    for folder, folders, names in os.walk(root, onerror=unreadable.append):
        folders[:] = [name for name in folders if not name.startswith(".") and os.path.join(folder, name) != skip]  # noqa: PTH118
        for name in names:
            path = os.path.join(folder, name)  # noqa: PTH118
            if not _ignored(name) and _regular(path):
                yield Input(path, shown(os.path.relpath(path, above)))
    for error in unreadable:
        yield Input(str(error.filename), shown(os.path.relpath(error.filename, above)), problem=_refused(error))


def _ignored(name: str) -> bool:
    """Hidden files, and what Word and WPS leave beside an open document (~$报告.docx)."""
    return name.startswith((".", "~$"))


def _regular(path: str) -> bool:
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def _refused(error: OSError) -> Problem:
    return Problem("unreadable", f"打不开：{error.strerror}")


def hashed(item: Input) -> Input:
    """The input with the hash of its bytes, read in pieces, or with the problem that there was."""
    if item.problem:
        return item
    try:
        with open(item.path, "rb") as file:  # noqa: PTH123
            size = os.fstat(file.fileno()).st_size
            if size > MAX_BYTES:
                return replace(item, problem=Problem("limit", f"文件太大：{size >> 20} MB，上限 {MAX_BYTES >> 20} MB"))
            return replace(item, sha256=hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as error:
        return replace(item, problem=_refused(error))


def shown(path: str) -> str:
    """A path for people: "/" between its names, and a name that is not UTF-8 read as GB18030."""
    return "/".join(_readable(name) for name in path.split(os.sep))


def _readable(name: str) -> str:
    raw = os.fsencode(name)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")
