"""The documents of `benchmarks.unruled`: tables as budgets and evaluations print them, and what only looks like one."""

from collections.abc import Iterator
from dataclasses import replace

from benchmarks.known import Cell
from benchmarks.unruled import Case, Draw, Look, grid, paragraphs, rows_of, table, text, title, wrapped

_BUDGET = grid(
    "项目 | 2023年决算数 | 2024年预算数 | 增减额 | 增长率",
    "一、河道巡护 | 1,204.50 | 1,310.00 | 105.50 | 8.76%",
    "二、堤岸维修 | 986.30 | 870.00 | -116.30 | -11.79%",
    "三、水质监测 | 45.00 | 52.80 | 7.80 | 17.33%",
    "四、防汛物资 | 120.06 | 120.06 | 0.00 | 0.00%",
    "合计 | 2,355.86 | 2,352.86 | -3.00 | -0.13%",
)
_WIDE = Look((130, 85, 85, 75, 70))
_BLANKS = grid(
    "支出功能分类 | 合计 | 基本支出 | 项目支出",
    "农林水支出 | 812.40 | 300.40 | 512.00",
    "　水利 | 700.40 | 300.40 | 400.00",
    "　　行政运行 | 300.40 | 300.40 | ",
    "　　水利工程运行 | 400.00 |  | 400.00",
    "　林业 | 112.00 |  | 112.00",
    "住房保障支出 | 36.00 | 36.00 | —",
    "合计 | 848.40 | 336.40 | 512.00",
)
_TWO_SIDES = grid(
    "收入 | < | 支出 | <",
    "项目 | 决算数 | 项目 | 决算数",
    "一、一般公共预算拨款 | 3,480.25 | 一、农林水支出 | 3,201.10",
    "二、政府性基金拨款 | 120.00 | 二、住房保障支出 | 210.15",
    "三、其他收入 | 15.50 | 三、卫生健康支出 | 88.60",
    " |  | 四、其他支出 | 64.90",
    "本年收入合计 | 3,615.75 | 本年支出合计 | 3,564.75",
    "年初结转 | 42.00 | 年末结转 | 93.00",
    "总计 | 3,657.75 | 总计 | 3,657.75",
)
_LEVELS = grid(
    "单位 | 2023年 | < | 2024年 | <",
    "^ | 预算数 | 执行数 | 预算数 | 执行数",
    "东河管护站 | 210.00 | 205.31 | 230.00 | 228.47",
    "西河管护站 | 186.50 | 180.02 | 190.00 | 188.90",
    "南湖管护站 | 95.00 | 94.60 | 99.00 | 97.12",
    "合计 | 491.50 | 479.93 | 519.00 | 514.49",
)
_THREE_LEVELS = grid(
    "地区 | 资金来源（万元） | < | < | < | 完成率",
    "^ | 小计 | 财政拨款 | < | 自筹 | ^",
    "^ | ^ | 中央 | 地方 | ^ | ^",
    "上游片区 | 560.00 | 300.00 | 200.00 | 60.00 | 98.2%",
    "中游片区 | 420.00 | 210.00 | 180.00 | 30.00 | 97.5%",
    "下游片区 | 388.00 | 190.00 | 178.00 | 20.00 | 100%",
)
_WRAPPED = grid(
    "项目名称 | 预算数 | 执行数 | 执行率",
    "城区内河清淤及生态护岸建设（一期）工程 | 1,560.00 | 1,498.20 | 96.04%",
    "泵站更新 | 320.00 | 318.75 | 99.61%",
    "北片区雨污分流改造与排水管网检测修复 | 890.00 | 845.50 | 95.00%",
    "水文站点运维 | 46.00 | 46.00 | 100.00%",
    "湿地 | 75.00 | 70.10 | 93.47%",
)
_SELF = grid(
    "一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分",
    "产出指标 | 数量指标 | 巡护河段 | ≥36段 | 38段 | 15 | 15",
    "产出指标 | 质量指标 | 维修合格率 | ≥95% | 97% | 15 | 15",
    "产出指标 | 时效指标 | 按期完工率 | 100% | 92% | 10 | 9.2",
    "产出指标 | 成本指标 | 总投入 | ≤310万元 | 298万元 | 10 | 10",
    "效益指标 | 社会效益 | 受益居民 | ≥2000人 | 2140人 | 30 | 30",
    "满意度 | 服务对象 | 居民满意度 | ≥90% | 93.5% | 10 | 10",
)
_SELF_LOOK = Look((62, 62, 80, 72, 72, 45, 45), "llllcrr", size=9.5)
_SELF_WRAPPED = grid(
    "三级指标 | 指标值 | 完成值 | 分值 | 得分 | 偏差原因及改进措施",
    "巡护河段数量及护岸维修长度 | ≥36段 | 38段 | 15 | 15 | 无",
    "维修合格率 | ≥95% | 91% | 15 | 13.5 | 雨季返工较多，已增加一次复检并更换施工队伍",
    "按期完工率 | 100% | 100% | 10 | 10 | 无",
    "沿岸居民对环境改善的满意程度 | ≥90% | 93.5% | 10 | 10 | 无",
)
_CODES = grid(
    "科目编码 | 科目名称 | 合计 | 基本支出 | 项目支出",
    "213 | 农林水支出 | 912.40 | 400.40 | 512.00",
    "21303 | 水利 | 800.40 | 400.40 | 400.00",
    "2130301 | 行政运行 | 400.40 | 400.40 | ",
    "2130306 | 水利工程运行与维护 | 400.00 |  | 400.00",
    "21302 | 林业和草原 | 112.00 |  | 112.00",
    "221 | 住房保障支出 | 36.00 | 36.00 | ",
)
_NUMBERED = grid(
    "序号 | 单位 | 编制数 | 在职人数 | 备注",
    "1 | 东河站 | 24 | 22 | ",
    "2 | 西河站 | 18 | 18 | ",
    "3 | 南湖站 | 12 | 11 | 含借调1人",
    "4 | 北渠站 | 9 | 9 | ",
)
_PAIR = grid(
    "用途 | 金额（万元）",
    "人员经费 | 310.25",
    "公用经费 | 84.60",
    "其中：公务接待费 | 0.80",
    "　　　公务用车维护费 | 12.40",
    "合计 | 394.85",
)
_YEARS = grid(
    "年份 | 投入（万元） | 清淤量（万方） | 受益人口",
    "2019 | 812.5 | 36.2 | 18400",
    "2020 | 790.0 | 33.8 | 18650",
    "2021 | 905.3 | 41.0 | 19020",
    "2022 | 1010.0 | 45.5 | 19260",
    "2023 | 998.7 | 44.1 | 19410",
)
_SECTIONS = grid(
    "项目 | 年初预算 | 全年预算 | 全年执行",
    "一、基本支出 |  |  | ",
    "工资福利 | 210.00 | 215.30 | 214.90",
    "商品服务 | 64.00 | 60.20 | 58.75",
    "二、项目支出 |  |  | ",
    "河道管护 | 310.00 | 298.60 | 291.37",
    "设备购置 | 45.00 | 45.00 | 44.20",
    "合计 | 629.00 | 619.10 | 609.22",
)
_UNIT = text("编制单位：云川市河道管理处\t@440 单位：万元", top=138)
_LONG = grid(
    "序号 | 河段 | 长度（公里） | 预算数 | 执行数",
    *(
        f"{n} | 第{n}河段{'左右'[n % 2]}岸 | {n % 7 + 1}.{n % 10} | {n * 13 + 40}.50 | {n * 12 + 39}.25"
        for n in range(1, 61)
    ),
    "合计 |  | 263.0 | 26,190.00 | 24,315.00",
)
_LONG_LOOK = Look((50, 140, 80, 90, 90), "clrrr")


def cases() -> Iterator[Case]:
    """All documents."""
    yield from _plain()
    yield from _partly_ruled()
    yield from _wrapping()
    yield from _over_pages()
    yield from _look_alikes()


def _one(name: str, cells: tuple[Cell, ...], look: Look, kind: str) -> Case:
    return Case(name, ((title("收支情况表"), _UNIT, table(cells, look), paragraphs(2, 560)),), (cells,), kind=kind)


def _plain() -> Iterator[Case]:
    kind = "no lines"
    yield _one("budget", _BUDGET, _WIDE, kind)
    yield _one("budget_dense", _BUDGET, replace(_WIDE, padding=0), kind)
    yield _one("budget_tall", _BUDGET, replace(_WIDE, padding=9), kind)
    yield _one("budget_small", _BUDGET, replace(_WIDE, size=8, widths=(90, 60, 60, 50, 45)), kind)
    yield _one("budget_centred", _BUDGET, replace(_WIDE, align="lcccc"), kind)
    yield _one("budget_left", _BUDGET, replace(_WIDE, align="lllll", head_align="l"), kind)
    yield _one("blanks", _BLANKS, Look((150, 90, 90, 90)), kind)
    yield _one("blanks_dense", _BLANKS, Look((150, 90, 90, 90), padding=0), kind)
    yield _one("two_sides", _TWO_SIDES, Look((140, 80, 140, 80), "lrlr", head=2), kind)
    yield _one("two_sides_dense", _TWO_SIDES, Look((125, 70, 120, 70), "lrlr", head=2, padding=0, beside=2), kind)
    yield _one("levels", _LEVELS, Look((120, 80, 80, 80, 80), head=2, valign="middle"), kind)
    yield _one("levels_left", _LEVELS, Look((120, 80, 80, 80, 80), head=2, head_align="l", align="lllll"), kind)
    yield _one("levels_three", _THREE_LEVELS, Look((90, 75, 75, 75, 75, 60), head=3, valign="middle"), kind)
    yield _one("self", _SELF, _SELF_LOOK, kind)
    yield _one("codes", _CODES, Look((70, 140, 80, 80, 80), "llrrr"), kind)
    yield _one("numbered", _NUMBERED, Look((45, 120, 80, 80, 110), "clccl"), kind)
    yield _one("pair", _PAIR, Look((200, 120)), kind)
    yield _one("years", _YEARS, Look((70, 110, 110, 100), "crrr"), kind)
    yield _one("sections", _SECTIONS, Look((150, 90, 90, 90)), kind)
    yield _one("sections_dense", _SECTIONS, Look((150, 90, 90, 90), padding=0), kind)
    yield replace(_one("landscape", _TWO_SIDES, Look((200, 110, 200, 110), "lrlr", head=2), kind), size=(_H, _W))
    yield replace(_one("turned", _BUDGET, _WIDE, kind), size=(_H, _W), turned=True)
    yield Case(
        "two_tables",
        (
            (
                text("表1 收支情况"),
                table(_BUDGET, _WIDE, 120),
                text("表2 人员情况", top=300),
                table(_NUMBERED, Look((45, 120, 80, 80, 110), "clccl"), 320),
            ),
        ),
        (_BUDGET, _NUMBERED),
        kind=kind,
    )
    yield Case(
        "in_prose",
        ((paragraphs(2), table(_BLANKS, Look((150, 90, 90, 90)), 260), paragraphs(2, 460)),),
        (_BLANKS,),
        kind=kind,
    )


_W, _H = 595.0, 842.0


def _partly_ruled() -> Iterator[Case]:
    kind = "some lines"
    for lines in ("three", "frame", "columns", "rows", "head", "shaded", "shaded cells", "shaded head"):
        slug = lines.replace(" ", "_")
        yield _one(f"{slug}_budget", _BUDGET, replace(_WIDE, lines=lines), kind)
        yield _one(f"{slug}_levels", _LEVELS, Look((120, 80, 80, 80, 80), head=2, valign="middle", lines=lines), kind)
        yield _one(f"{slug}_blanks", _BLANKS, Look((150, 90, 90, 90), lines=lines), kind)
        yield _one(f"{slug}_wrapped", _WRAPPED, Look((130, 90, 90, 90), lines=lines), kind)


def _wrapping() -> Iterator[Case]:
    kind = "wrapped names"
    for valign in ("top", "middle", "bottom"):
        for padding in (4.0, 0.0):
            yield _one(
                f"wrapped_{valign}_{padding:.0f}",
                _WRAPPED,
                Look((130, 90, 90, 90), valign=valign, padding=padding),
                kind,
            )
            yield _one(
                f"self_{valign}_{padding:.0f}",
                _SELF_WRAPPED,
                Look((105, 55, 55, 45, 50, 130), "lllrrl", valign=valign, padding=padding, size=9.5),
                kind,
            )
        yield _one(f"head_{valign}", _HEAD, Look((100, 60, 60, 70), valign=valign), kind)


_HEAD = grid(
    "管护站名称 | 年初预算数（万元） | 全年执行数（万元） | 预算执行率",
    "东河站 | 210.00 | 205.31 | 97.77%",
    "西河站 | 186.50 | 180.02 | 96.53%",
    "南湖站 | 95.00 | 94.60 | 99.58%",
)


def _over_pages() -> Iterator[Case]:
    kind = "over pages"
    first, second = rows_of(_LONG, 0, 34), rows_of(_LONG, 34, 62)
    headed = (*rows_of(_LONG, 0, 1), *((cell[0] + 1, *cell[1:]) for cell in second))
    foot = lambda n: text(f"@290 - {n} -", top=810)  # noqa: E731
    start = table(first, replace(_LONG_LOOK, padding=2), 110)
    yield Case(
        "long_plain",
        ((title("明细表", 90), start, foot(1)), (table(second, replace(_LONG_LOOK, padding=2, head=0), 80), foot(2))),
        (_LONG,),
        kind=kind,
    )
    yield Case(
        "long_headed",
        ((title("明细表", 90), start, foot(1)), (table(headed, replace(_LONG_LOOK, padding=2), 80), foot(2))),
        (_LONG,),
        kind=kind,
    )
    yield Case(
        "long_titled",
        (
            (title("明细表", 60), text("@440 单位：万元", top=84), start, foot(1)),
            (
                title("明细表（续）", 60),
                text("@440 单位：万元", top=84),
                table(headed, replace(_LONG_LOOK, padding=2), 110),
                foot(2),
                paragraphs(2, 640),
            ),
        ),
        (_LONG,),
        kind=kind,
    )
    last = rows_of(_LONG, 61, 62)
    most = rows_of(_LONG, 0, 61)
    yield Case(
        "long_total_alone",
        (
            (title("明细表", 40), table(most, replace(_LONG_LOOK, padding=-0.5), 60)),
            (table(last, replace(_LONG_LOOK, head=0), 80), paragraphs(2, 130)),
        ),
        (_LONG,),
        kind=kind,
    )
    yield Case(
        "two_alike",
        (
            (title("一季度明细表", 60), table(_BUDGET, _WIDE, 600)),
            (title("机构明细表", 60), table(_NUMBERED, Look((45, 120, 80, 80, 110), "clccl"), 80)),
        ),
        (_BUDGET, _NUMBERED),
        kind=kind,
    )


_VERSE = ("河水清清过石桥，", "两岸新柳绿如绡。", "闲看白鹭斜斜起，", "满目青山晚照摇。")


def _look_alikes() -> Iterator[Case]:
    kind = "look-alikes"

    def no(name: str, *draws: Draw) -> Case:
        return Case(name, (draws,), kind=kind)

    yield no("prose", paragraphs(9))
    narrow = [line for each in range(3) for line in wrapped("".join(_prose_of(each)), 200, 10.5)]
    yield no("two_columns", text(*narrow[:34], left=72), text(*narrow[10:44], left=310))
    numbers = [f"第{n}段岸线预算{n * 31 + 7}.50万元，执行{n * 30 + 6}.25万元。" for n in range(20)]
    yield no("two_columns_numbers", text(*numbers[:10], left=60), text(*numbers[10:], left=320))
    yield no(
        "contents_dots",
        title("目录"),
        text(*(f"{n}、第{n}部分工作情况{'.' * 60}{n * 3}" for n in range(1, 9)), top=150),
    )
    yield no(
        "contents_blank",
        title("目  录"),
        text(*(f"第{n}章 河道管护情况之{n}\t@480 {n * 4 - 3}" for n in range(1, 12)), top=150),
    )
    yield no(
        "contents_headed",
        title("目  录"),
        text("章节\t@475 页码", *(f"第{n}章 河道管护情况之{n}\t@480 {n * 4 - 3}" for n in range(1, 12)), top=150),
    )
    yield no(
        "contents_two",
        title("目  录"),
        text(*(f"{n}.\t@100 河道管护情况之{n}\t@480 {n * 4 - 3}" for n in range(1, 12)), top=150),
    )
    yield no("list", text("本年完成以下工作", *(f"{n}.\t@95 完成第{n}段护岸维修" for n in range(1, 10))))
    yield no(
        "list_numbers", text("本年投入情况", *(f"（{n}）\t@110 第{n}段护岸投入{n * 17}.50万元" for n in range(1, 10)))
    )
    yield no("list_amount_end", text(*(f"{n}.第{n}段护岸维修费用\t@300 {n * 17}.50万元" for n in range(1, 10))))
    yield no(
        "signatures",
        text(
            "评价组成员：",
            "张 三　　高级工程师\t@300 签字：",
            "李 四　　注册会计师\t@300 签字：",
            "王五六　　副研究员\t@300 签字：",
            "@300 2024年3月15日",
        ),
    )
    yield no(
        "name_list",
        title("评价组名单"),
        text(
            "组长\t@150 张立\t@260 云川大学\t@400 教授",
            "成员\t@150 李航\t@260 云川会计师事务所\t@400 注册会计师",
            "成员\t@150 王敏\t@260 市水利设计院\t@400 高级工程师",
            "成员\t@150 赵青\t@260 市河道处\t@400 工程师",
            top=150,
        ),
    )
    yield no(
        "addresses",
        title("联系方式"),
        text(
            "310001\t@150 云川市滨河路12号\t@400 0571-80001234",
            "310002\t@150 云川市湖滨路8号\t@400 0571-80005678",
            "310003\t@150 云川市北山路101号\t@400 0571-80009876",
            top=150,
        ),
    )
    yield no("verse", title("清河"), text(*(f"@180 {line}" for line in _VERSE), top=150, pitch=24))
    yield no(
        "verse_two", title("清河"), text(*(f"@120 {line}\t@320 {line[::-1]}" for line in _VERSE), top=150, pitch=24)
    )
    yield no(
        "form",
        title("项目基本信息"),
        text(
            "项目名称：河道巡护\t@320 负责人：张立",
            "预算金额：310万元\t@320 执行金额：298万元",
            "开始日期：2023年1月\t@320 结束日期：2023年12月",
            "联系电话：80001234\t@320 邮政编码：310001",
            top=150,
        ),
    )
    yield no(
        "form_apart",
        title("项目基本信息"),
        text(
            "项目名称\t@180 河道巡护\t@320 负责人\t@420 张立",
            "预算金额\t@180 310.00\t@320 执行金额\t@420 298.00",
            "中央资金\t@180 110.00\t@320 中央执行\t@420 108.00",
            "地方资金\t@180 200.00\t@320 地方执行\t@420 190.00",
            top=150,
        ),
    )
    yield no(
        "form_colon",
        text(
            "项目总投资：\t@250 1200.00",
            "其中财政资金：\t@250 1000.00",
            "自筹资金：\t@250 200.00",
            "已完成投资：\t@250 1150.00",
        ),
    )
    yield no(
        "formulas",
        text(
            "执行率\t@150 =\t@180 执行数\t@240 ÷\t@270 预算数",
            "96.04%\t@150 =\t@180 1498.20\t@240 ÷\t@270 1560.00",
            "99.61%\t@150 =\t@180 318.75\t@240 ÷\t@270 320.00",
            "95.00%\t@150 =\t@180 845.50\t@240 ÷\t@270 890.00",
        ),
    )
    yield no("equations", text(*(f"@200 y = {n}x + {n * 3}\t@480 （{n}）" for n in range(1, 7)), pitch=30))
    yield no(
        "titles",
        title("云川市河道管理处", 120),
        title("2023年度部门整体支出", 170, 20),
        title("绩效评价报告", 220, 20),
        title("二〇二四年三月", 600),
    )
    yield no(
        "cover",
        title("绩效自评报告", 150, 22),
        text(
            "单    位\t@220 云川市河道管理处",
            "年    度\t@220 2023",
            "金    额\t@220 1204.50万元",
            "日    期\t@220 2024年3月",
            top=400,
            left=140,
            pitch=32,
        ),
    )
    yield no(
        "headings",
        text(
            *(line for n in range(1, 6) for line in (f"{n}.{n}\t@110 河道管护", f"　　河道管护支出{n * 13}.40万元。"))
        ),
    )
    yield no(
        "chart",
        text(
            "@72 100",
            "@72 80\t@130 82.1\t@420 79.5",
            "@72 60\t@220 61.0",
            "@72 40\t@320 43.7\t@400 40.2",
            "@72 20",
            "@72 0",
            "@125 2019年\t@215 2020年\t@315 2021年\t@410 2022年",
            top=300,
            pitch=26,
        ),
    )
    yield no(
        "chart_titled",
        title("图1 各年投入", 280, 11),
        text(
            "@72 100\t@130 98.2",
            "@72 80\t@220 82.1\t@420 79.5",
            "@72 60\t@130 61.0",
            "@72 40\t@320 43.7\t@420 40.2",
            "@125 2019年\t@215 2020年\t@315 2021年\t@410 2022年",
            top=300,
            pitch=26,
        ),
    )
    yield no("quiz", text(*(f"{n}. 满意程度如何\t@250 A 满意\t@330 B 一般\t@410 C 不满意" for n in range(1, 7))))
    yield no(
        "dates", text("主要工作时间安排", *(f"2023年{n}月\t@200 完成第{n}段河道清淤和护岸维修" for n in range(1, 9)))
    )
    yield no(
        "justified_latin",
        text(
            "The river   was cleaned over   42 km in  2023, and  some  310",
            "piles of  mud were   taken out  by 12 crews, which   is more",
            "than  the  9  crews of  2022.  Costs   came to 120.5  million",
            "in all,  of which 98.1   were paid  before  the year ended  and",
        ),
    )
    yield no(
        "spaced_letters",
        text(
            "评 价 机 构 ：云 川 会 计 师 事 务 所",
            "项 目 负 责 人 ：张 立",
            "报 告 编 号 ：2024 第 18 号",
            "出 具 日 期 ：2024 年 3 月 15 日",
        ),
    )
    yield no("notes", text(*(f"注{n}：\t@110 第{n}段的费用含税{n * 3}.20万元，已结清" for n in range(1, 6))))
    yield no(
        "quotes",
        text(*(f"{n * 7}\t@110 第{n * 7}页引自河道管护办法第{n}条的规定内容较长需要写满" for n in range(1, 9))),
    )
    yield no("receipt", text("收据", *(f"今收到第{n}段维修款\t@300 {n}万{n}千元整" for n in range(1, 7))))
    yield no(
        "bank",
        text(
            "开户行：云川银行滨河支行",
            "账　号：6222 0000 1234 5678",
            "税　号：9133 0100 1234 567X",
            "电　话：0571 8000 1234",
        ),
    )
    yield no(
        "line_numbers",
        text(*(f"{n * 5}\t@110 河道管护处今年的岸线巡护工作安排较为紧凑各站均按计划执行" for n in range(1, 15))),
    )
    yield no(
        "resume",
        text(
            "1998—2002\t@170 云川大学\t@300 水利工程",
            "2002—2008\t@170 东河站\t@300 技术员",
            "2008—2016\t@170 西河站\t@300 站长",
            "2016—\t@170 河道处\t@300 副处长",
        ),
    )


def _prose_of(number: int) -> Iterator[str]:
    from benchmarks.known import prose

    yield from prose(4, number * 4)
