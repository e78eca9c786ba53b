"""Writes down what is true of the archive: identities, series, planted faults, look-alikes and gold figures."""

import json
from typing import Any

from making.archive import Made
from making.numerals import canonical
from making.template import Gold
from making.units import Unit

YEARS = range(2020, 2024)


def truth_files(units: tuple[Unit, ...], archive: tuple[Made, ...]) -> dict[str, str]:
    """The truth files by their path under `truth/`."""
    files = {
        "identity.json": _json({made.file: _identity(made) for made in archive}),
        "series.json": _json(_series(units)),
        "faults.jsonl": _lines([{"file": made.file, **entry} for made in archive for entry in made.faults]),
        "lookalikes.jsonl": _lines([{"file": made.file, **entry} for made in archive for entry in made.lookalikes]),
    }
    for made in archive:
        if made.plain:
            files[f"figures/{made.file.removesuffix('.txt')}.figures.jsonl"] = _lines(
                [_gold(gold) for gold in made.figures]
            )
    return files


def _identity(made: Made) -> dict[str, Any]:
    known = made.outcome == "ok"
    project = known and made.kind != "其他"
    return {
        "unit": made.unit.name if known else None,
        "region": made.unit.region if known else None,
        "year": str(made.year) if known else None,
        "kind": made.kind if known else None,
        "project": made.unit.project if project else None,
        "score": f"{made.score.normalize():f}" if made.score is not None else None,
        "grade": made.grade if made.kind == "项目自评" else None,
        "outcome": made.outcome,
    }


def _series(units: tuple[Unit, ...]) -> dict[str, dict[str, dict[str, dict[str, str]]]]:
    """Concept → unit → year → canonical value, unit and role: the true values, whatever a fault prints."""
    table: dict[str, dict[str, dict[str, dict[str, str]]]] = {"年初预算": {}, "全年预算": {}}
    for unit in units:
        for key, entry in unit.series.items():
            concept = entry.get("concept") or (key if key in table else None)
            for year in YEARS:
                value = unit.value(key, year) if concept else None
                if concept and value:
                    _, number, name = canonical(value.number, value.unit)
                    row = {"value": f"{number:f}", "unit": name, "role": value.role}
                    table.setdefault(concept, {}).setdefault(unit.name, {})[str(year)] = row
    return table


def _gold(gold: Gold) -> dict[str, Any]:
    quantity = gold.quantity
    return {
        "start": gold.start,
        "end": gold.end,
        "raw": gold.raw,
        "kind": quantity.kind,
        "value": f"{quantity.value:f}",
        "unit": quantity.unit,
        "low": None,
        "high": None,
        "approx": quantity.approx,
        "subject": gold.subject,
        "role": gold.role,
        "period": gold.period,
        "optional": gold.optional,
        "note": gold.note,
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
