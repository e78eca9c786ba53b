"""Numerals that name and do not count: document numbers, ordinals, list numbers, codes, slogans, names.

The sorts are a closed list (`schemas.mention.IdentifierKind`); each pattern below says one of them in positive terms.
Nothing becomes an identifier because it was left over.
"""

import re
from collections.abc import Iterator
from functools import cache

from extract.lexicon import load
from extract.numerals import ENCLOSED
from extract.passages import Passage
from schemas.mention import IdentifierKind, Mention

_N = "[0-9０-９]"
_CN = "[一二两三四五六七八九十百千〇零]"
_NUMBER = rf"(?:{_N}+(?:[.．]{_N}+)?|{_CN}+)"
_NOT_AFTER_DIGIT = r"(?<![0-9０-９.．,，])"
_OPEN, _CLOSE = "〔\\[（(【﹝［〈{", "〕\\]）)】﹞］〉}"
_QUOTED = r"[“\"「『‘]([^”\"」』’“‘\n]{1,16})[”\"」』’]"
_LINE = r"(?:(?<=\n)|(?<=\r)|\A)[ \t\u3000\xa0]*"
_LINE_OR_STOP = r"(?:(?<=[\n\r。；;：:！!？?\t])|\A)[ \t\u3000\xa0]*"
# classifiers with which a Chinese numeral really counts: 三名教师五名学生 is no slogan
_STRONG = "个名家户人次项件起条台辆所座处场期份套支笔批位天年月日元分万亿"

#: (rule, sort, pattern). Where two overlap, the longer match is kept.
_PATTERNS: tuple[tuple[str, IdentifierKind, re.Pattern[str]], ...] = (
    (
        "文号",
        "document_number",
        re.compile(
            rf"[\u4e00-\u9fa5A-Za-z]{{0,8}}\s*[{_OPEN}]\s*{_N}{{4}}\s*年?\s*[{_CLOSE}]\s*第?\s*{_N}+(?:[-—]{_N}+)?\s*号"
        ),
    ),
    (
        "号令",
        "document_number",
        re.compile(rf"(?:第\s*{_NUMBER}\s*号(?:令|公告|文件|文)?|(?:令|公告|通告)\s*{_N}{{4}}年第{_N}+号)"),
    ),
    ("法条", "article", re.compile(rf"第\s*{_NUMBER}\s*[条款目章节编](?:之{_CN}+)?(?:第\s*{_NUMBER}\s*[条款项目])*")),
    (
        "序数",
        "ordinal",
        re.compile(
            rf"第\s*{_NUMBER}(?:[、—-]{_NUMBER})*\s*(?:个|届|次|名|位|批|期|季度|年度?|产业|方|者|轮|阶段|代|类|种|卷|版|站|组|台|所|学段|分)?"
        ),
    ),
    (
        "位次",
        "ordinal",
        re.compile(rf"(?:居|列|排名?|名列|位列|位居|跻身|进入|跃居)[\u4e00-\u9fa5]{{0,6}}?前{_NUMBER}[名位强]?"),
    ),
    ("前几名", "ordinal", re.compile(rf"前{_NUMBER}(?:[名位强]|(?=[，。、；）)\n]))")),
    (
        "产业",
        "ordinal",
        re.compile(r"[一二三](?:[、，][一二三])*次?产业|[一二三]产(?![品量])|[一二三四](?:[、，][二三四五])+[级类线]"),
    ),
    (
        "等级",
        "ordinal",
        re.compile(
            r"(?<![\u4e00-\u9fa5]分)[一二三四五六七八九十](?:级(?!差|别)|(?<=[一二])类(?!似)|类(?=[地医]|以上)|线(?=[城岗工人职员科教队]))(?:及以上|以上|以下|及以下)?"
        ),
    ),
    ("奖等", "award", re.compile(r"[一二三四五六特]等(?:奖|功)?(?!级|次|于|待|候)")),
    ("佳强", "award", re.compile(rf"(?:[百十千双]|{_N}+)(?:佳|优|强)(?!化|调|制|势|度)")),
    (
        "工程期次",
        "ordinal",
        re.compile(
            r"[一二三四五六七八九十](?:[、和][二三四五])*期(?=工程|项目|建设|改造|）|\)|用地|厂|扩建)|(?<=[目程区园房厂库])[一二三四五六七八九十]期"
        ),
    ),
    (
        "号",
        "ordinal",
        re.compile(
            rf"[A-Za-z]?{_NOT_AFTER_DIGIT}(?:{_N}+|{_CN}+)号(?!召)(?:楼|线|机组|地块|院|门|库|桥|标段|井|路|文件|文)?"
        ),
    ),
    ("其几", "list_number", re.compile(r"其[一二三四五六七八九十](?=[，,是：])")),
    (
        "一是",
        "list_number",
        re.compile(
            rf"(?:(?<=[。；;，,：:、！？\s）)”\"])|\A)[一二三四五六七八九十]{{1,2}}(?:是(?![一否])|要(?!求)|抓|则)"
        ),
    ),
    (
        "顿号编号",
        "list_number",
        re.compile(rf"{_LINE_OR_STOP}(?:{_N}{{1,2}}|[一二三四五六七八九十]{{1,3}})[、．.](?!{_N})"),
    ),
    ("括号编号", "list_number", re.compile(rf"[（(]\s*(?:{_N}{{1,2}}|[一二三四五六七八九十]{{1,3}})\s*[)）](?![%％])")),
    ("半括号编号", "list_number", re.compile(rf"{_LINE_OR_STOP}{_N}{{1,2}}[)）](?!{_N})")),
    ("圈号", "list_number", re.compile(f"[{ENCLOSED}]")),
    (
        "条目编号",
        "list_number",
        re.compile(
            rf"(?:指标|项目|目标|问题|措施|任务|案例|示例|步骤|阶段|方案|议题|专题|标准|第)\s*(?:{_N}{{1,2}}|[一二三四五六七八九十])(?=[：:、．.])"
        ),
    ),
    (
        "章节编号",
        "heading",
        re.compile(rf"{_LINE}{_N}{{1,2}}(?:[.．]{_N}{{1,2}}){{1,3}}[、．.]?(?=[ \t]*[\u4e00-\u9fa5])(?![万亿元])"),
    ),
    (
        "表图编号",
        "table_number",
        re.compile(
            rf"(?:附?[表图]|附件|附录|专栏|公式|公开)\s*(?:{_N}+(?:[-—.－—]{_N}+)*|[一二三四五六七八九十]+)(?![个张份项%％.])"
        ),
    ),
    ("表图号", "table_number", re.compile(rf"(?:财决|财预|预算|决算)\s*{_N}{{2}}-?{_N}?表")),
    (
        "页码",
        "page_number",
        re.compile(rf"(?:第\s*{_N}+\s*页|共\s*{_N}+\s*页|{_LINE}[-—–]\s*{_N}{{1,4}}\s*[-—–](?=\s*(?:\n|\Z)))"),
    ),
    (
        "收支科目",
        "code",
        re.compile(
            rf"(?:[（(]\s*{_N}{{2,3}}\s*[类款项]\s*[)）]|{_NOT_AFTER_DIGIT}{_N}{{2,7}}\s*[（(]\s*[类款项]\s*[)）]|{_NOT_AFTER_DIGIT}[12３2]{_N}{{2}}类(?=[\u4e00-\u9fa5]))"
        ),
    ),
    ("字母编号", "code", re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{1,6}[-—.·_]?\d+(?:[-.·—]\d+)*[A-Za-z]*(?![A-Za-z0-9])")),
    (
        "数字字母",
        "code",
        re.compile(
            rf"{_NOT_AFTER_DIGIT}(?<![A-Za-z])\d{{1,4}}(?:[A-Z]{{1,5}}(?:级|类)|G(?![A-Za-z])|D(?![A-Za-z])|K(?![A-Za-z])|P(?![A-Za-z])|[BX]U?(?=[\u4e00-\u9fa5])|[A-Za-z]\d+)"
        ),
    ),
    (
        "日期代称",
        "code",
        re.compile(
            rf"{_NOT_AFTER_DIGIT}{_N}{{1,2}}[·•・‧]{_N}{{1,2}}|[一二三五六七八九十][·•・][一二三四五七八九十]{{1,2}}"
        ),
    ),
    ("前导零", "code", re.compile(rf"{_NOT_AFTER_DIGIT}[0０]{_N}+(?![.．]{_N}|{_N})")),
    (
        "身份证照",
        "code",
        re.compile(
            r"(?<![0-9A-Za-z])(?:[1-9]\d{5}(?:19|20)\d{9}[\dXx]|[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10})(?![0-9A-Za-z])"
        ),
    ),
    ("手机", "phone", re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")),
    ("座机", "phone", re.compile(r"(?<!\d)0\d{2,3}[-—－ ]?\d{7,8}(?!\d)")),
    (
        "热线",
        "phone",
        re.compile(r"(?<!\d)\d{3,5}(?=(?:政务|服务|便民|投诉|举报|咨询|监督|市民)?(?:服务)?(?:便民)?(?:服务)?热线)"),
    ),
    (
        "规划",
        "programme",
        re.compile(r"[“\"‘]?十[一二三四五]五[”\"’]?(?=[”\"’，。、；：）)规期时以开收及和建专发末\s《》]|\Z)"),
    ),
    (
        "会议",
        "programme",
        re.compile(
            rf"(?:党的)?(?:十[五六七八九]|二十)大(?!常委|专)|(?:(?:十[一-九]|二十)届)?{_CN}中全会|(?:十[一-九]|二十)届"
        ),
    ),
    (
        "双百",
        "programme",
        re.compile(r"[双两][百千万]{1,2}(?=工程|计划|行动|目标|”|活动)|[百千万]{1,3}(?=工程|计划|行动)"),
    ),
    (
        "交替数字",
        "slogan",
        re.compile(rf"(?:[一二两三四五六七八九十][^\W\d_一二两三四五六七八九十百千万{_STRONG}]{{1,3}}){{2,5}}"),
    ),
    ("一X一Y", "slogan", re.compile(r"一[\u4e00-\u9fa5]{1,2}一[\u4e00-\u9fa5]{1,2}")),
    (
        "加号",
        "slogan",
        re.compile(
            rf"{_NOT_AFTER_DIGIT}(?:{_N}{{1,3}}|[NnXx])(?:\s*[+＋]\s*(?:{_N}{{1,3}}|[NnXx]))+(?![.．]?{_N}|[%％])"
        ),
    ),
    ("乘号", "slogan", re.compile(rf"{_NOT_AFTER_DIGIT}{_N}{{1,2}}[×*xX]{_N}{{2}}(?=小时)")),
    (
        "百分制式",
        "formula",
        re.compile(
            rf"[×xX*＊÷/／=＝]\s*100\s*[%％]|[×÷＊]\s*{_N}+(?:[.．]{_N}+)?\s*[%％分]?|{_NOT_AFTER_DIGIT}{_N}+(?:[.．]{_N}+)?\s*[%％分]?\s*[×÷]"
        ),
    ),
    (
        "加式",
        "formula",
        re.compile(rf"{_NOT_AFTER_DIGIT}{_N}+(?:[.．]{_N}+)?(?:\s*[+＋]\s*{_N}+(?:[.．]{_N}+)?){{2,}}"),
    ),
    ("版本", "version", re.compile(r"[Vv](?:er)?\.?\s?\d+(?:\.\d+)*|\d+\.\d+版")),
    ("遮盖", "masked", re.compile(r"[\d*＊]*[*＊][\d*＊.]*\d[\d*＊.]*")),
    ("级别", "size_class", re.compile(rf"(?:{_N}+|{_CN}+)?[十百千万亿]+元?级(?!别)")),
    (
        "规模",
        "size_class",
        re.compile(
            r"(?<![0-9０-９十百千万亿几数超近逾过上约])(?:[百千万亿]|[百千万]亿|十亿|千万)元(?=企业|项目|产业|园区|村|镇|乡|县|GDP|生产总值|产值|投资)"
        ),
    ),
    (
        "单位",
        "unit",
        re.compile(
            r"(?:(?<=[：:（(/、／])|(?<=单位)|\A|(?<=\t))\s*(?:人民币)?[十百千万亿]{1,2}(?:元|人次?|吨|亩|户|平方米|公里|千瓦时?|立方米|件|只|头|羽|株|次|个|美元|辆|斤|公斤|公顷|千瓦)(?=[）)，,、；。\s/／]|\Z)"
        ),
    ),
    (
        "单位",
        "unit",
        re.compile(
            r"(?<![0-9０-９十百千万亿几数])(?:千(?:瓦时?|米|克|伏安?|卡|赫|焦)|百分(?:点|比|率|制|数|号)|万元(?!户)|亿元(?!户))"
        ),
    ),
    ("书名号", "name", re.compile(r"(?<=《)[^《》\n]{2,60}(?=》)")),
    ("版本号", "version", re.compile(r"(?<![0-9.．,，])[1-9]\.0(?![0-9%％万亿元])")),
    (
        "道路编号",
        "code",
        re.compile(rf"(?:国道|省道|县道|高速|[GSXY])\s*{_N}{{2,4}}(?=线|国道|高速|段|[\u4e00-\u9fa5，。])"),
    ),
    (
        "字符串编号",
        "code",
        re.compile(r"(?<![0-9A-Za-z])(?=[0-9A-Za-z]{8,})[0-9]*[A-Za-z]+[0-9]+[0-9A-Za-z]*(?![0-9A-Za-z])"),
    ),
    (
        "规模",
        "size_class",
        re.compile(
            rf"(?<![0-9０-９{_CN[1:-1]}亿几数超近逾过上约破])[十百千]{{1,2}}亿(?=[\u4e00-\u9fa5])(?!元|美元|欧元|[个名家人次吨亩斤立平])"
        ),
    ),
    (
        "级差",
        "size_class",
        re.compile(
            rf"{_NOT_AFTER_DIGIT}(?:{_N}+(?:[.．]{_N}+)?|{_CN}+)[十百千万亿]*(?:吨|元|千伏|人|亩|平方米|公里|千瓦|兆瓦|头|只|立方米|米)级(?!别)"
        ),
    ),
    (
        "届次",
        "programme",
        re.compile(
            rf"{_CN}{{1,3}}届{_CN}{{1,3}}次(?:全会|全体会议|会议|人代会)?|{_CN}{{1,3}}次全(?:会|体会议)|{_CN}{{1,3}}届(?=省委|市委|县委|人大|政协|中央|党代会)|(?<=[委会])十[一-九]?届"
        ),
    ),
    (
        "万亿大关",
        "size_class",
        re.compile(
            r"(?<![0-9０-９.．十百千万亿几数超近逾过上约破])[十百千万]?[万亿]元(?=大关|台阶|规模|俱乐部|量级|门槛|产业|集群|城市|县)"
        ),
    ),
    ("每万", "unit", re.compile(r"每[十百千万]{1,2}(?=[\u4e00-\u9fa5])")),
    ("动词重叠", "word", re.compile(r"([\u4e00-\u9fa5])一\1")),
    ("零加名词", "word", re.compile(r"零(?=[\u4e00-\u9fa5])(?![一二三四五六七八九点])")),
    (
        "地名",
        "name",
        re.compile(
            rf"[一二三四五六七八九十百千万](?![{_STRONG}])[\u4e00-\u9fa5]{{0,2}}(?:街道|社区|小区|雅苑|花园|新村|大道)(?!个)"
        ),
    ),
    (
        "合称",
        "name",
        re.compile(
            rf"(?<![0-9０-９{_CN[1:-1]}第])[两二三四五六七八九十][级方端区省县市国地侧院校部岸翼委者线面路层](?![一二三四五六七八九十\d])"
        ),
    ),
)


def find(passage: Passage) -> Iterator[Mention]:
    """Every identifier in the passage; they may overlap, the longer one is kept later."""
    if passage.zone == "margin":  # running heads and feet hold page numbers and the report's title
        yield from _margin(passage)
        return
    for rule, sort, pattern in _PATTERNS:
        for match in pattern.finditer(passage.text, passage.start, passage.end):
            if sort != "unit" or not _counted(passage, match.start()):
                yield _mention(match.start(), match.end(), passage.text, sort, rule)
    for rule, sort, pattern in (
        ("标签编号", "code", _labelled("code_labels")),
        ("标签电话", "phone", _labelled("phone_labels")),
    ):
        for match in pattern.finditer(passage.text, passage.start, passage.end):
            yield _mention(match.start("code"), match.end("code"), passage.text, sort, rule)
    yield from _slogans(passage)


def _counted(passage: Passage, at: int) -> bool:
    """ "9859.38 万元" holds its unit; only a unit without a number is a mention."""
    return any(quantity.start <= at < quantity.end and not quantity.bare for quantity in passage.quantities)


def _mention(start: int, end: int, text: str, sort: IdentifierKind, rule: str) -> Mention:
    return Mention(start, end, text[start:end], "identifier", sort, f"标识.{rule}")


def _margin(passage: Passage) -> Iterator[Mention]:
    for numeral in passage.numerals:
        yield _mention(numeral.start, numeral.end, passage.text, "page_number", "页眉页脚")


@cache
def _labelled(group: str) -> re.Pattern[str]:
    labels = "|".join(map(re.escape, sorted(load("names")[group], key=len, reverse=True)))
    return re.compile(
        rf"(?:{labels})\s*(?:为|是)?[：:\s]{{0,3}}(?P<code>[A-Za-z]{{0,6}}[-—]?{_N}[0-9０-９A-Za-z\-—/、]*)(?![.．]{_N})"
    )


@cache
def _slogan_pattern() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(load("names")["slogans"], key=len, reverse=True))))


_QUOTATION = re.compile(_QUOTED)
_HAS_NUMERAL = re.compile(r"[0-9０-９一二两三四五六七八九十百千万双]")
_MEASURED = re.compile(r"[0-9０-９][\d,.０-９]*\s*[万亿]?(?:[元%％‰]|人次|公里|亩|平方米|吨)|百分之")


def _slogans(passage: Passage) -> Iterator[Mention]:
    """Known slogans, and short quotations with a numeral (“三高四新”, “1+3+5”) that state no amount."""
    for match in _slogan_pattern().finditer(passage.text, passage.start, passage.end):
        yield _mention(match.start(), match.end(), passage.text, "slogan", "口号词表")
    for match in _QUOTATION.finditer(passage.text, passage.start, passage.end):
        inner = match.group(1)
        if _HAS_NUMERAL.search(inner) and not _MEASURED.search(inner):
            yield _mention(match.start(1), match.end(1), passage.text, "slogan", "引号")
