"""Damaged samples: each is a document that keeps its promises, or a problem of the closed list; never an exception."""

from itertools import pairwise
from pathlib import Path
from random import Random
from typing import get_args

import pytest

from benchmarks.mutations import MUTATIONS, Mutation, mutated, tokens, within
from extract.ingest import read
from schemas.document import Document
from schemas.errors import Outcome, Problem

ARCHIVE = Path(__file__).parents[2] / "samples/archive"
#: One of each format, all of them whole.
NAMES = (
    ARCHIVE / "云川市林业局/2020-项目支出绩效自评报告.txt",
    ARCHIVE / "云川市林业局/2022-项目支出绩效自评报告.docx",
    ARCHIVE / "澜桥街道办事处/2023-项目支出绩效自评表.xlsx",
    ARCHIVE / "云川市残疾人联合会/2022-项目支出绩效自评报告.pdf",
)
SOURCES = [path.read_bytes() for path in NAMES]
#: What a worker, not a reader, says: nothing here may end so.
OF_WORKERS = {"ok", "timeout", "crash", "error"}


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_file_is_a_sound_document_or_a_problem_of_the_closed_list(seed: int) -> None:
    number, _, data = mutated(SOURCES, seed)
    result = read(data, NAMES[number].name)
    if isinstance(result, Problem):
        assert result.outcome in set(get_args(Outcome)) - OF_WORKERS, result
        assert result.message
    else:
        sound(result)


def sound(document: Document) -> None:
    text = document.text
    text.encode()  # no lone surrogates
    assert text.strip()
    assert all(0 <= block.start <= block.end <= len(text) for block in document.blocks)
    assert all(one.end <= other.start for one, other in pairwise(document.blocks))
    for table in document.tables:
        for cell in table.cells:
            assert cell.text == text[cell.start : cell.end]
            assert 0 <= cell.row < table.rows
            assert 0 <= cell.column < table.columns
    assert {problem.outcome for problem in document.problems} <= set(get_args(Outcome)) - {"ok"}


def test_the_samples_are_sound_undamaged() -> None:
    for path, data in zip(NAMES, SOURCES, strict=True):
        result = read(data, path.name)
        assert isinstance(result, Document), result
        assert not result.problems
        sound(result)


def test_a_mutation_is_the_same_every_time_and_seldom_the_file_itself() -> None:
    first, again = ([mutated(SOURCES, seed) for seed in range(60)] for _ in range(2))
    assert first == again
    assert {number for number, _, _ in first} == set(range(len(SOURCES)))
    assert sum(data == SOURCES[number] for number, _, data in first) < 3


@pytest.mark.parametrize("mutation", [*MUTATIONS, tokens, within], ids=lambda mutation: mutation.__name__)
def test_nothing_is_too_short_to_be_damaged(mutation: Mutation) -> None:
    for data in (b"", b"1", b'"1"', b"PK"):
        for seed in range(20):
            assert isinstance(mutation(data, Random(seed), b""), bytes)  # noqa: S311


def test_a_damaged_member_is_packed_again_with_a_right_checksum() -> None:
    # else every such file would end at the checksum, and no parser would be met
    docx = SOURCES[1]
    outcomes = [read(within(docx, Random(seed), b""), "自评.docx") for seed in range(20)]  # noqa: S311
    assert any(isinstance(outcome, Document) for outcome in outcomes)
    assert not any("CRC" in outcome.message for outcome in outcomes if isinstance(outcome, Problem))
