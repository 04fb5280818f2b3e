"""Conditions: their exact words without the marker, polarity, kind and who decides; what each bounds is for `deeds.py` to say."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.annotate.rules.found import Use
from kg.annotate.rules.lexicon import inflected_class, word_class, word_set
from kg.annotate.rules.markers import Marker, find_markers
from kg.annotate.rules.phrases import head_of, is_agent, is_date, noun_start, trimmed
from kg.annotate.rules.words import BE, DO, Word, possible, read_words
from kg.model import Span

FAR = 50  # words; no condition is longer
_ENDS = word_set(
    "if unless until because while whereas although though despite amid amidst due even but since according once provided so rather following"
)
_FIND, _FOUND = word_set("find finds found"), word_set("that guilty no evidence against")  # a partner is found, too
_ADOPTED = word_set("adopt adopts adopted pass passed passes enact enacts enacted cleared")  # by a state a measure of its own: no consent
_GIVEN = re.compile(
    r"\b(?:says? (?:yes|no)|signs? off|(?:his|her|its|their|the|a|formal|final) (?:blessing|green light|go-ahead|nod)|passage of|agreement (?:of|by|from))\b"
)
_STATES = word_set("suspend remain halt hold pause block detain freeze delay postpone close keep stay shut custody force hold defer stop")


@dataclass(frozen=True, slots=True)
class Bound:
    """A condition where it stands: the use, the words it begins and ends at (marker included), and what it bounds if its marker says so."""

    use: Use
    first: int
    last: int
    leading: bool
    outcome: tuple[int, int] | None = None


def find_conditions(text: str, start: int, end: int) -> list[Bound]:
    """The conditions of a stretch of text, in order.

    >>> text = "Spain will leave unless the Bundestag consents."
    >>> [(c.use.text.text, c.use.polarity, c.use.kind, [by.text for by in c.use.by]) for c in find_conditions(text, 0, len(text))]
    [('the Bundestag consents', 'unless', 'approval', ['the Bundestag'])]
    """
    return conditions_among(text, read_words(text, start, end))


def conditions_among(text: str, words: list[Word], floor: int = 0) -> list[Bound]:
    """The same among words already read, from word `floor` on."""
    found: list[Bound] = []
    for marker in find_markers(words, floor):
        inside = bool(found) and marker.first < found[-1].last
        if inside and (marker.when in ("date", "duration", "number", "depends", "requires", "needs", "refused") or marker.kind == "limit"):
            continue
        bound = _bound(text, words, marker, floor)
        if bound:
            found.append(_grouped(words, found, bound))
    return found


def _bound(text: str, words: list[Word], marker: Marker, floor: int) -> Bound | None:
    if marker.when == "backed":
        return _backed(text, words, marker, floor)
    first, last = _demanded(words, marker) if marker.when == "ultimatum" else (marker.last, _end(words, marker))
    first, last = _bare(words, first, last)
    if first >= last:
        return None
    kind = marker.kind or kind_of(words, first, last, marker.polarity)
    if marker.follows == "clause" and kind == "time":
        kind = "event"
    use = Use(
        _span(text, words, first, last), _span(text, words, marker.first, marker.last), _polarity(words, marker, floor), kind=kind,
        role="trigger" if words[marker.first].low == "in" and words[min(marker.first + 2, len(words) - 1)].low == "event" else "requirement",
        by=tuple(_span(text, words, *part) for part in decider(words, first, last)) if kind not in ("time", "limit") else (),
        confidence=marker.confidence, found_by="marker " + " ".join(word.low for word in words[marker.first : marker.last]),
    )  # fmt: skip
    outcome = (noun_start(words, marker.first, floor), marker.first) if marker.when in ("depends", "requires", "needs") else None
    return Bound(use, min(first, marker.first), max(last, marker.last), marker.leading or marker.when == "ultimatum", outcome)


def _backed(text: str, words: list[Word], marker: Marker, floor: int) -> Bound | None:
    """`X is a condition of Y`, `support will be required from Z`: the condition stands before its marker."""
    first, last = trimmed(words, noun_start(words, marker.first, floor), marker.first)
    if first >= last:
        return None
    after = _end(words, marker)
    source = words[marker.last].low in ("from", "of", "by", "only") and marker.last + 2 < after
    purpose = next((at for at in range(marker.last, after - 1) if words[at].low == "to" and words[at + 1].tag == "B"), after)
    by = ((marker.last + (2 if words[marker.last].low == "only" else 1), purpose),) if source else ()
    kind = "approval" if words[marker.last - 1].low == "required" else kind_of(words, first, last, "if")
    use = Use(_span(text, words, first, last), _span(text, words, marker.first, marker.last), marker.polarity, kind=kind,
              by=tuple(_span(text, words, *part) for part in by), confidence=marker.confidence, found_by="marker after its condition")  # fmt: skip
    return Bound(
        use,
        first,
        after,
        False,
        None if marker.last >= after or (source and purpose == after) else (purpose + 1 if purpose < after else marker.last, after),
    )


def _grouped(words: list[Word], found: list[Bound], bound: Bound) -> Bound:
    if not found or not 0 <= bound.first - found[-1].last <= 2 or words[bound.first - 1].low != "or":
        return bound
    group = found[-1].use.group or f"or{found[-1].first}"
    found[-1] = _with_group(found[-1], group)
    return _with_group(bound, group)


def _with_group(bound: Bound, group: str) -> Bound:
    use = bound.use
    grouped = Use(use.text, use.marker, use.polarity, use.role, use.kind, use.by, group, use.confidence, use.found_by)
    return Bound(grouped, bound.first, bound.last, bound.leading, bound.outcome)


def _end(words: list[Word], marker: Marker) -> int:
    at = marker.last
    dated = is_date(words, at, len(words)) if marker.follows != "clause" else 0
    if dated and (marker.when in ("date", "duration") or at + dated >= len(words) or words[at + dated].tag in ",ICQ"):
        return at + dated
    if [word.low for word in words[at : at + 2]] == ["further", "notice"]:
        return at + 2
    if marker.when == "number":
        return _noun_end(words, at)
    place, limit = at, min(len(words), at + FAR)
    while place < limit and not _ends_at(words, place, marker):
        place += 1
    return place


def _noun_end(words: list[Word], at: int) -> int:
    place = at
    while place < len(words) and words[place].tag in "MNPJ":
        place += 1
    return place


def _ends_at(words: list[Word], at: int, marker: Marker) -> bool:
    word, after = words[at], words[at + 1] if at + 1 < len(words) else None
    if marker.leading and at > marker.last + 1 and words[marker.first].low in ("only", "not") and _turned(words, at):
        return True
    if word.tag == ",":
        if word.low in ";:—–!?" or (word.low == "." and (after is None or after.start > word.end)):
            return True
        if word.low == ",":
            return marker.leading or marker.follows == "phrase" or after is None or not _goes_on(words, at + 1)
    if at > marker.last + 1 and word.low in _ENDS and not (word.low == "if" and words[at - 1].low == "even"):
        return True
    if word.low in ("or", "and") and after is not None and after.low in ("if", "unless", "only", "until", "that", "says", "said", "once"):
        return True
    return word.low == "and" and after is not None and after.tag in "ZX" and marker.follows == "phrase"


def _turned(words: list[Word], at: int) -> bool:
    """Whether the main clause begins here with its verb: *Only if they leave will Kyiv sign*."""
    subject = words[at + 1 : at + 2] and words[at + 1].tag in "POT"
    return bool(subject) and (
        words[at].tag == "X" or (words[at].low in BE | DO and any(word.tag in "BEG" for word in words[at + 2 : at + 6]))
    )


def _goes_on(words: list[Word], at: int) -> bool:
    word = words[at]
    return (word.tag == "P" and words[at - 2].tag == "P") or (
        word.low in ("or", "and") and any(w.low == "," for w in words[max(0, at - 10) : at - 1])
    )


def _demanded(words: list[Word], marker: Marker) -> tuple[int, int]:
    """What an ultimatum asks for: `a deadline to accept the proposal, or …`."""
    for place in range(marker.first - 1, max(0, marker.first - 25), -1):
        if words[place].low == "to" and words[place + 1].tag == "B":
            return place + 1, marker.first
    return marker.first, marker.first


def _bare(words: list[Word], first: int, last: int) -> tuple[int, int]:
    while last > first and (
        words[last - 1].tag in "C" or words[last - 1].low in ",.;:!?—–" or words[last - 1].low in ("and", "or", "even")
    ):
        last -= 1
    while first < last and (words[first].low in ",:" or words[first].low in ("promised",)):
        first += 1
    marks = [place for place in range(first, last) if words[place].tag == "Q"]
    if len(marks) % 2 and marks[-1] == last - 1:
        last -= 1
    elif len(marks) % 2 and marks[0] == first:
        first += 1
    return first, last


def _polarity(words: list[Word], marker: Marker, floor: int) -> str:
    if words[marker.first].low == "pending":
        state = {
            form for lemma in _STATES for form in (lemma, lemma + "s", lemma + "ed", lemma + "ing", lemma + "d", lemma.rstrip("e") + "ing")
        }
        near = {word.low for word in words[max(floor, marker.first - 18) : marker.first]}
        return "unless" if near & state else "if"
    return marker.polarity


# ------------------------------------------------------------------------------------------------------- kind and decider


def kind_of(words: list[Word], first: int, last: int, polarity: str) -> str:
    """The kind of a condition, from its own words.

    >>> def kind(words: str) -> str:
    ...     read = read_words(words, 0, len(words))
    ...     return kind_of(read, 0, len(read), "if")
    >>> kind("the Knesset ratifies the deal"), kind("Hamas releases the hostages"), kind("Hamas attacks"), kind("30 September"), kind("sabotage is proven")
    ('approval', 'reciprocity', 'event', 'time', 'finding')
    """
    if [word.low for word in words[first : first + 2]] == ["at", "least"]:
        first += 2
    lows = {word.low for word in words[first:last]}
    if is_date(words, first, last) >= last - first or lows == {"further", "notice"}:
        return "time"
    if _approving(words, first, last):
        return "approval"
    if lows & word_class("findings") - _FIND or (lows & _FIND and lows & _FOUND):
        return "finding"
    return "reciprocity" if _conceding(words, first, last) else "event"


def _approving(words: list[Word], first: int, last: int) -> bool:
    """Consent named in the condition's own clause, not in a phrase that hangs on it (`the constitution is adopted`, not `after the vote`)."""
    near = [word.low for word in words[first : min(last, first + 14)]]
    bodies = [at for at, low in enumerate(near) if low in word_class("reviewers")]
    found = {low for low in near if low in word_class("approvals")}
    if found - _ADOPTED or (found and (bodies or any(low in BE for low in near))):
        return not {"election", "elections"} & set(near)
    assents = any(set(near[at + 1 : at + 3]) & inflected_class("assents") for at in bodies)
    return assents or bool(bodies and "review" in near) or bool(_GIVEN.search(" ".join(near)))


def _conceding(words: list[Word], first: int, last: int) -> bool:
    verb = _finite_at(words, first, last)
    if words[first].tag == "B":
        return words[first].low in word_class("concessions")
    if verb < 0:
        inner = next((at for at in range(first, last - 2) if words[at].low == "for" and words[at + 1].tag == "P"), -1)
        return inner >= 0 and any(word.low in inflected_class("concessions") for word in words[inner:last])
    asked = next(
        (at for at in range(verb, last - 3) if words[at].low == "for" and words[at + 1].tag in "PT" and words[at + 2].low in ("to",)), -1
    )
    if asked >= 0:
        return words[asked + 3].low in inflected_class("concessions")
    if not is_agent(words, first, verb):
        return False
    for place in range(verb, min(verb + 5, last)):
        word = words[place]
        if word.low in inflected_class("concessions"):
            passive = any(before.low in BE for before in words[max(first, place - 2) : place])
            fails = any(after.low in ("in", "threat", "threats") for after in words[place + 1 : place + 3])  # gives in, fulfils his threat
            return not passive and not fails
        if word.tag not in "RXGBZDO" and word.low not in ("not", "to", "does", "do", "did"):
            break
    return False


def _finite_at(words: list[Word], first: int, last: int) -> int:
    for place in range(first + 1, last):
        if words[place].tag in "ZXD" or (words[place].tag == "B" and words[place - 1].tag in "NPOR"):
            return place
        if words[place].low in ("to", "who", "which"):
            break
    bare = (
        at
        for at in range(first + 1, last)
        if words[at - 1].tag in "NP" and words[at].tag == "N" and set(possible(words[at].low)) & set("ZB")
    )
    return next((at for at in bare if words[at].low.endswith("s") and (at + 1 >= last or words[at + 1].tag in "IT,R")), -1)


def decider(words: list[Word], first: int, last: int) -> list[tuple[int, int]]:
    """Who must fulfil a condition or decide: the agent after *by*, *of* or *from*, or else the subject that can act."""
    for place in range(first, last - 1):
        passive = words[place].low == "by" and place > first and words[place - 1].tag in "EDN"
        consent = (
            words[place].low in ("of", "from", "by") and place > first and words[place - 1].low in word_class("approvals") | {"review"}
        )
        if (passive or consent) and not is_date(words, place + 1, last):
            end = next(
                (at for at in range(place + 1, last) if words[at].tag == "," or words[at].low in ("to", "for", "that", "in", "on")), last
            )
            if is_agent(words, place + 1, end) and words[place + 1].tag != "G":
                return [(place + 1, end)]
    verb = _finite_at(words, first, last)
    if verb < 0 or (verb - first == 1 and words[first].tag == "O"):
        return []
    subject = trimmed(words, first, verb)
    return [subject] if subject[0] < subject[1] and head_of(words, *subject) >= 0 and is_agent(words, *subject) else []


def _span(text: str, words: list[Word], first: int, last: int) -> Span:
    return Span.of(text, words[first].start, words[last - 1].end)
