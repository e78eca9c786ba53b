"""What a person decided about a finding. Decisions are added and never changed: the last one counts.

It counts for the values that it was made for: when they change, the finding is 待核实 again.
"""

from dataclasses import dataclass
from typing import Literal, get_args

Status = Literal[
    "待核实", "核实中", "属实", "已取证", "入底稿", "已反馈", "整改中", "复查消除", "误报", "口径差异", "豁免"
]  # fmt: skip
STATUSES: tuple[Status, ...] = get_args(Status)
#: A finding with one of these counts no more; it stays in every list.
DISMISSED: tuple[Status, ...] = ("误报", "口径差异", "豁免")
EXEMPT: Status = "豁免"


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision on the finding with this fingerprint as it was with these values.

    `decided` is the time in UTC (ISO 8601), `until` the last day on which an exemption holds ("2027-12-31"), "" for
    ever.
    """

    fingerprint: str
    values_hash: str
    status: Status
    person: str
    note: str = ""
    until: str = ""
    decided: str = ""
