"""What a statement, a commitment or a condition shows of itself on any page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.analyse.outcomes import latest, standing
from kg.analyse.readings import Said
from kg.view.site.facts import Facts, Span, StatementFacts

SYMBOLS = {"pledged": "✓", "open": "?", "refused": "✕", "withdrawn": "↩"}
WAYS = {"requires": "only if", "exceptIf": "unless", "triggeredBy": "in case of"}
SHORT = 320  # code points of a quote in a list


@dataclass(frozen=True, slots=True)
class Quoted:
    """One statement in a list: its sentence (or "" where texts are left out), who said it and how, where."""

    iri: str
    quote: str
    article: str
    date: str
    speakers: tuple[str, ...]
    behalf: tuple[str, ...]
    force: str
    stance: str
    strength: str
    ascribed: bool
    inferred: bool
    unreviewed: bool
    expresses: str
    conditions: tuple[tuple[str, str], ...]  # way, condition
    only_in: tuple[str, ...]
    not_in: tuple[str, ...]
    cite: str


class Show:
    """Makes rows of a store's facts; `text` is full, snippets or none."""

    def __init__(self, facts: Facts, text: str = "full") -> None:
        self.facts, self.text = facts, text

    def quote(self, s: StatementFacts) -> str:
        """The sentence a statement stands in."""
        if self.text == "none" or s.article not in self.facts.articles:
            return ""
        start, end = s.context
        words = " ".join(self.facts.articles[s.article].text[start:end].split())
        return words if len(words) <= SHORT else words[: SHORT - 1].rsplit(" ", 1)[0] + "…"

    def words(self, s: StatementFacts) -> str:
        """The exact words of a statement, … between those that stand apart; "" where texts are left out."""
        if self.text == "none" or s.article not in self.facts.articles:
            return ""
        text = self.facts.articles[s.article].text
        return " … ".join(" ".join(text[start:end].split()) for start, end in s.content)

    def cite(self, iri: str) -> str:
        """A statement to cite, in its exact words."""
        s = self.facts.statements[iri]
        return self.citation(self.words(s), s.article, s.place, iri, s.links["speaker"] or s.links["possibleSpeaker"])

    def citation(self, words: str, article: str, place: Span, iri: str, speakers: Iterable[str] = ()) -> str:
        """Who said which words, in which article and at which of its characters, and the IRI to find them by."""
        a = self.facts.articles.get(article)
        told = ", ".join(filter(None, (a.headline or a.label, a.outlet, a.date))) if a else self.facts.name(article)
        who = self.facts.names(speakers)
        return f"{who}{': ' if who else ''}{f'“{words}” ' if words else ''}({told}; characters {place[0]}–{place[1]}; {iri})"

    def quoted(self, iri: str) -> Quoted:
        """A statement as a list shows it."""
        s = self.facts.statements[iri]
        article = self.facts.articles.get(s.article)
        bound = tuple((words, c) for way, words in WAYS.items() for c in s.links[way])
        said = s.words.get("saidOn") or (article.date if article else "")
        return Quoted(
            iri, self.quote(s), s.article, said, tuple(s.links["speaker"] or s.links["possibleSpeaker"]), tuple(s.links["onBehalfOf"]),
            s.words.get("force", ""), s.words.get("stance", ""), s.words.get("strength", ""), s.words.get("firstHand") == "false",
            s.words.get("inferred") == "true", bool(article and not article.reviewed), s.expresses, bound,
            tuple(s.links["onlyIn"]), tuple(s.links["notIn"]), self.cite(iri),
        )  # fmt: skip

    def all(self, statements: Iterable[str]) -> list[Quoted]:
        """Several, in order."""
        return [self.quoted(s) for s in statements]

    def stances(self, commitment: str) -> dict[str, list[Said]]:
        """The stances that stand, over all sources, each with its statements."""
        every = self._said(commitment)
        return standing(every) if every else {}

    def latest(self, commitment: str) -> list[Said]:
        """The statements that stand now."""
        return latest(self._said(commitment))

    def _said(self, commitment: str) -> list[Said]:
        return [said for some in self.facts.readings.by_commitment.get(commitment, {}).values() for said in some]

    def origins(self, statements: Iterable[str]) -> int:
        """How many independent sources some statements have."""
        return len({self.facts.readings.reading_of(self.facts.statements[s].article) for s in statements})

    def conditions(self, commitment: str) -> dict[str, list[str]]:
        """The conditions some statement attaches to a commitment, by how it does."""
        found: dict[str, list[str]] = {}
        for s in self.facts.expressed.get(commitment, ()):
            for way, words in WAYS.items():
                for c in self.facts.statements[s].links[way]:
                    if c not in found.setdefault(words, []):
                        found[words].append(c)
        return {words: some for words, some in found.items() if some}

    def attached(self, commitment: str) -> dict[str, list[str]]:
        """The same conditions as a cell of a table."""
        return {"iris": [c for some in self.conditions(commitment).values() for c in some]}
