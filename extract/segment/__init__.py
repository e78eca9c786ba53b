"""Where a text divides: headings, sentences, clauses, words."""

from extract.segment.outline import headings, section_path
from extract.segment.sentences import clauses, sentences
from extract.segment.words import Word, is_word, word_at, words

__all__ = ["Word", "clauses", "headings", "is_word", "section_path", "sentences", "word_at", "words"]
