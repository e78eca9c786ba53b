"""The sample archive: reproducible, true to its truth files, and nobody else's words."""

import io
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from collections import Counter
from decimal import Decimal
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
from lxml import etree

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
ARCHIVE, TRUTH = SAMPLES / "archive", SAMPLES / "truth"
REPORTS = ROOT.parent / "shared" / "reports"
FONT = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

FAULTS = [json.loads(line) for line in (TRUTH / "faults.jsonl").read_text("utf-8").splitlines()]
LOOKALIKES = [json.loads(line) for line in (TRUTH / "lookalikes.jsonl").read_text("utf-8").splitlines()]
IDENTITY: dict[str, dict[str, Any]] = json.loads((TRUTH / "identity.json").read_text("utf-8"))
SERIES: dict[str, dict[str, dict[str, dict[str, str]]]] = json.loads((TRUTH / "series.json").read_text("utf-8"))
GOLD = sorted((TRUTH / "figures").rglob("*.jsonl"))
READABLE = sorted(file for file, entry in IDENTITY.items() if entry["outcome"] == "ok")


def files_under(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def decode(data: bytes) -> str:
    if data.startswith(b"\xff\xfe"):
        return data[2:].decode("utf-16-le")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def word_lines(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = [name for name in ("word/document.xml", "word/footnotes.xml") if name in package.namelist()]
        roots = [etree.fromstring(package.read(name)) for name in parts]
    paragraphs = [paragraph for root in roots for paragraph in root.iter(f"{W}p")]
    return ["".join(node.text or "" for node in paragraph.iter(f"{W}t")) for paragraph in paragraphs]


def pdf_lines(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    return ["".join(page.get_textpage().get_text_range().split()) for page in document]


def sheet_lines(data: bytes) -> list[str]:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    return [str(value) for row in sheet.iter_rows(values_only=True) for value in row if value is not None]


def lines(file: str) -> list[str]:
    """The text of a document by its content, not its name: paragraphs, cells or pages."""
    data = (ARCHIVE / file).read_bytes()
    if data.startswith(b"%PDF"):
        return pdf_lines(data)
    if data.startswith(b"PK"):
        return sheet_lines(data) if file.endswith(".xlsx") else word_lines(data)
    return decode(data).splitlines()


def squeezed(file: str) -> str:
    return "".join("".join(lines(file)).split())


def numbers(text: str) -> list[Decimal]:
    return [Decimal(number.replace(",", "")) for number in re.findall(r"\d[\d,]*(?:\.\d+)?", text)]


def fault(check: str, part: str) -> Any:
    return next(entry for entry in FAULTS if entry["check"] == check and part in entry["file"])


@pytest.fixture(scope="module")
def regenerated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("samples")
    subprocess.run([sys.executable, str(SAMPLES / "generate.py"), "--out", str(folder)], check=True, cwd=folder)
    return files_under(folder)


def kept(*, pdf: bool) -> dict[str, bytes]:
    files = {
        f"{name}/{file}": data for name in ("archive", "truth") for file, data in files_under(SAMPLES / name).items()
    }
    return {file: data for file, data in files.items() if file.endswith(".pdf") == pdf}


def test_regeneration_gives_identical_bytes(regenerated: dict[str, bytes]) -> None:
    expected = kept(pdf=False)
    assert sorted(file for file in regenerated if not file.endswith(".pdf")) == sorted(expected)
    assert [file for file, data in expected.items() if regenerated[file] != data] == []


@pytest.mark.skipif(not FONT.exists(), reason=f"没有字体 {FONT}，不比较 PDF")
def test_regeneration_gives_identical_pdfs(regenerated: dict[str, bytes]) -> None:
    expected = kept(pdf=True)
    assert len(expected) == 4
    assert [file for file, data in expected.items() if regenerated[file] != data] == []


def test_the_archive_is_small_and_every_file_has_an_identity() -> None:
    files = files_under(ARCHIVE)
    assert sorted(files) == sorted(IDENTITY)
    assert len(files) <= 25
    assert sum(map(len, files.values())) < 3_000_000


def test_four_units_have_a_report_for_each_of_four_years() -> None:
    reports = [entry for entry in IDENTITY.values() if entry["kind"] == "项目自评"]
    pairs = {(entry["unit"], entry["year"]) for entry in reports}
    assert len(pairs) == len(reports) == 16
    assert {year for _, year in pairs} == {"2020", "2021", "2022", "2023"}
    assert len({unit for unit, _ in pairs}) == 4


def test_formats_and_encodings_are_all_there() -> None:
    heads = [(ARCHIVE / file).read_bytes() for file in READABLE]
    texts = [data for file, data in zip(READABLE, heads, strict=True) if file.endswith(".txt")]
    assert sum(data.startswith(b"\xff\xfe") for data in texts) == 1
    assert sum(_is_gb18030(data) for data in texts) == 1
    assert {file.rpartition(".")[2] for file in READABLE} == {"txt", "docx", "pdf", "xlsx"}


def _is_gb18030(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return not data.startswith(b"\xff\xfe")
    return False


@pytest.mark.parametrize("outcome", ["damaged", "empty"])
def test_a_file_that_cannot_be_read(outcome: str) -> None:
    (file,) = [file for file, entry in IDENTITY.items() if entry["outcome"] == outcome]
    data = (ARCHIVE / file).read_bytes()
    assert (data == b"") == (outcome == "empty")
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(data))


def test_one_file_has_the_wrong_extension() -> None:
    words = [file for file in READABLE if file.endswith(".docx")]
    wrong = [file for file in words if not (ARCHIVE / file).read_bytes().startswith(b"PK")]
    assert wrong == ["澜桥街道办事处/2022-公示说明.docx"]


def test_word_reports_have_generated_numbers_merged_cells_and_footnotes() -> None:
    with zipfile.ZipFile(ARCHIVE / "云川市总工会/2022-项目支出绩效自评报告.docx") as package:
        body, numbering = package.read("word/document.xml"), package.read("word/numbering.xml").decode()
        assert b"footnoteReference" in body
        assert "审减6.60万元" in package.read("word/footnotes.xml").decode()
    assert b"vMerge" in body
    assert b"gridSpan" in body
    assert b"numPr" in body
    assert "chineseCountingThousand" in numbering
    assert "项目概述" in lines("云川市总工会/2022-项目支出绩效自评报告.docx")


@pytest.mark.parametrize("file", [file for file in READABLE if file.endswith(".pdf")])
def test_pdfs_embed_their_font_and_repeat_their_header(file: str) -> None:
    data = (ARCHIVE / file).read_bytes()
    pages = pdf_lines(data)
    header = pages[0][:10]
    assert b"/FontFile2" in data
    assert len(pages) >= 3
    assert all(page.startswith(header) for page in pages)
    assert all(f"—{number}—" in page for number, page in enumerate(pages, 1))


def test_a_table_goes_over_the_page_with_and_without_its_header() -> None:
    _, second, third = lines("云川市林业局/2021-项目支出绩效自评报告.pdf")
    assert "石鼓岭镇" in second
    assert "九盘乡" in third
    assert "退化林修复营造林支出" not in third
    _, second, third = lines("云川市林业局/2023-项目支出绩效自评报告.pdf")
    assert "三级指标指标值完成值" in second
    assert "三级指标指标值完成值" in third


def test_an_amount_is_broken_over_two_lines() -> None:
    document = pypdfium2.PdfDocument(ARCHIVE / "云川市林业局/2021-项目支出绩效自评报告.pdf")
    text = "".join(page.get_textpage().get_text_range() for page in document)
    assert re.search(r"\d万\s*\r?\n元", text)


@pytest.mark.parametrize("entry", [*FAULTS, *LOOKALIKES], ids=lambda entry: f"{entry['check']}-{entry['file'][:9]}")
def test_evidence_stands_in_the_document(entry: dict[str, Any]) -> None:
    text = squeezed(entry["file"])
    typed = [
        re.sub(r"^(\d+\.|（.）|[一二三四五六七八九十]+、)", "", "".join(part.split())) for part in entry["evidence"]
    ]
    assert [part for part in typed if part not in text] == []


def test_at_least_two_faults_of_each_check_and_twelve_lookalikes() -> None:
    counts = Counter(entry["check"] for entry in FAULTS)
    assert sorted(counts) == ["A01", "A02", "A03", "A09", "B01", "B02", "D07", "J01"]
    assert min(counts.values()) >= 2
    assert len(LOOKALIKES) >= 12
    assert len({entry["file"] for entry in FAULTS}) <= len(IDENTITY) / 3
    assert {entry["severity"] for entry in FAULTS} == {"error", "warn", "info"}


@pytest.mark.parametrize("part", ["总工会", "残疾人"])
def test_planted_sums_do_not_add_up(part: str) -> None:
    total, *parts = numbers(fault("A01", part)["evidence"][0])
    assert len(parts) >= 3
    assert sum(parts) != total


@pytest.mark.parametrize("part", ["残疾人", "林业"])
def test_planted_rates_do_not_recompute(part: str) -> None:
    first, second = fault("A02", part)["evidence"]
    (spent, rate), (budget,) = numbers(first), numbers(second)
    assert abs(100 * spent / budget - rate) > 1


@pytest.mark.parametrize("part", ["残疾人", "林业"])
def test_planted_growth_does_not_recompute(part: str) -> None:
    entry = fault("A03", part)
    change, rate = numbers(entry["evidence"][0])[-2:]
    concept = SERIES["项目支出"][IDENTITY[entry["file"]]["unit"]]
    now = Decimal(concept[IDENTITY[entry["file"]]["year"]]["value"])
    prior = now - change if "增加" in entry["evidence"][0] else now + change
    assert abs(100 * change / prior - rate) > Decimal("0.1")


@pytest.mark.parametrize("gold", GOLD, ids=lambda path: path.parent.name[:6] + path.name[:4])
def test_gold_spans_are_exact_ordered_and_apart(gold: Path) -> None:
    text = decode((ARCHIVE / gold.parent.name / gold.name.replace(".figures.jsonl", ".txt")).read_bytes())
    rows = [json.loads(line) for line in gold.read_text("utf-8").splitlines()]
    assert len(rows) > 40
    assert [row["raw"] for row in rows] == [text[row["start"] : row["end"]] for row in rows]
    assert all(a["end"] <= b["start"] for a, b in pairwise(rows))
    assert {row["kind"] for row in rows} >= {"amount", "count", "ratio", "score"}
    assert all(row["subject"] for row in rows)


@pytest.mark.parametrize(
    ("raw", "kind", "value", "unit", "approx"),
    [
        ("331.86万元", "amount", "331.86", "万元", None),
        ("3,726,000.00元", "amount", "372.6", "万元", None),
        ("约0.2亿元", "amount", "2000", "万元", "about"),
        ("30多万元", "amount", "30", "万元", "over"),
        ("8600余名", "count", "8600", "名", "over"),
        ("一百二十名", "count", "120", "名", None),
        ("８７２件", "count", "872", "件", None),
        ("15万余人次", "count", "150000", "人次", "over"),
        ("3千余亩", "measure", "3000", "亩", "over"),
        ("0.9‰以内", "ratio", "0.09", "%", "at_most"),
        ("超过九成", "ratio", "90", "%", "over"),
        ("0.24个百分点", "ratio", "0.24", "百分点", None),
        ("1500人次左右", "count", "1500", "人次", "about"),
        ("不少于1060户", "count", "1060", "户", "at_least"),
        ("93.6分", "score", "93.6", "分", None),
    ],
)
def test_gold_values_are_canonical(raw: str, kind: str, value: str, unit: str, approx: str | None) -> None:
    rows = [json.loads(line) for path in GOLD for line in path.read_text("utf-8").splitlines()]
    row = next(row for row in rows if row["raw"] == raw)
    assert (row["kind"], row["value"], row["unit"], row["approx"]) == (kind, value, unit, approx)


@pytest.mark.parametrize("file", [file for file in READABLE if file.endswith(".xlsx")])
def test_forms_agree_with_the_series(file: str) -> None:
    entry, cells = IDENTITY[file], lines(file)
    spent = SERIES["项目支出"][entry["unit"]][entry["year"]]["value"]
    assert Decimal(cells[cells.index("年度资金总额") + 3]) == Decimal(spent)
    assert Decimal(cells[cells.index("总分") + 2]) == Decimal(entry["score"])
    assert Decimal(entry["score"]) == Decimal(SERIES["自评得分"][entry["unit"]][entry["year"]]["value"])


def test_series_reach_over_units_and_years() -> None:
    for concept in ("培训人次", "项目支出", "全年预算", "自评得分", "预算执行率", "服务对象满意度"):
        assert {len(years) for years in SERIES[concept].values()} == {4}
        assert len(SERIES[concept]) == 4
    assert SERIES["慰问困难职工户数"]["云川市总工会"]["2023"] == {"value": "1188", "unit": "户", "role": "actual"}


def test_units_of_one_year_and_years_of_one_unit_share_no_sentence() -> None:
    reports = {file: set(re.split(r"[。\n]", "\n".join(lines(file)))) for file in READABLE if "自评报告" in file}
    for a, b in combinations(reports, 2):
        near = IDENTITY[a]["year"] == IDENTITY[b]["year"] or IDENTITY[a]["unit"] == IDENTITY[b]["unit"]
        shared = {sentence for sentence in reports[a] & reports[b] if len(sentence) > 20}
        assert not (near and shared), (a, b, shared)


@pytest.mark.skipif(not REPORTS.exists(), reason="没有 ../shared/reports，无从比较")
def test_no_run_of_24_characters_comes_from_a_real_report() -> None:
    theirs = {run for path in sorted(REPORTS.iterdir()) for run in _runs(_real_text(path))}
    ours = {file: lines(file) for file in READABLE}
    ours |= {path.name: path.read_text("utf-8").splitlines() for path in (SAMPLES / "data").glob("*.toml")}
    assert {file: _runs(line) & theirs for file in ours for line in ours[file] if _runs(line) & theirs} == {}


def _real_text(path: Path) -> str:
    return "".join(pdf_lines(path.read_bytes())) if path.suffix == ".pdf" else path.read_text("utf-8")


def _runs(text: str) -> set[str]:
    squeezed_text = "".join(text.split())
    return {squeezed_text[i : i + 24] for i in range(len(squeezed_text) - 23)}


def test_data_files_are_valid_and_name_no_unknown_series() -> None:
    for path in (SAMPLES / "data").glob("*.toml"):
        table = tomllib.loads(path.read_text("utf-8"))
        words = {word for relation in table.get("relations", ()) for word in re.findall(r"[^\s=+*.\d-]+", relation)}
        assert words <= set(table.get("series", ()))
