"""Words. jieba is met here and nowhere else."""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from extract import lexicon


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its span and jieba's tag: n noun, v verb, m number, q classifier, ns place, x punctuation."""

    start: int
    end: int
    text: str
    tag: str


def words(text: str) -> list[Word]:
    """The words of `text`; joined they are the text. Words of the dictionary only: no guesses at new ones."""
    return list(_cut(text))


def is_word(text: str) -> bool:
    """Whether `text` is a word of the dictionary: 统一 and 一般 are, 统一了 is not."""
    return len(text) > 1 and bool(_tagger().tokenizer.FREQ.get(text))


def word_at(clause: str, offset: int) -> Word | None:
    """The word of `clause` that covers `offset`."""
    return next((word for word in _cut(clause) if word.start <= offset < word.end), None)


@lru_cache(maxsize=4096)
def _cut(text: str) -> tuple[Word, ...]:
    result: list[Word] = []
    at = 0
    for pair in _tagger().cut(text, HMM=False):
        tag = "m" if pair.flag == "eng" and pair.word.replace(".", "").isdecimal() else pair.flag
        result.append(Word(at, at + len(pair.word), pair.word, tag))
        at += len(pair.word)
    return tuple(result)


@cache
def _tagger() -> Any:
    """An instance of jieba with our words. Made by hand, since its own way logs and leaves a cache in /tmp."""
    import jieba
    from jieba import posseg

    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    for name, tag in (("organisations", "nt"), ("indicators", "n"), ("terms", "n")):
        for word in lexicon.load(name)["words"]:
            tokenizer.add_word(word, tag=tag)
    return posseg.POSTokenizer(tokenizer)
