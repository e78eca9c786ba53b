"""A damaged PDF whose pages still open must not lose text in silence."""

import zlib
from pathlib import Path

import pytest

from extract.ingest import read
from extract.ingest.pdf.streams import broken_streams
from schemas.document import Document

SAMPLE = next(iter(sorted((Path(__file__).parents[2] / "samples" / "archive").glob("*/*.pdf"))))


def _stream(packed: bytes, entries: bytes = b"/Filter /FlateDecode") -> bytes:
    return b"4 0 obj\n<< /Length %d %s >>\nstream\n%s\nendstream\nendobj\n" % (len(packed), entries, packed)


PACKED = zlib.compress(b"BT (7) Tj ET" * 50)


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
