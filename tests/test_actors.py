"""The registry: what the package knows, and what a user's own file adds to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.actors import FILES, link, load_registry, nearest
from kg.errors import ProvisoError
from kg.model import Actor, Concept, slug
from kg.resources import folder
from kg.triples import registry_triples

HEAD = """@prefix kg: <https://w3id.org/proviso#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix actor: <https://w3id.org/proviso/id/actor/> .
@prefix action: <https://w3id.org/proviso/id/action/> .
@prefix tenure: <https://w3id.org/proviso/id/tenure/> .
"""
NAMES = [
    ("Macron", "person", "emmanuel-macron"), ("Zelensky", "person", "volodymyr-zelenskyy"), ("Zelenskiy", "person", "volodymyr-zelenskyy"),
    ("Sanchez", "person", "pedro-sanchez"), ("von der Leyen", "person", "ursula-von-der-leyen"), ("Kyiv", "state", "ukraine"),
    ("Moscow", "state", "russia"), ("the UK", "state", "united-kingdom"), ("Britain", "state", "united-kingdom"),
    ("U.S.", "state", "united-states"), ("Washington", "state", "united-states"), ("the Kremlin", "institution", "kremlin"),
    ("Congress", "parliament", "us-congress"), ("Rada", "parliament", "verkhovna-rada"), ("the EU", "alliance", "european-union"),
    ("Radio Free Europe", "outlet", "rfe-rl"), ("European officials", "unnamed source", "european-officials"),
    ("Kampala", "state", "uganda"), ("Ivorian", "state", "ivory-coast"), ("the Bahamas", "state", "bahamas"), ("Kyrgyz", "state", "kyrgyzstan"),
    ("Pyidaungsu Hluttaw", "parliament", "pyidaungsu-hluttaw"), ("Jatiya Sangsad", "parliament", "jatiya-sangsad"),
    ("Zambian parliament", "parliament", "national-assembly-of-zambia"), ("Prabowo", "person", "prabowo-subianto"),
    ("Babis", "person", "andrej-babis"), ("IRGC", "institution", "islamic-revolutionary-guard-corps"), ("SBU", "institution", "security-service-of-ukraine"),
    ("Mercosur", "alliance", "mercosur"), ("Anadolu", "outlet", "anadolu-agency"), ("Ninth Circuit", "court", "us-court-of-appeals-for-the-ninth-circuit"),
]  # fmt: skip
TOPICS = [
    ("actions", "troops", "military-presence"), ("actions", "soldiers", "military-presence"), ("actions", "peacekeepers", "military-presence"),
    ("actions", "forces", "military-presence"), ("actions", "boots on the ground", "military-presence"), ("actions", "send troops", "deploy-troops"),
    ("actions", "Sending Soldiers", "deploy-troops"), ("actions", "securing transport lanes", "secure-transport-lanes"),
    ("circumstances", "peace deal", "peace-agreement"), ("circumstances", "cease-fire", "ceasefire"),
    ("circumstances", "a ratification by national parliaments", "ratification"), ("circumstances", "the consent of the Bundestag", "approval-by-parliament"),
    ("places", "Ukrainian soil", "ukraine"), ("places", "neighbouring countries", "countries-neighbouring-ukraine"),
]  # fmt: skip
# Words of a text, the date of the text -> whom they name.
LINKS = [
    ("Kyiv", None, "ukraine"), ("the Kremlin", None, "kremlin"), ("The Philippines", None, "philippines"), ("Zelensky's", None, "volodymyr-zelenskyy"),
    ("U.S. President Donald Trump", "2026-01", "donald-trump"), ("President Trump", None, "donald-trump"), ("Mr. Putin", None, "vladimir-putin"),
    ("German Chancellor Friedrich Merz", "2026-01-07", "friedrich-merz"), ("Merz, the German chancellor", "2026-01-07", "friedrich-merz"),
    ("US Secretary of State Marco Rubio", "2025-06", "marco-rubio"), ("former German Chancellor Olaf Scholz", "2025-12", "olaf-scholz"),
    ("the German chancellor", "2026-01-07", "friedrich-merz"), ("the German chancellor", "2025-02", "olaf-scholz"),
    ("Germany's chancellor", "2026", "friedrich-merz"), ("the chancellor of Germany", None, "friedrich-merz"),
    ("the former German chancellor", "2025-12", "olaf-scholz"), ("the NATO secretary-general", "2025-09", "mark-rutte"),
    ("Israel's defense minister", "2025-09", "israel-katz"), ("the minister of defence of Israel", "2025-09", "israel-katz"),
    ("the Indian foreign secretary", "2025-09", "vikram-misri"), ("India's foreign minister", "2025-09", "s-jaishankar"),
    ("the Venezuelan president", "2025-02", "nicolas-maduro"), ("the Venezuelan president", "2026-02", "delcy-rodriguez"),
    ("the Japanese prime minister", "2025-10-20", "shigeru-ishiba"), ("the Japanese prime minister", "2025-10-21", "sanae-takaichi"),
    ("Kremlin spokesperson", "2025-05", "dmitry-peskov"), ("the German government", None, "germany"), ("authorities in Kyiv", None, "ukraine"),
    ("Pakistani Prime Minister Sharif", None, "shehbaz-sharif"), ("President Lee", "2025-10", "lee-jae-myung"),
    ("Supreme Leader Khamenei", "2025-06-15", "ali-khamenei"), ("Supreme Leader Khamenei", "2026-03-15", "mojtaba-khamenei"),
    ("Vice President Duterte", "2025-05", "sara-duterte"), ("Speaker Johnson", None, "mike-johnson"), ("Mali's parliament", None, "national-transitional-council-of-mali"),
]  # fmt: skip


def extra(tmp_path: Path, turtle: str) -> Path:
    """A user's own registry file."""
    path = tmp_path / "mine.ttl"
    path.write_text(HEAD + turtle, "utf-8")
    return path


@pytest.mark.parametrize(("name", "kind", "id"), NAMES)
def test_actors_are_found_by_the_names_texts_use(name: str, kind: str, id: str) -> None:
    """Surnames, spellings, capitals and short forms lead to the one actor who bears them."""
    found = load_registry().find_actor(name, kind)
    assert found and found.id == id


@pytest.mark.parametrize(("scheme", "words", "id"), TOPICS)
def test_concepts_are_found_by_the_words_texts_use(scheme: str, words: str, id: str) -> None:
    """General words lead to the broad concept, verb phrases to the narrow one."""
    found = load_registry().find_concept(scheme, words)
    assert found and found.id == id


def test_the_topic_of_troops_takes_in_what_is_narrower() -> None:
    """All that a reader would call troops is at or below military presence; assistance and opposition to it are not."""
    concepts = load_registry().concepts["actions"]

    def above(id: str) -> set[str]:
        return {id}.union(*(above(parent) for parent in concepts[id].broader))

    below = {id for id in concepts if "military-presence" in above(id)}
    assert {
        "deploy-troops",
        "lead-multinational-force",
        "join-multinational-force",
        "secure-transport-lanes",
        "establish-military-hubs",
    } <= below
    assert not {"assist-if-attacked", "oppose-foreign-troops", "withdraw-troops", "security-guarantees"} & below


def test_a_name_belongs_to_one_thing() -> None:
    """No name leads to two actors of whatever kind, nor to two concepts of one scheme: a clash would lead to none."""
    registry = load_registry()
    groups: list[list[Actor | Concept]] = [[*registry.actors.values()]]
    groups += [[*concepts.values()] for concepts in registry.concepts.values()]
    for things in groups:
        bearers: dict[str, str] = {}
        for thing in things:
            for name in {thing.id, *map(slug, (thing.label, *thing.aliases))}:
                assert bearers.setdefault(name, thing.id) == thing.id, f"{name}: {bearers[name]} and {thing.id}"


def test_words_of_grammar_are_nobodys_name() -> None:
    """A question word or pronoun names no actor, except that US is also spelt like us."""
    names = {slug(name) for actor in load_registry().actors.values() for name in (actor.label, *actor.aliases)}
    assert not names & {"who", "what", "he", "she", "it", "they", "we", "i", "you", "them", "the", "which", "may", "will"}


def test_every_parliament_says_whose_it_is() -> None:
    """Each parliament is a member of a state or alliance, but for the generic national parliaments."""
    actors = load_registry().actors
    for actor in actors.values():
        if actor.kind == "parliament" and actor.id != "national-parliaments":
            assert any(actors[body].kind in ("state", "alliance") for body in actor.member_of), actor.id


def test_tenures_say_who_spoke_for_whom_in_january_2026() -> None:
    """The office-holders of the seeds hold their offices on 6 January 2026."""
    holders = {(t.of, t.office): t.holder for t in load_registry().tenures if (t.start or "") <= "2026-01-06" < (t.end or "9")}
    assert holders["germany", "chancellor"] == "friedrich-merz"
    assert holders["united-states", "president"] == "donald-trump"
    assert holders["nato", "secretary general"] == "mark-rutte"
    assert holders["european-council", "president"] == "antonio-costa"
    assert all(t.start <= t.end for t in load_registry().tenures if t.start and t.end)


def test_the_registry_reaches_round_the_world() -> None:
    """Every state has a parliament or is known to have none, most have somebody who heads them, and no kind is left out."""
    registry = load_registry()
    states = {actor.id for actor in registry.actors.values() if actor.kind == "state"}
    with_parliament = {body for actor in registry.actors.values() if actor.kind == "parliament" for body in actor.member_of}
    assert len(states) > 195
    assert states - with_parliament == {"holy-see", "somaliland"}
    assert len({tenure.of for tenure in registry.tenures if not tenure.end} & states) > 180


def test_two_of_one_surname_stay_two() -> None:
    """A surname that two bear leads to neither of them, and to the right one where an office or a first name says which."""
    registry = load_registry()
    for surname, people in (
        ("Duterte", ("rodrigo-duterte", "sara-duterte")),
        ("Shinawatra", ("thaksin-shinawatra", "paetongtarn-shinawatra")),
    ):
        assert set(people) <= set(registry.actors)
        assert link(registry, surname) == []
    assert link(registry, "General Johnson") == []


def test_an_actor_is_described_in_one_file_alone() -> None:
    """What the hand-kept file describes is not made a second time: the later description would hide the earlier."""
    subjects = [
        line.split()[0] for name in FILES for line in (folder("ontology") / name).read_text("utf-8").splitlines() if " a kg:" in line
    ]
    assert len(subjects) > 2600 and len(subjects) == len(set(subjects))


@pytest.mark.parametrize("name", ["states.ttl", "bodies.ttl", "people.ttl"])
def test_the_made_files_are_in_order_and_say_where_they_come_from(name: str) -> None:
    """Actors stand by their ids; the header names the script and the licence; a link to Wikipedia has the item that makes it."""
    text = (folder("ontology") / name).read_text("utf-8")
    ids = [line.split()[0] for line in text.splitlines() if line.startswith("actor:")]
    assert ids and ids == sorted(ids)
    assert "bench/registry/make.py" in text and "<https://creativecommons.org/licenses/by/4.0/>" in text
    links = [line for line in text.splitlines() if "schema:sameAs" in line]
    assert links and all(' ; dcterms:source "current-events ' in line for line in links)


def test_a_tenures_iri_is_the_one_it_gets_in_a_store() -> None:
    """In the files and in kg:registry a tenure bears the same name."""
    written = {
        line.split()[0].removeprefix("tenure:")
        for name in FILES
        for line in (folder("ontology") / name).read_text("utf-8").splitlines()
        if line.startswith("tenure:")
    }
    stored = {str(s).rpartition("/tenure/")[2] for s, _, _ in registry_triples(load_registry()) if "/tenure/" in str(s)}
    assert written == stored


@pytest.mark.parametrize(("words", "date", "id"), LINKS)
def test_words_of_a_text_lead_to_the_actor(words: str, date: str | None, id: str) -> None:
    """Names, titles, offices by date and surnames lead to one actor, with a confidence above a half."""
    (found,) = link(load_registry(), words, date)
    assert found[0] == id and 0.5 < found[1] <= 1


@pytest.mark.parametrize("words", ["", " ", "us", "who", "he", "the president", "the chancellor", "a man", "General Smith", "Macron and Starmer", "x" * 100_000, "the " * 50_000, "of of of", "’s", ", , ,"])  # fmt: skip
def test_words_that_name_nobody_lead_to_nobody(words: str) -> None:
    """Pronouns, bare offices, unknown people and noise name no actor of the registry."""
    assert link(load_registry(), words, "2026-01") == []


def test_the_surer_the_more_is_said() -> None:
    """A whole name is surer than a surname behind an office, that surer than an unknown title; several who fit are doubtful."""
    registry = load_registry()
    sure = [link(registry, words, "2025-09")[0][1] for words in ("Friedrich Merz", "Chancellor Friedrich Merz", "the German chancellor", "President Lee", "Mr. Putin")]  # fmt: skip
    assert sure == sorted(sure, reverse=True) and len(set(sure)) == len(sure)
    leaders = link(registry, "the French leader", "2025-10-20")
    assert [id for id, _ in leaders] == ["emmanuel-macron", "sebastien-lecornu"] and leaders[0][1] < 0.5


def test_a_users_people_are_linked(tmp_path: Path) -> None:
    """Names and offices of a user's own file are found beside the packaged ones, which stay as they were."""
    turtle = """actor:ann-berg a kg:Person ; skos:prefLabel "Ann Berg" .
    tenure:berg a kg:Tenure ; kg:holder actor:ann-berg ; kg:office "navy minister" ; kg:officeOf actor:norway ; kg:from "2025-10"^^xsd:gYearMonth ."""
    registry = load_registry(extra(tmp_path, turtle))
    assert link(registry, "the Norwegian navy minister", "2026-01-07") == link(registry, "Norway's navy minister") == [("ann-berg", 0.9)]
    assert link(registry, "the Norwegian navy minister", "2025-09-30") == link(load_registry(), "Ann Berg") == []


def test_the_packaged_registry_is_read_once() -> None:
    """Loading it again gives the same value."""
    assert load_registry() is load_registry()


def test_a_users_file_adds(tmp_path: Path) -> None:
    """New actors, concepts and tenures stand beside those of the package, and refer to them."""
    turtle = """actor:ann-berg a kg:Person ; skos:prefLabel "Ann Berg" ; skos:altLabel "Berg" ; kg:memberOf actor:norway .
    action:lend-ships a kg:Action ; skos:prefLabel "lend ships" ; skos:broader action:maritime-support .
    tenure:berg a kg:Tenure ; kg:holder actor:ann-berg ; kg:office "navy minister" ; kg:officeOf actor:norway ; kg:from "2025-10"^^xsd:gYearMonth ."""
    registry = load_registry(extra(tmp_path, turtle))
    berg = registry.find_actor("Berg", "person")
    assert berg and (berg.kind, berg.member_of) == ("person", ("norway",))
    assert registry.concepts["actions"]["lend-ships"].broader == ("maritime-support",)
    assert registry.tenures[-1].start == "2025-10" and registry.tenures[-1].end is None
    assert registry.find_actor("Macron", "person") and "ann-berg" not in load_registry().actors


def test_a_users_file_overrides(tmp_path: Path) -> None:
    """An actor of the same IRI is taken from the user's file, whole."""
    registry = load_registry(extra(tmp_path, 'actor:kremlin a kg:State ; skos:prefLabel "The Kremlin" .'))
    assert registry.actors["kremlin"].kind == "state" and registry.actors["kremlin"].aliases == ()
    assert len(registry.actors) == len(load_registry().actors)


def test_a_users_file_may_name_things_in_any_script(tmp_path: Path) -> None:
    """An IRI with letters written out and one with them percent-encoded name the same."""
    turtle = """<https://w3id.org/proviso/id/actor/jörg> a kg:Person ; skos:prefLabel "Jörg" ; kg:memberOf <https://w3id.org/proviso/id/actor/b%C3%BCro> .
    <https://w3id.org/proviso/id/actor/büro> a kg:Institution ; skos:prefLabel "Büro" ."""
    assert load_registry(extra(tmp_path, turtle)).actors["jörg"].member_of == ("büro",)


@pytest.mark.parametrize(
    ("turtle", "what"),
    [
        ('actor:x a kg:Actor ; skos:prefLabel "X" .', "no kind"),
        ('actor:x a kg:Person, kg:State ; skos:prefLabel "X" .', "several kinds: person, state"),
        ("actor:x a kg:Person .", "0 values"),
        ('actor:x a kg:Person ; skos:prefLabel "X", "Y" .', "2 values"),
        ('actor:x a kg:Person ; skos:prefLabel "X" ; kg:memberOf actor:nowhere .', "actor/nowhere, which nothing describes"),
        ('action:x a kg:Action ; skos:prefLabel "x" ; skos:broader action:nothing .', "action/nothing, which nothing describes"),
        ("tenure:x a kg:Tenure ; kg:holder actor:x ; kg:office 'y' ; kg:officeOf actor:norway .", "actor/x, which nothing describes"),
        ("tenure:x a kg:Tenure ; kg:holder actor:joe-biden ; kg:office 'y' ; kg:officeOf actor:nato ; kg:from 'soon' .", "the date soon"),
        ('<http://example.org/x> a kg:Person ; skos:prefLabel "X" .', "not an IRI of the registry"),
        ('actor:x a kg:Person ; skos:prefLabel "X" ; kg:memberOf [] .', "blank node"),
    ],
)
def test_a_users_mistake_is_told(tmp_path: Path, turtle: str, what: str) -> None:
    """What is wrong, in which file, and what to try."""
    with pytest.raises(ProvisoError, match=what) as caught:
        load_registry(extra(tmp_path, turtle))
    assert caught.value.where.endswith("mine.ttl") and caught.value.hint


def test_a_long_chain_of_broader_concepts_is_refused(tmp_path: Path) -> None:
    """Written out it would grow by its square; a cycle and what is as deep as people write pass."""
    action = '<https://w3id.org/proviso/id/action/c{}> a <https://w3id.org/proviso#Action> ; <http://www.w3.org/2000/01/rdf-schema#label> "c{}" ;'
    broader = " <http://www.w3.org/2004/02/skos/core#broader> <https://w3id.org/proviso/id/action/c{}> ."
    file = tmp_path / "own.ttl"

    def chain(count: int) -> None:
        """The last is narrower than the first: a cycle."""
        file.write_text("\n".join(action.format(n, n) + broader.format((n + 1) % count) for n in range(count)))

    chain(100)
    assert len(load_registry(file).concepts["actions"]) > 100
    chain(102)
    with pytest.raises(ProvisoError, match="more than 100 concepts above it") as told:
        load_registry(file)
    assert told.value.where == str(file)


def test_bad_turtle_is_told_with_its_line(tmp_path: Path) -> None:
    """The error names the file and the line."""
    with pytest.raises(ProvisoError, match="not well-formed Turtle") as caught:
        load_registry(extra(tmp_path, "\nactor:x a kg:Person\nactor:y a kg:Person ."))
    assert caught.value.where.endswith(("mine.ttl:8", "mine.ttl:9"))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """A file that is not there is an error a user can be told about."""
    with pytest.raises(ProvisoError, match="cannot be read"):
        load_registry(tmp_path / "none.ttl")


def test_nearest_names() -> None:
    """A misspelt word gets known names, nearest first, never more than asked for; nonsense gets none."""
    registry = load_registry()
    assert nearest(registry, "Zelenski")[0].startswith("Zelensk")
    assert "ratification" in nearest(registry, "ratificaton")
    assert len(nearest(registry, "parliament", 2)) == 2
    assert nearest(registry, "qqqqqqqqqqqq") == nearest(registry, "") == []
