"""What may stand in a cell of a spreadsheet."""

import re
from decimal import Decimal

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
#: Characters, counted as UTF-16, that Excel takes in a cell.
_MOST = 32_767
_CUT = "…（过长，已截断）"


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
