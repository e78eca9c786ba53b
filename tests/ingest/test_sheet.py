from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import Any, get_args

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from extract.ingest import limits, read
from extract.ingest.formats import BUILT_IN, is_date, show
from extract.ingest.workbook import margin
from schemas.document import Cell, Document
from schemas.errors import Outcome, Problem

Fill = Callable[[Any], None]


def saved(book: Workbook) -> bytes:
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def workbook(fill: Fill, title: str = "自评表") -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    fill(sheet)
    return saved(book)


def opened(data: bytes) -> Document:
    result = read(data, "自评表.xlsx")
    assert isinstance(result, Document), result
    for table in result.tables:
        assert all(cell.text == result.text[cell.start : cell.end] for cell in table.cells)
    return result


def by_address(document: Document) -> dict[str | None, Cell]:
    return {cell.place.cell: cell for table in document.tables for cell in table.cells}


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (0.95, "0%", "95%"),
        (1, "0.00%", "100.00%"),
        (0.95834, "0.00%", "95.83%"),
        (1234.5, "#,##0.00", "1,234.50"),
        (1234567, "#,##0", "1,234,567"),
        (999, "#,##0", "999"),
        (0, "#,##0.00", "0.00"),
        (0.1 + 0.2, "General", "0.3"),
        (101.83000000000001, "General", "101.83"),
        (1 / 3, "General", "0.333333333"),
        (20231231, "General", "20231231"),
        (1.005, "0.00", "1.01"),
        (2.675, "0.00", "2.68"),
        (-5.25, "0.0", "-5.3"),
        (-0.001, "0.00", "0.00"),
        (-5.25, "#,##0.00;[Red]-#,##0.00", "-5.25"),
        (-5.25, "#,##0.00_);(#,##0.00)", "(5.25)"),
        (0, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-"),
        (0, "0;-0;;@", ""),
        (0.5, "#.##", ".5"),
        (0.5, "0.##", "0.5"),
        (3, "0.##", "3."),
        (5, "000", "005"),
        (12345678901, "000-0000-0000", "123-4567-8901"),
        (123456, '0!.0,"万"', "12.3万"),
        (1234567.891, "#,##0.00,", "1,234.57"),
        (1234567.891, "#,##0,.00", "1,234.57"),
        (12.5, '0.0"万元"', "12.5万元"),
        (5, "￥#,##0.00", "￥5.00"),
        (5, "[$￥-804]#,##0.00", "￥5.00"),
        (12345.678, "0.00E+00", "1.23E+04"),
        (88, '[>=90]"优";[>=80]"良";0', "良"),
        (3, "@", "3"),
        (1234.5, "G/通用格式", "1234.5"),
        (1234.5, BUILT_IN[7], "￥1,234.50"),
        (-3, BUILT_IN[37], "(3)"),
        (0, BUILT_IN[43], "-"),
        (True, "General", "TRUE"),
        ("0095", "0.00", "0095"),
        (datetime.fromisoformat("2023-12-31"), 'yyyy"年"m"月"d"日"', "2023年12月31日"),
        (datetime.fromisoformat("2023-01-01"), '[$-804]yyyy"年"m"月";@', "2023年1月"),
        (datetime.fromisoformat("2023-12-31"), "mm-dd-yy", "2023/12/31"),
        (date(2023, 2, 3), "yyyy-mm-dd", "2023-02-03"),
        (datetime.fromisoformat("2023-12-31 08:05"), "yyyy/m/d h:mm", "2023/12/31 8:05"),
        (time(20, 5), "h:mm AM/PM", "8:05 PM"),
    ],
)
def test_displayed_values(value: object, code: str, text: str) -> None:
    assert show(value, code).strip() == text


@pytest.mark.parametrize(
    ("code", "date"),
    [
        *((BUILT_IN[number], True) for number in (14, 20, 22, 31, 46, 57)),
        *((BUILT_IN[number], False) for number in (0, 2, 9, 11, 12, 44, 48, 49)),
        ('[$-804]yyyy"年"m"月";@', True),
        ("G/通用格式", False),
        ('#,##0.00"万元/年"', False),
        ("[Red]0.00_d", False),
        ("0\\m", False),
    ],
)
def test_formats_of_dates(code: str, date: bool) -> None:
    assert is_date(code) == date


@given(st.decimals(-1_000_000, 1_000_000, places=2))
def test_two_places_keep_their_digits(value: Decimal) -> None:
    assert Decimal(show(float(value), "0.00")) == value
    assert Decimal(show(float(value), "#,##0.00").replace(",", "")) == value
    assert Decimal(show(float(value), "General")) == value


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["General", "0", "0.00%", "#,##0.0,", "0.0E+00", "?/?"]),
)
def test_any_number_shows_something(value: float, code: str) -> None:
    assert show(value, code)


@given(st.integers(-(10**6), 10**6), st.text(st.sampled_from('0#?.,%;@"\\_*[]EGymdhs年元/-() '), max_size=12))
def test_any_format_shows_or_not_but_never_raises(value: int, code: str) -> None:
    assert isinstance(show(value, code), str)
    assert isinstance(show(datetime.fromisoformat("2023-01-01"), code), str)


def test_stored_values_and_addresses() -> None:
    def fill(sheet: Any) -> None:
        sheet["A1"], sheet["B1"], sheet["C1"], sheet["D1"] = "执行率", 0.95, 100, "0095"
        sheet["B1"].number_format = "0%"

    cells = by_address(opened(workbook(fill)))
    assert [(cells[key].text, cells[key].stored) for key in ("A1", "B1", "C1", "D1")] == [
        ("执行率", None),
        ("95%", "0.95"),
        ("100", None),
        ("0095", None),
    ]
    assert cells["B1"].place.sheet == "自评表"


def test_built_in_chinese_date() -> None:
    def fill(sheet: Any) -> None:
        sheet["A1"] = 45291
        sheet["A1"].number_format = "0.00"
        sheet["A1"]._style.numFmtId = 31

    cell = by_address(opened(workbook(fill)))["A1"]
    assert (cell.text, cell.stored) == ("2023年12月31日", "2023-12-31")


def test_sheet_name_is_a_heading_unless_a_program_gave_it() -> None:
    def fill(sheet: Any) -> None:
        sheet["A1"] = "合计"

    assert opened(workbook(fill, "项目支出")).text == "项目支出\n合计"
    assert opened(workbook(fill, "项目支出")).blocks[0].kind == "heading"
    assert opened(workbook(fill, "Sheet1")).text == "合计"


def test_merged_cells_and_empty_rows_and_columns() -> None:
    def fill(sheet: Any) -> None:
        sheet["B2"] = "资金"
        sheet.merge_cells("B2:E2")
        sheet["B3"], sheet["E3"] = "项目", "金额"
        sheet["B5"], sheet["E5"] = "合计", 10
        sheet["B6"] = "甲"
        sheet.merge_cells("B6:B8")
        sheet["E6"], sheet["E7"] = 4, 6

    table = opened(workbook(fill)).tables[0]
    assert (table.rows, table.columns) == (5, 2)
    assert [(c.row, c.column, c.row_span, c.column_span, c.text, c.place.cell) for c in table.cells] == [
        (0, 0, 1, 2, "资金", "B2"),
        (1, 0, 1, 1, "项目", "B3"),
        (1, 1, 1, 1, "金额", "E3"),
        (2, 0, 1, 1, "合计", "B5"),
        (2, 1, 1, 1, "10", "E5"),
        (3, 0, 2, 1, "甲", "B6"),
        (3, 1, 1, 1, "4", "E6"),
        (4, 1, 1, 1, "6", "E7"),
    ]


def test_cell_at_the_far_end() -> None:
    def fill(sheet: Any) -> None:
        sheet["A1"], sheet["XFD1048576"] = "合计", 5
        sheet.column_dimensions["B"].min, sheet.column_dimensions["B"].max = 2, 999_999_999
        sheet.column_dimensions["B"].hidden = True

    table = opened(workbook(fill)).tables[0]
    assert (table.rows, table.columns) == (2, 2)
    assert [cell.place.cell for cell in table.cells if cell.text and cell.hidden] == ["XFD1048576"]


def test_two_tables_on_a_sheet() -> None:
    def fill(sheet: Any) -> None:
        for row, values in enumerate(
            [("表一",), ("单位：万元",), ("项目", "金额"), ("合计", 1), (), ("表二",), ("项目", "人数"), ("合计", 2)], 1
        ):
            for column, value in enumerate(values, 1):
                sheet.cell(row, column, value)

    tables = opened(workbook(fill)).tables
    assert [(table.caption, table.unit, table.header_rows) for table in tables] == [
        ("表一", "万元", 3),
        ("表二", None, 2),
    ]


def test_hidden_parts_are_marked() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (1, 2):
        for column in (1, 2, 3):
            sheet.cell(row, column, row * column)
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["C"].hidden = True
    secret = book.create_sheet("底稿")
    secret["A1"] = 7
    secret.sheet_state = "veryHidden"
    result = opened(saved(book))
    assert {cell.place.cell for cell in result.tables[0].cells if cell.hidden} == {"C1", "A2", "B2", "C2"}
    assert result.tables[1].cells[0].hidden
    assert len([warning for warning in result.warnings if "隐藏" in warning]) == 2


def test_formula_without_result() -> None:
    def fill(sheet: Any) -> None:
        sheet["A1"], sheet["B1"] = "合计", "=1+1"
        sheet["A2"], sheet["B2"] = "分项", 1

    result = opened(workbook(fill))
    assert by_address(result)["B1"].text == ""
    assert any("公式没有计算结果" in warning and "B1" in warning for warning in result.warnings)


def test_formula_with_result(package: Callable[..., bytes]) -> None:
    import zipfile

    def fill(sheet: Any) -> None:
        sheet["A1"], sheet["B1"] = "合计", "=1+1"

    with zipfile.ZipFile(BytesIO(workbook(fill))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"]
    members["xl/worksheets/sheet1.xml"] = (
        sheet.replace(b"<v></v>", b"<v>2</v>").replace(b"<v/>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>")
    )
    result = opened(package(members))
    assert by_address(result)["B1"].text == "2"
    assert not result.warnings


def test_an_empty_result_of_a_formula_is_a_result(changed: Callable[..., bytes]) -> None:
    data = workbook(lambda sheet: sheet.append(["合计", "=A2"]))
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>合计</t></is></c><c r="B1" t="str"><f>A2</f><v></v></c></row>'
    result = opened(changed(data, {"xl/worksheets/sheet1.xml": sheet_xml(cell)}))
    assert (result.text, result.warnings) == ("自评表\n合计", ())


SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def sharing() -> bytes:
    """A workbook whose strings stand in a part of their own; openpyxl would write each into its cell."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("自评表")
        sheet.write_row(0, 0, ["项目", "金额"])
    return buffer.getvalue()


def sheet_xml(rows: str, more: str = "") -> str:
    return f'<worksheet xmlns="{SHEET}"><sheetData>{rows}</sheetData>{more}</worksheet>'


def test_cells_and_rows_without_address_follow_on_the_one_before(changed: Callable[..., bytes]) -> None:
    rows = '<row><c><v>1</v></c><c><v>2</v></c></row><row r="4"><c r="C4"><v>3</v></c><c><v>4</v></c></row>'
    cells = by_address(opened(changed(WHOLE, {"xl/worksheets/sheet1.xml": sheet_xml(rows)})))
    assert {key: cell.text for key, cell in cells.items() if cell.text} == {"A1": "1", "B1": "2", "C4": "3", "D4": "4"}


def test_strings_in_runs_with_escapes_and_pronunciation(changed: Callable[..., bytes]) -> None:
    runs = "<is><r><t>支出</t></r><r><rPr/><t>100_x4E07_元_x000D_</t></r><rPh><t>zhi</t></rPh></is>"
    rows = f'<row><c t="inlineStr">{runs}</c><c t="d"><v>2023-05-06</v></c><c t="e"><v>#DIV/0!</v></c></row>'
    cells = by_address(opened(changed(WHOLE, {"xl/worksheets/sheet1.xml": sheet_xml(rows)})))
    assert [cells[key].text for key in ("A1", "B1", "C1")] == ["支出100万元", "2023-05-06T00:00:00", "#DIV/0!"]


def test_strict_workbook(members: Callable[..., dict[str, bytes]], package: Callable[..., bytes]) -> None:
    strict = {
        name: content.replace(SHEET.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )
        for name, content in members(WHOLE).items()
    }
    assert opened(package(strict)).text == opened(WHOLE).text


@pytest.mark.parametrize("styles", ["<styleSheet", "<!DOCTYPE x><styleSheet/>", b"\xff\xfe\x00"])
def test_broken_styles_leave_the_stored_values(styles: str | bytes, changed: Callable[..., bytes]) -> None:
    result = opened(changed(WHOLE, {"xl/styles.xml": styles}))
    assert by_address(result)["B2"].text == "0.95"
    assert [(problem.outcome, problem.place) for problem in result.problems] == [("partial", "xl/styles.xml")]
    assert "百分比" in result.problems[0].message


def test_odd_styles_are_no_damage(members: Callable[..., dict[str, bytes]], changed: Callable[..., bytes]) -> None:
    # a producer's own attributes, a style without a name and a choice of fills: a reader needs the number formats only
    odd = members(WHOLE)["xl/styles.xml"].replace(b"<cellXfs", b'<cellStyles><cellStyle zzz="1"/></cellStyles><cellXfs')
    result = opened(changed(WHOLE, {"xl/styles.xml": odd}))
    assert (by_address(result)["B2"].text, result.problems) == ("95%", ())


@pytest.mark.parametrize("part", ["docProps/core.xml", "docProps/app.xml", "xl/theme/theme1.xml", "_rels/.rels"])
def test_damage_in_a_part_that_nobody_needs(part: str, spoilt: Callable[..., bytes]) -> None:
    result = opened(spoilt(WHOLE, part))
    assert (result.text, result.problems) == (opened(WHOLE).text, ())


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels"])
def test_damage_in_a_part_that_all_depends_on_is_named(
    part: str, spoilt: Callable[..., bytes], changed: Callable[..., bytes]
) -> None:
    for data in (spoilt(sharing(), part), changed(sharing(), {part: "<open>"})):
        problem = read(data, "自评表.xlsx")
        assert isinstance(problem, Problem)
        assert (problem.outcome, problem.place) == ("damaged", part)
        assert part in problem.message
        assert "重新取得" in problem.message
        assert "Error" not in problem.message


def test_a_damaged_sheet_does_not_hide_the_others(spoilt: Callable[..., bytes], changed: Callable[..., bytes]) -> None:
    book = Workbook()
    book.worksheets[0].title = "甲"
    book.worksheets[0]["A1"] = 1
    book.create_sheet("乙")["A1"] = 2
    data, part = saved(book), "xl/worksheets/sheet1.xml"
    for broken in (spoilt(data, part), changed(data, {part: sheet_xml("<row><c><v>1</v></c>")})):
        result = opened(broken)
        assert result.text == "乙\n2"
        assert [(problem.outcome, problem.place) for problem in result.problems] == [("damaged", "工作表 甲")]


def test_missing_sheet_and_missing_string(
    members: Callable[..., dict[str, bytes]], package: Callable[..., bytes], changed: Callable[..., bytes]
) -> None:
    parts = members(WHOLE)
    del parts["xl/worksheets/sheet1.xml"]
    problem = read(package(parts), "自评表.xlsx")
    assert isinstance(problem, Problem)
    assert (problem.outcome, problem.place) == ("damaged", "工作表 自评表")
    result = opened(changed(sharing(), {"xl/sharedStrings.xml": f'<sst xmlns="{SHEET}"><si><t>项目</t></si></sst>'}))
    assert result.problems[0].message.startswith("1 个单元格的文字已缺失")


def test_headers_and_footers_are_read_and_tell_the_unit() -> None:
    def fill(sheet: Any) -> None:
        sheet.append(["项目", "金额"])
        sheet.append(["合计", 12.5])
        sheet.oddHeader.left.text = "金额单位：万元"
        sheet.oddHeader.center.text = "支出情况表"
        sheet.oddFooter.right.text = "填报人：张三"
        sheet.oddFooter.center.text = "第&P页，共&N页"

    result = opened(workbook(fill, "Sheet1"))
    assert [(block.kind, result.text[block.start : block.end]) for block in result.blocks if block.table is None] == [
        ("header", "金额单位：万元"),
        ("header", "支出情况表"),
        ("footer", "填报人：张三"),
    ]
    table = result.tables[0]
    assert (table.unit, table.caption) == ("万元", "支出情况表")
    assert table.unit_span is not None
    assert "万元" in result.text[slice(*table.unit_span)]


def test_a_unit_in_the_sheet_goes_before_that_of_its_header() -> None:
    def fill(sheet: Any) -> None:
        for row in (["单位：元"], ["项目", "金额"], ["合计", 12.5]):
            sheet.append(row)
        sheet.oddHeader.left.text = "单位：万元"
        sheet.firstHeader.left.text = "单位：亿元"  # no first page of its own
        sheet.evenHeader.left.text = "单位：亿元"

    result = opened(workbook(fill))
    assert result.tables[0].unit == "元"
    assert "亿元" not in result.text


def test_a_header_counts_for_its_own_sheet() -> None:
    book = Workbook()
    for title, unit in (("甲", "万元"), ("乙", None)):
        sheet = book.create_sheet(title)
        sheet.append(["项目", "金额"])
        sheet.append(["合计", 12.5])
        sheet.oddHeader.right.text = unit and f"单位：{unit}"
    assert [table.unit for table in opened(saved(book)).tables] == ["万元", None]


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ('&L单位：万元&C&"宋体,常规"&16自评表&R第&P页，共&N页', ("单位：万元", "自评表")),
        ("&C&KFF0000红&K01+000头&&尾", ("红头&尾",)),
        ("&A（续）", ("表一（续）",)),
        ("&C&10 100万元", ("100万元",)),
        ("&L&BAT&&T&R&D &T &F &Z", ("AT&T",)),
        ("&[Tab]", ()),
        ("&A", ()),
        ("Page &P of &N", ()),
        ("&C- &P -", ()),
        ("", ()),
        ("&", ()),
    ],
)
def test_codes_of_headers(code: str, texts: tuple[str, ...]) -> None:
    assert margin(code, "表一") == texts


def test_line_breaks_and_comments() -> None:
    from openpyxl.comments import Comment

    def fill(sheet: Any) -> None:
        sheet["A1"] = "金额\r\n（万元）"
        sheet["A1"].comment = Comment("请核对", "审计")

    result = opened(workbook(fill))
    assert by_address(result)["A1"].text == "金额\n（万元）"
    assert "请核对" not in result.text
    assert any("批注" in warning for warning in result.warnings)


def test_empty_workbook() -> None:
    result = read(saved(Workbook()), "空.xlsx")
    assert isinstance(result, Problem)
    assert result.outcome == "empty"


@pytest.mark.parametrize("area", ["A1:XFD1048576", "A1:A1048576"])
def test_huge_merge_is_a_limit(area: str, package: Callable[..., bytes]) -> None:
    import zipfile

    def fill(sheet: Any) -> None:
        sheet["A1"] = "合计"
        sheet.merge_cells("A1:B2")

    with zipfile.ZipFile(BytesIO(workbook(fill))) as archive:
        members = {name: archive.read(name).replace(b"A1:B2", area.encode()) for name in archive.namelist()}
    result = read(package(members), "a.xlsx")
    assert isinstance(result, Problem)
    assert result.outcome == "limit"


def test_a_long_string_that_many_cells_share(monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as book:  # openpyxl would write each string into its cell
        sheet = book.add_worksheet()
        for row in range(20):
            sheet.write_string(row, 0, "完成情况" * 10)
    data = buffer.getvalue()
    assert opened(data).text.count("完成情况") == 200
    monkeypatch.setattr(limits, "TEXT", 700)
    result = read(data, "自评表.xlsx")
    assert isinstance(result, Problem)
    assert (result.outcome, "单元格的文字" in result.message) == ("limit", True)


def test_too_many_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(sheet: Any) -> None:
        for index in range(1, 12):
            sheet.cell(index, index, index)

    monkeypatch.setattr(limits, "CELLS", 100)
    result = read(workbook(fill), "a.xlsx")
    assert isinstance(result, Problem)
    assert result.outcome == "limit"


def whole() -> bytes:
    def fill(sheet: Any) -> None:
        sheet["A1"], sheet["B1"], sheet["A2"], sheet["B2"] = "项目", "金额", "合计", 0.95
        sheet["B2"].number_format = "0%"

    return workbook(fill)


WHOLE = whole()


@given(st.integers(4, len(WHOLE) - 1))
def test_truncation_ends_in_a_known_outcome(length: int) -> None:
    result = read(WHOLE[:length], "a.xlsx")
    assert isinstance(result, Problem)
    assert result.outcome in {"damaged", "unsupported"}


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_flipped_bytes_end_in_a_known_outcome(changes: list[tuple[int, int]]) -> None:
    broken = bytearray(WHOLE)
    for position, value in changes:
        broken[position] = value
    result = read(bytes(broken), "a.xlsx")
    if isinstance(result, Problem):
        assert result.outcome in get_args(Outcome)
