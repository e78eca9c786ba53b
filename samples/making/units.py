"""The units of the archive and their series of values, read from `samples/data/*.toml`."""

import tomllib
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

Raw = dict[str, Any]
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a series in one year: as printed, and what a gold file needs to say about it.

    `sign` is -1 for a change that is a decrease, else 1: the printed form never carries it.
    """

    printed: str
    unit: str
    subject: str
    role: str
    sign: int = 1

    @property
    def number(self) -> Decimal:
        """The printed number as a Decimal."""
        return Decimal(self.printed.replace(",", ""))


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit with its series, reports and forms; the latter two as plain TOML tables."""

    name: str
    self_name: str
    region: str
    project: str
    order: int
    relations: tuple[str, ...]
    series: dict[str, Raw]
    reports: tuple[Raw, ...]
    forms: tuple[Raw, ...]

    def value(self, key: str, year: int) -> Value | None:
        """The value of a series in a year; None where the series has none."""
        entry = self.series[key]
        if "values" in entry:
            return self._stored(entry, year)
        return self._rate(entry, year) if "rate" in entry else self._change(entry, year)

    def need(self, key: str, year: int) -> Value:
        """As `value`, for a place that cannot do without it."""
        found = self.value(key, year)
        if found is None:
            raise KeyError(f"{self.name}：{year} 年没有 {key}")
        return found

    def _stored(self, entry: Raw, year: int) -> Value | None:
        index = year - entry["first"]
        printed = entry["values"][index] if 0 <= index < len(entry["values"]) else ""
        return Value(printed, entry["unit"], entry["subject"], entry["role"]) if printed else None

    def _rate(self, entry: Raw, year: int) -> Value | None:
        part, whole = (self.value(key, year) for key in entry["rate"])
        if part is None or whole is None:
            return None
        return Value(percent(part.number, whole.number), "%", entry["subject"], entry["role"])

    def _change(self, entry: Raw, year: int) -> Value | None:
        key = entry.get("rise") or entry["growth"]
        now, before = self.value(key, year), self.value(key, year - 1)
        if now is None or before is None:
            return None
        difference = now.number - before.number
        sign = -1 if difference < 0 else 1
        if "growth" in entry:
            return Value(percent(abs(difference), before.number), "%", entry["subject"], entry["role"], sign)
        return Value(f"{abs(difference)}", entry.get("unit", now.unit), entry["subject"], entry["role"], sign)


def percent(part: Decimal, whole: Decimal) -> str:
    """100 · part / whole with two decimals, rounded half up as the reports do."""
    return f"{(100 * part / whole).quantize(CENT, ROUND_HALF_UP)}"


def load_units(folder: Path) -> tuple[Unit, ...]:
    """All units of the data folder in the order that they state."""
    tables = [tomllib.loads(path.read_text("utf-8")) for path in folder.glob("*.toml") if path.name != "common.toml"]
    return tuple(_unit(table) for table in sorted(tables, key=lambda table: int(table["order"])))


def load_slots(folder: Path) -> dict[str, list[str]]:
    """The sentences that any unit may use, by slot."""
    slots: dict[str, list[str]] = tomllib.loads((folder / "common.toml").read_text("utf-8"))["slots"]
    return slots


def _unit(table: Raw) -> Unit:
    return Unit(
        name=table["name"],
        self_name=table["self"],
        region=table["region"],
        project=table["project"],
        order=table["order"],
        relations=tuple(table["relations"]),
        series=table["series"],
        reports=tuple(table["report"]),
        forms=tuple(table["form"]),
    )
