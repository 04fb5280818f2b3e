"""An article read by a language model, passage by passage, several at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from kg.annotate.automatic import UNREAD
from kg.annotate.joining import join
from kg.annotate.llm.asking import Asker
from kg.annotate.llm.form import NAME, read_answer
from kg.annotate.llm.passages import Passage, passages
from kg.annotate.llm.prompt import prompt_hash
from kg.annotate.reading import read_apart
from kg.annotate.telling import Told
from kg.errors import ModelError
from kg.model import Annotation, Annotator, Article, Registry, Span

GOES_ON = 0.5  # how sure it is that a quotation that goes on is by whom its beginning is


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads articles with a model; `jobs` passages of one are asked about at a time."""

    asker: Asker
    jobs: int = 1

    @property
    def version(self) -> str:
        """By which model and which prompt a reading was made."""
        return f"{self.asker.model}, prompt {prompt_hash()}"

    def __call__(self, article: Article, registry: Registry) -> Annotation:
        """What the model says of the article and the article bears out; raises ModelError where the model cannot be asked or no answer is of use."""
        return self.read(article, registry)[0]

    def read(self, article: Article, registry: Registry) -> tuple[Annotation, list[Passage]]:
        """The same, with the passages that stay unread because no answer about them was of use; how many, the version of the reading says."""
        places = [place for place in passages(article.text) if any(map(str.isalpha, article.text[place.start : place.end]))]
        pool = ThreadPoolExecutor(self.jobs)
        try:
            answers = list(pool.map(lambda place: self.asker.ask(article.text[place.start : place.end]), places))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # where one failed, or Ctrl-C came, the rest is not asked and nobody waits
        unread = [place for place, answer in zip(places, answers, strict=True) if answer is None]
        if unread and len(unread) == len(places):
            what = f"no answer of the model about the article {article.id} can be used: {self.asker.unusable}"
            raise ModelError(what, "KG_LLM_URL", "check KG_LLM_URL, KG_LLM_MODEL and what the endpoint answers, then run again")
        dropped: Counter[str] = Counter()
        told = [read_answer(article.text, place, answer, dropped) if answer else [] for place, answer in zip(places, answers, strict=True)]
        told = _once(places, _going_on(places, told), dropped)
        self.asker.count_spans(+dropped)
        version = f"{self.version}, {len(unread)} of {len(places)} {UNREAD}" if unread else self.version
        return replace(join(article, registry, read_apart(article, registry, told)), annotator=Annotator(NAME, version)), unread


def _going_on(places: Sequence[Passage], told: Sequence[list[Told]]) -> list[list[Told]]:
    """A passage that is nothing but a quotation goes on with the one before it, where that ends with quoted words: it has its speaker."""
    made: list[list[Told]] = []
    for place, some in zip(places, told, strict=True):
        before = made[-1][-1].said if place.continues and made and made[-1] else None
        if before and before.speakers and before.mode != "indirect":
            some = [
                replace(one, said=replace(one.said, speakers=before.speakers, confidence=GOES_ON, found_by=f"{NAME}, quotation goes on"))
                if not one.said.speakers and one.said.mode == "direct"
                else one
                for one in some
            ]
        made.append(some)
    return made


def _once(places: Sequence[Passage], told: Sequence[list[Told]], dropped: Counter[str]) -> list[list[Told]]:
    """Of a statement that two overlapping pieces tell of, the one with more of its words."""
    made = [list(some) for some in told]
    for at in range(1, len(places)):
        if places[at].start < places[at - 1].end:
            for later in list(made[at]):
                for earlier in list(made[at - 1]):
                    if later in made[at] and shared(earlier.said.content, later.said.content) > 0:
                        shorter = made[at] if _length(later.said.content) <= _length(earlier.said.content) else made[at - 1]
                        shorter.remove(later if shorter is made[at] else earlier)
                        dropped["said twice"] += 1
    return made


def _length(spans: Sequence[Span]) -> int:
    return sum(span.end - span.start for span in spans)


def shared(some: Sequence[Span], others: Sequence[Span]) -> float:
    """The characters that two lists of spans share, as part of all that they take.

    >>> shared([Span(0, 4, "four")], [Span(2, 6, "less")])
    0.3333333333333333
    """
    both = sum(max(0, min(a.end, b.end) - max(a.start, b.start)) for a in some for b in others)
    every = _length(some) + _length(others) - both
    return both / every if every else 0.0


def report(asker: Asker) -> list[str]:
    """What a run has cost and what was left out, in lines for a person."""
    spent = asker.spent
    lines = [
        f"{asker.model}: {spent.requests:,} requests ({spent.retries:,} of them again), {spent.cached:,} answers from the cache; "
        f"tokens: {spent.tokens_in:,} in, {spent.tokens_out:,} out"
        + (f", {spent.unsaid:,} answers did not say theirs" if spent.unsaid else "")
    ]
    for name, counts in (("answers that could not be used", spent.answers), ("dropped", spent.spans)):
        if counts:
            lines.append(f"{name}: " + ", ".join(f"{count:,} {why}" for why, count in sorted(counts.items())))
    return lines
