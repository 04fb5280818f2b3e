"""A graph written by hand: what no annotation file of the seeds has, in a few words."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kg.analyse.whatif import what_if
from kg.store.embedded import Store, memory
from kg.vocabulary import ID, OA, RDF, RDFS, SCHEMA, kg

IRI = ox.NamedNode


class World:
    """Quads as they are told, article by article."""

    def __init__(self) -> None:
        self.quads: list[ox.Quad] = []
        self.count = 0

    def tell(self, subject: str, term: str, value: str | int | bool, article: str = "a") -> None:
        to: ox.NamedNode | ox.Literal = ox.Literal(value)
        if isinstance(value, str) and ("/" in value or value.startswith("http")):
            to = IRI(value if value.startswith("http") else ID + value)
        self.quads.append(ox.Quad(IRI(ID + subject), IRI(term), to, IRI(f"{ID}article/{article}")))

    def condition(self, name: str, kind: str = "event", by: Iterable[str] = (), circumstance: str = "") -> str:
        c = f"condition/{name}"
        what = circumstance or name
        self.tell(c, RDF + "type", kg("Condition"))
        self.tell(c, RDFS + "label", name)
        self.tell(c, kg("kind"), kg(f"kind-{kind}"))
        self.tell(c, kg("circumstance"), f"circumstance/{what}")
        self.tell(f"circumstance/{what}", RDF + "type", kg("Circumstance"))
        self.tell(f"circumstance/{what}", RDFS + "label", what)
        for actor in by:
            self.tell(c, kg("decidedBy"), f"actor/{actor}")
            self.tell(f"actor/{actor}", RDF + "type", kg("Actor"))
            self.tell(f"actor/{actor}", RDFS + "label", actor.title())
        return c

    def says(self, commitment: str, stance: str = "pledged", article: str = "a", date: str = "2026-01-06", own: bool = True, any_of: Iterable[str] = (), **attached: list[str]) -> str:  # fmt: skip
        self.count += 1
        s = f"article/{article}/statement/{self.count}"
        self.tell(s, kg("expresses"), f"commitment/{commitment}", article)
        self.tell(s, kg("stance"), kg(f"stance-{stance}"), article)
        self.tell(s, kg("reportedIn"), f"article/{article}", article)
        self.tell(s, kg("firstHand"), own, article)
        self.tell(s, kg("context"), f"{s}/context", article)
        self.tell(f"commitment/{commitment}", RDFS + "label", commitment, article)
        self.tell(f"commitment/{commitment}", kg("committer"), "actor/norland", article)
        self.tell("actor/norland", RDF + "type", kg("Actor"), article)
        self.tell("actor/norland", RDFS + "label", "Norland", article)
        if date:
            self.tell(f"article/{article}", SCHEMA + "datePublished", date, article)
        for term, value in ((OA + "exact", f"{commitment} in {article}"), (OA + "start", self.count), (OA + "end", self.count + 9)):
            self.tell(f"{s}/context", term, value, article)
        for way, conditions in attached.items():
            for c in conditions:
                self.tell(s, kg(way), c, article)
        for c in any_of:
            self.tell(s, kg("anyOf"), f"{s}/group", article)
            self.tell(f"{s}/group", kg("member"), c, article)
        return s

    def speaks(self, words: str, article: str = "a", speaker: str = "berg", date: str = "2026-01-06", expresses: str = "", force: str = "asserts", mode: str = "direct") -> str:  # fmt: skip
        """A statement as words: its content is all of them."""
        s = self.says(expresses or f"thing-{self.count}", article=article, date="")
        a = f"article/{article}"
        self.tell(a, kg("origin"), a, article)
        self.tell(a, kg("text"), words, article)
        for term, value in ((kg("force"), kg(f"force-{force}")), (kg("mode"), kg(f"mode-{mode}")), (kg("saidOn"), date)):
            if value:
                self.tell(s, term, value, article)
        self.tell(s, kg("speaker"), f"actor/{speaker}", article)
        self.tell(f"actor/{speaker}", RDFS + "label", speaker.title(), article)
        self.tell(s, kg("passage"), f"{s}/words", article)
        for term, placed in ((OA + "exact", words), (OA + "start", 0), (OA + "end", len(words))):
            self.tell(f"{s}/words", term, placed, article)
        return s

    def store(self) -> Store:
        return memory(self.quads)

    def states(self, met: Iterable[str] = (), failed: Iterable[str] = ()) -> dict[str, str]:
        """Commitment and stance -> state, of a world with one reading."""
        return {f"{one.commitment.rpartition('/')[2]} {one.stance}": one.state for one in what_if(self.store(), met, failed).outcomes}
