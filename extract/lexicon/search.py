"""Many patterns looked for at once, each tried only around a character that it cannot do without.

The pattern of ordinals needs 第 at the start of a match, that of classes (8.6万吨级) its 级. What a pattern needs is
read off its syntax tree, so that the lexicon says nothing twice.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

#: A match may begin so many characters before the one that it is looked for by.
_REACH = 16
#: A range of more characters than this (any Chinese one) tells nothing.
_TELLING = 100
#: Characters that stand everywhere, and what one of them costs more than another.
_COMMON, _OFTEN = frozenset("，、。：的 \n\u30000123456789"), 9
_NAME = re.compile(r"\(\?P<\w+>")


@dataclass(frozen=True, slots=True)
class _Need:
    """Every match has one of `characters` from `nearest` to `farthest` places behind its start."""

    characters: frozenset[str]
    nearest: int
    farthest: int

    @property
    def cost(self) -> int:
        """How many places it sends the search to."""
        common = len(self.characters & _COMMON)
        return (len(self.characters) + _OFTEN * common) * (self.farthest - self.nearest + 1)


class Search:
    """Finds what the `finditer` of each pattern would, in one walk over the text."""

    def __init__(self, patterns: Sequence[re.Pattern[str]]) -> None:
        """Read off what each pattern needs.

        Raises:
            ValueError: a pattern needs no character in particular; it begins with one of thousands.
        """
        self._patterns = patterns
        self._at_start: dict[str, list[int]] = {}
        self._around: dict[str, list[tuple[int, _Need]]] = {}
        for index, pattern in enumerate(patterns):
            for need in _needs(pattern):
                for character in need.characters:
                    if need.nearest == need.farthest == 0 and "(?P=" not in pattern.pattern:
                        self._at_start.setdefault(character, []).append(index)
                    else:
                        self._around.setdefault(character, []).append((index, need))
        gate = cache(self._gate)
        self._gates = {character: gate(tuple(indices)) for character, indices in self._at_start.items()}
        self._needed = _any_of({*self._at_start, *self._around})

    def find(self, text: str, start: int, end: int) -> Iterator[tuple[int, re.Match[str]]]:
        """Index of the pattern and match, pattern by pattern, of each from left to right and never overlapping."""
        for index, places in sorted(self._places(text, start, end).items()):
            pattern, free = self._patterns[index], start
            for place in sorted(places):
                if place >= free and (match := pattern.match(text, place, end)):
                    yield index, match
                    free = match.end()

    def _places(self, text: str, start: int, end: int) -> dict[int, set[int]]:
        """Where in `text[start:end]` each pattern may match."""
        found: dict[int, set[int]] = {}
        for needed in self._needed.finditer(text, max(0, start - 1), end):  # a look behind sees what stands before
            character, place = needed[0], needed.start()
            gate = self._gates.get(character)
            if gate is not None and place >= start and gate.match(text, place, end):
                for index in self._at_start[character]:
                    found.setdefault(index, set()).add(place)
            for index, need in self._around.get(character, ()):
                first = max(start, place - need.farthest)
                found.setdefault(index, set()).update(range(first, place - need.nearest + 1))
        return found

    def _gate(self, indices: tuple[int, ...]) -> re.Pattern[str]:
        """Tells whether any of these patterns matches at a place."""
        return re.compile("|".join(f"(?:{_NAME.sub('(?:', self._patterns[index].pattern)})" for index in indices))


def _any_of(characters: Iterable[str]) -> re.Pattern[str]:
    """One of these characters, or any beyond U+FFFF: named singly they would make the engine slow."""
    named = "".join(sorted(character for character in characters if character <= "\uffff"))
    return re.compile(f"[{re.escape(named)}\U00010000-\U0010ffff]")


# --------------------------------------------------------------------------------------------- what a pattern needs


def _needs(pattern: re.Pattern[str]) -> Iterator[_Need]:
    """What each alternative of the pattern is best looked for by."""
    tree = import_module("re._parser").parse(pattern.pattern)
    alternatives = tree[0][1][1] if len(tree) == 1 and str(tree[0][0]) == "BRANCH" else [tree]
    for alternative in alternatives:
        needs = list(_possible(alternative))
        if not needs:
            raise ValueError(f"不知道在哪里找：{pattern.pattern}")
        yield min(needs, key=lambda need: need.cost)


def _possible(sequence: Any) -> Iterator[_Need]:
    """What the parts of a sequence need, each within reach of its start."""
    for at, (operation, argument) in enumerate(sequence):
        nearest, farthest = sequence[:at].getwidth()
        if farthest > _REACH:
            return
        behind = str(operation) == "ASSERT" and argument[0] < 0 and argument[1].getwidth() == (1, 1)
        characters, optional = _first(argument[1] if behind else sequence[at:])
        if characters and not optional:
            yield _Need(characters, nearest - behind, farthest - behind)


#: The characters that something can begin with, None where nearly all can; and whether it can be empty.
_First = tuple[frozenset[str] | None, bool]


def _first(sequence: Any) -> _First:
    """What a sequence can begin with: its first part, and the next ones where that can be empty."""
    return _joined(_begins(str(operation), argument) for operation, argument in sequence)


def _joined(parts: Iterable[_First]) -> _First:
    found: frozenset[str] = frozenset()
    for characters, optional in parts:
        if characters is None:
            return None, False
        found |= characters
        if not optional:
            return found, False
    return found, True


def _begins(operation: str, argument: Any) -> _First:  # noqa: PLR0911 - one for each kind of part
    match operation:
        case "AT" | "ASSERT" | "ASSERT_NOT":
            return frozenset(), True
        case "LITERAL":
            return frozenset(chr(argument)), False
        case "IN":
            return _one_of(argument), False
        case "SUBPATTERN":
            return _first(argument[-1])
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            characters, optional = _first(argument[2])
            return characters, optional or argument[0] == 0
        case "BRANCH":
            return _either([_first(branch) for branch in argument[1]])
    return None, False


def _either(branches: Sequence[_First]) -> _First:
    sets = [characters for characters, _ in branches if characters is not None]
    telling = len(sets) == len(branches)
    return frozenset().union(*sets) if telling else None, any(optional for _, optional in branches)


def _one_of(members: Any) -> frozenset[str] | None:
    """The characters of a set in brackets."""
    found: set[str] = set()
    for kind, member in members:
        match str(kind):
            case "LITERAL":
                found.add(chr(member))
            case "RANGE" if member[1] - member[0] < _TELLING:
                found.update(map(chr, range(member[0], member[1] + 1)))
            case "CATEGORY" if str(member) in _CATEGORIES:
                found |= _category(_CATEGORIES[str(member)])
            case _:
                return None
    return frozenset(found)


_CATEGORIES = {"CATEGORY_DIGIT": r"\d", "CATEGORY_SPACE": r"\s"}


@cache
def _category(escape: str) -> frozenset[str]:
    return frozenset(re.findall(escape, "".join(map(chr, range(0x20000)))))
