"""What the words around a figure say of it: subject, role, direction and base of a change, period."""

from dataclasses import dataclass

from schemas.figure import Direction, Role

#: Stands for the year before the report's, until the report's year is known.
LAST_YEAR = "上年"


@dataclass(frozen=True, slots=True)
class Context:
    """What the words around a figure say of it; `money` tells that the figure is an amount."""

    subject: str = ""
    role: Role | None = None
    direction: Direction | None = None
    base: str | None = None
    period: str | None = None
    money: bool = False
