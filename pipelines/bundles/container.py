"""What every sort of container gives: its entries one after the other, to be read in that order."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

from extract.ingest import limits
from schemas.errors import Problem

#: Bytes that are read at a time.
CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry: its name, the number of its bytes as it states it, if it does, and the bytes themselves in pieces.

    `regular` is false for folders, links and devices. `chunks` may end in a Problem; it is read before the next entry.
    """

    name: str
    size: int | None
    regular: bool
    encrypted: bool
    chunks: Callable[[], Iterator[bytes | Problem]]


#: What a container yields; a Problem says what keeps the rest of it from being read.
Entries = Generator[Entry | Problem, None, None]


def excess(unpacked: int, size: int) -> Problem | None:
    """Whether so many bytes are too many out of a bundle of `size` bytes."""
    if unpacked > limits.UNPACKED:
        return Problem("limit", f"压缩包解压后超过上限 {limits.UNPACKED >> 20} MB")
    if unpacked > max(limits.RATIO_FLOOR, limits.RATIO * size):
        return Problem("limit", f"压缩包解压后超过原大小的 {limits.RATIO} 倍，疑为压缩炸弹")
    return None


def crowd(entries: int) -> Problem | None:
    """Whether so many entries are too many for a bundle."""
    return Problem("limit", f"压缩包的条目超过上限 {limits.MEMBERS} 个") if entries > limits.MEMBERS else None
