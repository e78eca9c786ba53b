"""What the words before a figure say of their own, once time and general words are taken away."""

import re

from extract.lexicon import load

WORDS = load("audit")["repeats"]
GENERIC = re.compile("|".join(sorted(WORDS["generic"], key=len, reverse=True)))
FILLERS = re.compile("|".join(sorted(WORDS["fillers"], key=len, reverse=True)))
PERIOD = re.compile(
    r"(?:截至|截止|至|到)?(?:(?:19|20)\d\d年(?:度)?)?(?:(?:上|下)半年|第?[一二三四]季度|\d{1,2}月(?:份|底|末|\d{1,2}日)?)"
    r"|(?:截至|截止|至|到)?(?:19|20)\d\d年(?:度|底|末)?"
)


def untimed(label: str) -> str:
    """A label without time and filling words: 2023年我局共培训职工 is 培训职工."""
    return FILLERS.sub("", PERIOD.sub("", label))


def own(label: str) -> str:
    """What is left of a label without general words: nothing of 全年累计支出, 公务接待 of 公务接待费支出数."""
    return GENERIC.sub("", untimed(label))
