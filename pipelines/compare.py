"""One concept across years and units: the records of the store side by side, as they were stated.

with Store("jihe-store") as store:
    rows = compare(store, concept="年末在职人数", years=["2022", "2023"])
    print(pivot(rows).to_string())
"""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipelines.store import Store

if TYPE_CHECKING:
    import pandas as pd

#: The columns of a comparison; `unit` is the unit of measure, `unit_name` the body that reports.
COLUMNS = (
    "concept", "dimension", "role", "unit_name", "region", "year", "reported", "project", "kind", "value", "unit",
    "approx", "low", "high", "text", "source", "place", "document", "figure",
)  # fmt: skip
#: What the rows of a pivot are: only values of one dimension and role stand in one row.
ROWS = ("concept", "dimension", "role", "unit", "unit_name")

UNDATED = "年度不详"

_SIGNS = {"about": "≈", "over": ">", "nearly": "<", "at_least": "≥", "at_most": "≤", "vague": "≈"}
_OPTIONS = ("concept", "unit_name", "region", "year", "kind", "project", "role", "dimension")


def compare(
    store: Store,
    *,
    concept: str | None = None,
    unit: str | None = None,
    units: Collection[str] | None = None,
    region: str | None = None,
    years: Collection[str] | None = None,
    kind: str | None = None,
    project: str | None = None,
    role: str | None = None,
    dimension: str | None = None,
) -> "pd.DataFrame":
    """The records that meet all of the given conditions, one a row, in the order of what they are about.

    `year` is the year that a value is of, `reported` the year of the report that states it: this year's report also
    states last year's figure. `unit` is one reporting body, `units` several; `kind` is a kind of report. Values are
    decimals; a range has none, but `low` and `high`. `place` says for a person where in `source` the value stands.
    """
    import pandas as pd

    wanted = (concept, units if unit is None else unit, region, years, kind, project, role, dimension)
    conditions: dict[str, Any] = {
        name: value for name, value in zip(_OPTIONS, wanted, strict=True) if value is not None
    }
    rows = [{**row, "place": _place(row)} for row in store.rows("comparisons", **conditions)]
    rows.sort(key=lambda row: [row[name] or "" for name in (*ROWS, "year")])
    return pd.DataFrame([[row[name] for name in COLUMNS] for row in rows], columns=list(COLUMNS), dtype=object)


def _place(row: Mapping[str, Any]) -> str:
    if row["cell"]:
        return f"{row['sheet'] or ''}!{row['cell']}"
    return f"第{row['page']}页" if row["page"] else f"第{row['figure'].replace(':', '～')}字"


def pivot(rows: "pd.DataFrame") -> "pd.DataFrame":
    """Concepts of units as rows, years as columns.

    A cell is the decimal that all records of it agree on; text where they disagree ("60；62") or are not plain
    ("≥95", "3～5"); None where a year has no record, which is not 0.
    """
    import pandas as pd

    cells: dict[tuple[Any, ...], dict[str, list[Mapping[str, Any]]]] = {}
    for values in rows.itertuples(index=False, name=None):
        row = dict(zip(COLUMNS, values, strict=True))
        years = cells.setdefault(tuple(row[name] for name in ROWS), {})
        years.setdefault(row["year"] or UNDATED, []).append(row)
    names = sorted({year for years in cells.values() for year in years})
    table = [[*key, *(_cell(years.get(year, ())) for year in names)] for key, years in cells.items()]
    return pd.DataFrame(table, columns=[*ROWS, *names], dtype=object)


def _cell(records: Iterable[Mapping[str, Any]]) -> Decimal | str | None:
    """What the records of one year say."""
    values = [_stated(record) for record in records]
    distinct = [value for index, value in enumerate(values) if value not in values[:index]]
    if len(distinct) <= 1:
        return distinct[0] if distinct else None
    return "；".join(value if isinstance(value, str) else f"{value:f}" for value in distinct)


def _stated(record: Mapping[str, Any]) -> Decimal | str:
    value, approx = record["value"], record["approx"]
    if value is None:
        return "～".join("" if bound is None else f"{bound:f}" for bound in (record["low"], record["high"]))
    return f"{_SIGNS.get(approx, '')}{value:f}" if approx else value
