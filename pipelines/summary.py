"""The summary of a run: every input accounted for, and what the documents among the inputs hold."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pipelines.plan import Plan
from pipelines.store import Store
from schemas.errors import Outcome, Problem
from schemas.finding import SEVERITIES
from schemas.relation import RelationVerdict

Row = Mapping[str, Any]

#: How many of the slowest documents are named.
SLOWEST = 5

_NUMERALS = {"figure": "figures", "date": "dates", "identifier": "identifiers", "unexplained": "unexplained"}


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that was not read, or not read wholly (outcome "partial")."""

    source: str
    outcome: Outcome
    message: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run found and did. `outcomes` counts files and adds up, with `unreached`, to `inputs`.

    `read` are the documents that this run worked on, whatever their outcome; `skipped` those done before; `duplicates`
    files with the bytes of another one; `unreached` files that a stopped run did not come to; `gone` files that the
    store knew and that are no longer there. The figures, claims, numerals (by what they are), relations (by verdict)
    and findings (by severity) are those of all documents among the inputs, whichever run read them. `slowest` names
    documents of this run with their seconds. `left_out` are entries of bundles that are no documents: folders, links,
    what systems leave behind; they are no inputs.
    """

    run: int
    inputs: int
    read: int
    skipped: int
    duplicates: int
    unreached: int
    gone: int
    outcomes: Mapping[str, int]
    figures: int
    claims: int
    numerals: Mapping[str, int]
    relations: Mapping[str, int]
    findings: Mapping[str, int]
    slowest: tuple[tuple[str, float], ...]
    failures: tuple[Failure, ...]
    left_out: int = 0


def summarise(store: Store, plan: Plan, run: int, seconds: Mapping[str, float]) -> RunSummary:
    """The summary of a run that worked `seconds` on each document that it came to."""
    unreached = set(plan.todo) - set(seconds)
    reached = [sha256 for sha256 in plan.files if sha256 not in unreached]
    documents = store.rows("documents", document=reached)
    files = sum(map(len, plan.files.values()))
    return RunSummary(
        run=run,
        inputs=files + len(plan.refused),
        read=len(seconds),
        skipped=len(plan.files) - len(plan.todo),
        duplicates=files - len(plan.files),
        unreached=sum(len(plan.files[sha256]) for sha256 in unreached),
        gone=len(plan.gone),
        outcomes=_outcomes(plan, documents),
        figures=_total(documents, "figures"),
        claims=store.count("claims", document=reached)[0]["n"],
        numerals={kind: _total(documents, column) for kind, column in _NUMERALS.items()},
        relations=_tally(store, "relations", "verdict", get_args(RelationVerdict), reached),
        findings=_tally(store, "findings", "severity", SEVERITIES, reached),
        slowest=_slowest(plan, seconds),
        failures=_failures(plan, documents),
    )


def _total(documents: Sequence[Row], column: str) -> int:
    return sum(row[column] or 0 for row in documents)


def _outcomes(plan: Plan, documents: Sequence[Row]) -> dict[str, int]:
    """The number of files with each outcome that there was, in the order of `Outcome`."""
    counts = Counter(item.problem.outcome for item in plan.refused if item.problem)
    for row in documents:
        counts[row["outcome"]] += len(plan.files[row["document"]])
    return {outcome: counts[outcome] for outcome in get_args(Outcome) if counts[outcome]}


def _failures(plan: Plan, documents: Sequence[Row]) -> tuple[Failure, ...]:
    """The failures among the inputs, in the order of their names."""
    refused = [(item, item.problem) for item in plan.refused if item.problem]
    failed = [
        (item, Problem(row["outcome"], row["message"], row["place"]))
        for row in documents
        if row["outcome"] != "ok"
        for item in plan.files[row["document"]]
    ]
    found = [Failure(item.source, what.outcome, what.message, what.place) for item, what in refused + failed]
    return tuple(sorted(found, key=lambda failure: failure.source))


def _tally(store: Store, view: str, column: str, values: tuple[str, ...], documents: list[str]) -> dict[str, int]:
    found = {row[column]: row["n"] for row in store.count(view, column, document=documents)}
    return {value: found.get(value, 0) for value in values}


def _slowest(plan: Plan, seconds: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    slowest = sorted(seconds.items(), key=lambda item: (-item[1], item[0]))[:SLOWEST]
    return tuple((plan.files[sha256][0].source, spent) for sha256, spent in slowest)
