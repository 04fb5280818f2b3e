"""Which of `queries/checks/` a graph cannot break, told from plain triples, so that the engine is asked only where it may.

The queries stay the judges: a screen may hold back a graph that is in order (the query is asked then), and lets none through
that breaks its rule, which the tests hold over damaged graphs. A rule without a screen is asked of every graph. What the engine
would read in another form (`007`), or what only it can tell, is held back.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from kg.shacl import TYPE, Facts, Term
from kg.triples import Iri, Literal
from kg.triples.terms import LABEL_OF, boolean
from kg.vocabulary import OA, SCHEMA, XSD, concept, kg

WAYS = kg("requires"), kg("exceptIf"), kg("triggeredBy")
KINDS = {Iri(kg(kind)) for kind in ("Person", "State", "Alliance", "Outlet", "UnnamedSource", "Parliament", "Court")}
INSTITUTION, INSTITUTIONS = Iri(kg("Institution")), {Iri(kg("Parliament")), Iri(kg("Court"))}
INTEGER, STRING = XSD + "integer", XSD + "string"
DAYS = {XSD + name for name in ("date", "gYearMonth", "gYear")}
MANY = 4  # statements of one stretch of words
# What a statement, what it expresses, and what it attaches names, and the role of the words that name it.
OF_STATEMENT = {kg(property): Iri(concept("roles", role)) for property, role in (
    ("speaker", "speaker"), ("possibleSpeaker", "possible speaker"), ("onBehalfOf", "on behalf of"), ("addressee", "addressee"),
    ("onlyIn", "place"), ("notIn", "place"))}  # fmt: skip
OF_COMMITMENT = {kg(property): Iri(concept("roles", role)) for property, role in (
    ("committer", "committer"), ("action", "action"), ("beneficiary", "beneficiary"), ("against", "target"))}  # fmt: skip
OF_CONDITION = {kg("decidedBy"): Iri(concept("roles", "decider"))}
EXACT, START, END, SOURCE = (OA + term for term in ("exact", "start", "end", "hasSource"))
_WHOLE = re.compile("[0-9]{1,9}")
_DAY = re.compile(r"\d{4}(-\d\d){0,2}", re.ASCII)
_ABOVE = re.compile(r"^.*\n[^\S\x1c-\x1f]*\n", re.DOTALL)  # all before a paragraph; the engine's \s lacks the four separators of ASCII


def passes(code: str, facts: Facts) -> bool:
    """Whether a graph surely does not break the rule with this code; False where it may, or where no screen is here for it.

    >>> from kg.vocabulary import RDF
    >>> after = [(Iri("x:b"), Iri(kg("dependsOn")), Iri("x:c")), (Iri("x:c"), Iri(kg("dependsOn")), Iri("x:d"))]
    >>> back = (Iri("x:d"), Iri(kg("dependsOn")), Iri("x:b"))
    >>> passes("condition-cycle", Facts(after)), passes("condition-cycle", Facts([*after, back]))
    (True, False)
    """
    return code in SCREENS and SCREENS[code](facts)


def _any_of_mixed(facts: Facts) -> bool:
    for statement, groups in facts.objects[kg("anyOf")].items():
        for members in (_of(facts, kg("member"), group) for group in groups):
            for bound in (_of(facts, way, statement) for way in WAYS):
                if bound and not members <= bound and not (members.isdisjoint(bound) and all(isinstance(one, Iri) for one in members)):
                    return False
    return True


def _article_hash(facts: Facts) -> bool:
    for article in facts.instances(kg("Article")):
        for text in map(_words, _of(facts, kg("text"), article)):
            made = text and hashlib.sha256(text.encode()).hexdigest()
            if not made or any(_words(said) != made for said in _of(facts, kg("sha256"), article)):
                return False
    return True


def _inferred_unmarked(facts: Facts) -> bool:
    statements = facts.objects[kg("expresses")].keys() | facts.objects[kg("attaches")].keys() | _statements(facts)
    inferred = facts.objects[kg("inferred")]
    for statement in statements:
        named = _named(facts, statement)
        if named and boolean(True) not in inferred.get(statement, ()):
            in_words = {
                (role, thing)
                for mention in _of(facts, kg("mention"), statement)
                for role in _of(facts, kg("role"), mention)
                for thing in _of(facts, kg("refersTo"), mention)
            }
            if not named <= in_words:
                return False
    return True


def _named(facts: Facts, statement: Term) -> set[tuple[Term, Term]]:
    """What a statement and the commitment and conditions it tells of name, each with the role its words have."""
    where = (
        (OF_STATEMENT, (statement,)),
        (OF_COMMITMENT, _of(facts, kg("expresses"), statement)),
        (OF_CONDITION, _of(facts, kg("attaches"), statement)),
    )
    return {
        (role, thing)
        for roles, nodes in where
        for property, role in roles.items()
        for node in nodes
        for thing in _of(facts, property, node)
    }


def _mode_direct_unquoted(facts: Facts) -> bool:
    for statement in facts.subjects(kg("mode")).get(Iri(concept("modes", "direct")), ()):
        for passage in _of(facts, kg("passage"), statement):
            for start, words, text in _places(facts, passage):
                if start is None or words is None or text is None or start > len(text) or not _quoted(text[:start], words):
                    return False
    return True


def _quoted(before: str, words: str) -> bool:
    """As the query looks: is a mark open in the line or the paragraph?"""
    line, paragraph = before.rpartition("\n")[2], _ABOVE.sub("", before)
    return (
        bool(re.search(r"[“„«][^”»]*\Z", paragraph))
        or line.count('"') % 2 == 1
        or paragraph.count('"') % 2 == 1
        or bool(re.search(r"(^|[ (])['‘]", line))
        or words.startswith(tuple("\"“„«'‘"))
    )


def _passage_slice(facts: Facts) -> bool:
    for passage in facts.objects[EXACT]:
        for start, words, text in _places(facts, passage):
            for end in map(_whole, _of(facts, END, passage)):
                if start is None or end is None or text is None or not start <= end <= len(text) or words != text[start:end]:
                    return False
    return True


def _places(facts: Facts, passage: Term) -> Iterable[tuple[int | None, str | None, str | None]]:
    """Each start of a passage with each of its words and each text of its articles; None for what the engine may read otherwise."""
    return (
        (_whole(first), _words(words), _words(text))
        for first in _of(facts, START, passage)
        for words in _of(facts, EXACT, passage)
        for article in _of(facts, SOURCE, passage)
        for text in _of(facts, kg("text"), article)
    )


def _passage_shared(facts: Facts) -> bool:
    users = Counter(passage for statement in _statements(facts) for passage in _of(facts, kg("passage"), statement))
    return all(isinstance(passage, Iri) and count <= MANY for passage, count in users.items())


def _said_after_published(facts: Facts) -> bool:
    return all(
        _in_order(said, _of(facts, SCHEMA + "datePublished", article))
        for statement, said in facts.objects[kg("saidOn")].items()
        for article in _of(facts, kg("reportedIn"), statement)
    )


def _tenure_reversed(facts: Facts) -> bool:
    return all(_in_order(first, _of(facts, kg("to"), node)) for node, first in facts.objects[kg("from")].items())


def _in_order(first: Iterable[Term], then: Iterable[Term]) -> bool:
    """Whether none of these days is after one of those, as far as both are told."""
    for one, other in itertools.product(map(_day, first), map(_day, then)):
        if not one or not other or one[: len(other)] > other[: len(one)]:
            return False
    return True


def _trigger_unless(facts: Facts) -> bool:
    return not _shared(facts, kg("triggeredBy"), kg("exceptIf"))


def _condition_twice(facts: Facts) -> bool:
    return not any(_shared(facts, kg("requires"), other) for other in (kg("exceptIf"), kg("triggeredBy")))


def _shared(facts: Facts, one: str, other: str) -> bool:
    """Whether a thing has a value by both properties."""
    return any(values & _of(facts, other, node) for node, values in facts.objects[one].items())


def _two_kinds(facts: Facts) -> bool:
    for kinds in facts.objects[TYPE].values():
        if len(kinds) > 1:
            some = kinds & KINDS
            if len(some) > 1 or (INSTITUTION in kinds and not some <= INSTITUTIONS):
                return False
    return True


def _two_labels(facts: Facts) -> bool:
    return all(len(labels) < 2 for labels in facts.objects[LABEL_OF].values())


def _no_circle(property: str) -> Callable[[Facts], bool]:
    def screen(facts: Facts) -> bool:
        steps = facts.objects[property]
        for start in steps:
            below, seen = [start], set[Term]()
            while below:
                for step in steps.get(below.pop(), ()):
                    if step == start:
                        return False
                    if step not in seen:
                        seen.add(step)
                        below.append(step)
        return True

    return screen


SCREENS: Mapping[str, Callable[[Facts], bool]] = {
    "any-of-mixed": _any_of_mixed,
    "article-hash": _article_hash,
    "condition-cycle": _no_circle(kg("dependsOn")),
    "condition-twice": _condition_twice,
    "inferred-unmarked": _inferred_unmarked,
    "mode-direct-unquoted": _mode_direct_unquoted,
    "part-of-cycle": _no_circle(kg("partOf")),
    "passage-shared": _passage_shared,
    "passage-slice": _passage_slice,
    "relay-cycle": _no_circle(kg("relayedBy")),
    "said-after-published": _said_after_published,
    "tenure-reversed": _tenure_reversed,
    "trigger-unless": _trigger_unless,
    "two-kinds": _two_kinds,
    "two-labels": _two_labels,
}


def _of(facts: Facts, property: str, node: Term) -> set[Term]:
    return facts.objects[property].get(node, set())


def _statements(facts: Facts) -> set[Term]:
    return facts.subjects(TYPE).get(Iri(kg("Statement")), set())


def _words(term: Term) -> str | None:
    """What a plain string says; of a number or a date the engine may read another form."""
    return term.value if isinstance(term, Literal) and term.datatype == STRING else None


def _whole(term: Term) -> int | None:
    """A whole number from zero that any reader takes for the same."""
    return int(term.value) if isinstance(term, Literal) and term.datatype == INTEGER and _WHOLE.fullmatch(term.value) else None


def _day(term: Term) -> str | None:
    """A day, a month or a year in its one form."""
    return term.value if isinstance(term, Literal) and term.datatype in DAYS and _DAY.fullmatch(term.value) else None
