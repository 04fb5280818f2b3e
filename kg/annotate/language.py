"""Which language a text is in: the annotator reads English, and refuses the rest by name instead of half-reading it."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from kg.errors import LanguageError
from kg.model import Article

# Words that are frequent in English prose and in no other language written with these letters.
_ENGLISH = frozenset(
    [
        "the",
        "of",
        "and",
        "to",
        "that",
        "is",
        "was",
        "for",
        "with",
        "by",
        "from",
        "this",
        "which",
        "are",
        "were",
        "been",
        "has",
        "have",
        "had",
        "his",
        "her",
        "their",
        "its",
        "will",
        "would",
        "could",
        "not",
        "but",
        "they",
        "after",
        "between",
        "against",
        "about",
        "says",
        "said",
        "who",
        "when",
    ]
)
_WORD = re.compile(r"[^\W\d_]+")
SAMPLE = 4000  # code points that are looked at, from the beginning and from the middle
ENOUGH = 0.12  # share of such words in a text that is taken to be English unasked; running English has .25 to .4
FEW = 5  # words below which a text is too short to be refused
SURE = 0.9  # how sure the identifier must be to refuse
NAMES = {
    "ar": "Arabic", "bg": "Bulgarian", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "es": "Spanish", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese",
    "ko": "Korean", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sr": "Serbian",
    "ca": "Catalan", "et": "Estonian", "lt": "Lithuanian", "lv": "Latvian", "sk": "Slovak", "sl": "Slovenian", "sw": "Swahili", "ur": "Urdu",
    "sv": "Swedish", "tr": "Turkish", "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip


def require_english(article: Article) -> None:
    """Raises LanguageError where the text is in another language; what has hardly any words passes.

    >>> require_english(Article("a", "The chancellor said that parliament would decide."))
    >>> try:
    ...     require_english(Article("a", "Der Kanzler sagte am Dienstag, der Bundestag werde darüber entscheiden."))
    ... except LanguageError as error:
    ...     print(error.what)
    the text is in German
    """
    code = language_of(article.text)
    if code != "en":
        name = NAMES.get(code, f"another language ({code})")
        raise LanguageError(
            f"the text is in {name}", article.id, "the annotator reads English; an annotation by a person may be in any language"
        )


def language_of(text: str) -> str:
    """The code of the language of a text (ISO 639-1), `en` where the words are too few to tell.

    >>> language_of("Le président a déclaré que le parlement doit d'abord approuver l'accord."), language_of("😀 27")
    ('fr', 'en')
    """
    middle = len(text) // 2
    sample = text if len(text) <= 2 * SAMPLE else f"{text[:SAMPLE]} {text[middle : middle + SAMPLE]}"
    words = [word.casefold() for word in _WORD.findall(sample)]
    if len(words) < FEW and sample.isascii():
        return "en"
    if sum(word in _ENGLISH for word in words) > ENOUGH * len(words) or not words:
        return "en"
    code, sure = _identifier().classify(sample)
    latin = sum(character < "\u0250" for word in words for character in word) * 2 > sum(map(len, words))
    return str(code) if sure > SURE or not latin else "en"


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(["en", *NAMES])  # the others are rare, and English that is full of names looks like some of them
    return identifier
