import random
import struct
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import get_args

import pytest

from extract.ingest import compound, limits, office, read
from extract.ingest.formats import moment
from schemas.document import Cell, Document
from schemas.errors import Outcome, Problem

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests/fixtures/office"
SAMPLE = ROOT / "samples/archive/澜桥街道办事处/2023-项目支出绩效自评表.xlsx"
WHOLE = (FIXTURES / "all.xls").read_bytes()

needs_libreoffice = pytest.mark.skipif(office.find() is None, reason="没有 LibreOffice")


@pytest.fixture
def without_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "find", lambda: None)


def opened(data: bytes, name: str = "自评表.xls") -> Document:
    result = read(data, name)
    assert isinstance(result, Document), result
    return result


def refused(data: bytes) -> Problem:
    result = read(data, "自评表.xls")
    assert isinstance(result, Problem), result
    return result


def by_address(document: Document) -> dict[tuple[str | None, str | None], Cell]:
    cells = (cell for table in document.tables for cell in table.cells)
    return {(cell.place.sheet, cell.place.cell): replace(cell, start=0, end=0) for cell in cells}


def record(code: int, new: bytes) -> bytes:
    """The workbook with the first record of this sort replaced by one of the same length."""
    start = WHOLE.index(struct.pack("<HHHH", 0x809, 16, 0x600, 5))
    while struct.unpack_from("<H", WHOLE, start)[0] != code:
        start += 4 + int(struct.unpack_from("<H", WHOLE, start + 2)[0])
    return WHOLE[:start] + new + WHOLE[start + len(new) :]


def test_sample_reads_as_the_xlsx_that_it_was() -> None:
    old = opened((FIXTURES / "sheet.xls").read_bytes())
    new = opened(SAMPLE.read_bytes(), "自评表.xlsx")
    assert (old.text, old.tables, old.blocks, old.warnings) == (new.text, new.tables, new.blocks, new.warnings)
    assert old.format == "xls"


def test_values_formats_merges_and_hidden_parts() -> None:
    old = opened(WHOLE)
    cells, expected = by_address(old), by_address(opened((FIXTURES / "all.xlsx").read_bytes(), "自评表.xlsx"))
    formula, error = ("数值", "B30"), ("数值", "C30")
    assert (cells.pop(formula).text, cells.pop(error).text) == ("1235801.5", "#DIV/0!")
    assert all(not expected.pop(key).text for key in (formula, error))  # openpyxl wrote no results
    assert cells == expected
    assert len([warning for warning in old.warnings if "隐藏" in warning]) == 2
    assert old == opened(WHOLE)


@pytest.mark.parametrize("name", ["自评表.xls", "自评表.et", "自评表"])
def test_names_that_promise_it(name: str) -> None:
    assert not [warning for warning in opened(WHOLE, name).warnings if "扩展名" in warning]


@pytest.mark.parametrize(
    ("serial", "code", "since_1904", "expected"),
    [
        (45291.0, "yyyy/m/d", False, datetime.fromisoformat("2023-12-31")),
        (43829.0, "yyyy/m/d", True, datetime.fromisoformat("2023-12-31")),
        (1.0, "yyyy/m/d", False, datetime.fromisoformat("1900-01-01")),
        (59.0, "yyyy/m/d", False, datetime.fromisoformat("1900-02-28")),
        (61.0, "yyyy/m/d", False, datetime.fromisoformat("1900-03-01")),
        (0.5, "h:mm", False, time(12)),
        (1.5, "[h]:mm", False, timedelta(hours=36)),
        (-1.0, "yyyy/m/d", False, -1.0),
        (1e300, "yyyy/m/d", False, 1e300),
        (float("inf"), "yyyy/m/d", False, float("inf")),
    ],
)
def test_days_become_dates(serial: float, code: str, since_1904: bool, expected: object) -> None:
    assert moment(serial, code, since_1904=since_1904) == expected


def test_date_system_of_the_file() -> None:
    since_1904 = record(0x22, struct.pack("<HHH", 0x22, 2, 1))
    dates = [by_address(opened(data))["数值", "B19"].text for data in (WHOLE, since_1904)]
    assert dates == ["2023-12-31", "2028-01-01"]


@pytest.mark.usefixtures("without_libreoffice")
def test_encrypted() -> None:
    assert refused(record(0x42, struct.pack("<HHH", 0x2F, 2, 0))).outcome == "encrypted"


@needs_libreoffice
def test_encrypted_beyond_libreoffice() -> None:
    assert refused(record(0x42, struct.pack("<HHH", 0x2F, 2, 0))).outcome == "encrypted"


def test_too_many_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CELLS", 20)
    assert refused(WHOLE).outcome == "limit"


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
    result = read(data, "自评表.xls")
    if isinstance(result, Problem):
        assert result.outcome in set(get_args(Outcome)) - {"error", "ok"}, result
    else:
        assert all(cell.text == result.text[cell.start : cell.end] for t in result.tables for cell in t.cells)


@pytest.mark.usefixtures("without_libreoffice")
def test_truncation_is_never_silent() -> None:
    for length in range(16, len(WHOLE) - 512, 251):
        result = read(WHOLE[:length], "自评表.xls")
        assert isinstance(result, Problem) or result.problems or result.text == opened(WHOLE).text


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
    at = 512 * (1 + struct.unpack_from("<I", WHOLE, 76)[0])
    ends_well(WHOLE[:at] + struct.pack("<128I", *(index // 2 for index in range(128))) + WHOLE[at + 512 :])


def test_claims_by_content() -> None:
    assert compound.kind(WHOLE) == "xls"
    assert compound.kind(b"Workbook" + WHOLE) is None
