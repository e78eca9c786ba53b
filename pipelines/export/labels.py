"""The Chinese labels of every field and of every word of a closed list, from one table: `labels.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _table() -> Mapping[str, Any]:
    with (Path(__file__).parent / "labels.toml").open("rb") as file:
        return tomllib.load(file)


def label(column: str) -> str:
    """The heading of a column; a name without a label (a year in a pivot) stays as it is."""
    return str(_table()["columns"].get(column, column))


def word(column: str, value: str) -> str:
    """The label of a word in a column ("spent" in "role"), or the text itself."""
    return str(_table()["words"].get(column, {}).get(value, value))
