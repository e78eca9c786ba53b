"""Names and attribute access of WordprocessingML, tolerant of values that are not what they should be."""

import re
from functools import cache

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

#: How the types of relationships begin.
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

_VAL = f"{W}val"
_INTEGER = re.compile(r"\d{1,9}")


def value(element: etree._Element | None, name: str, *, own: bool = False) -> str:
    """The w:val of a child element by its path, or with `own` the element's own attribute; "" if there is none."""
    if element is None:
        return ""
    if own:
        return element.get(W + name, "")
    child = element.find(_path(name))
    return "" if child is None else child.get(_VAL, "")


def number(element: etree._Element | None, name: str, *, default: int = 0, own: bool = False) -> int:
    """The same as a whole number; `default` for anything else."""
    match = _INTEGER.fullmatch(value(element, name, own=own))
    return int(match[0]) if match else default


def switched_on(element: etree._Element | None, name: str) -> bool:
    """Whether an on/off property stands and is not switched off."""
    child = None if element is None else element.find(_path(name))
    return child is not None and child.get(_VAL, "1") not in {"0", "false", "off"}


@cache
def _path(name: str) -> str:
    return "/".join(W + step for step in name.split("/"))
