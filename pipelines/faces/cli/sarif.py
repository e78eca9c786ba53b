"""Findings as SARIF 2.1.0, which code hosts and editors show beside the file."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from pipelines.faces.cli.command import release

Row = Mapping[str, Any]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"error": "error", "warn": "warning", "review": "note", "info": "note"}


def sarif(findings: Sequence[Row]) -> dict[str, Any]:
    """One run with all findings; every check is a rule."""
    from pipelines.audit import CHECKS

    rules = [
        {
            "id": check.id,
            "shortDescription": {"text": check.title},
            "fullDescription": {"text": check.basis},
            "defaultConfiguration": {"level": LEVELS[check.severity]},
        }
        for check in CHECKS
    ]
    driver = {"name": "jihe", "fullName": "绩核", "semanticVersion": release(), "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(row) for row in findings],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(row: Row) -> dict[str, Any]:
    recomputed = f"复算：{row['recomputation']}" if row["recomputation"] else ""
    first, *rest = [_location(one) for one in row["evidence"]]
    return {
        "ruleId": row["check"],
        "level": LEVELS[row["severity"]],
        "message": {"text": row["statement"] + recomputed},
        "locations": [first],
        "relatedLocations": rest,
        "partialFingerprints": {"place/v1": row["fingerprint"], "values/v1": row["values_hash"]},
        "properties": {"severity": row["severity"]},
    }


def _location(evidence: Row) -> dict[str, Any]:
    """A place; offsets are given for plain text only, where they are those of the file."""
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(evidence["source"])}}
    if evidence["source"].lower().endswith(".txt"):
        physical["region"] = {
            "charOffset": evidence["start"],
            "charLength": evidence["end"] - evidence["start"],
            "snippet": {"text": evidence["text"]},
        }
    return {
        "physicalLocation": physical,
        "logicalLocations": [{"name": evidence["place"], "kind": "place"}],
        "message": {"text": f"{evidence['place']}：{evidence['snippet']}"},
    }
