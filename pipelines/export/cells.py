"""What may stand in a cell of a spreadsheet."""

import json
import re
from decimal import Decimal
from typing import Any

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
#: Characters, counted as UTF-16, that Excel takes in a cell.
_MOST = 32_767
_CUT = "…（过长，已截断）"
#: A spreadsheet takes a text that starts so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def printable(text: str) -> str:
    """The text without control characters, which break files and screens."""
    return _CONTROL.sub("", text)


def fitting(text: str) -> str:
    """The printable text, cut with a mark where Excel would refuse it."""
    text = printable(text)
    if len(text.encode("utf-16-le")) // 2 <= _MOST:
        return text
    kept = text.encode("utf-16-le")[: 2 * (_MOST - len(_CUT))]
    return kept.decode("utf-16-le", errors="ignore") + _CUT


def is_exact(value: Decimal) -> bool:
    """Whether Excel, which knows 15 digits, can hold the value without loss."""
    return value.is_finite() and len(value.normalize().as_tuple().digits) <= 15


def number_format(value: Decimal) -> str:
    """The number format that shows the value with the places that it was written with."""
    exponent = value.as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    return "#,##0" + ("." + "0" * places if places else "")


def csv_text(value: Any) -> str:
    """A value as a cell of a CSV file; a text that a spreadsheet would take for a formula stands behind a `'`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int):
        return str(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _harmless(printable(text))


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
