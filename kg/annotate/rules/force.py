"""What a speaker does by saying something: first by the cue, then by what is said of the speaker's own future.

*announces that it will provide* pledges, *says it will not comply* refuses, *says he is ready to* offers, *warns that it will
retaliate if* threatens. The content decides only under cues that say nothing of the kind themselves.
"""

from __future__ import annotations

import re

from kg.annotate.rules.found import Said
from kg.annotate.rules.words import listed

OPEN_TO_CONTENT = listed("asserts warns asks")
_OWN = re.compile(r"^(?:“|\"|‘)?(?:it|they|he|she|we|i|its|his|her|their|our|my|the (?:country|government|group|military|army|party|company|bloc|alliance|kingdom|ministry|administration|state|nation))\b", re.I)  # fmt: skip
_NEVER = re.compile(r"^(?:“|\")?(?:there|this|that|these|those|no one|nobody)\b", re.I)
_REFUSAL = re.compile(r"\b(?:will|would(?! have)|shall|does|do|did) not\b|\b(?:won['’]t|wouldn['’]t|refus\w+|reject\w*|never (?:accept|agree|allow|surrender|recognize|recognise)|no (?:plans|intention)|under no circumstances|not (?:\w+ )?(?:ready|willing|prepared) to|will never|would never|cannot accept)\b", re.I)  # fmt: skip
_RESTRAINT = re.compile(r"\b(?:will|would) not (?:be )?(?:attack|harm|prosecut|impos|target|punish|rais|cut|chang)", re.I)
_OFFER = re.compile(
    r"\b(?:is|are|be|was|were|am|remains?|stands?|['’]re|['’]m|['’]s) (?:\w+ )?(?:ready|willing|prepared|open) (?:to|for)\b|\b(?:may|might|could)\b(?! have)|\bwould (?:consider|be (?:ready|willing|open|prepared))|\bwill consider|\bis considering|\bare considering|\bnot rul\w+ out",
    re.I,
)
_PLEDGE = re.compile(
    r"\b(?:will|would|shall|['’]ll|is going to|are going to|intends? to|plans? to|have agreed|has agreed|is (?:suspend|clos|halt|withdraw|prepar|plann|stopp|paus|cancel|send|pull)\w*ing|are (?:suspend|clos|halt|withdraw|prepar|plann|stopp|paus|cancel|send|pull)\w*ing)\b",
    re.I,
)
_DEMAND = re.compile(r"\b(?:must|should|has to|have to|ought to|needs? to|would (?:depend on|require)|condition of|need to)\b", re.I)
_HOSTILE = re.compile(
    r"\b(?:(?:will|would|to|could|might|may|and|or|directly) (?:\w+ )?(?:attack|strike|target|destroy|bomb|invade|kill|shoot|seize|annex|burn|deport|expel|punish|veto|block|blockade|walk out|hit back|bring down)\b"
    r"|(?:double|raise|hike|increase) (?:\w+ ){0,3}(?:tariff|dut(?:y|ies)|lev(?:y|ies))"
    r"|be (?:\w+ )?(?:attacked|targeted|destroyed|deported|expelled|punished)|retaliat\w+|impos\w+ (?:\S+ ){0,4}(?:tariff|sanction|blockade)"
    r"|(?:continue|resume|expand|intensify|step up) (?:\w+ ){0,3}(?:attacks|strikes|war|fighting|offensive)|(?:enter|go to|join) (?:the )?war\b"
    r"|cut off|remove all|consequences|respond with force|negotiate with bombs|dead\b|hell\b|end (?:all )?(?:contracts|weapons|aid))",
    re.I,
)
_IF = re.compile(r"\b(?:if|unless|until|as long as|provided)\b", re.I)
_MUST = re.compile(r"\b(?:will have to|must|(?:would|will) (?:depend on|require|need))\b", re.I)
_THINGS = re.compile(r"^(?:the|a|an|its|his|their)? ?(?:[\w’'-]+ ){0,3}?(?:talks|prices?|results?|weather|storm|economy|inflation|proposed|chances?|number|deal|war|death toll|situation|plan|proposal|law|bill|measure)\b", re.I)  # fmt: skip
OUTSIDERS = re.compile(r"\b(?:times|post|journal|news|reuters|media|analysts?|experts?|results?|polls?|study|report|sources?|officials say|forecasters|economists|court|scientists|researchers)\b", re.I)  # fmt: skip


def force_of(text: str, said: Said) -> str:
    """The force of a statement: what its cue does, or what its words do where the cue only says.

    >>> text = "Iran says it will not talk unless the strikes end."
    >>> from kg.model import Span
    >>> force_of(text, Said((Span.of(text, 10, 49),), "indirect", "asserts", Span.of(text, 5, 9), (Span.of(text, 0, 4),)))
    'refuses'
    """
    if said.cue and said.cue.text.lower().startswith(("estimat", "predict", "forecast", "project", "expect")):
        return said.force
    if (
        said.force == "warns"
        and said.found_by == "preposition"
        and said.content
        and _HOSTILE.search(said.content[0].text)
        and _IF.search(said.content[0].text)
    ):
        return "threatens"
    if said.force not in OPEN_TO_CONTENT or said.found_by in ("phrase", "bound phrase", "passive"):
        return _of_phrase(said) if said.found_by == "phrase" else said.force
    content = " ".join(span.text for span in said.content)
    main = _main_clause(content)
    speaker = said.speakers[0].text if said.speakers else ""
    if not speaker or OUTSIDERS.search(speaker) or _NEVER.search(main):
        return "demands" if said.force == "asserts" and speaker and not OUTSIDERS.search(speaker) and _DEMAND.search(main) else said.force
    if said.force == "asks":
        return said.force
    return _own_future(content, main, said) or said.force


def _main_clause(content: str) -> str:
    """The clause after a condition that leads, up to one that follows."""
    if content[:3].lower() == "if " or content[:7].lower() == "unless ":
        _, comma, rest = content.partition(", ")
        content = rest if comma else content
    return re.split(r"\b(?:if|unless|until|because|after|provided that|as long as|once|when)\b", content, maxsplit=1)[0] or content


def _own_future(content: str, main: str, said: Said) -> str | None:
    """The force of words about somebody's future, under a cue that only says or warns; None where they tell of none."""
    force = said.force
    binds, offers = bool(_PLEDGE.search(main)), bool(_OFFER.search(main))
    own = _speaks_of_itself(main, said)
    if _MUST.search(main) and force == "asserts" and not _OWN.search(main):
        return "demands"
    if own and _REFUSAL.search(main):
        return "pledges" if _RESTRAINT.search(main) else "refuses"
    if (binds or offers) and _HOSTILE.search(main) and (force == "warns" or _IF.search(content)):
        return "threatens"
    if force == "warns" and own and (binds or offers) and _IF.search(content) and said.found_by != "somebody to":
        return "threatens"
    if force == "warns" and (not own or said.found_by == "somebody to"):
        return force
    if own and (offers or binds):
        return "offers" if offers else "pledges"
    if force == "asserts" and _DEMAND.search(main):
        return "demands"
    announced = bool(said.cue) and "announc" in (said.cue.text.lower() if said.cue else "")
    done = re.search(r"\bwill be\b", main) and not _THINGS.search(main)
    return "pledges" if force == "asserts" and (done or (announced and binds)) else None


def _speaks_of_itself(main: str, said: Said) -> bool:
    """Whether the subject is the speaker or somebody named: *it will*, *the country will*, *France will*; in a quotation *we will*."""
    if said.mode == "direct":
        return re.search(r"\b(?:I|we)\b", main, re.I) is not None
    return bool(_OWN.search(main)) or bool(re.match(r"(?:the )?[“\"]?[A-Z]", main) and not _THINGS.search(main))


def _of_phrase(said: Said) -> str:
    """*announces plans to open* and *announces a pause* pledge; *announces his resignation* does not."""
    words = said.content[0].text
    if said.force == "refuses" and re.match(
        r"(?:\w+ ){0,2}(?:claims?|allegations?|accusations?|reports?|suggestions?|rumou?rs)\b", words, re.I
    ):
        return "denies"
    if (
        said.force == "asserts"
        and said.cue
        and said.cue.text.lower().split()[-1].startswith(("announc", "confirm", "reaffirm", "reiterat", "signal", "stat"))
    ):
        if re.match(
            r"(?:\w+ ){0,2}(?:resignation|departure|retirement|candidacy|death|appointment|arrest|establishment|results?|winner|end|completion|launch)\b",
            words,
            re.I,
        ):
            return "asserts"
        if _HOSTILE.search(words) and _IF.search(words):
            return "threatens"
        return "pledges"
    return said.force
