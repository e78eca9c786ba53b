"""What the columns of a form hold, as the labels above them tell."""

import re
from collections.abc import Mapping
from functools import lru_cache

from extract import lexicon
from extract.grid import Head, plain

LEVELS = ("level1", "level2", "level3")
#: The parts of a claim that make a table of indicators one.
PARTS = ("target", "actual", "weight", "score")
#: Heads whose columns are kept; the rows of one stand together.
_KEPT = 64
_MONEY = ("budget", "adjusted", "received", "spent", "rate")


@lru_cache(maxsize=_KEPT)
def indicator_columns(head: Head, columns: range) -> Mapping[str, int]:
    """The column of each role of an indicator among some columns; none where they hold no indicators.

    Of several columns with one role the first behind the innermost level counts: 一级指标 | 分值 | 二级指标 | 分值. Of
    several that could name the indicator the one with the first name does: 绩效指标 | 一级指标 | 二级指标 | 三级指标.
    """
    roles = _roles(head, columns, "columns")
    levels = {level: min(roles[level])[1] for level in LEVELS if level in roles}
    last = max(levels.values(), default=-1)
    found = dict(levels)
    for role, ranked in roles.items():
        places = sorted(column for _, column in ranked)
        found.setdefault(role, next((column for column in places if column > last), places[0]))
    return found if levels and any(part in found for part in PARTS) else {}


@lru_cache(maxsize=_KEPT)
def fund_columns(head: Head, columns: range) -> Mapping[str, int]:
    """The column of each role of a block of funds; none where a head is of something else."""
    if indicator_columns(head, columns):
        return {}
    roles = {role: min(column for _, column in ranked) for role, ranked in _roles(head, columns, "funds").items()}
    return roles if sum(role in roles for role in _MONEY) > 1 else {}


@lru_cache(maxsize=_KEPT)
def goal_columns(head: Head, columns: range) -> Mapping[int, str]:
    """The role (expected or actual) of each column of goals; none where a head is of something else."""
    if indicator_columns(head, columns) or fund_columns(head, columns):
        return {}
    roles = _roles(head, columns, "goals")
    return {column: role for role, ranked in roles.items() for _, column in ranked} if "expected" in roles else {}


def _roles(head: Head, columns: range, table: str) -> dict[str, list[tuple[int, int]]]:
    """The columns of each role, with the rank of the name among those of its role; the innermost label decides."""
    found: dict[str, list[tuple[int, int]]] = {}
    for column in columns:
        labels = (re.sub(r"[（(].*?[）)]|[：:]", "", plain(label)) for label in reversed(head.paths[column]))
        named = next(filter(None, (_role(label, table) for label in labels)), None)
        if named:
            role, rank = named
            found.setdefault(role, []).append((rank, column))
    return found


@lru_cache(maxsize=4096)
def _role(label: str, table: str) -> tuple[str, int] | None:
    """The role of a label that ends with one of its names, the longest deciding, and the rank of that name."""
    roles: dict[str, list[str]] = lexicon.load("indicators")[table]
    fitting = [
        (len(name), role, rank)
        for role, names in roles.items()
        for rank, name in enumerate(names)
        if label.endswith(name)
    ]
    return max(fitting)[1:] if fitting and len(label) <= 16 else None
