"""Commitments: who would act, what would be done, how far the actor binds itself, and on what it hangs.

`find_deeds` reads one stretch of what somebody says, or one narrated sentence. The words that show the stance may stand
before the stretch (`agrees to | send troops`); everything it points to as the act stands inside it.
"""

from __future__ import annotations

from dataclasses import dataclass

from kg.annotate.rules.binding import outcomes_of, uses_of
from kg.annotate.rules.conditions import Bound, conditions_among
from kg.annotate.rules.cues import verbs as saying
from kg.annotate.rules.found import Deed, Outcome, Use
from kg.annotate.rules.lexicon import word_class, word_set
from kg.annotate.rules.phrases import FAR, PRONOUNS, RELATIVES, action_end, head_of, is_agent, is_date, noun_start, trimmed
from kg.annotate.rules.stances import Stance, approved, find_stances
from kg.annotate.rules.words import HAVE, Word, read_words
from kg.model import Span
from kg.text import sentences

BEFORE = 300  # characters before the stretch in which its stance may stand
DEALS = word_set("agreement deal pact accord memorandum treaty contract truce ceasefire declaration letter partnership settlement")


@dataclass(frozen=True, slots=True)
class Act:
    """A commitment among words: its stance, the words of the act, the words of its committers (none: the speakers)."""

    stance: Stance
    first: int
    last: int
    committers: tuple[tuple[int, int], ...]
    strength: str | None


def find_deeds(text: str, start: int, end: int, speakers: tuple[Span, ...] = ()) -> list[Deed | Outcome]:
    """The commitments of a stretch, in order, then the outcomes that conditions bound where no commitment stands.

    >>> text = "Macron said that France would send troops if the Bundestag agreed."
    >>> [(d.committer[0].text, d.action.text, d.stance, d.uses[0].text.text) for d in find_deeds(text, 17, 65) if isinstance(d, Deed)]
    [('France', 'send troops', 'pledged', 'the Bundestag agreed')]
    """
    found: list[Deed | Outcome] = []
    for first, last in sentences(text[max(0, start - BEFORE) : end]):
        first, last = first + max(0, start - BEFORE), last + max(0, start - BEFORE)
        if last > start:
            found += _in_sentence(text, first, last, start, speakers)
    return found


def deeds_of_sentences(text: str) -> list[Deed | Outcome]:
    """The same of every sentence of a text, each for itself.

    >>> [deed.action.text for deed in deeds_of_sentences("Spain will pay. It rains. Italy refuses to leave.") if isinstance(deed, Deed)]
    ['pay', 'leave']
    """
    return [deed for start, end in sentences(text) for deed in _in_sentence(text, start, end, start, ())]


def _in_sentence(text: str, first: int, last: int, start: int, speakers: tuple[Span, ...]) -> list[Deed | Outcome]:
    words = read_words(text, first, last)
    floor = next((at for at, word in enumerate(words) if word.start >= start), len(words))
    bounds = conditions_among(text, words, floor)
    stops = frozenset(
        bound.first - _limits(words, bound)
        for bound in bounds
        if not bound.leading and (bound.use.kind != "limit" or _limits(words, bound))
    )
    acts = _distinct(
        [act for stance in find_stances(words) for act in _acts(words, stance, floor, stops, bool(speakers)) if act.first >= floor]
    )
    taken, uses = uses_of(words, bounds, [(act.stance.first, act.first, act.last) for act in acts])
    deeds = [_deed(text, words, act, speakers, tuple(uses.get(at, ()))) for at, act in enumerate(acts)]
    return [*deeds, *outcomes_of(text, words, [bound for at, bound in enumerate(bounds) if at not in taken], floor)]


def _limits(words: list[Word], bound: Bound) -> int:
    """1 where a limit on how many stands apart from what is done, after `to`: `grant permits to up to 25,000 people`."""
    return int(bound.use.kind == "limit" and bound.first > 0 and words[bound.first - 1].low in ("to", "for"))


def _acts(words: list[Word], stance: Stance, floor: int, stops: frozenset[int], told: bool) -> list[Act]:
    if stance.form == "deal":
        return _deal(words, stance, floor, stops, told)
    subject = _subject(words, stance, floor, told)
    if subject is None or not _plausible(words, stance, subject, told):
        return []
    strength = "intended" if stance.subject == "would" and not told and stance.strength else stance.strength
    if stance.form == "passive" and stance.subject in ("modal", "would", "may"):
        first, last = trimmed(words, *subject)
        end, _ = action_end(words, stance.act + 1, len(words), stops)
        agent = next(((at + 1, end) for at in range(stance.act, end) if words[at].low == "by" and is_agent(words, at + 1, end)), None)
        return [Act(stance, first, end, (agent,) if agent else (), strength)] if first < last else []
    committers = _committers(words, subject)
    if not told and not committers:
        if subject[1] - subject[0] != 1 or words[subject[0]].low in ("it", "that"):
            return []
        committers = (subject,)
    if stance.form == "clause":
        far = min(len(words), stance.act + FAR)
        end = next((at for at in range(stance.act, far) if at in stops or words[at].low in (",", ";") or at == len(words) - 1), far)
        return [Act(stance, *_marked(words, stance.act, end), committers, strength)] if told and end > stance.act else []
    found: list[Act] = []
    act = stance.act
    while act >= 0 and len(found) < 4:
        end, second = action_end(words, act, len(words), stops)
        begin, end = _marked(words, act, end)
        if begin < end:
            found.append(Act(stance, begin, end, committers, strength))
        act = (
            second
            if stance.form == "verb" and words[second].low not in word_class("uncontrolled") - word_class("mostly_controlled")
            else -1
        )
    return found


def _marked(words: list[Word], first: int, last: int) -> tuple[int, int]:
    while last > first and (
        (words[last - 1].tag in ",C" and words[last - 1].low not in ")%")
        or (words[last - 1].tag == "Q" and sum(w.tag == "Q" for w in words[first:last]) % 2)
    ):
        last -= 1
    return first, last


# ---------------------------------------------------------------------------------------------------------------- who


def _subject(words: list[Word], stance: Stance, floor: int, told: bool) -> tuple[int, int] | None:
    """The words of the subject; an empty range where the speaker acts; None where there is none to be found."""
    inside = floor if stance.first >= floor else 0
    if stance.first < floor and told and stance.subject in ("verb", "signs", "announces", "warns", "rejects"):
        return floor, floor  # the speaker's own verb, outside of what is said
    if stance.subject == "noun":
        return _possessor(words, stance.first, inside)
    at = stance.first
    if words[at].tag == "G" and at > inside and words[at - 1].tag == "I" and words[at - 1].low not in ("while", "with"):
        return None  # sentenced for refusing to
    while at > inside and (words[at - 1].tag in "RQ" or words[at - 1].low in HAVE):
        at -= 1
    if at <= inside:
        return (inside, inside)
    if words[at - 1].low in ("and", "but", ","):
        return _shared(words, at - 1, inside)
    if words[at - 1].low in RELATIVES:
        return _antecedent(words, at - 1, inside)
    first, last = trimmed(words, noun_start(words, at, inside), at)
    if last - first == 1 and words[first].low in ("it", "he", "she", "they"):
        return _teller(words, first, inside) or (first, last)
    return (first, last) if first < last else (at, at)


def _teller(words: list[Word], pronoun: int, floor: int) -> tuple[int, int] | None:
    """Who says `it will …`, where that stands just before: the subject of `says it`, `signalled that it`."""
    verb = pronoun - 1 - (words[pronoun - 1].low == "that")
    while verb > floor and words[verb].tag == "R":
        verb -= 1
    if verb <= floor or words[verb].low not in saying() or words[verb].tag not in "ZDBE":
        return None
    at = verb
    while at > floor and (words[at - 1].low in HAVE or words[at - 1].tag == "R"):
        at -= 1
    first, last = trimmed(words, noun_start(words, at, floor), at)
    return (first, last) if first < last and is_agent(words, first, last) and words[first].tag != "O" else None


def _shared(words: list[Word], at: int, floor: int) -> tuple[int, int] | None:
    """The subject of an earlier verb that this one shares (`says X and vows to Y`), or what stands before an apposition."""
    if words[at].low == ",":
        opened = next((place for place in range(at - 1, max(floor, at - 25), -1) if words[place].low == ","), -1)
        if opened > floor:
            first, last = trimmed(words, noun_start(words, opened, floor), opened)
            if first < last and words[opened + 1].low not in ("and", "or") and is_agent(words, first, last):
                return first, last
    for place in range(at - 1, max(floor, at - 60), -1):
        if words[place].tag in "ZDX" and place > floor:
            first, last = trimmed(words, noun_start(words, place, floor), place)
            if first < last and is_agent(words, first, last):
                return first, last
    return at, at


def _antecedent(words: list[Word], relative: int, floor: int) -> tuple[int, int] | None:
    before = relative - 1 if relative > floor and words[relative - 1].low == "," else relative
    near = before
    while near > floor and words[near - 2].low != "to" and (words[near - 1].tag in "PNJTSM" or words[near - 1].low in ("of", "and")):
        near -= 1
    first, last = trimmed(words, near, before)
    if words[relative].low == "that" and first < last and words[first - 1 if first else 0].low in saying():
        return first, last
    if first < last and is_agent(words, first, last) and words[relative].low != "that":
        return first, last
    lows = {word.low for word in words[max(floor, before - 8) : before]}
    return (relative, relative) if lows & DEALS else None


def _possessor(words: list[Word], noun: int, floor: int) -> tuple[int, int] | None:
    """Whose plan it is: `Israel's plan`, `its intention`, `the U.S. threat`, or the subject of the verb before (`confirms plans`)."""
    if approved(words, noun):
        return _subject_of_verb(words, noun)
    at = noun - 1
    while at >= floor and words[at].tag in "JRQ" and at > noun - 4:
        at -= 1
    if at >= floor and words[at].tag == "S":
        return trimmed(words, noun_start(words, at, floor), at)
    if at >= floor and words[at].low in ("his", "her", "its", "their", "our", "my"):
        return _subject_of_verb(words, noun, floor) or (at, at)
    if at >= floor and words[at].tag == "P":
        return trimmed(words, noun_start(words, noun, floor), noun)
    return _subject_of_verb(words, noun) or ((noun, noun) if noun <= floor + 1 else None)


def _subject_of_verb(words: list[Word], noun: int, floor: int = 0) -> tuple[int, int] | None:
    for place in range(noun - 1, max(floor, noun - 8), -1):
        if words[place].tag in "ZDB" and words[place].low not in ("is", "was"):
            first, last = trimmed(words, noun_start(words, place, floor), place)
            return (first, last) if first < last and is_agent(words, first, last) else (noun, noun)
    return None


def _plausible(words: list[Word], stance: Stance, subject: tuple[int, int], told: bool) -> bool:
    """Whether the subject decides what it is said to do: a prediction of the weather is no commitment."""
    first, last = subject
    low = words[stance.act].low
    lone = words[first].low if last - first == 1 else ""
    if lone in ("there", "this", "that", "these", "those", "what", "you", "one"):
        return False
    if stance.form == "passive" and stance.subject in ("modal", "would", "may"):
        return told and stance.stance != "open" and not _imposed(words, stance) and first < last
    if stance.subject == "progressive":
        return told and (first >= last or is_agent(words, first, last))
    if stance.subject in ("verb", "signs", "announces", "warns", "rejects", "noun"):
        return low not in ("comment", "say", "answer") and (first >= last or is_agent(words, first, last) or stance.subject == "noun")
    if first < last and not is_agent(words, first, last):
        return False
    if low in word_class("uncontrolled"):
        objects = (
            stance.act + 1 < len(words) and words[stance.act + 1].tag in "TPMNJGIQ" and words[stance.act + 1].low not in ("from", "of")
        )
        return low in word_class("mostly_controlled") and objects
    if stance.subject == "may":
        warned = any(
            word.low
            in (
                "warn",
                "warns",
                "warned",
                "warning",
                "predict",
                "predicts",
                "rules",
                "ruled",
                "ruling",
                "estimates",
                "fears",
                "suggests",
                "suggesting",
            )
            for word in words[max(0, stance.first - 12) : stance.first]
        )
        return lone in PRONOUNS or not warned
    return first < last or told or stance.subject != "would"


def _imposed(words: list[Word], stance: Stance) -> bool:
    low = words[min(stance.act + 1, len(words) - 1)].low
    return low in word_class("undergone") or any(
        word.low in ("expected", "needed", "required") for word in words[stance.act : stance.act + 3]
    )


def _committers(words: list[Word], subject: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    first, last = subject
    if first >= last or (last - first == 1 and words[first].low in PRONOUNS):
        return ()
    comma = next((at for at in range(first, last) if words[at].low == ","), last)
    if comma < last and not any(word.low == "and" for word in words[comma:last]):
        last = comma
    parts, begin = [], first
    for at in range(first, last):
        if words[at].low in (",", "and") and at > begin and at + 1 < last and _whole(words, begin, at) and _whole(words, at + 1, last):
            parts.append((begin, at))
            begin = at + 1
    return tuple(trimmed(words, *part) for part in [*parts, (begin, last)] if trimmed(words, *part)[0] < trimmed(words, *part)[1])


def _whole(words: list[Word], first: int, last: int) -> bool:
    """Whether a part of a list names somebody by itself: it is a name, or begins with a determiner."""
    if words[first].low in ("and", "the"):
        return True
    return words[first].tag in "TP" or (words[last - 1].tag == "P" and head_of(words, first, last) >= 0)


# ---------------------------------------------------------------------------------------------------------------- deals


def _deal(words: list[Word], stance: Stance, floor: int, stops: frozenset[int], told: bool) -> list[Act]:
    """`signs an agreement with X to do Y`, `reach a deal that will do Y`: the parties commit themselves to Y."""
    noun = next((at for at in range(stance.act, min(stance.act + 14, len(words))) if words[at].low in DEALS), -1)
    subject = _subject(words, stance, floor, told)
    if noun < 0 or subject is None or any(word.low in ("bill", "law", "order") for word in words[stance.act : noun]):
        return []
    committers = _committers(words, subject)
    at = noun + 1
    if at < len(words) and words[at].low in ("with", "between"):
        end = next(
            (
                place
                for place in range(at, min(at + 14, len(words)))
                if words[place].tag in "G,XW" or words[place].low in ("to", "that", "on", "for", "in", "under")
            ),
            len(words),
        )
        other = trimmed(words, at + 1, end)
        if other[0] < other[1] and is_agent(words, *other):
            committers = (*committers, *_committers(words, other))
        at = end
    act = _deal_act(words, at)
    if act < 0:
        return []
    end, second = action_end(words, act, len(words), stops)
    made = [Act(stance, *_marked(words, act, end), committers, "firm")]
    if second >= 0:
        made.append(Act(stance, *_marked(words, second, action_end(words, second, len(words), stops)[0]), committers, "firm"))
    return [act for act in made if act.first < act.last]


def _deal_act(words: list[Word], at: int) -> int:
    after = words[at + 1] if at + 1 < len(words) else None
    if at >= len(words) or after is None:
        return -1
    if words[at].low == "to" and words[at + 1].tag == "B":
        return at + 1
    if words[at].low in ("that", "which") and after.tag in "ZX":
        return at + 1 if after.tag == "Z" else at + 2 if at + 2 < len(words) else -1
    if words[at].low in ("on", "for") and words[at].tag == "I" and not is_date(words, at + 1, len(words)):
        return at + 1
    return at if words[at].tag == "G" and words[at].low not in ("following", "including", "during") else -1


# ------------------------------------------------------------------------------------------------------------- together


def _distinct(acts: list[Act]) -> list[Act]:
    """Each act once: where two overlap, the one whose stance begins first, unless the later one is the firmer reading of the same verb."""
    kept: list[Act] = []
    for act in sorted(acts, key=lambda act: (act.first, -act.stance.confidence)):
        if not any(other.first <= act.first < other.last and act.stance.subject != "noun" for other in kept[-8:]):
            kept.append(act)
    return kept


def _deed(text: str, words: list[Word], act: Act, speakers: tuple[Span, ...], uses: tuple[Use, ...]) -> Deed:
    committers = tuple(_span(text, words, *part) for part in act.committers) or _each(text, speakers)
    beneficiary, against = _others(text, words, act)
    return Deed(
        committers, _span(text, words, act.first, act.last), act.stance.stance, act.strength if act.stance.stance == "pledged" else None,
        beneficiary, against, uses=uses, confidence=act.stance.confidence, found_by="stance " + act.stance.words(words),
    )  # fmt: skip


def _each(text: str, speakers: tuple[Span, ...]) -> tuple[Span, ...]:
    """The speakers one by one: `Bolivia and the United States` are two."""
    found: list[Span] = []
    for speaker in speakers:
        words = read_words(text, speaker.start, speaker.end)
        found += [_span(text, words, *part) for part in _committers(words, (0, len(words)))] if len(words) > 1 else []
        found += [speaker] if not found or found[-1].start < speaker.start else []
    return tuple(found)


def _others(text: str, words: list[Word], act: Act) -> tuple[Span | None, Span | None]:
    """Whom the act is for, and against: after `against`, or after `to` and `for` before a name."""
    for at in range(act.first, act.last - 1):
        if words[at].low in ("against", "for", "to") and words[at + 1].tag in "TPNJ":
            end = next(
                (place for place in range(at + 2, act.last) if words[place].tag in "I,XG" and words[place].low not in ("of",)), act.last
            )
            if is_agent(words, at + 1, end):
                other = _span(text, words, at + 1, end)
                return (None, other) if words[at].low == "against" else (other, None)
    return None, None


def _span(text: str, words: list[Word], first: int, last: int) -> Span:
    return Span.of(text, words[first].start, words[last - 1].end)
