import random
import struct
import subprocess
from pathlib import Path
from typing import get_args

import pytest

from extract.ingest import compound, office, read
from schemas.document import Document
from schemas.errors import Outcome, Problem

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests/fixtures/office"
ARCHIVE = ROOT / "samples/archive"
ORIGINALS = {
    "all.doc": FIXTURES / "all.docx",
    "report.doc": ARCHIVE / "云川市总工会/2022-项目支出绩效自评报告.docx",
    "form.doc": ARCHIVE / "澜桥街道办事处/2021-项目支出绩效自评表.docx",
}
WHOLE = (FIXTURES / "all.doc").read_bytes()
FIB = 512 * (1 + struct.unpack_from("<I", WHOLE, WHOLE.index("WordDocument".encode("utf-16-le")) + 116)[0])

needs_libreoffice = pytest.mark.skipif(office.find() is None, reason="没有 LibreOffice")


@pytest.fixture
def without_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "find", lambda: None)


def opened(data: bytes, name: str = "报告.doc") -> Document:
    result = read(data, name)
    assert isinstance(result, Document), result
    return result


def refused(data: bytes) -> Problem:
    result = read(data, "报告.doc")
    assert isinstance(result, Problem), result
    return result


def patched(offset: int, *values: int) -> bytes:
    return WHOLE[: FIB + offset] + bytes(values) + WHOLE[FIB + offset + len(values) :]


@pytest.mark.parametrize("name", ORIGINALS)
@pytest.mark.usefixtures("without_libreoffice")
def test_reads_as_the_docx_that_it_was(name: str) -> None:
    old = opened((FIXTURES / name).read_bytes(), name)
    new = read(ORIGINALS[name].read_bytes(), "报告.docx")
    assert isinstance(new, Document)
    # the originals hold a page field without its result, which LibreOffice wrote into the old file
    assert old.text.replace("— 3 —", "—  —").replace("— 2 —", "—  —") == new.text
    assert [(block.kind, block.level, block.table) for block in old.blocks] == [
        (block.kind, block.level, block.table) for block in new.blocks
    ]
    assert old.tables == new.tables
    assert (old.title, old.warnings, old.problems) == (new.title, new.warnings, new.problems)


def test_format_and_converter_are_noted() -> None:
    document = opened(WHOLE)
    assert (document.format, [key for key, _ in document.metadata]) == ("doc", ["converter"])
    assert document.metadata[0][1].startswith("msdoc2docx ")
    assert document == opened(WHOLE)


@pytest.mark.parametrize("name", ["报告.doc", "报告.wps", "报告"])
def test_names_that_promise_it(name: str) -> None:
    assert not [warning for warning in opened(WHOLE, name).warnings if "扩展名" in warning]


def test_name_that_promises_something_else() -> None:
    assert any("内容是 DOC" in warning for warning in opened(WHOLE, "报告.docx").warnings)


@pytest.mark.usefixtures("without_libreoffice")
def test_encrypted() -> None:
    assert refused(patched(11, WHOLE[FIB + 11] | 1)).outcome == "encrypted"


@pytest.mark.usefixtures("without_libreoffice")
def test_older_than_word_97_says_what_to_install() -> None:
    problem = refused(patched(0, 0xDC, 0xA5))
    assert problem.outcome == "unsupported"
    assert "请安装 LibreOffice" in problem.message


def test_claiming_converts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    assert compound.kind(patched(0, 0xDC, 0xA5)) == "doc"
    assert compound.kind(b"{\\rtf1 WordDocument") is None


def flips(count: int) -> list[bytes]:
    """The whole file with a few bytes changed, by chance but always the same ones."""
    chance = random.Random(97)  # noqa: S311
    broken = []
    for _ in range(count):
        data = bytearray(WHOLE)
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(8, len(data))] = chance.randrange(256)
        broken.append(bytes(data))
    return broken


def ends_well(data: bytes) -> None:
    result = read(data, "报告.doc")
    if isinstance(result, Problem):
        assert result.outcome in set(get_args(Outcome)) - {"error", "ok"}, result
    else:
        assert all(cell.text == result.text[cell.start : cell.end] for t in result.tables for cell in t.cells)


@pytest.mark.usefixtures("without_libreoffice")
def test_truncation_ends_in_a_known_outcome() -> None:
    for length in range(16, len(WHOLE) - 512, 499):
        assert refused(WHOLE[:length]).outcome in {"damaged", "empty", "unsupported"}


@pytest.mark.usefixtures("without_libreoffice")
def test_flipped_bytes_end_in_a_known_outcome() -> None:
    for data in flips(50):
        ends_well(data)


@pytest.mark.long
@pytest.mark.usefixtures("without_libreoffice")
def test_many_flipped_bytes_end_in_a_known_outcome() -> None:
    for data in flips(400):
        ends_well(data)


@pytest.mark.usefixtures("without_libreoffice")
def test_allocation_that_runs_in_a_circle() -> None:
    sector = struct.unpack_from("<I", WHOLE, 76)[0]
    at = 512 * (1 + sector)
    ends_well(WHOLE[:at] + struct.pack("<128I", *(index // 2 for index in range(128))) + WHOLE[at + 512 :])


@needs_libreoffice
def test_damaged_file_is_mended_and_partial() -> None:
    document = opened(WHOLE[:8] + b"\1" * 16 + WHOLE[24:])  # a class id that must be zero
    assert document.metadata == (("converter", "LibreOffice"),)
    assert "由 LibreOffice 转换后读取" in document.warnings
    assert [problem.outcome for problem in document.problems] == ["partial"]
    assert document.text == opened(WHOLE).text


@needs_libreoffice
def test_garbage_is_no_text() -> None:
    data = compound.MAGIC + bytes(632) + "WordDocument\0".encode("utf-16-le") + "支出100万元".encode() * 100
    assert refused(data).outcome == "damaged"


@needs_libreoffice
def test_conversion_has_a_limit_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "TIMEOUT", 0.05)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    result = office.convert(WHOLE, office.WORD_97)
    assert isinstance(result, Problem)
    assert result.outcome == "timeout"
    assert not list(tmp_path.iterdir())
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(tmp_path) not in listed


@needs_libreoffice
def test_conversion_fetches_nothing() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        place = f"http://127.0.0.1:{server.getsockname()[1]}/a.png"
        page = f'<html><body><p>支出100万元</p><img src="{place}"></body></html>'.encode()
        converted = office.convert(page, office.Conversion("html", "docx", "HTML (StarWriter)"))
        assert isinstance(converted, bytes)
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize("name", ["all.doc", "report.doc", "all.xls", "sheet.xls"])
@pytest.mark.usefixtures("without_libreoffice")
def test_truncated_and_damaged_files_are_not_called_unknown(name: str) -> None:
    whole = (FIXTURES / name).read_bytes()
    for length in range(8, len(whole), len(whole) // 16):
        result = read(whole[:length], name)
        assert isinstance(result, Document) or result.outcome == "damaged", (length, result)


def test_a_word_in_the_text_is_no_stream() -> None:
    data = compound.MAGIC + bytes(600) + "look into the book\0".encode("utf-16-le") + bytes(600)
    assert compound.kind(data) is None
