"""Words -> actors: names, names with titles, and offices by who holds them on a date.

Sure is what the form of the words lets one hope, from a whole name (1) to one of several who fit; the words around them are
for whoever asks. Time is linear in the words, whatever the size of the registry: the names are sorted out once.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from kg.model import Registry, Tenure, slug

LONGEST = 160  # characters; more is no name, whatever stands in it
SURE = {
    "name": 1.0, "other name": 0.9, "title and name": 0.95, "office and surname": 0.85, "unknown title": 0.7, "office": 0.9, "former office": 0.6,
    "government": 0.8, "one of several": 0.4,
}  # fmt: skip
# A title before a name: it ends in a word for an office or a rank.
TITLE = re.compile(
    r"(president|minister|premier|chancellor|secretary|leader|chief|speaker|king|queen|emperor|emir|sultan|prince|pope|ayatollah|envoy|"
    r"representative|governor|mayor|ambassador|senator|commissioner|director|chair|chairman|chairwoman|chairperson|commander|general|admiral|"
    r"colonel|captain|marshal|judge|justice|prosecutor|spokes\w+|adviser|advisor|head|taoiseach|tanaiste|tánaiste|treasurer|mr|mrs|ms|dr|sir|"
    r"sheikh|co-president|czar|-elect|PM|CEO|gov|sen|rep|gen|lt|col|adm|amb|prof)\.?(?: (?:of|for|to) [^,]+)?$",
    re.IGNORECASE,
)
MOUTHPIECE = re.compile(
    r"(?:an? |the |his |her |its |their )?(?:[a-z]+ )?(?:spokes\w+|lawyer|aide) (?:for|to) ", re.IGNORECASE
)  # nobody it speaks for
FORMER = re.compile(r"^(?:(?:the )?(?:former|ex|late|ousted|deposed|previous|outgoing|then)[ -])+", re.IGNORECASE)
GOVERNMENT = re.compile(
    r"^(?:the )?(?:(?P<before>.+?)(?:['’]s?)? (?:government|administration|authorities|regime|leadership|cabinet)"
    r"|(?:government|authorities|administration) (?:of|in) (?P<after>.+))$",
    re.IGNORECASE,
)
OWNER = re.compile(r"^(?P<owner>.+?)['’]s? (?:[a-z-]+ ){0,4}(?P<name>(?:[A-Z][\w.’'-]* ){0,3}[A-Z][\w.’'-]*)$")
LEADING = (
    "president",
    "prime minister",
    "chancellor",
    "taoiseach",
    "supreme leader",
    "chief executive",
)  # who may be the leader of a state
SAME_OFFICE = {
    "pm": "prime minister", "premier": "prime minister", "president of the government": "prime minister", "chief adviser": "prime minister",
    "foreign secretary": "foreign minister", "foreign affairs minister": "foreign minister", "external affairs minister": "foreign minister",
    "state secretary": "foreign minister", "secretary of state": "foreign minister", "top diplomat": "foreign minister",
    "defence secretary": "defence minister", "war secretary": "defence minister", "secretary of war": "defence minister",
    "treasury secretary": "finance minister", "chancellor of the exchequer": "finance minister", "home secretary": "interior minister",
    "home minister": "interior minister", "home affairs minister": "interior minister", "secretary-general": "secretary general",
    "nato chief": "secretary general", "foreign policy chief": "high representative", "vice-president": "vice president",
    "spokesperson": "spokesman", "spokeswoman": "spokesman", "national security advisor": "national security adviser",
    "president-elect": "president", "chairwoman": "chair", "chairman": "chair", "chairperson": "chair",
    "chief of the defence forces": "army chief", "director-general": "director general",
}  # fmt: skip


def link(registry: Registry, words: str, date: str | None = None) -> list[tuple[str, float]]:
    """The actors that some words of a text may name, each by its id with a confidence up to 1, surest first.

    Understood are names (*Zelensky, Kyiv, the Kremlin*), names with titles (*German Chancellor Friedrich Merz*), surnames with
    an office even where two bear them (*Supreme Leader Khamenei*), an office of a state or body (*the German chancellor*,
    *Germany's chancellor*, *the chancellor of Germany*), held on the `date` (ISO, may be partial; None: whoever holds it
    last), and a state's government. A bare office, a pronoun or *the leader* needs the text around it: nothing is found.

    >>> from kg.actors import load_registry
    >>> registry = load_registry()
    >>> link(registry, "the German chancellor", "2026-01-07"), link(registry, "the German chancellor", "2025-01")
    ([('friedrich-merz', 0.9)], [('olaf-scholz', 0.9)])
    >>> link(registry, "President Trump"), link(registry, "the chancellor")
    ([('donald-trump', 0.9)], [])
    """
    said = re.sub(r"['’]s?$", "", " ".join(words[: 2 * LONGEST].split()))
    if not said or len(said) > LONGEST:
        return []
    names = _names_of(registry)
    found = names.called(said) or names.titled(said, date) or names.of(said, date) or names.in_office(said, date) or names.government(said)
    before, comma, _ = said.partition(", ")  # Merz, the German chancellor
    return found if found or not comma else link(registry, before, date)


def represented(registry: Registry, words: str) -> tuple[str, str] | None:
    """The state or body of which a title before a name is an office, and the words that name it; None for a former office or none.

    >>> from kg.actors import load_registry
    >>> registry = load_registry()
    >>> represented(registry, "Slovak prime minister Robert Fico"), represented(registry, "former Slovak minister Ann Lee")
    (('slovakia', 'Slovak'), None)
    """
    return _names_of(registry).title_of(" ".join(words[:LONGEST].split()))


class _Names:
    """Who bears which name, surname and office; made once for a registry."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.bearers: dict[str, dict[str, float]] = defaultdict(dict)  # slug of a name -> actor -> how sure
        self.small: set[str] = set()  # slugs of the names without a capital: "officials"
        self.surnames: dict[str, list[str]] = defaultdict(list)
        self.holders: dict[tuple[str, str], list[Tenure]] = defaultdict(list)  # body and office, in its own words -> by whom
        self.alike: dict[tuple[str, str], list[Tenure]] = defaultdict(list)  # body and office, by whatever words
        self.held: dict[str, list[Tenure]] = defaultdict(list)
        for actor in registry.actors.values():
            for name in (*actor.aliases, actor.label):
                self.bearers[slug(name)][actor.id] = SURE["name"] if name == actor.label else SURE["other name"]
                self.small |= {slug(name)} if name == name.lower() else set()
            if actor.kind == "person":
                for word in {actor.label.split()[0], actor.label.split()[-1]}:  # surnames come last, or first: Xi Jinping
                    self.surnames[slug(word)].append(actor.id)
        for tenure in registry.tenures:
            self.holders[tenure.of, _plain(tenure.office)].append(tenure)
            self.alike[tenure.of, _office(tenure.office)].append(tenure)
            self.held[tenure.holder].append(tenure)

    def called(self, said: str) -> list[tuple[str, float]]:
        """Whoever bears the words as a name, with or without *the*; a name is written with a capital: *us* is not the US."""
        bare = re.sub(r"^the ", "", said, flags=re.IGNORECASE)
        for name in (said, bare, f"the {bare}"):
            key = slug(name)
            if key in self.bearers and (said != said.lower() or key in self.small):
                return sorted(self.bearers[key].items(), key=lambda found: (-found[1], found[0]))
        return []

    def titled(self, said: str, date: str | None) -> list[tuple[str, float]]:
        """A name at the end, behind a title that ends in a word for an office; what the title says must not be untrue."""
        tokens = re.split(r",? ", said) if not MOUTHPIECE.match(said) else []
        for cut in range(1, len(tokens)):
            title, name = " ".join(tokens[:cut]), " ".join(tokens[cut:])
            if not TITLE.search(title) or not name[:1].isupper():
                continue
            people = [id for id, _ in self.called(name) if self.registry.actors[id].kind == "person"]
            alike = self.surnames.get(slug(name), []) if cut == len(tokens) - 1 else []
            fitting = [id for id in dict.fromkeys([*people, *alike]) if self._fits(id, title, date)]
            if len(fitting) == 1:
                sure = "title and name" if fitting[0] in people or self._parts(title)[0] else "office and surname"
                return [(fitting[0], SURE[sure])]
            if fitting:
                return [(id, SURE["one of several"]) for id in fitting]
            if people:  # whoever bears the name, of whom the title is not known here
                return [(id, SURE["unknown title" if len(people) == 1 else "one of several"]) for id in people]
        return []

    def of(self, said: str, date: str | None) -> list[tuple[str, float]]:
        """A person behind a possessive: *Ukraine's Volodymyr Zelenskyy*, *his ally's son Ann Lee*; by the surname alone who holds an office there."""
        match = OWNER.match(said)
        if not match:
            return []
        people = [id for id, _ in self.called(match["name"]) if self.registry.actors[id].kind == "person"]
        body = self._body(re.sub(r"^the ", "", match["owner"], flags=re.IGNORECASE))
        alike = [
            id
            for id in self.surnames.get(slug(match["name"].split()[-1]), ())
            if body and any(t.of == body and _covers(t, date) for t in self.held[id])
        ]
        found = people or alike
        return [
            (id, SURE["title and name" if people and len(people) == 1 else "unknown title" if len(found) == 1 else "one of several"])
            for id in found
        ]

    def title_of(self, said: str) -> tuple[str, str] | None:
        """The body whose office stands before a name, and the words for it."""
        if owner := OWNER.match(said):
            body = self._body(re.sub(r"^the ", "", owner["owner"], flags=re.IGNORECASE))
            if body and self.registry.actors[body].kind == "state":
                return body, owner["owner"]
        tokens = said.split(" ")
        for cut in range(len(tokens) - 1, 1, -1):
            if TITLE.search(title := " ".join(tokens[:cut])) and not FORMER.match(title):
                for end in range(cut - 1, 0, -1):
                    words = " ".join(tokens[:end])
                    if body := self._body(re.sub(r"['’]s?$", "", re.sub(r"^the ", "", words, flags=re.IGNORECASE))):
                        return body, words
        return None

    def _fits(self, id: str, title: str, date: str | None) -> bool:
        body, office, former = self._parts(title)
        return any(
            (not office or _office(tenure.office) == _office(office))
            and (not body or tenure.of == body)
            and (former or _covers(tenure, date))
            for tenure in self.held[id]
        )

    def in_office(self, said: str, date: str | None) -> list[tuple[str, float]]:
        """Whoever holds the office of the state or body on the date; *former*: whoever held it before."""
        body, office, former = self._parts(said)
        found = next(filter(None, (_in_force(tenures, date, former) for tenures in self._tenures(body, office))), []) if body else []
        sure = SURE["former office" if former else "office"] if len({tenure.holder for tenure in found}) == 1 else SURE["one of several"]
        return [(id, sure) for id in dict.fromkeys(tenure.holder for tenure in found)]

    def _tenures(self, body: str, office: str) -> Iterator[list[Tenure]]:
        """Those of the office as it is called; then by another name for it (India's foreign secretary is no minister); then leaders."""
        yield self.holders.get((body, office), [])
        yield self.alike.get((body, _office(office)), [])
        if office == "leader":
            yield [tenure for one in LEADING for tenure in self.holders.get((body, one), [])]

    def government(self, said: str) -> list[tuple[str, float]]:
        """The state whose government is named: *the German government*, *authorities in Kyiv*."""
        match = GOVERNMENT.match(said)
        found = self.called(match["before"] or match["after"]) if match else []
        return [(id, SURE["government"]) for id, _ in found if self.registry.actors[id].kind == "state"]

    def _parts(self, title: str) -> tuple[str, str, bool]:
        """Body, office and whether it is a former one: of *former German chancellor*, *the chancellor of Germany*."""
        bare = re.sub(r"^the ", "", title, flags=re.IGNORECASE)
        left = FORMER.sub("", bare)
        former = left != bare
        tokens = left.split(" ")
        for cut in range(len(tokens), 0, -1):
            body = self._body(re.sub(r"['’]s?$", "", " ".join(tokens[:cut])))
            if body:
                rest = " ".join(tokens[cut:])
                return body, _plain(FORMER.sub("", rest)), former or FORMER.match(rest) is not None
        for match in re.finditer(r" (?:of|for|to) (?:the )?", left):  # the first that leaves a name: minister of defence of Israel
            body = self._body(left[match.end() :])
            if body:
                return body, _plain(left[: match.start()]), former
        return "", _plain(left), former

    def _body(self, name: str) -> str:
        found = self.called(name) if name[:1].isupper() else []
        return found[0][0] if found and self.registry.actors[found[0][0]].kind != "person" else ""


_MADE: list[_Names] = []  # of the registries last used; a registry is no key of a dictionary


def _names_of(registry: Registry) -> _Names:
    for made in _MADE:
        if made.registry is registry:
            return made
    _MADE.insert(0, _Names(registry))
    del _MADE[2:]
    return _MADE[0]


def _in_force(tenures: list[Tenure], date: str | None, former: bool) -> list[Tenure]:
    """Those held on the date, on the day of a change by who comes, not who goes; the former ones: those that are over."""
    if former:
        return [tenure for tenure in tenures if tenure.end and (not date or tenure.end <= date)]
    held = [tenure for tenure in tenures if _covers(tenure, date)]
    return [tenure for tenure in held if not (tenure.end and date and tenure.end.startswith(date[: len(tenure.end)]))] or held


def _covers(tenure: Tenure, date: str | None) -> bool:
    """Whether the office is held on the date; days, months and years are compared as far as both go."""
    if not date:
        return tenure.end is None
    start, end = tenure.start or "", tenure.end or "9999"
    return start[: len(date)] <= date[: len(start)] and date[: len(end)] <= end[: len(date)]


def _plain(words: str) -> str:
    """An office in small letters and British spelling."""
    return " ".join(words.split()).casefold().removeprefix("the ").replace("defense", "defence")


def _office(words: str) -> str:
    """One word for the names that an office has: *defense secretary* and *minister of defence* are one."""
    plain = re.sub(r"^(acting|interim|transitional|incumbent|then|current|new) ", "", _plain(words))
    turned = re.sub(r"^(minister|secretary) (?:of|for) (?:the )?(.+)$", r"\2 \1", plain)
    return SAME_OFFICE.get(plain) or SAME_OFFICE.get(turned) or turned
