"""`jihe findings decide`, `history` and `import`: what people made of the findings, kept with who and when."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from getpass import getuser
from pathlib import Path
from typing import Any

import click

from pipelines.faces.cli.command import Command, store_option
from pipelines.faces.cli.console import put_rows, talk
from pipelines.faces.cli.stores import opened
from schemas.decision import DISMISSED, EXEMPT, STATUSES, Decision, Status
from schemas.errors import UsageError

Row = Mapping[str, Any]

HISTORY = ("decided", "status", "person", "note", "until")
#: A finding is named by the beginning of its fingerprint, of at least so many characters.
NAME_MIN = 6


@click.command(
    "decide",
    cls=Command,
    examples=(
        "jihe findings decide 3f2a9c1b --status 属实",
        "jihe findings decide 3f2a9c1b 77d0e4aa --status 误报 --reason 合计含上年结转",
        "jihe findings decide 3f2a9c1b --status 豁免 --reason 已书面说明 --until 2027-12-31 --by 张三",
    ),
)
@click.argument("names", nargs=-1, required=True, metavar="编号...")
@store_option
@click.option("--status", required=True, type=click.Choice(STATUSES), metavar="状态", help=f"{'、'.join(STATUSES)}。")
@click.option("--reason", default="", metavar="说明", help=f"为什么；{'、'.join(DISMISSED)}必须说明。")
@click.option("--by", "person", default=getuser, metavar="姓名", help="谁核定的，默认是登录名。")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), metavar="日期", help="豁免到哪一天，如 2027-12-31。")
def decide(names: Sequence[str], folder: Path, status: Status, reason: str, person: str, until: Any) -> None:
    """核定疑点：属实、误报等。只追加、不删除；数值变了或到期了，疑点回到待核实。编号见 findings list。"""
    day = until.date().isoformat() if until else ""
    _refuse_unfounded(status, reason, day)
    with opened(folder) as store:
        found = [_named(store.rows("findings"), name) for name in names]
    _put(folder, [_decision(row, status, person, reason, day) for row in found])
    talk(f"√ 已核定 {len(found)} 条：{status}")


def _refuse_unfounded(status: str, reason: str, until: str) -> None:
    if status in DISMISSED and not reason.strip():
        raise click.UsageError(f"“{status}”要写明 --reason 说明")
    if status == EXEMPT and not until:
        raise click.UsageError("“豁免”要写明 --until 到期日")


def _named(rows: Iterable[Row], name: str) -> Row:
    """The one finding whose fingerprint begins so.

    Raises:
        UsageError: there is none, or more than one.
    """
    bare = name.removeprefix("#")
    found = [row for row in rows if len(bare) >= NAME_MIN and row["fingerprint"].startswith(bare)]
    if len({row["fingerprint"] for row in found}) != 1:
        raise UsageError(f"没有这个编号的疑点，或不止一条：{name}（编号见 jihe findings list，至少写 {NAME_MIN} 位）")
    return found[0]


def _decision(row: Row, status: Status, person: str, note: str, until: str) -> Decision:
    return Decision(row["fingerprint"], row["values_hash"], status, person, note.strip(), until)


def _put(folder: Path, made: Sequence[Decision]) -> None:
    from pipelines.store import decide as put

    put(folder, made)


@click.command("history", cls=Command, examples=("jihe findings history 3f2a9c1b",))
@click.argument("name", metavar="编号")
@store_option
def history(name: str, folder: Path) -> None:
    """一条疑点的核定经过：何时、何人、改为什么状态、为什么。"""
    with opened(folder) as store:
        fingerprint = _named(store.rows("findings"), name)["fingerprint"]
        rows = store.rows("decisions", fingerprint=fingerprint)
    put_rows("table", HISTORY, rows)
    talk(f"核定 {len(rows)} 次" if rows else "还没有核定过")


@click.command("import", cls=Command, examples=("jihe findings import 底稿.xlsx --by 张三",))
@click.argument("book", type=click.Path(path_type=Path), metavar="底稿.xlsx")
@store_option
@click.option("--by", "person", default=getuser, metavar="姓名", help="核定人一栏空着时记谁，默认是登录名。")
def import_(book: Path, folder: Path, person: str) -> None:
    """把在 Excel 底稿“疑点清单”里填写的状态、说明、核定人读回存储。只读与存储不同的行。"""
    with opened(folder) as store:
        known = {row["fingerprint"]: row for row in store.rows("judged")}
    made, refused = _filled(book, known, person)
    _put(folder, made)
    for reason in refused:
        talk(f"● {reason}")
    talk(f"√ 读回 {len(made)} 条核定" + (f"，{len(refused)} 行未读" if refused else ""))


def _filled(book: Path, known: Mapping[str, Row], person: str) -> tuple[list[Decision], list[str]]:
    """The decisions that were filled in, and why some rows are none."""
    made: list[Decision] = []
    refused: list[str] = []
    for number, row in enumerate(_rows(book), 2):
        finding = known.get(row.get("位置指纹", ""))
        status, note = row.get("状态", ""), row.get("说明", "")
        until = row.get("到期日", "")
        if finding is None:
            refused.append(f"第{number}行：存储里没有这条疑点")
        elif (status, note) == (finding["status"], finding["note"] or ""):
            continue
        elif status not in STATUSES:
            refused.append(f"第{number}行：没有“{status}”这个状态")
        elif status in DISMISSED and not note:
            refused.append(f"第{number}行：“{status}”没有写说明")
        else:
            made.append(_decision(finding, status, row.get("核定人", "") or person, note, until))
    return made, refused


def _rows(book: Path) -> Iterator[dict[str, str]]:
    """The rows of the sheets of findings, by the headings of their columns.

    Raises:
        UsageError: this is no working paper.
    """
    from extract.ingest import read
    from schemas.errors import Problem

    if not book.is_file():
        raise UsageError(f"没有这个文件：{book}")
    document = read(book.read_bytes(), book.name)
    if isinstance(document, Problem):
        raise UsageError(f"底稿读不了：{document.message}")
    tables = [table for table in document.tables if (table.place.sheet or "").startswith("疑点清单")]
    if not tables:
        raise UsageError(f"这不是 jihe 导出的底稿，没有“疑点清单”：{book}")
    for table in tables:
        head, *rows = ([cell.text.strip() if cell else "" for cell in row] for row in table.grid())
        yield from (dict(zip(head, row, strict=False)) for row in rows)
