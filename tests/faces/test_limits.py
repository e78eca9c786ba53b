"""Hostile files on the command line: each limit ends in a row that names it, and exit code 65, whatever the command."""

import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from reportlab.pdfgen.canvas import Canvas

from extract.ingest import limits, pictures
from extract.ingest.ocr import Quota

Jihe = Callable[..., Any]


def pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, of which the first is its root."""
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table) + end


def stream(entries: bytes, content: bytes) -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(content), content)


def drawn_without_end() -> bytes:
    """A page with a form that draws itself twice: pdfium is busy for hours."""
    resources = b"/Resources<</XObject<</X 5 0 R>>>>"
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]%s/Contents 4 0 R>>" % resources,
        stream(b"", b"/X Do"),
        stream(b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]" + resources, b"/X Do /X Do"),
    )


def pages(number: int) -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer)
    for each in range(number):
        canvas.drawString(50, 700, f"Page {each}, a page with a figure of 101.83 and words")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def grid(rows: int, columns: int) -> bytes:
    buffer = BytesIO()
    book = Workbook()
    for row in range(rows):
        book.worksheets[0].append([row * column for column in range(columns)])
    book.save(buffer)
    return buffer.getvalue()


def zipped(contents: Mapping[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.fixture
def hang(tmp_path: Path) -> Path:
    path = tmp_path / "自指.pdf"
    path.write_bytes(drawn_without_end())
    return path


@pytest.mark.parametrize("command", ["text", "check"])
def test_a_file_that_hangs_is_given_up(command: str, spawn: Jihe, hang: Path) -> None:
    result = spawn(command, hang, "--timeout", "1.5")
    assert result.code == 65
    assert "自指.pdf：超时，超过 1.5 秒未读完" in result.err


@pytest.mark.long
def test_after_a_file_that_hangs_the_next_is_read(spawn: Jihe, hang: Path, report: Path) -> None:
    result = spawn("extract", hang, report, "--timeout", "15")
    assert result.code == 65
    assert "自指.pdf：超时" in result.err or "自指.pdf：异常退出" in result.err  # time or memory, whichever ends first
    assert "101.83万元" in result.out


def test_a_file_that_needs_too_much_memory(spawn: Jihe, tmp_path: Path) -> None:
    path = tmp_path / "大.txt"
    path.write_bytes("2023年支出101.83万元\n".encode() * 4_000_000)
    result = spawn("text", path, "--max-memory", "512")
    assert result.code == 65
    assert "大.txt：内存不足" in result.err


def test_the_worker_gives_the_records_of_this_process(spawn: Jihe, jihe: Jihe, archive: Path) -> None:
    report = next(archive.glob("云川市林业局/2022*.docx"))
    for command in ("extract", "check", "text"):
        form = [command, report, "--format", "jsonl"]
        assert spawn(*form).out == jihe(*form).out


HTML = "<html><body>{}</body></html>"
CASES = {
    "--max-pages": ("三页.pdf", pages(3), "2", "共 3 页，只读前 2 页"),
    "--max-cells": ("大表.xlsx", grid(30, 30), "800", "超过上限 800"),
    "--max-members": ("多.zip", zipped({f"{n}.txt": b"1" for n in range(9)}), "8", "上限 8 个"),
    "--max-depth": ("套.zip", zipped({"a.zip": zipped({"b.zip": zipped({"c.txt": b"1"})})}), "2", "上限 2 层"),
    "--max-ratio": ("弹.zip", zipped({"a.txt": bytes(11 << 20)}), "20", "20 倍，疑为压缩炸弹"),
    "--max-unpacked": ("大.zip", zipped({"a.txt": bytes(2 << 20)}), "1", "上限 1 MB"),
    "--max-size": ("大.txt", b"x" * (3 << 20), "1", "上限 1 MB"),
}


@pytest.mark.parametrize("option", CASES)
def test_each_limit_is_named(option: str, jihe: Jihe, tmp_path: Path) -> None:
    name, data, number, said = CASES[option]
    path = tmp_path / name
    path.write_bytes(data)
    result = jihe("text", path, option, number)
    assert result.code == 65
    assert said in result.err
    assert said not in jihe("text", path, option, "100000").err


def test_in_a_run_all_of_them_are_rows_and_what_is_allowed_later_is_read_later(jihe: Jihe, tmp_path: Path) -> None:
    folder, store = tmp_path / "档案", tmp_path / "存储"
    folder.mkdir()
    chosen = []
    for option in ("--max-pages", "--max-cells", "--max-depth"):
        name, data, number, _ = CASES[option]
        (folder / name).write_bytes(data)
        chosen += [option, number]
    first = jihe("run", folder, *chosen, "--jobs", "1", "--store", store)
    assert first.code == 65
    failures = jihe("failures", "--store", store).out
    assert all(CASES[option][3] in failures for option in chosen[::2])
    again = jihe("run", folder, "--retry-failed", "--jobs", "1", "--store", store)
    assert (again.code, "已读 3" in again.out) == (0, True)


def test_a_picture_of_too_many_pixels_is_not_unpacked(tmp_path: Path) -> None:
    from PIL import Image

    path = tmp_path / "大.png"
    Image.new("1", (4000, 5000)).save(path)
    with Image.open(path) as picture, limits.changed({"PIXELS": 10_000_000}):
        (problem,) = pictures.page(picture, 0, Quota()).problems
    assert (problem.outcome, problem.place) == ("limit", "第1页")
    assert "4000×5000 点，超过上限 1000 万点" in problem.message


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("深.html", HTML.format("<div>" * 100_000 + "支出12.5万元")),
        ("深.txt", "[" * 100_000 + "支出12.5万元" + "]" * 100_000),
        ("宽.html", HTML.format("<table><tr><td colspan=1000000000 rowspan=1000000000>支出12.5万元</table>")),
        ("表中表.html", HTML.format("<table><tr><td>12名" * 500 + "</table>" * 500)),
    ],
)
def test_deep_files_end_in_text_or_in_a_row(name: str, content: str, jihe: Jihe, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    result = jihe("text", path)
    told = result.code == 65 and ("超过上限" in result.err or "嵌套过深" in result.err)
    whole = result.code == 0 and result.out.count("12") == content.count("12")
    assert told != whole


def test_what_a_web_page_refers_to_is_never_fetched(jihe: Jihe, tmp_path: Path) -> None:
    secret, path = tmp_path / "密.txt", tmp_path / "页.html"
    secret.write_text("绝密98765", encoding="utf-8")
    kind = f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY c SYSTEM "{secret.as_uri()}">]>'
    path.write_text(kind + HTML.format(f"<p>&c;支出12.5万元</p><iframe src='{secret.as_uri()}'>"), encoding="utf-8")
    for form in ("text", "jsonl", "html"):
        result = jihe("text", path, "--format", form)
        assert "12.5万元" in result.out
        assert "98765" not in result.out
