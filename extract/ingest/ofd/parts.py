"""The parts of an OFD file and its elements, which are known by their local names: producers use several namespaces."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from extract.ingest.package import Package

#: Millimetres; no page or coordinate is larger.
_FAR = 100_000.0
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?")

Element = etree._Element  # noqa: SLF001 the name that lxml's stubs have for it


@dataclass(slots=True)
class Archive:
    """The parts of the file; references are followed whatever their case and slashes. `members` by lower case."""

    data: bytes
    package: Package
    members: Mapping[str, str]
    _roots: dict[str, Element | None] = field(default_factory=dict)

    def locate(self, base: str, reference: str) -> str:
        """The part that a reference in the part `base` means, "" if there is none."""
        path = reference.strip().replace("\\", "/")
        beside = posixpath.join(posixpath.dirname(base), path) if path else ""
        candidates = (posixpath.normpath(each).lstrip("/").lower() for each in (beside, path))
        return next((self.members[each] for each in candidates if each in self.members), "")

    def root(self, part: str) -> Element | None:
        """The parsed part, None if there is none."""
        part = self.members.get(part.lower(), part)
        if part not in self._roots:
            self._roots[part] = self.package.root(part)
        return self._roots[part]


def every(element: Element | None, path: str) -> Iterator[Element]:
    """All elements at a path of local names."""
    return iter(()) if element is None else element.iterfind("/".join("{*}" + step for step in path.split("/")))


def text_of(element: Element, path: str) -> str:
    """The text of the first element at a path, "" if there is none."""
    return next((found.text or "" for found in every(element, path)), "")


def box(element: Element, path: str) -> Sequence[float] | None:
    """The (x, y, width, height) that stands at a path, None if it is no box of a page."""
    values = numbers(text_of(element, path))
    return values if len(values) == 4 and min(values[2:]) >= 1 else None


def numbers(text: str) -> list[float]:
    """The numbers of a text; none where one of them is beyond all measure."""
    values = [float(number) for number in _NUMBER.findall(text)]
    return values if all(abs(value) < _FAR for value in values) else []


def number(text: str | None, default: float) -> float:
    """The first number of a text."""
    values = numbers(text or "")
    return values[0] if values else default
