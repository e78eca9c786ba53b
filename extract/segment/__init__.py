"""Where a text divides: headings, sentences, clauses, words."""

from extract.segment.outline import Sections, headings
from extract.segment.sentences import clauses, sentences
from extract.segment.words import Word, is_word, word_at, words

__all__ = ["Sections", "Word", "clauses", "headings", "is_word", "sentences", "word_at", "words"]
