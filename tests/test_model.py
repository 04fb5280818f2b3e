"""The values: frozen, exact about their spans, and the same name always gives the same id."""

from __future__ import annotations

import dataclasses
import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import model
from kg.model import Actor, Annotation, Annotator, Article, Concept, Registry, Span, slug

VALUES = [kind for _, kind in inspect.getmembers(model, dataclasses.is_dataclass) if isinstance(kind, type)]


@pytest.mark.parametrize("kind", VALUES, ids=lambda kind: kind.__name__)
def test_every_value_is_frozen(kind: type) -> None:
    """No value changes after it is made, has no attributes but its own, and says in one line what it is."""
    assert kind.__dataclass_params__.frozen and hasattr(kind, "__slots__")  # type: ignore[attr-defined]  # dataclasses keep it
    assert kind.__doc__ and not kind.__doc__.startswith(kind.__name__ + "(")


def test_the_values_are_there() -> None:
    """A page that lost its values does not pass for one whose values are all right."""
    assert len(VALUES) >= 12


# spans


@given(st.text(min_size=1), st.data())
def test_a_span_is_its_slice(text: str, data: st.DataObject) -> None:
    """Whatever the text is made of, a span's words are those between its offsets, counted in code points."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    span = Span.of(text, start, end)
    assert (span.start, span.end, span.text) == (start, end, text[start:end])


@pytest.mark.parametrize(("start", "end"), [(0, 0), (2, 1), (-1, 2), (0, 6), (5, 6)])
def test_there_is_no_span_outside_or_empty(start: int, end: int) -> None:
    """Nothing, the wrong way round, and what reaches beyond the text are refused."""
    with pytest.raises(ValueError, match="a text of 5 characters"):
        Span.of("hello", start, end)


def test_spans_count_code_points() -> None:
    """An emoji is one character here, whatever it is elsewhere."""
    assert Span.of("🇺🇦 said", 3, 7).text == "said"


def test_spans_sort_in_text_order() -> None:
    """The earlier first, of two at one place the shorter."""
    assert sorted([Span(3, 9, "b"), Span(3, 4, "c"), Span(0, 9, "a")]) == [Span(0, 9, "a"), Span(3, 4, "c"), Span(3, 9, "b")]


# ids


@pytest.mark.parametrize(
    ("words", "id"),
    [
        ("United  Kingdom", "united-kingdom"),
        ("  The U.S. ", "the-u-s"),
        ("deploy_troops", "deploy-troops"),
        ("Straße", "strasse"),
        ("Київ", "київ"),
        ("Sánchez", "sánchez"),
        ("27 states", "27-states"),
    ],
)
def test_an_id_is_made_of_the_words(words: str, id: str) -> None:
    """Case, punctuation and white space do not tell two names apart; letters of any script and their accents do."""
    assert slug(words) == id


@given(st.text())
def test_an_id_is_never_empty_and_made_once(words: str) -> None:
    """Any words have an id without white space or punctuation but hyphens, and an id is its own id."""
    made = slug(words)
    assert made and not set(made) & set(" \t\n_/#?%<>\"'.,:;") and not made.startswith("-") and not made.endswith("-")
    assert slug(made) == made


def test_words_without_letters_stay_apart() -> None:
    """Two names of punctuation alone do not become one thing."""
    assert len({slug("!"), slug("?"), slug(""), slug("…")}) == 4


# articles and readings


def test_an_article_knows_its_hash() -> None:
    """The SHA-256 of the text alone; what is known about the text does not change it."""
    known = "9390298f3fb0c5b160498935d79cb139aef28e1c47358b4bbba61862b9c26e59"  # what sha256sum says of a file that holds `no`
    assert Article("a", "no").sha256 == known
    assert Article("b", "no", title="No", published="2026").sha256 == known
    assert Article("a", "no ").sha256 != known


def test_any_text_has_a_hash() -> None:
    """Also one with half a surrogate pair, as broken files hold."""
    assert len(Article("a", "x\ud800").sha256) == 64


def test_an_empty_reading_is_a_reading() -> None:
    """An article in which nobody says anything has an annotation, which no person has reviewed unless it says so."""
    reading = Annotation(Annotator("rules"))
    assert not reading.statements and not reading.annotator.reviewed


# the registry

MERZ = Actor("friedrich-merz", "Friedrich Merz", "person", ("Merz", "the chancellor"))
SCHOLZ = Actor("olaf-scholz", "Olaf Scholz", "person", ("the chancellor",))
CHANCELLERY = Actor("chancellery", "Merz", "institution")
BOTH = Registry({actor.id: actor for actor in (MERZ, SCHOLZ, CHANCELLERY)})


@pytest.mark.parametrize(
    ("label", "kind", "found"),
    [
        ("Friedrich Merz", "person", MERZ),
        ("MERZ", "person", MERZ),
        ("Merz", "institution", CHANCELLERY),
        ("the chancellor", "person", None),  # two bear it
        ("Merz", "state", None),
        ("Angela Merkel", "person", None),
    ],
)
def test_an_actor_is_found_by_any_name_that_is_its_alone(label: str, kind: str, found: Actor | None) -> None:
    """By label or other name, in any case, among its kind; a name that two bear finds neither."""
    assert BOTH.find_actor(label, kind) == found


def test_a_name_borne_three_times_finds_nobody() -> None:
    """The third bearer does not win where two had cancelled each other out."""
    three = [Actor(f"a{n}", f"A {n}", "person", ("Al",)) for n in range(3)]
    assert Registry({actor.id: actor for actor in three}).find_actor("Al", "person") is None


TROOPS = Concept("deploy-troops", "deploy troops", ("send soldiers", "boots"), ("presence",))
PATROL = Concept("patrol", "patrol", ("boots", "deploy troops"))
ACTIONS = Registry(concepts={"actions": {c.id: c for c in (TROOPS, PATROL)}, "places": {"boots": Concept("boots", "Boots")}})


@pytest.mark.parametrize(
    ("scheme", "words", "found"),
    [
        ("actions", "Send Soldiers", "deploy-troops"),
        ("actions", "deploy troops", "deploy-troops"),  # an id comes before another's name
        ("actions", "boots", None),  # two bear it
        ("places", "boots", "boots"),
        ("actions", "retreat", None),
        ("circumstances", "boots", None),
    ],
)
def test_a_concept_is_found_in_its_scheme(scheme: str, words: str, found: str | None) -> None:
    """By id, label or other name; a name that two bear finds neither, and a scheme nobody filled finds nothing."""
    concept = ACTIONS.find_concept(scheme, words)
    assert (concept.id if concept else None) == found


@pytest.mark.parametrize(("words", "found"), [
    ("the ships", "ships"), ("the", "the"), ("send ships to the far north of the sea by", "send-ships-to-the-far-north"),
    ("the sea of one two three four five six", "sea-of-one-two-three-four-five-six"), ("of the of the of the of the of the", "of"),
    ("ships of one two three four five by", "ships-of-one-two-three-four-five-by"), ("the ships of one two three four five by", "ships-of-one-two-three-four-five-by"),
])  # fmt: skip
def test_an_id_is_no_sentence(words: str, found: str) -> None:
    """Eight words at most, an article before them not counted; only where more follow, no preposition stays at the end."""
    assert Registry().concept_of("circumstances", Span(0, len(words), words)) == found


@pytest.mark.parametrize(("scheme", "words", "found"), [
    ("actions", "deploy troops to the border", "deploy-troops"), ("actions", "send soldiers", "deploy-troops"),
    ("actions", "the last stand of the old guard is near us", "last-stand-of-the-old-guard-is-near"), ("actions", "Patrol the border", "patrol-the-border"),
    ("actions", "patrol", "patrol"), ("actions", "an old guard", "old-guard"), ("circumstances", "deploy troops to the border", "deploy-troops-to-the-border"),
])  # fmt: skip
def test_an_action_is_the_one_its_first_words_name(scheme: str, words: str, found: str) -> None:
    """As many of them as name one, at most eight and at least two; the first words of a circumstance name nothing."""
    long = Concept("last-stand-of-the-old-guard-is-near", "last stand"), Concept("last-stand", "last"), Concept("old", "old")
    registry = Registry(concepts={scheme: {c.id: c for c in (TROOPS, PATROL, *long)} for scheme in ("actions", "circumstances")})
    assert registry.concept_of(scheme, Span(0, len(words), words)) == found


def test_a_registry_is_what_it_holds() -> None:
    """Two of the same actors and concepts are equal, and one shows them and no index of their names."""
    again = Registry(BOTH.actors, BOTH.concepts)
    assert again == BOTH and again != ACTIONS
    assert "_by_name" not in repr(BOTH)
