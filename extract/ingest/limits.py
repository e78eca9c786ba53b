"""How much a file may hold before it is "not fully read": generous for reports, small for bombs.

Whoever needs one reads it here at that moment, so that `changed` holds for all; a worker gets those of its run with
each task.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

#: Bytes of memory (address space) of the process that reads a file; beyond it the file ends as "memory".
MEMORY = 4 << 30
#: Bytes of one file.
BYTES = 300 << 20
#: Members of a package (DOCX, XLSX) or of a bundle (ZIP, RAR, 7z) with all bundles in it.
MEMBERS = 2_000
#: Bundles within bundles.
BUNDLES = 3
#: Bytes that a package or a bundle may unpack to, and how much more than its own size once past the floor (bombs
#: reach 1000 : 1).
UNPACKED = 512 << 20
RATIO = 100
RATIO_FLOOR = 10 << 20
#: Positions of all grids of a document together.
CELLS = 1_000_000
#: Characters of all cells of a workbook, each as often as it is shown: cells share their strings.
TEXT = 50_000_000
#: Tables within tables.
NESTING = 32
#: A file of more bytes than `MUTE_BYTES` that yields fewer characters than `MUTE_TEXT` was not really read.
MUTE_BYTES = 20_000
MUTE_TEXT = 20
#: Pages and pictures of one document that OCR reads, at some ten seconds each; and pixels of one.
RECOGNISED = 150
PIXELS = 60_000_000
#: A paginated document beyond one of these is not read any further, and a `Problem` says so: pages, and on each of them
#: characters, drawn objects, segments of lines and forms within forms.
PAGES = 5_000
#: Pages whose pictures are shown for checking by eye.
PICTURES = 50
#: Pixels of one picture.
PIXELS = 60_000_000
CHARACTERS = 200_000
OBJECTS = 100_000
SEGMENTS = 100_000
DEPTH = 16


def current() -> dict[str, int]:
    """The limits as they are now, by name."""
    return {name: value for name, value in globals().items() if name.isupper()}


@contextmanager
def changed(values: Mapping[str, int]) -> Iterator[None]:
    """Other limits, by name, for this process until the end of the block."""
    usual = current()
    globals().update(values)
    try:
        yield
    finally:
        globals().update(usual)
