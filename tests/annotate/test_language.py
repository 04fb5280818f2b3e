"""English is read; other languages are refused by name; what has no words passes."""

from __future__ import annotations

import pytest

from kg.annotate.language import language_of, require_english
from kg.errors import LanguageError
from kg.model import Article


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Der Bundestag muss dem Einsatz zustimmen, sagte der Kanzler am Dienstag in Berlin.", "German"),
        ("Le parlement doit d'abord approuver l'accord, a déclaré le président mardi.", "French"),
        ("Президент України Володимир Зеленський заявив, що країна не погодиться.", "Ukrainian"),
    ],
)
def test_other_languages_are_refused_by_name(text: str, name: str) -> None:
    """With what to try."""
    with pytest.raises(LanguageError, match=name):
        require_english(Article("a", text))


@pytest.mark.parametrize(
    "text",
    [
        "", "😀😀", "27", "MERZ TELLS BUNDESTAG TROOPS NEED VOTE", "asdf qwer zxcv uiop hjkl",
        "Congolese Foreign Minister Thérèse Kayikwamba Wagner calls Rwanda's support for M23 a violation.",
        "Tlie presiclent saicl tliat tlie arrny woulcl leave",
    ],
)  # fmt: skip
def test_english_and_what_is_no_language_passes(text: str) -> None:
    """Capitals, names, noise of scanning, signs alone."""
    assert language_of(text) == "en"
