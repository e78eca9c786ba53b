"""The files of an archive: found in a fixed order, links not followed, each hashed; a refused one is kept, too."""

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from schemas.errors import Problem

#: A file of more bytes is not read at all.
MAX_BYTES = 300 << 20


@dataclass(frozen=True, slots=True)
class Input:
    """A file: its absolute path, the same for people, and the hash of its bytes or why there is none.

    `source` starts with the name of the folder that was asked for, so it is the same wherever the archive lies.
    """

    path: Path
    source: str
    sha256: str | None = None
    problem: Problem | None = None


def find(paths: Sequence[Path], skip: Path) -> list[Input]:
    """Every file in the given `real` files and folders but those below `skip`, each once, sorted; not hashed yet."""
    found: dict[Path, Input] = {}
    for path in paths:
        for item in _walk(path, real(skip)) if path.is_dir() else [_single(path)]:
            found.setdefault(item.path, item)
    return sorted(found.values(), key=lambda item: os.fsencode(item.path))


def real(path: Path | str) -> Path:
    """The absolute path with every link followed: what a person names, a link too, is what they mean."""
    return Path(os.path.realpath(path))


def _single(path: Path) -> Input:
    if not path.exists():
        return Input(path, _readable(path.name), problem=Problem("unreadable", "没有这个文件"))
    if not path.is_file():
        return Input(path, _readable(path.name), problem=Problem("unsupported", "不是普通文件"))
    return Input(path, _readable(path.name))


def _walk(root: Path, skip: Path) -> Iterator[Input]:
    unreadable: list[OSError] = []
    for folder, folders, names in os.walk(root, onerror=unreadable.append):
        folders[:] = [name for name in folders if not name.startswith(".") and Path(folder, name) != skip]
        for path in (Path(folder, name) for name in names if not _ignored(name)):
            if _regular(path):
                yield Input(path, shown(path.relative_to(root.parent)))
    for error in unreadable:
        path = Path(error.filename)
        yield Input(path, shown(path.relative_to(root.parent)), problem=_refused(error))


def _ignored(name: str) -> bool:
    """Hidden files, and what Word and WPS leave beside an open document (~$报告.docx)."""
    return name.startswith((".", "~$"))


def _regular(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _refused(error: OSError) -> Problem:
    return Problem("unreadable", f"打不开：{error.strerror}")


def hashed(item: Input) -> Input:
    """The input with the hash of its bytes, read in pieces, or with the problem that there was."""
    if item.problem:
        return item
    try:
        with item.path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > MAX_BYTES:
                return replace(item, problem=Problem("limit", f"文件太大：{size >> 20} MB，上限 {MAX_BYTES >> 20} MB"))
            return replace(item, sha256=hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as error:
        return replace(item, problem=_refused(error))


def shown(path: PurePath) -> str:
    """A relative path for people: "/" between its names, and a name that is not UTF-8 read as GB18030."""
    return "/".join(_readable(name) for name in path.parts)


def _readable(name: str) -> str:
    raw = os.fsencode(name)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")
