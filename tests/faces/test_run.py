"""`jihe run` on the samples, and what it says about them."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.faces.cli.command import cells
from pipelines.store import Store

Jihe = Callable[..., Any]


@pytest.fixture(scope="module")
def page(first_run: tuple[Path, Any]) -> str:
    """What a run over the samples prints."""
    assert first_run[1].code == 65  # two of the samples are broken on purpose
    return str(first_run[1].out)


def test_every_file_is_accounted_for(page: str) -> None:
    assert "24 个文件" in page
    assert "已读 22，空文件 1，已损坏 1" in page
    assert re.search(r"已损坏 +archive/云川市总工会/2021-佐证材料.docx：", page)


def test_every_numeral_is_accounted_for(page: str, store: Path) -> None:
    line = re.search(r"数字 +共 (\d+) 个：数据 (\d+)（.+?）.*日期 (\d+).*编号类 (\d+).*未解释 (\d+)", page)
    assert line
    total, *parts = map(int, line.groups())
    assert total == sum(parts)
    with Store(store) as reader:
        assert parts[0] == reader.count("figures")[0]["n"]


def test_shares_add_up(page: str) -> None:
    shares = [float(share) for share in re.findall(r"（([\d.]+)%）", page)]
    assert len(shares) == 4
    assert abs(sum(shares) - 100) < 0.25


def test_the_gravest_findings_are_shown_with_place_and_recomputation(page: str) -> None:
    shown = page[page.index("要紧的疑点") :]
    assert "archive/云川市总工会/2021-项目支出绩效自评报告.txt　第" in shown
    assert "复算 1351 + 768 + 505 = 2624人次" in shown
    assert "提示" not in shown.partition("对比")[0]


def test_one_comparison_over_years_and_units(page: str, store: Path) -> None:
    shown = page[page.index("对比：") : page.index("下一步")]
    assert re.search(r"填报单位 +2019 +2020 +2021 +2022 +2023", shown)
    with Store(store) as reader:
        units = {row["unit"] for row in reader.rows("reports") if row["unit"]}
    assert sum(unit in shown for unit in units) >= 3


def test_the_way_on_is_shown_and_works(page: str, store: Path, jihe: Jihe) -> None:
    commands = [line.split("#")[0].split() for line in page[page.index("下一步") :].splitlines()[1:]]
    assert {"findings", "compare", "export", "failures"} <= {word for command in commands for word in command}
    for command in commands:
        after = command[command.index("--store") + 2 :] if "export" in command else command
        if after is command:
            start = next(i for i, word in enumerate(command) if word in {"findings", "compare", "failures"})
            result = jihe(*(word.strip("'") for word in command[start:]))
            assert result.code == 0
            assert result.out
    assert str(store) in page


def test_it_fits_a_page_of_100_columns(page: str) -> None:
    assert max(cells(line.rstrip()) for line in page.splitlines() if "--store" not in line) <= 100


def test_a_second_run_reads_nothing_and_says_the_same(spawn: Jihe, archive: Path, store: Path) -> None:
    result = spawn("run", archive, "--store", store, "--json")
    assert result.code == 65
    summary = json.loads(result.out)
    assert (summary["read"], summary["inputs"]) == (0, 24)
    assert summary["outcomes"] == {"ok": 22, "empty": 1, "damaged": 1}
    assert {failure["outcome"] for failure in summary["failures"]} == {"empty", "damaged"}
    assert sum(summary["numerals"].values()) >= summary["figures"] > 1000
    assert result.err.startswith("√ 本次读取 0 份文件")


def test_quiet_says_nothing(jihe: Jihe, report: Path, tmp_path: Path) -> None:
    result = jihe("run", report, "--store", tmp_path / "存储", "--quiet")
    assert (result.code, result.out, result.err) == (0, "", "")


def test_patterns_are_filled_in_and_lock_files_left_out(jihe: Jihe, report: Path, tmp_path: Path) -> None:
    (tmp_path / "~$报告.txt").write_text("2023年", encoding="utf-8")
    summary = json.loads(jihe("run", tmp_path / "*.txt", "--store", tmp_path / "存储", "--json").out)
    assert summary["inputs"] == 1
    assert report.name in jihe("extract", tmp_path / "报*.txt").out


def test_findings_of_another_archive_are_not_shown(jihe: Jihe, report: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "甲" / "错.txt"
    wrong.parent.mkdir()
    wrong.write_text(
        "自评报告\n全年共培训职工2588人次，其中焊工1351人次、电工768人次、护工505人次。\n", encoding="utf-8"
    )
    folder = tmp_path / "存储"
    assert "2624人次" in jihe("run", wrong.parent, "--store", folder).out
    assert "2624人次" not in jihe("run", report, "--store", folder).out


def test_a_run_stops_at_the_first_failure_if_asked(jihe: Jihe, tmp_path: Path) -> None:
    for name in "甲乙丙丁":
        (tmp_path / f"{name}.txt").write_bytes(b"\x7fELF" + name.encode())
    result = jihe("run", *tmp_path.glob("*.txt"), "--store", tmp_path / "存储", "--fail-fast", "--jobs", "1", "--json")
    assert result.code == 65
    summary = json.loads(result.out)
    assert summary["read"] == 1
    assert summary["unreached"] == 3
