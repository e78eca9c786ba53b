import struct
import zipfile
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from extract.ingest import READERS, limits, read
from schemas.document import Document
from schemas.errors import Problem

Build = Callable[..., bytes]
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
PARAGRAPH = "<w:p><w:r><w:t>本年支出100万元。</w:t></w:r></w:p>"


WORKBOOK = (Path(__file__).parents[1] / "fixtures/office/all.xls").read_bytes()


def entry(name: str) -> bytes:
    """What is left of a compound file: an entry of its directory."""
    return OLE2.ljust(640, b"\0") + f"{name}\0".encode("utf-16-le")


def refused(data: bytes, name: str = "报告") -> Problem:
    result = read(data, name)
    assert isinstance(result, Problem), result
    return result


@pytest.mark.parametrize(
    ("data", "outcome", "what"),
    [
        (b"", "empty", "0 字节"),
        (b" \r\n\t ", "empty", "空白"),
        (bytes(100), "empty", "空白"),
        ("\ufeff\n".encode(), "empty", "没有任何文字"),
        (entry("WordDocument"), "damaged", "损坏"),
        (entry("Workbook"), "damaged", "损坏"),
        (entry("EncryptedPackage"), "encrypted", "密码"),
        (entry("PowerPoint Document"), "unsupported", "PowerPoint"),
        (entry("VisioDocument"), "unsupported", "Visio"),
        (entry("Notebook"), "damaged", "损坏"),
        (entry("Book") + bytes(1), "damaged", "损坏"),
        (OLE2, "damaged", "截断"),
        (WORKBOOK.replace(b"W\0o\0r\0k\0b\0o\0o\0k\0", b"W\0o\0r\0d\0b\0o\0o\0k\0"), "unsupported", "OLE2"),
        (b"\xdb\xa5-\x00\x00", "unsupported", "Word 2"),
        (b"\x09\x04\x06\x00\x00\x04\x10\x00", "unsupported", "Excel 2–4"),
        (b"Rar!\x1a\x07\x01\x00rest", "unsupported", "RAR"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "unsupported", "7z"),
        (b"GIF89a\x01\x00", "unsupported", "GIF"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "unsupported", "可执行"),
        (b"MZ\x90\x00\x03\x00\x00\x00" + bytes(60) + b"Rar!\x1a\x07\x00", "unsupported", "自解压"),
        (b"\x7fELF\x02\x01", "unsupported", "可执行"),
        (b"BZh91AY&SY\x00\x01", "unsupported", "BZIP2"),
        (b"{\\rtf1\\ansi \\u39033?}", "unsupported", "RTF"),
        (b'<?xml version="1.0"?><a>1</a>', "unsupported", "XML"),
        (b"PK\x03\x04\x14\x00\x00\x00", "damaged", "不完整"),
        (b"PK\x07\x08PK\x03\x04\x14\x00", "unsupported", "分卷（.z01）的第一卷"),
        (b"PK\x03\x04" + bytes(99) + b"PK\x05\x06\2\0\2\0\1\0\1\0\x32" + bytes(9), "unsupported", "的最后一卷"),
        (b"PK\x03\x04" + bytes(9) + b"PK\x05\x06" + bytes(18), "unsupported", "ZIP"),
        (bytes(range(256)) * 4, "unsupported", "未知"),
    ],
)
def test_refused_by_name(data: bytes, outcome: str, what: str) -> None:
    problem = refused(data)
    assert problem.outcome == outcome
    assert what in problem.message


@pytest.mark.parametrize("name", ["档案.part2.rar", "档案.r00", "档案.z01", "档案.7z.002", "报告.docx.001"])
def test_a_volume_is_known_by_its_name_where_the_content_says_nothing(name: str) -> None:
    problem = refused(bytes(range(256)) * 4, name)
    assert problem.outcome == "unsupported"
    assert "分卷" in problem.message
    result = read("2023年支出100万元。".encode(), name)  # look-alike: a text of that name
    assert isinstance(result, Document)


def locked(cipher: int, length: int = 76) -> bytes:
    """A ZIP whose directory is no plain text; `cipher` and `length` are what its end in 64 bits states."""
    wide = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", length, 0x40, 0x3E, 0, 0, 0, 2, 300, 4)
    wide += struct.pack("<HQQH", 8, 300, 200, cipher) + bytes(12)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, 304, 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0, 0xFFFF, 300, 4, 0)
    return b"PK\x03\x04" + b"\x93" * 300 + wide + locator + end


def test_an_encrypted_directory_is_told_as_such() -> None:
    problem = refused(locked(0x6610))
    assert problem.outcome == "encrypted"
    assert "文件名" in problem.message
    assert refused(locked(0)).outcome == "damaged"
    assert refused(locked(0x6610, 44)).outcome == "damaged"


@pytest.mark.parametrize(
    ("member", "what"),
    [("ppt/presentation.xml", "PowerPoint"), ("报告.docx", "ZIP"), ("mimetype", "OpenDocument")],
)
def test_other_packages(member: str, what: str, package: Build) -> None:
    problem = refused(package({"[Content_Types].xml": "<Types/>", member: "x"}))
    assert problem.outcome == "unsupported"
    assert what in problem.message


@pytest.mark.parametrize(
    "content",
    [
        "MZ项目支出100万元",
        "BM25算法说明",
        "<表1>支出情况：共3项",
        "正文里提到<html>标签，共2处",
        "<paragraph>不是网页</paragraph>",
        "From：财政局 2023年报告",
        "PK赛 3场",
    ],
)
def test_texts_that_look_like_something_else(content: str) -> None:
    result = read(content.encode(), "报告.txt")
    assert isinstance(result, Document)
    assert result.text == content


def test_content_wins_over_extension(docx: Build) -> None:
    result = read(docx(PARAGRAPH), "报告.pdf")
    assert isinstance(result, Document)
    assert result.format == "docx"
    assert [warning for warning in result.warnings if warning.startswith("扩展名与内容不符：")]


@pytest.mark.parametrize("name", ["报告.docx", "报告.DOCX", "报告", "报告.bak", "2023.12"])
def test_names_that_contradict_nothing(name: str, docx: Build) -> None:
    result = read(docx(PARAGRAPH), name)
    assert isinstance(result, Document)
    assert not result.warnings


def test_exactly_one_reader_claims(docx: Build) -> None:
    from openpyxl import Workbook

    buffer = BytesIO()
    Workbook().save(buffer)
    samples = {
        "docx": docx(PARAGRAPH),
        "xlsx": buffer.getvalue(),
        "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
        "txt": "支出100万元".encode(),
        "html": "<html><p>支出100万元".encode(),
    }
    for form, data in samples.items():
        assert [reader.format for reader in READERS if reader.claims(data)] == [form]


def test_file_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BYTES", 10)
    assert refused(b"12345678901").outcome == "limit"


def test_bomb_is_refused_before_it_is_unpacked(docx: Build) -> None:
    problem = refused(docx("<w:p/>" * 4_000_000))
    assert problem.outcome == "limit"
    assert "解压" in problem.message


def test_repetitive_but_small_is_no_bomb(docx: Build) -> None:
    assert isinstance(read(docx(PARAGRAPH * 20_000), "报告.docx"), Document)


def test_too_many_members(package: Build) -> None:
    members = {"[Content_Types].xml": "<Types/>", **{f"word/{index}.xml": "<a/>" for index in range(limits.MEMBERS)}}
    assert refused(package(members)).outcome == "limit"


LAUGHS = (
    '<!DOCTYPE d [<!ENTITY a "100万元"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_type_is_refused(encoding: str, docx: Build) -> None:
    data = docx("<w:p><w:r><w:t>&c;</w:t></w:r></w:p>", prologue=LAUGHS)
    repacked = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(repacked, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).decode().encode(encoding))
    problem = refused(repacked.getvalue())
    assert problem.outcome == "damaged"
    assert "DTD" in problem.message


def test_workbook_with_document_type_is_refused() -> None:
    from openpyxl import Workbook

    buffer = BytesIO()
    book = Workbook()
    book.worksheets[0]["A1"] = "合计"
    book.save(buffer)
    repacked = BytesIO()
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(repacked, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, LAUGHS.encode() + content if name.endswith("sheet1.xml") else content)
    assert refused(repacked.getvalue()).outcome == "damaged"


def test_pictures_without_text_are_unreadable(package: Build, docx: Build) -> None:
    picture = b"".join(sha256(str(index).encode()).digest() for index in range(1_000))  # does not compress
    with zipfile.ZipFile(BytesIO(docx(PARAGRAPH))) as archive:
        members: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    problem = refused(package({**members, "word/media/image1.png": picture}))
    assert problem.outcome == "unreadable"
    # look-alike: as large, but what is large is a theme
    assert isinstance(read(package({**members, "word/theme/theme1.xml": picture}), "报告.docx"), Document)


def test_encrypted_member(docx: Build) -> None:
    data = bytearray(docx(PARAGRAPH))
    # the flag "encrypted" of each entry of the directory
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 1)
    assert refused(bytes(data)).outcome == "encrypted"
