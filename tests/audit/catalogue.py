"""The catalogue of checks as a page: `python -m tests.audit.catalogue > docs/checks.md` (make docs)."""

import sys
import tomllib
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from pipelines.audit import CHECKS
from pipelines.export.labels import word

CORPUS = Path(__file__).parent / "corpus"
FAMILIES = {
    "A": "句内",
    "B": "报告之内，文与文",
    "C": "报告之内，文与表、表与表",
    "D": "分值、得分与等级",
    "E": "执行率",
    "F": "单位与数量级",
    "G": "年度之间",
    "H": "部门与项目",
    "I": "单位之间与残留",
    "J": "结构与完整",
    "K": "说法",
}
HEAD = """# 勾稽规则

由 `make docs` 从代码和测试用例生成，请勿手改。⚑ 必须报出，✓ 不得报出；例句都是自拟的测试用例。
等级是不能同时成立时的等级：末位相差不超过一个单位的一律为提示，约数和整数金额的一律为复核，读得不好的页面不出错误。
"""


def catalogue() -> str:
    """The whole page."""
    return HEAD + "".join(_families())


def _families() -> Iterator[str]:
    for letter, checks in groupby(CHECKS, key=lambda check: check.id[0]):
        yield f"\n## {letter} {FAMILIES[letter]}\n"
        for check in checks:
            yield f"\n**{check.id} {check.title}**（{word('severity', check.severity)}）　{check.basis}\n\n"
            cases = tomllib.loads((CORPUS / f"{check.id.lower()}.toml").read_text(encoding="utf-8"))["case"]
            for expect, mark in (("flag", "⚑"), ("silent", "✓")):
                text = next(case["text"] for case in cases if case["expect"] == expect)
                yield f"- {mark} {'／'.join(text.split())}\n"


if __name__ == "__main__":
    sys.stdout.write(catalogue())
