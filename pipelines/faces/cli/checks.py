"""`jihe check` and `jihe findings`: what does not fit together, in files or in the store."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import click

from pipelines.faces.cli.command import (
    Command,
    Group,
    command,
    format_option,
    limit_options,
    store_option,
    timeout_option,
)
from pipelines.faces.cli.console import findings_table, from_grave_to_light, plain, put_json, put_rows, show, talk
from pipelines.faces.cli.decisions import decide, history, import_
from pipelines.faces.cli.exits import Exit, gravest, of_findings
from pipelines.faces.cli.files import reported, results
from pipelines.faces.cli.stores import opened
from schemas.decision import DISMISSED
from schemas.errors import Problem
from schemas.extraction import Extraction
from schemas.finding import SEVERITIES, Severity
from schemas.relation import Relation

Row = Mapping[str, Any]
Form = Literal["table", "jsonl", "sarif"]

FINDINGS = (
    "fingerprint",
    "severity",
    "check",
    "source",
    "place",
    "statement",
    "recomputation",
    "difference",
    "status",
    "note",
    "person",
)


@command(
    "check",
    "jihe check 自评报告.docx 自评表.xlsx",
    "jihe check --store 存储 --fail-on warn",
    "jihe check 自评报告.pdf --format sarif > 疑点.sarif",
)
@click.argument("files", nargs=-1, metavar="[文件...]")
@store_option
@format_option("table", "jsonl", "sarif")
@click.option(
    "--fail-on",
    type=click.Choice(("error", "warn", "review")),
    default="error",
    metavar="error|warn|review",
    help="有这一等级或更重的疑点时返回 1，默认 error（错误）；warn 警告，review 复核。",
)
@timeout_option
@limit_options
def check(files: tuple[str, ...], folder: Path, form: Form, fail_on: Severity, timeout: float | None) -> Exit:
    """核对报告：重算每一个合计、比率、增减和前后说法。给出文件就当场读当场核；不给就列出存储里的疑点。"""
    codes = [Exit.DONE]
    found: list[Row] = list(_of_files(files, timeout, codes) if files else _of_store(folder))
    _put(form, found)
    return gravest([*codes, of_findings((row["severity"] for row in found if not _is_dismissed(row)), fail_on)])


def _is_dismissed(row: Row) -> bool:
    return row["status"] in DISMISSED


def _of_files(files: Sequence[str], timeout: float | None, codes: list[Exit]) -> Iterator[Row]:
    """The findings of files; a code is added to `codes` for each file that was not wholly read."""
    from pipelines.work import checked

    with results(files, checked, timeout) as answers:
        for source, answer in answers:
            extraction = answer if isinstance(answer, Problem) else answer[0]
            codes.append(reported(source, extraction))
            if not isinstance(answer, Problem):
                _, relations, found = answer
                talk(_assured(source, answer[0], relations))
                for finding in found:
                    yield {"source": source, **plain(finding)}


def _assured(source: str, extraction: Extraction, relations: Sequence[Relation]) -> str:
    """What was recomputed in a file and how it came out, and how many of its figures that bears out."""
    from pipelines.audit.assurance import standings, verdicts
    from pipelines.export.labels import word

    recomputed = "，".join(f"{word('verdict', name)} {count}" for name, count in verdicts(relations).items())
    figures = "，".join(f"{word('standing', name)} {count}" for name, count in standings(extraction, relations).items())
    return f"○ {source}：复算 {len(relations)} 处（{recomputed}）；数据 {len(extraction.figures)} 个（{figures}）"


def _of_store(folder: Path, **conditions: Any) -> list[Row]:
    """The findings of the store, from grave to light."""
    with opened(folder) as store:
        return from_grave_to_light(store.rows("judged", **conditions))


def _put(form: Form, found: Sequence[Row]) -> None:
    if form == "jsonl":
        for row in found:
            put_json(row)
    elif form == "sarif":
        from pipelines.faces.cli.sarif import sarif

        put_json(sarif(found), indent=True)
    else:
        if found:
            show(findings_table(found))
        talk(_tally(found))


def _tally(found: Sequence[Row]) -> str:
    from pipelines.export.labels import word

    open_ = Counter(row["severity"] for row in found if not _is_dismissed(row))
    said = "，".join(f"{word('severity', one)} {open_[one]}" for one in SEVERITIES if open_[one]) or "无"
    dismissed = sum(map(_is_dismissed, found))
    return f"疑点：{said}" + (f"（另有 {dismissed} 条已核定为{'、'.join(DISMISSED)}）" if dismissed else "")


findings = Group("findings", help="存储里的疑点。")
for each in (decide, history, import_):
    findings.add_command(each)


@findings.command(
    "list",
    cls=Command,
    examples=(
        "jihe findings list --severity error --severity warn",
        "jihe findings list --check A01 --year 2023 --format jsonl",
        "jihe findings list --unit 某市总工会",
    ),
)
@store_option
@click.option(
    "--severity",
    multiple=True,
    type=click.Choice(SEVERITIES),
    metavar="等级",
    help="只要这一等级：error 错误、warn 警告、review 复核、info 提示；可多次给出。",
)
@click.option("--check", multiple=True, metavar="编号", help="只要这一规则，如 A01；可多次给出。")
@click.option("--unit", metavar="单位", help="只要这个填报单位。")
@click.option("--year", metavar="年度", help="只要这一年度，如 2023。")
@click.option("--file", metavar="文字", help="文件路径里有这几个字。")
@format_option("table", "jsonl", "csv")
def list_findings(
    folder: Path,
    severity: tuple[Severity, ...],
    check: tuple[str, ...],
    unit: str | None,
    year: str | None,
    file: str | None,
    form: Literal["table", "jsonl", "csv"],
) -> None:
    """列出疑点，从重到轻。"""
    wanted = {"severity": severity, "check": check, "document": _documents(folder, unit=unit, year=year)}
    rows = _of_store(folder, **{name: value for name, value in wanted.items() if value not in {(), None}})
    rows = [row for row in rows if not file or file in row["source"]]
    if form == "csv":
        put_rows(form, FINDINGS, [{**row, "place": row["evidence"][0]["place"]} for row in rows])
    else:
        _put(form, rows)


def _documents(folder: Path, **conditions: Any) -> tuple[str, ...] | None:
    """The documents whose report meets the conditions; None if there are no conditions."""
    wanted = {name: value for name, value in conditions.items() if value}
    if not wanted:
        return None
    with opened(folder) as store:
        return tuple(row["document"] for row in store.rows("reports", **wanted)) or ("",)
