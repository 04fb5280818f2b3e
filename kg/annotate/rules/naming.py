"""Words that name somebody -> the actor: by the registry (names, offices held on the day), or by what was named before.

*Merz* after *Friedrich Merz* is the same person; *he* is the person named last, *it* the body. Whom nothing names becomes an
actor of this article alone, its kind guessed from the words. Every reference says how sure it is and what linked it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection, Iterator
from copy import copy

from kg.actors import link, represented
from kg.annotate.rules.words import listed
from kg.model import Actor, Reference, Registry, Span, Tenure, slug
from kg.text import quotations, sentences

_SUBJECT = re.compile(
    r"[\s“\"]*((?:(?:[A-Z][\w.’'-]*|of|the|al|bin|von|van|de|der|da|del|di|[a-z]+ minister|president|chancellor) ){0,7}[A-Z][\w’'-]*)"
)
_WHOLE = re.compile(r"(?<![\w’'-])[A-Z][\w’'-]+ ([A-Z][\w’'-]+)\b")  # no capital after an apostrophe begins one
LONG = 600  # code points after which who spoke last is no longer *he*
NEAR = 16  # names before a pronoun that may be whom it stands for
ENOUGH = 0.6  # below this the registry's guess is one of several
PEOPLE = listed("he she him her his hers i me my who")
BODIES = listed("it they its their them we us our which that")
UNNAMED = listed(
    "officials official sources source authorities experts analysts witnesses residents people activists diplomats scientists researchers "
    "critics observers lawmakers families protesters reporters journalists investigators prosecutors police"
)
# The kind of an actor nobody knows, by a word of its name; the first that fits.
_KINDS = {
    "parliament": r"parliament|congress|senate|assembly|bundestag|knesset|duma|rada|sejm|diet|cortes|legislature|house of \w+",
    "court": r"court|tribunal",
    "outlet": r"times|post|journal|news|herald|gazette|tribune|guardian|reuters|tv|television|radio|newspaper|media|afp|cnn|bbc",
    "alliance": r"union|alliance|coalition|nato|bloc|league of|group of|countries|allies|nations",
    "institution": r"ministry|government|department|office|agency|council|commission|committee|company|bank|university|party|army|military"
    r"|forces?|navy|police|board|institute|association|organi[sz]ation|administration|cabinet|corporation|airlines?|service|authority"
    r"|group|fund|federation|ministers?|church|hospital|school|city|province",
}
KINDS = [(kind, re.compile(rf"\b(?:{shape})\b", re.IGNORECASE)) for kind, shape in _KINDS.items()]
_TITLE = re.compile(
    r"\b(?:president|minister|chancellor|king|queen|prince|princess|premier|secretary|general|governor|mayor|senator|judge|justice|chief|commander"
    r"|spokes\w+|leader|director|chair\w*|ceo|pope|ambassador|envoy|colonel|captain|dr|mr|mrs|ms|sir|lawmaker|professor|coach|founder|owner|lawyer"
    r"|commissioner|speaker|council(?:l?or|man|woman)|officer|executive|analyst|economist|activist|treasurer|congress(?:man|woman)|representative|admiral|bishop|archbishop|cardinal"
    r"|gov|sen|rep|gen|lt|col|adm|amb|prof|rev)\b",
    re.IGNORECASE,
)
# What many states call a parliament or court of theirs: whose it is, the text around it says.
_BARE = re.compile(
    r"(?:the )?(?:(?:supreme|constitutional|federal|national|general) )*"
    r"(?:court|council|parliament|congress|senate|assembly|house of representatives|kuvendi|majlis)",
    re.IGNORECASE,
)
_OF_BODY = re.compile(
    r"(?:the |an? )?(?:[\w-]+ )?(?:leader|head|chief|chair\w*|president|director|spokes\w+) (?:of|for) (?:the )?([A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,7})"
)
_FOR = re.compile(r"\b(?:for|of|to|at|from|in|with)(?: the)? $", re.IGNORECASE)
_MOUTHPIECE = re.compile(r"\b(?:spokes\w+|lawyer)\b", re.IGNORECASE)
_APPOSED = re.compile(r", ((?:[A-Z][\w.’'-]+ ){1,3}[A-Z][\w’'-]+),")
CONTRACTED = re.compile(r"['’](?:ve|ll|re|d|m|s)$")
_DETERMINER = re.compile(r"^(?:the|a|an|both|some|two|three|several|many|all)\s+", re.IGNORECASE)
_OPENING = listed("one another others his her its their our my such most")
_PARTICLES = listed("al bin von van de der da del el ben di la le")
_PORTFOLIOS = listed("foreign defence defense trade food health justice education finance")


class Naming:
    """Links the names of one article and keeps the actors it had to make."""

    def __init__(self, registry: Registry, published: str | None, text: str = "", article: str = "") -> None:
        self.registry, self.published, self.text, self.article = registry, published, text, article
        self.starts: list[int] | None = None  # of its sentences, when first asked for
        self.whole: dict[str, str] | None = None  # surname -> the first whole name with it
        self.minted: dict[str, Actor] = {}
        self.people: list[tuple[int, str]] = []  # where persons were named, and who, in text order
        self.bodies: list[tuple[int, str]] = []
        self.by_surname: dict[str, set[str]] = {}
        self.spoke: list[tuple[int, str]] = []  # where persons spoke, and who
        self.offices: dict[str, str] = {}  # of whom a title said so: the state or body
        self.tenures: dict[str, list[Tenure]] = {}
        for tenure in registry.tenures:
            self.tenures.setdefault(tenure.holder, []).append(tenure)

    def copy(self) -> Naming:
        """The same names known so far, to which what is linked from now on adds apart."""
        other = copy(self)
        other.minted, other.offices = dict(self.minted), dict(self.offices)
        other.people, other.bodies, other.spoke = list(self.people), list(self.bodies), list(self.spoke)
        other.by_surname = {name: set(ids) for name, ids in self.by_surname.items()}
        return other

    def link(self, span: Span) -> Reference:
        """The actor that a span of the article names.

        >>> naming = Naming(Registry({"fr": Actor("fr", "France", "state", ("French",))}), None)
        >>> [naming.link(Span(n, n + 1, words)).target for n, words in enumerate(("France", "Foreign Minister Ann Lee", "Lee", "she", "it"))]
        ['fr', 'ann-lee', 'ann-lee', 'ann-lee', 'fr']
        """
        low = CONTRACTED.sub("", span.text.casefold())
        if low in PEOPLE | BODIES:
            id = self.antecedent(span)
            return (
                Reference(id, span, 0.7, "pronoun") if id else Reference(self._mint(span.text, "unnamed source").id, span, 0.3, "pronoun")
            )
        apposed = _APPOSED.match(self.text, span.end) if _TITLE.search(span.text) and not _name_in(span.text) else None
        actor, sure, how = self._find(apposed[1] if apposed else span.text)
        person = actor.kind == "person"
        insort(self.people if person else self.bodies, (span.start, actor.id))
        if person:
            self.by_surname.setdefault(slug(actor.label.split()[-1]), set()).add(actor.id)
        return Reference(actor.id, span, sure, how)

    def link_speaker(self, span: Span) -> Reference:
        """The same of who speaks: *he* is who last spoke or began a sentence, unless that is long ago; whoever else was named is spoken of."""
        found = None
        if span.text.casefold() in ("he", "she"):
            at, id = max(self.spoke[-1:] + self._subject(span.start), default=(-LONG, ""))
            found = Reference(id, span, 0.75, "pronoun") if 0 <= span.start - at < LONG else None
        found = found or self.link(span)
        if self.is_person(found.target):
            self.spoke.append((span.start, found.target))
        return found

    def _subject(self, before: int) -> list[tuple[int, str]]:
        """The last person whose name begins a sentence, and where; one that is known or was named."""
        if self.starts is None:
            quoted = [(start, end) for start, end, depth in quotations(self.text) if not depth]
            firsts = [start for start, _ in quoted]
            begun = ((start, bisect_right(firsts, start) - 1) for start, _ in sentences(self.text))
            self.starts = [start for start, at in begun if at < 0 or start >= quoted[at][1]]  # what begins in a quotation is not told
        for at in range(bisect_left(self.starts, before) - 1, -1, -1):
            start = self.starts[at]
            if before - start > LONG:
                break
            phrase = _SUBJECT.match(self.text, start)
            if phrase and (id := self._person(phrase[1])):
                return [(start, id)]
        return []

    def _person(self, words: str) -> str | None:
        """The person of some words; of a surname alone whoever the text calls by a whole name before."""
        if self.whole is None:
            self.whole = {found[1]: found[0] for found in reversed(list(_WHOLE.finditer(self.text)))}
        words = self.whole.get(words, words)
        found = [id for id, sure in link(self.registry, words, self.published) if sure >= ENOUGH]
        known = self._named_before(_name_in(words) or words)
        id = known.id if known else found[0] if len(found) == 1 else ""
        return id if id and self.is_person(id) else None

    def is_person(self, id: str) -> bool:
        """Whether an actor is a person."""
        return self.kind(id) == "person"

    def kind(self, id: str) -> str:
        """The kind of an actor; "" of one that nobody knows."""
        actor = self.registry.actors.get(id) or self.minted.get(id)
        return actor.kind if actor else ""

    def named_last(self, kinds: Collection[str], before: int) -> str | None:
        """The body of one of some kinds that was named last before a place."""
        return next((id for id in _before(self.bodies, before) if self.kind(id) in kinds), None)

    def behind(self, reference: Reference) -> Reference | None:
        """The state or body for which whoever is named speaks: as the title before the name says, or an earlier one, or the one
        that the office held on the article's day is of; None where there is none, or several.
        """
        span = reference.span
        told = represented(self.registry, span.text) if span else None
        if span and told and told[0] != reference.target:
            self.offices[reference.target] = told[0]
            at = span.text.find(told[1])
            words = Span(span.start + at, span.start + at + len(told[1]), told[1]) if at >= 0 else span
            return Reference(told[0], words, 0.85, "title")
        body = self.offices.get(reference.target) or self._body_of(reference.target) or (self._behind_title(span) if span else None)
        return Reference(body, span, 0.8, "office held") if body else None

    def _behind_title(self, span: Span) -> str | None:
        """The body in *the leader of Hamas*, *a spokesman for the Kremlin*, if it is a known one."""
        found = _OF_BODY.fullmatch(span.text)
        known = [id for id, sure in link(self.registry, found[1], self.published) if sure >= ENOUGH] if found else []
        return known[0] if len(known) == 1 and not self.is_person(known[0]) else None

    def _body_of(self, actor: str) -> str | None:
        held = {tenure.of for tenure in self.tenures.get(actor, ()) if self._held(tenure)}
        return held.pop() if len(held) == 1 else None

    def _held(self, tenure: Tenure) -> bool:
        day = self.published or ""
        return bool(day) and (tenure.start or "") <= day and (tenure.end is None or tenure.end >= day)

    def _tells_of(self, body: str) -> bool:
        """Whether the text names a state or body, or somebody who holds an office of it on the article's day."""
        ids = [body, *(tenure.holder for tenure in self.registry.tenures if tenure.of == body and self._held(tenure))]
        names = (name for id in ids if (actor := self.registry.actors.get(id)) for name in (actor.label, *actor.aliases))
        return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", self.text) for name in names)

    def _stray(self, actor: Actor, words: str) -> bool:
        """Whether a parliament or court is named as many are, in a text that does not tell of the state whose it is."""
        return bool(actor.member_of and _BARE.fullmatch(words)) and not any(map(self._tells_of, actor.member_of))

    def split(self, span: Span) -> list[Span]:
        """The several sources of one span: *Donald Trump and Vladimir Putin*, *Germany, France and Poland*; else the span itself.

        >>> text = "Germany, France and Poland"
        >>> [s.text for s in Naming(Registry(), None, text).split(Span(0, 26, text))]
        ['Germany', 'France', 'Poland']
        """
        if " and " not in span.text or any(self.registry.find_actor(span.text, kind) for kind in ("state", "institution", "alliance")):
            return [span]
        ends = [joint.span() for joint in re.finditer(r",? and |, ", span.text)]
        edges = [0, *(at for end in ends for at in end), len(span.text)]
        cuts = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if span.text[a:b].strip()]
        pieces = [Span(span.start + a, span.start + b, span.text[a:b]) for a, b in cuts]
        named = all(piece.text.split()[-1][:1].isupper() and len(piece.text.split()) <= 9 for piece in pieces)
        of = re.search(r"\b(?:of|for)\b", pieces[0].text)
        whole = of or pieces[0].text.split()[-1].casefold() in _PORTFOLIOS
        return pieces if named and (not whole or all(map(self._known, pieces))) else [span]

    def _known(self, span: Span) -> bool:
        return any(sure >= ENOUGH for _, sure in link(self.registry, span.text, self.published))

    def _find(self, words: str) -> tuple[Actor, float, str]:
        bare = _DETERMINER.sub("", words)
        name = _name_in(bare)
        known = self._named_before(name or bare)
        found = [] if known and " " not in name else link(self.registry, words, self.published)
        if found and found[0][1] >= ENOUGH and (len(found) == 1 or found[1][1] < found[0][1]):
            actor = self.registry.actors[found[0][0]]
            return (self._mint(bare, actor.kind), 0.5, "words") if self._stray(actor, words) else (actor, round(found[0][1], 2), "registry")
        if known:
            return known, 0.85, "named before"
        return self._new(bare, name)

    def _named_before(self, name: str) -> Actor | None:
        ids = self.by_surname.get(slug(name.split()[-1]), set()) if name.split() else set()
        found = [self.registry.actors.get(id) or self.minted[id] for id in ids]
        fitting = [actor for actor in found if f"-{slug(actor.label)}".endswith(f"-{slug(name)}")]
        return fitting[0] if len(fitting) == 1 else None

    def antecedent(self, pronoun: Span, but: Collection[str] = ()) -> str | None:
        """The person or body named last before a pronoun that is none of some."""
        named = self.people if pronoun.text.casefold() in PEOPLE else self.bodies
        return next((id for id in _before(named, pronoun.start) if id not in but), None)

    def _new(self, bare: str, name: str) -> tuple[Actor, float, str]:
        kind = next((kind for kind, shape in KINDS if shape.search(bare)), "")
        title = bare.removesuffix(name)
        if name and _TITLE.search(title) and _FOR.search(title):  # a spokesman for somebody is not that one
            return self._mint(bare, "unnamed source" if _MOUTHPIECE.search(title) else "person"), 0.6, "words"
        if name and _TITLE.search(title):
            return self._mint(name, "person"), 0.8, "title and name"
        if bare.split()[-1].casefold() in UNNAMED or not any(c.isupper() for c in bare):
            return self._mint(bare, kind if kind and kind != "alliance" else "unnamed source"), 0.5, "words"
        if kind:
            return self._mint(bare, kind), 0.6, "words"
        return self._mint(bare, "person" if 2 <= len(bare.split()) <= 4 and name == bare else "institution"), 0.5, "words"

    def _mint(self, label: str, kind: str) -> Actor:
        label = " ".join(label.split())
        if label.split(" ")[0].casefold() in PEOPLE | BODIES | UNNAMED | _OPENING and label[1:] == label[1:].lower():
            label = label.lower()  # the capital is a sentence's
        id = slug(label)
        if label == label.lower() and self.article:
            id = f"{id}-{slug(self.article)}"  # the government, officials, he: of one article others than of the next
        if id in self.registry.actors or (id in self.minted and self.minted[id].kind != kind):
            id = f"{id}-{slug(kind)}"
        if id in self.registry.actors:  # the registry has one of this very name and kind
            return self.registry.actors[id]
        return self.minted.setdefault(id, Actor(id, label, kind))


def _before(named: list[tuple[int, str]], place: int) -> Iterator[str]:
    """The actors named before a place, the last first, as far back as one looks."""
    stop = bisect_left(named, (place, ""))
    return (id for _, id in reversed(named[max(0, stop - NEAR) : stop]))


def _name_in(words: str) -> str:
    """The name at the end of a phrase, without the titles before it; "" where it ends in small letters.

    >>> _name_in("German Chancellor Friedrich Merz"), _name_in("prime minister Ann Lee"), _name_in("the German chancellor")
    ('Friedrich Merz', 'Ann Lee', '')
    """
    tokens = words.split()
    first = len(tokens)
    while (
        first
        and (tokens[first - 1][:1].isupper() or (first < len(tokens) and tokens[first - 1] in _PARTICLES))
        and not _TITLE.fullmatch(tokens[first - 1].rstrip("."))
    ):
        first -= 1
    while first < len(tokens) and tokens[first] in _PARTICLES:
        first += 1
    return words[words.index(tokens[first]) :] if len(tokens) > first and " ".join(tokens) == words else " ".join(tokens[first:])
