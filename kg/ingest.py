"""Articles -> read, checked, stored, derived: one outcome for every input, each article in one transaction.

    Reading --read_checked--> Checked --replace_graphs--> the article's graph and its provenance --derive--> kg:derived/RULE

What an input ends as: `stored` (new), `superseded` (another reading of it was there; its dates and kept files stay in
kg:provenance), `unchanged`, `rejected` (cannot be read, has no or a faulty annotation, or another file has its id). The
reason is an error of `kg.errors`; nothing is ever half stored, and nothing is overwritten by another file.
"""

from __future__ import annotations

import functools
import hashlib
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from pathlib import Path

import pyoxigraph as ox

from kg import cluster
from kg.analyse.derive import derive
from kg.annotate.automatic import RULES, UNREAD, Annotate, require_article
from kg.annotate.beside import empty_annotations, find_annotation
from kg.annotate.language import require_english
from kg.annotate.to_file import to_json
from kg.articles import Reading, finish
from kg.articles.reading import STDIN
from kg.check import Checked, check_annotation, check_reading, check_what_holds, trust_reading
from kg.errors import AnnotationError, Conflict, FaultError, Finding, ModelError, ProvisoError, ReadError, UsageError
from kg.exchange.marks import Foreign, Marked, apart, is_untouched, to_file, to_marks
from kg.model import Annotation, Annotator, Article, Registry
from kg.parallel import ordered
from kg.store.embedded import LINES, Change, Replacement, Store, Writer, digest_of_lines, lines_of, quads
from kg.store.folder import Entry
from kg.text import one_line
from kg.triples import Iri, Literal, Triple, annotation_triples, article_iri, from_triples, registry_triples, thing_id
from kg.vocabulary import ENDS, PROV, PROVENANCE_GRAPH, REGISTRY_GRAPH, XSD, kg

SECONDS = 1.0  # of what is stored together, where reading takes long


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input. `error` is the reason of a rejection, `findings` are warnings, `notes` what was odd in reading."""

    outcome: str
    article: str
    file: str
    statements: int = 0
    error: ProvisoError | None = None
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()


def read_checked(
    reading: Reading, registry: Registry, annotate: Annotate | None = None, look: bool = True
) -> tuple[Article, bytes, Checked]:
    """The article of a reading, what was read from it, and that as the bytes of a file.

    A person's annotation file always wins; where there is none, or nobody is to `look` for one, `annotate` reads, if one is given. Raises ReadError where the
    article cannot be read or nobody has read it, AnnotationError where the annotation has errors, ModelError where a model cannot be asked.
    """
    if reading.error or not reading.article:
        raise reading.error or ReadError("there is no article here", reading.name, "give a file with text")
    article = reading.article
    path = find_annotation(Path(reading.name), article.id) if look else None  # of stdin, here
    if path:
        checked = check_annotation(path, article, registry)
    elif annotate:
        require_article(article, reading.name)
        require_english(article)
        made = annotate(article, registry)
        # What a model says can take any turn, and is checked as a person's is.
        checked = (trust_reading if made.annotator.name == RULES else check_reading)(article, made, registry)
    else:
        hint = f"write {article.id}.yaml beside it or in a folder annotations/, or leave --annotator file out"
        raise ReadError(f"the article {article.id} has no annotation", reading.name, hint)
    if checked.errors:
        raise AnnotationError(checked.errors)
    assert checked.annotation  # without errors it was read
    return article, path.read_bytes() if path else to_json(article, checked.annotation).encode(), checked


Read = tuple[Article, bytes, Checked]
Shared = tuple[Registry, Annotate | None, bool]  # what `read_checked` takes besides a reading


@dataclass(frozen=True, slots=True)
class Ready:
    """An article with its graph as it will be stored (`lines_of`), and what was read from it as the bytes of a file."""

    article: Article
    words: bytes
    annotator: Annotator
    lines: list[bytes]
    statements: int
    findings: tuple[Finding, ...]


def read_all(
    readings: Iterable[Reading], registry: Registry, annotate: Annotate | None = None, jobs: int = 1
) -> Iterator[tuple[Reading, Read | ProvisoError]]:
    """Each reading with what `read_checked` makes of it, or why it cannot, in order; the same on any number of processes."""
    return ordered(_try, (registry, annotate, True), readings, jobs)


def _try(shared: Shared, reading: Reading) -> tuple[Reading, Read | ProvisoError]:
    try:
        reading = _noted(finish(reading)) if shared[2] else finish(reading)
        return reading, read_checked(reading, *shared)
    except (ReadError, AnnotationError, ModelError) as error:
        return reading, error
    except ProvisoError:
        raise  # of the whole run, not of this article
    except OSError as error:
        return reading, ReadError(error.strerror or str(error), str(error.filename or reading.name), "check the path and its permissions")
    except Exception as error:  # a bug costs the article that shows it, and no other
        what = f"something went wrong that should not: {type(error).__name__}: {one_line(str(error), 200)}"
        return reading, FaultError(what, reading.name, "add --debug to see where, and please report it", traceback.format_exc())


def _noted(reading: Reading) -> Reading:
    """The reading with a note of each annotation file that holds nothing, which nobody may have meant."""
    empty = empty_annotations(Path(reading.name), reading.article.id) if reading.article else []
    return replace(reading, notes=(*reading.notes, *(f"{file} is empty, and so no annotation of it" for file in empty)))


def _ready(shared: Shared, reading: Reading) -> tuple[Reading, Ready | ProvisoError]:
    """The same, as far as it can be made ready to be stored where no store is."""
    return _made(*_try(shared, reading))


def _made(reading: Reading, read: Read | ProvisoError) -> tuple[Reading, Ready | ProvisoError]:
    if isinstance(read, ProvisoError):
        return reading, _bare(read)
    article, words, checked = read
    made = checked.annotation
    assert made  # read_checked raises where there is none
    return reading, Ready(article, words, made.annotator, checked.lines, len(made.statements), checked.findings)


def _on_cluster(
    readings: Iterable[Reading], registry: Registry, annotate: Annotate | None, address: str
) -> Iterator[tuple[Reading, Ready | ProvisoError]]:
    """The same on the workers of a cluster, but for what a person has annotated: its file is here alone."""

    def here(reading: Reading) -> tuple[Reading, Ready | ProvisoError] | None:
        try:
            away = annotate and not reading.error and not find_annotation(Path(reading.name), reading.id)
        except AnnotationError:
            away = None
        return None if away else _ready((registry, annotate, True), reading)

    for reading, made in cluster.ordered(_ready, (registry, annotate, False), readings, address, here):
        if isinstance(made, cluster.Lost):
            yield (
                reading,
                ReadError(made.reason, reading.id or reading.name, "read it alone, with --jobs 2, to see why; the others are stored"),
            )
        else:
            yield made


def _unread(readings: Iterable[Reading], stored: Mapping[str, Entry], partly: Set[Iri], done: deque[tuple[str, str]]) -> Iterator[Reading]:
    """Those that are not stored as they are now, or only `partly`; the others go to `done`."""
    for reading in readings:
        if not reading.error and _is_stored(reading, reading.id, stored, partly):
            done.append((reading.id, reading.name))
        else:
            yield reading


def _is_stored(reading: Reading, id: str, stored: Mapping[str, Entry], partly: Set[Iri]) -> bool:
    there = stored.get(article_iri(id))
    if not there or there.get("origin") != _origin(reading):
        return False
    path = find_annotation(Path(reading.name), id)
    kept = list(there["sources"])
    same = kept[1:] == [_sum(path.read_bytes())] if path else article_iri(id) not in partly
    return kept[:1] == [_sum(reading.source)] and same


def _partly_read(store: Store) -> frozenset[Iri]:
    """The articles of whose passages a model has left some unread, as the version of the reading in force says."""
    versions = (
        f"SELECT ?article {{ GRAPH <{PROVENANCE_GRAPH}> {{ ?reading <{kg('annotates')}> ?article ; <{kg('annotatorVersion')}> ?version "
        f'FILTER(STRENDS(?version, "{UNREAD}")) FILTER NOT EXISTS {{ ?reading <{PROV}invalidatedAtTime> ?ended }} }} }}'
    )
    return frozenset(Iri(article.value) for (article,) in store.select(versions) if isinstance(article, ox.NamedNode))


def _unchanged(store: Store, done: deque[tuple[str, str]], claimed: dict[str, str]) -> Iterator[Outcome]:
    """Tells of what was not read again, once."""
    while done:
        id, file = done.popleft()
        claimed[id] = file
        statements = f"SELECT (COUNT(?s) AS ?n) {{ GRAPH {ox.NamedNode(article_iri(id))} {{ ?s a <{kg('Statement')}> }} }}"
        ((count,),) = store.select(statements)
        assert isinstance(count, ox.Literal)
        yield Outcome("unchanged", id, file, int(count.value))


def _origin(reading: Reading) -> str:
    """The file an article was read from, as the journal has it."""
    return STDIN if reading.name == STDIN else str(Path(reading.name).resolve())


def add(
    store: Writer,
    readings: Iterable[Reading],
    registry: Registry,
    when: str,
    annotate: Annotate | None = None,
    jobs: int = 1,
    resume: bool = False,
    address: str = "",
) -> Iterator[Outcome]:
    """Stores the articles as they come, some at a time; `derive` is to be called when all are in. `when` is an ISO dateTime with a zone.

    With `resume` what is stored from the same bytes of the same file, and of the annotation beside it, is not read again, as
    after a run that was broken off; but what a model has read in part is. With the `address` of a scheduler a cluster reads, and the store is the same. Raises StoreError where the store itself fails; what was yielded before counts.
    """
    done: deque[tuple[str, str]] = deque()  # article id and file of what is not read again, until it is told of
    stored = store.acknowledged()
    unread = _unread(readings, stored, _partly_read(store) if annotate else frozenset(), done) if resume else readings
    ready = _on_cluster(unread, registry, annotate, address) if address else ordered(_ready, (registry, annotate, True), unread, jobs)
    yield from _store_each(store, ready, registry, when, stored, done)


def add_foreign(store: Writer, found: Iterable[Foreign | ReadError], registry: Registry, when: str) -> Iterator[Outcome]:
    """Stores each article that a foreign file marks up, as `add` does: checked, with the bytes that were read as its sources.

    What is at fault in a reading is left out, told in the outcome's findings, and the rest is stored. An article that the
    store has with the same text is superseded, and what the file does not say of it stays. Raises as `add` does.
    """
    yield from _store_each(
        store, (_made(*_from_foreign(store, one, registry)) for one in found), registry, when, store.acknowledged(), deque(), foreign=True
    )


def _from_foreign(store: Writer, one: Foreign | ReadError, registry: Registry) -> tuple[Reading, Read | ProvisoError]:
    if isinstance(one, ReadError):
        return Reading(None, b"", one, (), one.where), one
    article = _as_stored(store, one.marked.article)
    reading = Reading(article, one.source, None, (), one.name, article.id)
    if not article.text.strip():
        return reading, ReadError("the article has no text", one.name, "give its text with the annotation")
    document, findings = to_file(one.marked, registry, one.name)
    checked, left_out = check_what_holds(document, article, registry)
    if checked.errors:
        return reading, AnnotationError(checked.errors)
    every = sorted({*one.findings, *findings, *left_out, *checked.findings}, key=lambda f: (f.line, f.code, f.message))
    there = _in_force(store, article) if is_untouched(one.marked) else None
    if there and _outdone(one.marked, *there):
        note = "nobody changed it since it went out, so the reading that the store has now stays"
        graph = article_iri(article.id)
        return replace(reading, notes=(note,)), (there[0], one.words, Checked(tuple(every), there[1], store.lines(graph)))
    return reading, (article, one.words, replace(checked, findings=tuple(every)))


def _in_force(store: Writer, article: Article) -> tuple[Article, Annotation] | None:
    """What the store has of an article with this very text, and the reading of it that is in force; None where there is none."""
    graph = article_iri(article.id)
    triples, current = store.graph(graph), _current(_history(store, graph))
    if not current or (graph, kg("sha256"), Literal(article.sha256)) not in triples:
        return None
    there, annotation = from_triples(triples)
    told = {t.predicate.value: t.object.value for t in next(iter(current.values())) if isinstance(t.object, ox.Literal)}
    who = Annotator(told.get(kg("annotator"), ""), told.get(kg("annotatorVersion"), ""), told.get(kg("reviewed")) == "true")
    return there, replace(annotation, annotator=who)


def _outdone(marked: Marked, article: Article, annotation: Annotation) -> bool:
    """Whether a reading that came back untouched gives way to the one that is there: a person's, or one that was made since."""
    seen, reviewed = annotation.annotator.reviewed, marked.annotator.get("reviewed") is True
    now = to_marks(article, annotation)
    same = marked.print in (now.print, apart(now).print)
    return (seen and not reviewed) or (not same and seen == reviewed)


def _as_stored(store: Writer, article: Article) -> Article:
    """The article with what the store knows of it, where it has this text and the file says nothing else of it."""
    graph = article_iri(article.id)
    triples = store.graph(graph) if article == Article(article.id, article.text) else []
    if not triples:
        return article
    there, _ = from_triples(triples)
    return there if there.text == article.text else article


def _store_each(
    store: Writer,
    every: Iterable[tuple[Reading, Ready | ProvisoError]],
    registry: Registry,
    when: str,
    stored: dict[str, Entry],
    done: deque[tuple[str, str]],
    *,
    foreign: bool = False,
) -> Iterator[Outcome]:
    describe = functools.cache(lambda: _describe(store, stored, registry, when))  # with the first article that is stored, once
    claimed: dict[str, str] = {}  # article id -> the file of this run that has it
    group = _Group(store, when)
    for reading, read in every:
        for outcome in _unchanged(store, done, claimed):
            group.take(outcome)
        name = reading.article.id if reading.article else ""
        try:
            if name in claimed:
                raise _conflict(name, reading.name, claimed[name])
            if name:
                claimed[name] = reading.name
            if isinstance(read, ProvisoError):
                raise read
            group.take(*_add(store, stored, reading, read, when, describe, foreign))
        except (ReadError, AnnotationError, ModelError, Conflict) as error:
            group.take(Outcome("rejected", name, reading.name, error=_bare(error), notes=reading.notes))
        if group.is_full():
            yield from group.stored()
    yield from group.stored()
    yield from _unchanged(store, done, claimed)


class _Group:
    """Articles that are stored together, because syncing is most of what a small commit costs; what became of them is told then."""

    def __init__(self, store: Writer, when: str) -> None:
        self._store, self._when = store, when
        self._outcomes: list[Outcome] = []
        self._new: list[Replacement] = []
        self._lines, self._begun = 0, 0.0

    def take(self, outcome: Outcome, new: Replacement | None = None) -> None:
        if not self._outcomes:
            self._lines, self._begun = 0, time.monotonic()
        self._outcomes.append(outcome)
        if new:
            self._new.append(new)
            self._lines += len(new.lines)

    def is_full(self) -> bool:
        """Whether it is time to store: after so many lines, or a second, so that little is read again after a kill."""
        return self._lines > LINES or time.monotonic() - self._begun > SECONDS

    def stored(self) -> Iterator[Outcome]:
        """Stores them and tells of them."""
        if self._new:
            self._store.replace_graphs(self._new, when=self._when)
        yield from self._outcomes
        self._outcomes, self._new = [], []


def _bare(error: ProvisoError) -> ProvisoError:
    """The error without the frames it went through: they hold what was read, and a run keeps its outcomes to the end."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def remove(store: Writer, article_id: str, when: str, *, purge: bool = False) -> list[str]:
    """Takes an article's reading out; its history stays in kg:provenance, unless `purge` leaves nothing of it anywhere.

    A kept source that another article's reading needs too stays, as for a copy; returns the ids of such articles. Raises UsageError where there is no such article.
    """
    graph = article_iri(article_id)
    history = _history(store, graph)
    stored = graph in store.graphs()
    if not stored and not (purge and history):
        raise UsageError(
            f"the store has no article {article_id!r}",
            str(store.path or ""),
            "kg query 'SELECT ?a { ?a a <https://w3id.org/proviso#Article> }' lists them",
        )
    if stored:
        store.remove_graph(graph, {PROVENANCE_GRAPH: ([], _ended(history, when, None))}, when=when)
        derive(store, when)
    if not purge:
        return []
    about = [triple for told in _history(store, graph).values() for triple in told]
    kept, others = _kept_for(about), _kept_for_others(store, graph)
    store.purge(graph, sorted(kept - others.keys()), {PROVENANCE_GRAPH: (about, [])}, when=when)
    return sorted({thing_id(Iri(other)) for digest in kept & others.keys() for other in others[digest]})


def _add(
    store: Writer,
    stored: Mapping[str, Entry],
    reading: Reading,
    read: Ready,
    when: str,
    describe: Callable[[], None],
    foreign: bool,
) -> tuple[Outcome, Replacement | None]:
    """What becomes of an article, and what is to be stored for that; the files it was read from are kept already."""
    article, origin = read.article, _origin(reading)
    graph = article_iri(article.id)
    made = Outcome("stored", article.id, reading.name, read.statements, None, read.findings, reading.notes)
    there = stored.get(graph)
    same_graph = there is not None and _same(store, graph, read.lines)
    about, history = annotation_triples(article, read.annotator, when, _sum(reading.source), _sum(read.words)), _history(store, graph)
    if same_graph and _told(quad.triple for quad in quads(PROVENANCE_GRAPH, about)) in map(_told, _current(history).values()):
        return replace(made, outcome="unchanged"), None
    again = foreign and (graph, kg("sha256"), Literal(article.sha256)) in store.graph(graph)  # the text the store has, read anew
    if there and not same_graph and not again and _elsewhere(there.get("origin", ""), origin):
        raise _conflict(article.id, reading.name, there["origin"])
    describe()
    kept = [store.keep_source(reading.source), store.keep_source(read.words)]
    change: Change = (_revived(history, about[0][0]), [*_ended(history, when, about[0][0]), *about])
    return replace(made, outcome="superseded") if there else made, Replacement(graph, read.lines, {PROVENANCE_GRAPH: change}, kept, origin)


def _same(store: Writer, graph: Iri, lines: list[bytes]) -> bool:
    """Whether the graph says this already; where its text stands in a file that holds others too may have moved."""
    place = tuple(f"<{kg(term)}>".encode() for term in ("rawStart", "rawEnd"))
    before, after = ([line for line in some if line.split(b" ", 2)[1] not in place] for some in (store.lines(graph), lines))
    return before == after


def _elsewhere(before: str, now: str) -> bool:
    """Whether the article was read from another file that is still there, so that one of the two must have another id."""
    return before != now and before != STDIN and Path(before).exists() if before else False


def _conflict(id: str, file: str, other: str) -> Conflict:
    return Conflict(
        f"two files claim the article id {id!r}; the one that is stored stays",
        f"{file} and {other}",
        "give one of them another id in its header, or kg remove the article first",
    )


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# ---------------------------------------------------------------------------------------------------- provenance


History = dict[str, list[ox.Triple]]


def _history(store: Store, graph: Iri) -> History:
    """What is told of each reading (kg:Annotation) of an article, the present one and earlier ones."""
    about = f"SELECT ?s ?p ?o {{ GRAPH <{PROVENANCE_GRAPH}> {{ ?s <{kg('annotates')}> {ox.NamedNode(graph)} ; ?p ?o }} }} ORDER BY ?s"
    found: dict[str, list[ox.Triple]] = {}
    for s, p, o in store.select(about):
        assert isinstance(s, ox.NamedNode) and isinstance(p, ox.NamedNode) and o is not None
        found.setdefault(s.value, []).append(ox.Triple(s, p, o))
    return found


def _kept_for(about: Iterable[ox.Triple]) -> set[str]:
    hashes = {kg("sourceSha256"), kg("annotationSha256")}
    return {t.object.value for t in about if t.predicate.value in hashes and isinstance(t.object, ox.Literal)}


def _kept_for_others(store: Store, graph: Iri) -> dict[str, set[str]]:
    """The kept files of all other articles, each with the articles whose readings need it."""
    kept = f"SELECT DISTINCT ?sum ?article {{ ?reading <{kg('annotates')}> ?article ; <{kg('sourceSha256')}>|<{kg('annotationSha256')}> ?sum FILTER(?article != {ox.NamedNode(graph)}) }}"
    found: dict[str, set[str]] = {}
    for digest, article in store.select(kept):
        assert isinstance(digest, ox.Literal) and isinstance(article, ox.NamedNode)
        found.setdefault(digest.value, set()).add(article.value)
    return found


def _current(history: History) -> History:
    """The readings that are in force: one, or none."""
    ended = PROV + "invalidatedAtTime"
    return {node: told for node, told in history.items() if all(t.predicate.value != ended for t in told)}


def _told(reading: Iterable[ox.Triple]) -> frozenset[tuple[str, str]]:
    """What a reading says of itself but for when it was made and from which bytes: two that agree here are no news."""
    passing = {PROV + "endedAtTime", kg("sourceSha256"), kg("annotationSha256")}
    return frozenset((t.predicate.value, str(t.object)) for t in reading if t.predicate.value not in passing)


def _ended(history: History, when: str, by: Iri | None) -> list[Triple]:
    """That the reading in force ends now, and by which other one it is superseded."""
    out: list[Triple] = []
    for node in _current(history).keys() - {by}:
        out.append((Iri(node), Iri(PROV + "invalidatedAtTime"), Literal(when, XSD + "dateTime")))
        out += [(Iri(node), Iri(kg("supersededBy")), by)] if by else []
    return out


def _revived(history: History, node: Iri) -> list[ox.Triple]:
    """What is told of the end of a reading that is made again of the same bytes at the same time, and so is in force again."""
    return [told for told in history.get(node, []) if told.predicate.value in ENDS]


def _describe(store: Writer, stored: Mapping[str, Entry], registry: Registry, when: str) -> None:
    """Puts the registry into its graph; what a user's own registry described earlier stays until it is described anew."""
    new = registry_triples(registry)
    lines = lines_of(REGISTRY_GRAPH, new)
    there = stored.get(REGISTRY_GRAPH, {}).get("sha256")
    if digest_of_lines(lines) == there:
        return
    about = {s for s, _, _ in new}
    if kept := [t for t in store.graph(REGISTRY_GRAPH) if t[0] not in about]:
        lines = lines_of(REGISTRY_GRAPH, [*kept, *new])
    if digest_of_lines(lines) != there:
        store.replace_graphs([Replacement(REGISTRY_GRAPH, lines, {})], when=when)
