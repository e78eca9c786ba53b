"""Bundles (ZIP, RAR, 7z, tar), which hold documents: their members one by one, never under their names on disk.

A member is addressed by the names that lead to it: "2023年/自评.docx", or "内层.zip!自评.docx" in a bundle in a bundle.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from os import SEEK_END
from tempfile import SpooledTemporaryFile
from typing import IO

from extract.ingest import limits
from pipelines.bundles import foreign, zips
from pipelines.bundles.container import Entry, crowd, excess
from pipelines.bundles.names import clean, ignored
from schemas.errors import Problem

#: Between a bundle and the address of a member.
MARK = "!"
#: A member of more bytes is kept in a file without a name while it is looked at.
SPOOL = 8 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """A member: the hash of its bytes, or what is wrong with it, or neither if it is no document (a folder, a link).

    `file` holds the bytes until the next member is asked for. A member with the address "" is the bundle itself.
    """

    address: str
    sha256: str | None = None
    problem: Problem | None = None
    file: IO[bytes] | None = None


def is_bundle(file: IO[bytes]) -> bool:
    """Whether a file holds documents and is not one itself (DOCX, OFD, EPUB); moves the position in the file."""
    return zips.claims(file) or foreign.claims(file)


def members(file: IO[bytes], wanted: Callable[[str], bool] = bool) -> Iterator[Member]:
    """The members whose address, and that of the bundles around them, is `wanted`, in the order of the bundle.

    Bundles within bundles are read through; all of them together are held to the limits.
    """
    spent = _Spent(file.seek(0, SEEK_END))
    try:
        yield from _walk(file, "", 1, spent, wanted)
    except _Exceeded as exceeded:
        yield Member("", problem=exceeded.problem)


class _Exceeded(Exception):
    """A limit of the outermost bundle: nothing more of it is read, however deep we are."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(slots=True)
class _Spent:
    """What has come out of a bundle of `size` bytes until now."""

    size: int
    entries: int = 0
    unpacked: int = 0
    addresses: set[str] = field(default_factory=set)

    def entry(self, address: str) -> str:
        """Count an entry and return its address, made unique."""
        self.entries += 1
        self._check(crowd(self.entries))
        if address in self.addresses:
            address = f"{address}#{self.entries}"
        while address in self.addresses:
            address += "#"
        self.addresses.add(address)
        return address

    def bytes(self, number: int) -> None:
        """Count bytes."""
        self.unpacked += number
        self.expect(0)

    def expect(self, number: int) -> None:
        """Stop where so many bytes more would be too many."""
        self._check(excess(self.unpacked + number, self.size))

    @staticmethod
    def _check(problem: Problem | None) -> None:
        if problem:
            raise _Exceeded(problem)


def _walk(file: IO[bytes], prefix: str, depth: int, spent: _Spent, wanted: Callable[[str], bool]) -> Iterator[Member]:
    held = False
    with closing(zips.entries(file) if zips.claims(file) else foreign.entries(file)) as entries:
        for entry in entries:
            if isinstance(entry, Problem):
                held = True
                yield Member(prefix.removesuffix(MARK), problem=entry)
                continue
            address = spent.entry(prefix + clean(entry.name))
            if not entry.regular or ignored(address):
                yield Member(address)
                continue
            held = True
            if wanted(address):
                yield from _member(entry, address, depth, spent, wanted)
    if not held:
        yield Member(prefix.removesuffix(MARK), problem=Problem("empty", "压缩包里没有文件"))


def _member(entry: Entry, address: str, depth: int, spent: _Spent, wanted: Callable[[str], bool]) -> Iterator[Member]:
    if entry.encrypted:
        yield Member(address, problem=Problem("encrypted", "压缩包里的这个文件已加密，需要密码才能读取"))
        return
    spent.expect(entry.size or 0)
    with SpooledTemporaryFile(SPOOL) as file:
        digest = _kept(entry, file, spent)
        if isinstance(digest, Problem):
            yield Member(address, problem=digest)
        elif not is_bundle(file):
            file.seek(0)
            yield Member(address, digest, file=file)
        elif depth == limits.BUNDLES:
            yield Member(address, problem=Problem("limit", f"压缩包嵌套超过上限 {limits.BUNDLES} 层"))
        else:
            yield from _walk(file, address + MARK, depth + 1, spent, wanted)


def _kept(entry: Entry, file: IO[bytes], spent: _Spent) -> str | Problem:
    """Write the bytes of an entry into the file and return their hash."""
    if entry.size and entry.size > limits.BYTES:
        return too_large(entry.size)
    digest, size = sha256(), 0
    for chunk in entry.chunks():
        if isinstance(chunk, Problem):
            return chunk
        size += len(chunk)
        if size > limits.BYTES:
            return too_large(size)
        spent.bytes(len(chunk))
        digest.update(chunk)
        file.write(chunk)
    if entry.size not in {None, size}:  # what libarchive makes of a lost volume: an end like any other
        return Problem("damaged", f"压缩包里的这个文件不全：应有 {entry.size} 字节，只有 {size} 字节")
    return digest.hexdigest()


def too_large(size: int) -> Problem:
    """The problem of a file of so many bytes."""
    return Problem("limit", f"文件太大：{size >> 20} MB，上限 {limits.BYTES >> 20} MB")
