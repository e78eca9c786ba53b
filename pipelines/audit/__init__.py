"""Relations found in a report, recomputed exactly, and judged. One small function for each check, one tuple of all."""

from pipelines.audit import outline, report, scores
from pipelines.audit.check import Check, both
from pipelines.audit.context import Context
from pipelines.audit.sentence import (
    chain,
    changes,
    directions,
    inclusion,
    products,
    rates,
    samples,
    sums,
    surplus,
    wording,
    zero,
)
from pipelines.audit.table import execution, indicators, links, marks, points, remarks, solve
from pipelines.audit.text import blanks, conclusions, lists, magnitudes, repeats, residue, spending
from schemas.extraction import Extraction
from schemas.finding import Finding
from schemas.relation import Relation

#: Raised when a check changes what it finds: stored findings of another version are checked anew.
VERSION = "2"

CHECKS: tuple[Check, ...] = (
    Check("A01", "分项之和与合计", "error", "合计应等于所列全部分项之和", sums.find),
    Check("A02", "占比、完成率复算", "error", "比率应等于分子除以所指基数", rates.find),
    Check("A03", "同比增减复算", "error", "本期、上期、增减额、增减率应相互吻合", changes.find),
    Check("A04", "零基期的增减率", "error", "上期为零时增减率无从计算", zero.find),
    Check("A05", "方向词与数值", "error", "大于、小于、持平等说法应与所印数值相符", directions.find),
    Check("A06", "预算、支出与结余", "error", "预算（到位）减支出应等于结余", surplus.find),
    Check("A07", "数量、标准与金额", "warn", "数量乘标准应等于金额", products.find),
    Check("A08", "比率与样本量", "warn", "样本为整数，比率只能取若干个值", samples.find),
    Check("A09", "修饰词与单位", "info", "同一个数的修饰词不应相反或重复，单位应完整", wording.find),
    Check("B01", "同一指标前后一致", "error", "同一指标在全文各处应为同一数值", repeats.find),
    Check("B02", "声明数与列举数", "warn", "声明的数量应等于列举的项数", lists.find),
    Check("B03", "预算链与资金链", "error", "起数加减各项应等于止数", chain.find),
    Check("B04", "部分不大于整体", "error", "所含的部分不应大于整体", inclusion.find),
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
    Check("E01", "执行率的分母", "error", "比率应以所指的数为基数", both(rates.misnamed, execution.rates)),
    Check(
        "E02",
        "率值的范围",
        "warn",
        "到位率、执行率应在0与100%之间，基数不能为零",
        both(spending.bounds, execution.limits),
    ),
    Check("E03", "执行率与结余", "warn", "支出率为100%时不应有结余", spending.surplus),
    Check("F01", "数量级", "error", "同一个数各处的单位应一致", magnitudes.find),
    Check("I03", "他年度、他单位的残留", "warn", "年度与单位应为本报告的年度与单位", residue.find),
    Check("J01", "提纲与编号", "info", "各级标题编号应连续，规定部分应齐全", outline.numbering),
    Check("J02", "占位符与空节", "warn", "模板各处应填写完整", blanks.find),
    Check("K01", "结论与事实", "warn", "结论不应与报告中的事实相反", conclusions.find),
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
