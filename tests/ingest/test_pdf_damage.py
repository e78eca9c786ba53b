"""A damaged PDF whose pages still open must not lose text in silence."""

import base64
import zlib
from pathlib import Path

import pytest

from extract.ingest import read
from extract.ingest.pdf.skeleton import faults, has_lost_objects
from extract.ingest.pdf.streams import broken_streams
from schemas.document import Document
from schemas.errors import Problem

SAMPLE = next(iter(sorted((Path(__file__).parents[2] / "samples" / "archive").glob("*/*.pdf"))))


def _stream(packed: bytes, entries: bytes = b"/Filter /FlateDecode") -> bytes:
    return b"4 0 obj\n<< /Length %d %s >>\nstream\n%s\nendstream\nendobj\n" % (len(packed), entries, packed)


PACKED = zlib.compress(b"BT (7) Tj ET" * 50)
ENCODED = base64.a85encode(PACKED) + b"~>"
TWICE = b"/Filter [ /ASCII85Decode /FlateDecode ]"


def _flushed() -> bytes:
    """A stream that its writer left open, with all of its bytes."""
    packing = zlib.compressobj()
    return packing.compress(b"BT (7) Tj ET" * 50) + packing.flush(zlib.Z_SYNC_FLUSH)


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (_stream(PACKED), 0),
        (_stream(PACKED, b"/Filter [/FlateDecode]"), 0),
        (_stream(PACKED[:-9]), 1),
        (_stream(b"\0" + PACKED) + _stream(PACKED), 1),
        (_stream(b"BT (7) Tj ET", b""), 0),
        (_stream(b"\xff\xd8\xff", b"/Filter /DCTDecode"), 0),
        (_stream(PACKED[:-9]) + b"trailer << /Encrypt 9 0 R >>", 0),
        (_stream(_flushed()), 0),
        (_stream(ENCODED, TWICE), 0),
        (_stream(ENCODED[:10] + bytes(5) + ENCODED[15:], TWICE), 1),
        (_stream(ENCODED[:10] + ENCODED[15:], TWICE), 1),
        (_stream(PACKED.hex().encode() + b">", b"/Filter [/AHx /Fl]"), 0),
        (_stream(b"4254zz>", b"/Filter /ASCIIHexDecode"), 1),
        (_stream(PACKED, b"/Filter /FlbteDecode"), 1),
        (_stream(PACKED, b"/Filtfr /FlateDecode"), 1),
        (_stream(PACKED, b"/Filter 3 0 R"), 0),
        (_stream(PACKED, b""), 1),
        (_stream(b"x is 7", b""), 0),
        (_stream(PACKED[:-9]).replace(b">>\nstream", b">>          \nstream"), 1),
    ],
)
def test_broken_streams(data: bytes, wanted: int) -> None:
    assert broken_streams(data) == wanted


def test_every_stream_of_a_sound_file_is_whole() -> None:
    document = read(SAMPLE.read_bytes(), SAMPLE.name)
    assert isinstance(document, Document)
    assert document.problems == ()


def test_a_hole_in_a_stream_is_told() -> None:
    data = bytearray(SAMPLE.read_bytes())
    at = data.index(b"stream\n") + 40
    data[at : at + 20] = bytes(20)
    document = read(bytes(data), SAMPLE.name)
    assert isinstance(document, Document)
    assert document.problems[0].message == "1 个压缩数据流已损坏，内容可能不全"


def test_a_rebuilt_list_of_objects_is_told() -> None:
    data = SAMPLE.read_bytes()
    document = read(data.replace(b"startxref\n", b"startxref\n7", 1), SAMPLE.name)
    assert isinstance(document, Document)
    assert [problem.message for problem in document.problems] == [
        "对象目录（交叉引用表）已损坏，按找到的对象重建，内容可能不全"
    ]


WHOLE = SAMPLE.read_bytes()
LOOSE, WRONG = "部分对象缺头少尾或被清零，内容可能不全", "部分对象之间的引用已损坏，内容可能不全"


def _replaced(old: bytes, new: bytes) -> bytes:
    assert old in WHOLE
    return WHOLE.replace(old, new, 1)


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (WHOLE, []),
        (_replaced(b"/Contents ", b"/Contants "), [WRONG]),
        (_replaced(b"/Contents 2", b"/Contents 9"), [WRONG]),  # there is no such object
        (_replaced(b"/Kids [ 2 0 R", b"/Kids [ 4 0 R"), [WRONG]),  # a page twice, another not at all
        (_replaced(b"/Kids [ 2 0 R", b"/Kids [ 3 0 R"), [WRONG]),  # a font and not a page
        (_replaced(b"/ToUnicode ", b"/ToUnicode x"), [WRONG]),
        (_replaced(b"/Type /Page\n", b"/Type\0\0Page\n"), [LOOSE]),
        (_replaced(b"/Contents ", b"/Contents\x15"), [LOOSE]),
        (_replaced(b"endobj", b""), []),  # many writers forget one
        (_replaced(b" obj", b"    "), [LOOSE]),
        (_replaced(b"stream\n", b"  eam\n"), [LOOSE, WRONG]),
        (_replaced(b"/Producer", b"/Panose (\0\0\0\0) /Producer"), []),
        (_replaced(b"/Producer", b"/Contents (\0\0 a note) /Type /Pages /Producer"), []),
        (_replaced(b"/Producer", b"/Encodings /Type1 /Producer"), []),
    ],
)
def test_faults_of_the_structure(data: bytes, wanted: list[str]) -> None:
    assert list(faults(data)) == wanted


def test_an_entry_that_leads_elsewhere_is_told() -> None:
    entry = WHOLE[WHOLE.index(b"xref\n0 ") :].split(b"\n")[4]
    assert entry.endswith(b"n ")
    assert not has_lost_objects(WHOLE)
    assert not has_lost_objects(_replaced(entry, b"0000000000 00000 n "))  # macOS: a number that is not used
    data = _replaced(entry, b"00000099" + entry[8:])
    assert has_lost_objects(data)
    document = read(data, SAMPLE.name)
    assert isinstance(document, Document)
    assert "对象目录（交叉引用表）" in document.problems[0].message


def test_what_was_read_before_does_not_matter() -> None:
    # pdfium keeps the last error: a file that fails without one must not be "encrypted" after one that is
    locked = _replaced(b"trailer\n<<", b"trailer\n<< /Encrypt << /Filter /Standard /V 9 /R 9 >>")
    broken = b"%PDF-1.7\nrubbish"
    alone = read(broken, "a.pdf")
    read(locked, "b.pdf")
    assert isinstance(alone, Problem)
    assert read(broken, "a.pdf") == alone
