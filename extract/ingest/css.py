"""What the style sheets of a web page hide, by simple rules: `.tip { display: none }`.

Rules by the name, the id and the classes of an element count; those about its surroundings, its state or a medium
(print) do not, nor do linked style sheets.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_SELECTOR = re.compile(r"(?P<tag>[a-z][\w-]*|\*)?(?P<more>(?:[.#][\w-]+)*)", re.IGNORECASE)
_SHOWN = re.compile(r"(?:^|;)\s*(display|visibility)\s*:\s*([\w-]+)\s*(!\s*important)?", re.IGNORECASE)
_HIDING = {"display": {"none"}, "visibility": {"hidden", "collapse"}}

#: How much a rule counts: whether it is important, its ids, its classes, its name, its place.
_Weight = tuple[bool, int, int, bool, int]


@dataclass(frozen=True, slots=True)
class _Rule:
    """For which elements a rule is, and what it says of one property that can hide them."""

    tag: str
    ids: frozenset[str]
    classes: frozenset[str]
    property: str
    hides: bool
    weight: _Weight

    def fits(self, element: etree._Element, classes: frozenset[str]) -> bool:
        """Whether the rule is for an element with these classes."""
        if self.tag not in {"", "*", element.tag}:
            return False
        return self.classes <= classes and (not self.ids or self.ids == {element.get("id", "")})


def hide(root: etree._Element) -> None:
    """Marks as `hidden` what the page's own style sheets hide, unless the element itself says otherwise."""
    text = _COMMENT.sub("", "\n".join(element.text or "" for element in root.iter("style")))
    rules = list(_rules(text))
    if all(not rule.hides for rule in rules):
        return
    keys: dict[str, list[_Rule]] = {}
    for rule in rules:
        keys.setdefault(_key(rule), []).append(rule)
    for element in root.iter(etree.Element):
        classes = frozenset(element.get("class", "").split())
        names = (f"#{element.get('id')}", *(f".{name}" for name in classes), str(element.tag), "*")
        fitting = [rule for name in names for rule in keys.get(name, ()) if rule.fits(element, classes)]
        stated = {name.lower() for name, *_ in _SHOWN.findall(element.get("style", ""))} if fitting else set()
        if any(_hides(fitting, name) for name in _HIDING if name not in stated):
            element.set("hidden", "")


def _key(rule: _Rule) -> str:
    """A name that every element has for which the rule is."""
    if rule.ids:
        return f"#{next(iter(rule.ids))}"
    return f".{next(iter(rule.classes))}" if rule.classes else rule.tag or "*"


def _hides(rules: list[_Rule], name: str) -> bool:
    strongest = max((rule for rule in rules if rule.property == name), key=lambda rule: rule.weight, default=None)
    return strongest is not None and strongest.hides


def _rules(text: str) -> Iterator[_Rule]:
    for place, (selectors, body) in enumerate(_blocks(text)):
        for name, value, important in _SHOWN.findall(body):
            hides = value.lower() in _HIDING[name.lower()]
            for match in map(_SELECTOR.fullmatch, map(str.strip, selectors.split(","))):
                if match and match[0]:
                    ids = frozenset(re.findall(r"#([\w-]+)", match["more"]))
                    classes = frozenset(re.findall(r"\.([\w-]+)", match["more"]))
                    tag = (match["tag"] or "").lower()
                    weight = (bool(important), len(ids), len(classes), tag not in {"", "*"}, place)
                    yield _Rule(tag, ids, classes, name.lower(), hides, weight)


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """What stands before and within the outermost braces; a rule that begins with @ holds rules for a medium."""
    depth = begin = inside = 0
    for brace in re.finditer("[{}]", text):
        if brace[0] == "{":
            inside = inside if depth else brace.end()
            depth += 1
            continue
        depth = max(0, depth - 1)
        if not depth:
            selectors = text[begin : inside - 1].rpartition(";")[2]
            if not selectors.lstrip().startswith("@"):
                yield selectors, text[inside : brace.start()]
            begin = inside = brace.end()
