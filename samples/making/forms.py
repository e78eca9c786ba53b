"""The national self-evaluation form of 2020 (项目支出绩效自评表) as a grid, filled from a unit's series."""

from decimal import ROUND_HALF_UP, Decimal

from making.outline import Rows
from making.template import Pen
from making.units import CENT, Raw, percent

TITLE = "项目支出绩效自评表"
HEADINGS = ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施")
FULL = Decimal(10)


def execution_score(pen: Pen, form: Raw) -> Decimal:
    """Ten points times executed over adjusted budget, rounded to two decimals."""
    _, adjusted, spent = (pen.unit.need(key, pen.year).number for key in form["execution"])
    return (FULL * spent / adjusted).quantize(CENT, ROUND_HALF_UP)


def total_score(pen: Pen, form: Raw) -> Decimal:
    """The form's total: execution and every indicator."""
    return execution_score(pen, form) + sum((Decimal(row[6]) for row in form["rows"]), Decimal(0))


def form_grid(pen: Pen, form: Raw) -> Rows:
    """The whole form in eight columns; "<" and "^" are merged into the cell on the left and above."""
    return (
        ("项目名称", pen.unit.project, "<", "<", "<", "<", "<", "<"),
        ("主管部门", pen.unit.name, "<", "<", "实施单位", pen.unit.name, "<", "<"),
        *_funds(pen, form),
        ("年度总体目标", "预期目标", "<", "<", "实际完成情况", "<", "<", "<"),
        ("^", form["goal"][0], "<", "<", form["goal"][1], "<", "<", "<"),
        HEADINGS,
        *_indicators(pen, form),
        ("总分", "<", "<", "<", "<", "100", f"{total_score(pen, form):.2f}", "—"),
    )


def _funds(pen: Pen, form: Raw) -> Rows:
    first, adjusted, spent = (pen.unit.need(key, pen.year).number for key in form["execution"])
    money = tuple(f"{number:.2f}" for number in (first, adjusted, spent))
    rate = f"{percent(spent, adjusted)}%"
    none = ("0.00", "0.00", "0.00", "—", "—", "—")
    return (
        ("项目资金（万元）", "资金来源", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"),
        ("^", "年度资金总额", *money, f"{FULL}", rate, f"{execution_score(pen, form):.2f}"),
        ("^", "其中：当年财政拨款", *money, "—", rate, "—"),
        ("^", "上年结转资金", *none),
        ("^", "其他资金", *none),
    )


def _indicators(pen: Pen, form: Raw) -> Rows:
    """The indicator rows; a first- or second-level head that repeats is merged into the one above."""
    rows, above = [], ["", ""]
    for row in form["rows"]:
        cells = [pen.write(cell).text for cell in row]
        shown = ["^" if cells[:level] == above[:level] else cells[level - 1] for level in (1, 2)]
        above = cells[:2]
        rows.append((*shown, *cells[2:7], cells[7] or "无"))
    return tuple(rows)
