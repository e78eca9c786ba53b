"""`jihe eval`: extractions held against gold files."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from pipelines.faces.cli.command import command, format_option
from pipelines.faces.cli.console import put, put_json, show, table
from pipelines.faces.cli.exits import Exit, gravest
from pipelines.faces.cli.files import reported
from schemas.errors import DataError, Problem

if TYPE_CHECKING:
    from pipelines.evaluate import Score
    from schemas.extraction import Extraction

SORTS = {"figures": "数据", "claims": "指标", "sections": "标题"}
FIELDS = {
    "missed": "漏", "false": "多", "misplaced": "对不上", "side": "目标实际不同", "kind": "类别", "value": "数值",
    "unit": "单位", "approx": "约数", "low": "下限", "high": "上限", "role": "口径", "subject": "主体",
    "level": "层级", "number": "编号", "title": "标题",
}  # fmt: skip


@command(
    "eval",
    "jihe eval 报告.figures.jsonl 报告.claims.jsonl",
    "jihe eval samples/truth/figures --documents samples/archive --min-f1 0.95",
)
@click.argument("gold", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="答案...")
@click.option(
    "--documents",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="目录",
    help="文件所在的目录，里面的结构与答案目录相同；默认就在答案旁边。",
)
@click.option("--min-f1", type=click.FloatRange(0, 1), metavar="0～1", help="任何一类的 F1 低于它时返回 1。")
@format_option("table", "json")
def evaluate(gold: tuple[Path, ...], folder: Path | None, min_f1: float | None, form: Literal["table", "json"]) -> Exit:
    """与人工标注的答案比对：找到多少、漏了哪些、多了哪些、找到的哪里不同。

    答案是 <名字>.figures.jsonl、.claims.jsonl、.sections.jsonl，或装着它们的目录；标为可选的不奖不罚。
    """
    from pipelines.evaluate import added

    codes = [Exit.DONE]
    found = list(_scores(gold, folder, codes))
    sorts = dict.fromkeys(score.sort for _, score in found)
    totals = [added(sort, [score for _, score in found if score.sort == sort]) for sort in sorts]
    if form == "json":
        put_json({"totals": [_row(score) for score in totals], "files": [_file(*one) for one in found]}, indent=True)
    else:
        _put(found, totals)
    below = min_f1 is not None and any(score.f1 < min_f1 for score in totals)
    return gravest([*codes, Exit.FINDINGS if below else Exit.DONE])


def _scores(gold: tuple[Path, ...], folder: Path | None, codes: list[Exit]) -> Iterator[tuple[Path, "Score"]]:
    """The score of each gold file; a code is added to `codes` for a document that was not wholly read."""
    from pipelines.evaluate import document_of, gold_files
    from pipelines.evaluate import evaluate as score

    known: dict[Path, Extraction | Problem] = {}
    for root in gold:
        for path in _some(root, gold_files(root)):
            beside = path.parent if folder is None else folder / path.parent.relative_to(_top(root))
            document = document_of(path, beside)
            if document not in known:
                known[document] = _extracted(document)
                codes.append(reported(str(document), known[document]))
            extraction = known[document]
            if not isinstance(extraction, Problem):
                yield path, score(extraction, path)


def _some(root: Path, files: list[Path]) -> list[Path]:
    if not files:
        raise DataError(f"{root}：里面没有答案文件")
    return files


def _top(root: Path) -> Path:
    return root if root.is_dir() else root.parent


def _extracted(document: Path) -> "Extraction | Problem":
    from extract.pipeline import extract

    return extract(document.read_bytes(), document.name)


def _row(score: "Score") -> dict[str, Any]:
    counts = {"firm": score.firm, "found": score.found, "false": score.false, "misplaced": score.misplaced}
    shares = {name: round(getattr(score, name), 4) for name in ("precision", "recall", "f1")}
    wrong = {
        field: score.wrong(field) for field in FIELDS if field not in {"false", "misplaced"} and score.wrong(field)
    }
    return {"sort": score.sort, **counts, **shares, "differences": wrong}


def _file(path: Path, score: "Score") -> dict[str, Any]:
    return {"gold": str(path), **_row(score), "differences": list(score.differences)}


def _put(found: list[tuple[Path, "Score"]], totals: list["Score"]) -> None:
    show(table(("类", "应有", "找到", "漏", "多", "对不上", "准确率", "召回率", "F1", "其中不同"), map(_total, totals)))
    for path, score in found:
        if score.differences:
            put()
            put(f"{path}")
            rows = [
                {
                    "": FIELDS[one.field],
                    "位置": f"{one.start}～{one.end}",
                    "原文": one.text,
                    "答案": one.expected,
                    "抽取": one.found,
                }
                for one in score.differences
            ]
            show(table(("", "位置", "原文", "答案", "抽取"), rows))


def _total(score: "Score") -> dict[str, Any]:
    wrong = [f"{name} {score.wrong(field)}" for field, name in list(FIELDS.items())[3:] if score.wrong(field)]
    return {
        "类": SORTS[score.sort],
        "应有": score.firm,
        "找到": score.found,
        "漏": score.firm - score.found,
        "多": score.false,
        "对不上": score.misplaced,
        "准确率": f"{score.precision:.1%}",
        "召回率": f"{score.recall:.1%}",
        "F1": f"{score.f1:.1%}",
        "其中不同": "，".join(wrong),
    }
