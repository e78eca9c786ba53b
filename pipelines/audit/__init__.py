"""Relations found in a report, recomputed exactly, and judged. One small function for each check, one tuple of all."""

from pipelines.audit import outline, report, scores
from pipelines.audit.check import Check
from pipelines.audit.context import Context
from pipelines.audit.sentence import changes, rates, sums, wording
from pipelines.audit.table import execution, indicators, links, marks, points, remarks, solve
from pipelines.audit.text import lists, repeats
from schemas.extraction import Extraction
from schemas.finding import Finding
from schemas.relation import Relation

#: Raised when a check changes what it finds: stored findings of another version are checked anew.
VERSION = "2"

CHECKS: tuple[Check, ...] = (
    Check("A01", "分项之和与合计", "error", "合计应等于所列全部分项之和", sums.find),
    Check("A02", "占比、完成率复算", "error", "比率应等于分子除以所指基数", rates.find),
    Check("A03", "同比增减复算", "error", "本期、上期、增减额、增减率应相互吻合", changes.find),
    Check("A09", "修饰词与单位", "info", "同一个数的修饰词不应相反或重复，单位应完整", wording.find),
    Check("B01", "同一指标前后一致", "error", "同一指标在全文各处应为同一数值", repeats.find),
    Check("B02", "声明数与列举数", "warn", "声明的数量应等于列举的项数", lists.find),
    Check("C01", "正文与表格", "error", "正文与表格中的同一数应相等", links.find),
    Check("C02", "表内行、列合计", "error", "合计行、合计列应等于其所含各项之和", solve.of("C02")),
    Check("C03", "层级与重复计数", "error", "上级应等于下级之和，同一数不应重复计入", solve.within_levels),
    Check("C04", "自评表资金合计", "error", "年度资金总额应等于各来源之和", solve.of("C04")),
    Check("C05", "各表指标值", "error", "同一指标的目标值、完成值在各表应相同", indicators.find),
    Check("C06", "三公经费结构", "error", "三公经费应等于出国、公务用车（购置、运行）、接待之和", solve.of("C06")),
    Check("C07", "决算表间关系", "error", "收支总计、结转结余和各表之间的同一数应相互吻合", solve.of("C07")),
    Check("C08", "政府采购", "error", "采购总额应等于货物、工程、服务之和，占比应等于金额除以所指基数", solve.procured),
    Check("D01", "分值合计与权重", "error", "分值应合计为满分，一级指标分值应合规定", points.weights),
    Check("D02", "得分越界", "error", "得分应在零与分值之间", points.bounds),
    Check("D03", "预算执行率得分", "error", "预算执行得分应等于分值乘以执行率", marks.execution),
    Check("D04", "定量指标得分", "warn", "定量指标得分应按完成值与目标值计算", marks.quantitative),
    Check("D05", "定性指标分档", "warn", "定性指标得分应在所评档次的范围内", marks.qualitative),
    Check("D06", "得分合计", "error", "总分应等于各项得分之和", points.totals),
    Check("D07", "等级与分数", "error", "等级应与得分所在分数段对应", scores.grades),
    Check("D08", "未达标无原因", "warn", "未得满分、未达目标或远超目标的应说明原因", remarks.reasons),
    Check("D09", "得分与执行率背离", "review", "指标得分率与预算执行率不应相差过大", remarks.divergence),
    Check("E01", "执行率分母身份", "error", "执行率应等于执行数除以所指的预算数", execution.rates),
    Check("E02", "率值越界或分母为零", "warn", "执行率不应超过100%，预算数为零则无执行率", execution.limits),
    Check("J01", "提纲与编号", "info", "各级标题编号应连续，规定部分应齐全", outline.numbering),
)


def audit(extraction: Extraction) -> tuple[tuple[Relation, ...], tuple[Finding, ...]]:
    """All relations of a document, in text order, and the findings that follow from them, from grave to light."""
    context = Context(extraction)
    relations: dict[str, Relation] = {}
    findings: list[Finding] = []
    for check in CHECKS:
        for found in check.find(context):
            kept = report.relation(check, context, found)
            if kept.id in relations:
                continue
            relations[kept.id] = kept
            finding = report.finding(check, context, found, kept)
            if finding is not None:
                findings.append(finding)
    findings = list(report.distinct(findings))
    in_order = sorted(relations.values(), key=lambda one: (one.operands[0].span, one.check, one.id))
    return tuple(in_order), tuple(report.numbered(sorted(findings, key=report.order)))


__all__ = ["CHECKS", "VERSION", "audit"]
