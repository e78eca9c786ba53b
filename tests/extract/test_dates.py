"""Each pattern of dates.toml finds its own examples with their value, and none of its look-alikes."""

import re
from typing import Any, get_args

import pytest

from extract.find.dates import date_value, patterns
from extract.lexicon import load
from schemas.mention import DateKind

ENTRIES = load("dates")["pattern"]


def _found(rule: str, text: str) -> list[tuple[str, str]]:
    pattern = next(pattern for name, _, pattern in patterns() if name == rule)
    return [(match.group(), date_value(match)) for match in pattern.finditer(text) if date_value(match)]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["rule"])
def test_examples_are_found_whole(entry: dict[str, Any]) -> None:
    for example, value in entry["is"]:
        text, wanted = re.sub("[«»]", "", example), re.findall("«(.*?)»", example)
        assert _found(entry["rule"], text) == [(raw, value) for raw in wanted], text


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["rule"])
def test_look_alikes_are_not(entry: dict[str, Any]) -> None:
    for text in entry["not"]:
        assert _found(entry["rule"], text) == [], text


def test_rules_are_unique_and_sorts_are_of_the_closed_list() -> None:
    rules = [entry["rule"] for entry in ENTRIES]
    assert len(rules) == len(set(rules))
    assert {entry["sort"] for entry in ENTRIES} <= set(get_args(DateKind))
