"""The files of an archive: found in a fixed order, links not followed, each hashed; a refused one is kept, too.

A bundle (ZIP, RAR, 7z, tar) becomes one input for each of its members.
"""

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from extract.ingest import limits
from pipelines.bundles import MARK, is_bundle, members, too_large
from pipelines.bundles.names import readable
from schemas.errors import Problem


@dataclass(frozen=True, slots=True)
class Input:
    """A file: its absolute path, the same for people, and the hash of its bytes or why there is none.

    `source` starts with the name of the folder that was asked for, so it is the same wherever the archive lies.
    `member` is the address within the bundle at `path`, or "".
    """

    path: Path
    source: str
    sha256: str | None = None
    problem: Problem | None = None
    member: str = ""

    @property
    def key(self) -> bytes:
        """What tells it from every other input: the path as the file system has it, and the member after a NUL."""
        return os.fsencode(self.path) + (f"\0{self.member}".encode() if self.member else b"")


def path_of(key: bytes) -> Path:
    """The path of the file that the input with this key is or lies in."""
    return Path(os.fsdecode(key.partition(b"\0")[0]))


def name_of(source: str) -> str:
    """The name of a file from what it is called for people: that after "/", or after the "!" of a bundle."""
    return re.split(rf"/|{MARK}(?=[^.])", source)[-1]


def find(paths: Sequence[Path], skip: Path) -> list[Input]:
    """Every file in the given `real` files and folders but those below `skip`, each once, sorted; not hashed yet."""
    found: dict[Path, Input] = {}
    for path in paths:
        for item in _walk(path, real(skip)) if path.is_dir() else [single(path)]:
            found.setdefault(item.path, item)
    return sorted(found.values(), key=lambda item: os.fsencode(item.path))


def real(path: Path | str) -> Path:
    """The absolute path with every link followed: what a person names, a link too, is what they mean."""
    return Path(os.path.realpath(path))


def single(path: Path) -> Input:
    """The input that one file is, not hashed yet, or why it is none."""
    if not path.exists():
        return Input(path, shown(PurePath(path.name)), problem=Problem("unreadable", "没有这个文件"))
    if not path.is_file():
        return Input(path, shown(PurePath(path.name)), problem=Problem("unsupported", "不是普通文件"))
    return Input(path, shown(PurePath(path.name)))


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
    """The input with the hash of its bytes, read in pieces, or with the problem there was; for a bundle neither."""
    if item.problem:
        return item
    try:
        with item.path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > limits.BYTES:
                return replace(item, problem=too_large(size))
            if is_bundle(file):
                return item
            file.seek(0)
            return replace(item, sha256=hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as error:
        return replace(item, problem=_refused(error))


def unpacked(item: Input) -> list[Input]:
    """The members of a bundle, sorted, each hashed or with its problem; those that are no documents have neither."""
    try:
        with item.path.open("rb") as file:
            found = [_member(item, one.address, one.sha256, one.problem) for one in members(file)]
    except OSError as error:
        return [replace(item, problem=_refused(error))]
    return sorted(found, key=lambda one: one.member)


def _member(bundle: Input, address: str, sha256: str | None, problem: Problem | None) -> Input:
    source = f"{bundle.source}{MARK}{address}" if address else bundle.source
    return Input(bundle.path, source, sha256, problem, address)


def shown(path: PurePath) -> str:
    """A relative path for people: "/" between its names, and a name that is not UTF-8 read as GB18030."""
    return "/".join(readable(os.fsencode(name)) for name in path.parts)
