"""The summary of a run: every input accounted for, and what the documents among the inputs hold."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from pipelines.plan import Plan
from pipelines.store import Store
from schemas.errors import Outcome
from schemas.finding import SEVERITIES
from schemas.relation import RelationVerdict

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
    documents of this run with their seconds.
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


def summarise(store: Store, plan: Plan, run: int, seconds: Mapping[str, float]) -> RunSummary:
    """The summary of a run that worked `seconds` on each document that it came to."""
    unreached = set(plan.todo) - set(seconds)
    reached = [sha256 for sha256 in plan.files if sha256 not in unreached]
    failures = _failures(store, plan, reached)
    files = sum(len(plan.files[sha256]) for sha256 in reached)
    missed = sum(len(plan.files[sha256]) for sha256 in unreached)
    outcomes = Counter(failure.outcome for failure in failures)
    outcomes["ok"] = files + len(plan.refused) - outcomes.total()
    documents = store.rows("documents", document=reached)
    return RunSummary(
        run=run,
        inputs=files + missed + len(plan.refused),
        read=len(seconds),
        skipped=len(plan.files) - len(plan.todo),
        duplicates=files + missed - len(plan.files),
        unreached=missed,
        gone=len(plan.gone),
        outcomes={outcome: outcomes[outcome] for outcome in get_args(Outcome) if outcomes[outcome]},
        figures=sum(row["figures"] or 0 for row in documents),
        claims=store.count("claims", document=reached)[0]["n"],
        numerals={kind: sum(row[column] or 0 for row in documents) for kind, column in _NUMERALS.items()},
        relations=_tally(store, "relations", "verdict", get_args(RelationVerdict), reached),
        findings=_tally(store, "findings", "severity", SEVERITIES, reached),
        slowest=_slowest(plan, seconds),
        failures=failures,
    )


def _failures(store: Store, plan: Plan, reached: list[str]) -> tuple[Failure, ...]:
    """Failures among the inputs, in the order of their files."""
    rows = store.rows("failures", document=reached)
    found = [Failure(row["source"], row["outcome"], row["message"], row["place"]) for row in rows]
    refused = [
        Failure(item.source, item.problem.outcome, item.problem.message, item.problem.place)
        for item in plan.refused
        if item.problem
    ]
    return tuple(sorted(found + refused, key=lambda failure: failure.source))


def _tally(store: Store, view: str, column: str, values: tuple[str, ...], documents: list[str]) -> dict[str, int]:
    found = {row[column]: row["n"] for row in store.count(view, column, document=documents)}
    return {value: found.get(value, 0) for value in values}


def _slowest(plan: Plan, seconds: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    slowest = sorted(seconds.items(), key=lambda item: (-item[1], item[0]))[:SLOWEST]
    return tuple((plan.files[sha256][0].source, spent) for sha256, spent in slowest)
