"""What becomes of commitments: by each reading, with the conditions that decide and their words."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from kg.analyse import logic
from kg.analyse.logic import Value
from kg.analyse.outcomes import Outcome
from kg.analyse.pivotal import pivots
from kg.analyse.readings import Readings
from kg.analyse.scenario import read_scenario
from kg.analyse.tree import to_text
from kg.analyse.whatif import COLUMNS, TOO_MANY, Answered, notes, pivotal_rows, to_rows, to_tree, what_if
from kg.errors import ReadError, UsageError
from kg.store.embedded import Store, open_store
from kg.vocabulary import ID, OA, RDFS, SCHEMA, SKOS, kg
from tests.analyse.world import World
from tests.support import Run


def last(iri: str) -> str:
    return iri.rpartition("/")[2]


def test_every_stance_has_its_states() -> None:
    """A pledge or an opening waits, is blocked, untriggered, active; a refusal stands or lapses; what was withdrawn has no state."""
    world = World()
    vote, attack = world.condition("vote"), world.condition("attack")
    for stance in ("pledged", "open", "refused", "withdrawn"):
        world.says(f"aid-{stance}", stance, requires=[vote], triggeredBy=[attack])
    for stance in ("pledged", "open"):
        for met, failed, state in (([], [], "waits"), (["vote"], [], "in force but untriggered"), (["vote"], ["attack"], "in force but untriggered"), (["vote", "attack"], [], "active"), (["attack"], ["vote"], "blocked")):  # fmt: skip
            assert world.states(met, failed)[f"aid-{stance} {stance}"] == state
    assert world.states()["aid-refused refused"] == world.states(["vote"])["aid-refused refused"] == "stands"
    assert world.states([], ["vote"])["aid-refused refused"] == "lapsed"
    assert world.states(["vote", "attack"])["aid-withdrawn withdrawn"] == ""


def test_unless_turns_a_condition_round() -> None:
    """It fails what it excepts where it is met, and holds nothing up where it failed."""
    world = World()
    world.says("aid", exceptIf=[world.condition("veto")])
    assert [world.states(met, failed)["aid pledged"] for met, failed in (("", ""), (["veto"], ""), ("", ["veto"]))] == [
        "waits",
        "blocked",
        "active",
    ]


def test_of_a_group_one_is_enough() -> None:
    """And with unless any of them is too much."""
    world = World()
    some = [world.condition("vote"), world.condition("decree")]
    world.says("aid", requires=some, any_of=some)
    world.says("arms", exceptIf=some, any_of=some)
    assert [world.states(["vote"])[name] for name in ("aid pledged", "arms pledged")] == ["active", "blocked"]
    assert [world.states([], ["vote"])[name] for name in ("aid pledged", "arms pledged")] == ["waits", "waits"]
    assert [world.states([], ["vote", "decree"])[name] for name in ("aid pledged", "arms pledged")] == ["blocked", "active"]
    sets = {
        last(one.commitment): [sorted(last(n) for n, _ in found) for found in one.needs or ()] for one in what_if(world.store()).outcomes
    }
    assert sets == {"aid": [["decree"], ["vote"]], "arms": [["decree", "vote"]]}


def test_the_tree_tells_what_would_make_it_active() -> None:
    """Each smallest set by its conditions, at most eight and how many more there are; without a condition, the words that say so."""
    world = World()
    some = [world.condition(f"vote-{n}") for n in range(10)]
    world.says("aid", requires=some, any_of=some)
    world.says("arms", requires=some[:8], any_of=some[:8])
    world.says("tents")
    below = {node.label: node.children for state in to_tree(what_if(world.store())).children for node in state.children}
    sets = {name: [line.label for line in lines if line.role == "active with"] for name, lines in below.items()}
    assert sets["aid"] == [f"vote-{n} met" for n in range(8)] + ["2 more sets"]
    assert sets["arms"] == [f"vote-{n} met" for n in range(8)] and sets["tents"] == []
    [bare] = below["tents"]
    assert (bare.label, bare.quote, bare.article_label, bare.start, bare.end) == ("no condition", "tents in a", "a", 3, 12)


def test_everything_in_an_answer_has_its_label() -> None:
    """Articles, commitments, conditions, committers, and who decides."""
    world = World()
    world.says("aid", requires=[world.condition("vote", by=["assembly"])])
    world.tell("article/a", RDFS + "label", "The article")
    labels = what_if(world.store()).labels
    assert {last(iri): label for iri, label in labels.items()} == {
        "aid": "aid",
        "vote": "vote",
        "norland": "Norland",
        "assembly": "Assembly",
        "a": "The article",
    }


@pytest.fixture(scope="module")
def small() -> Answered:
    """Aid that two articles alike hang on a vote and a veto and a third on peace, tents that others promised, a fleet refused; the vote is met."""
    world = World()
    vote, veto, peace = world.condition("vote", "approval", ["assembly"]), world.condition("veto"), world.condition("peace")
    world.says("aid", requires=[vote], exceptIf=[veto])
    world.says("aid", article="b", requires=[vote], exceptIf=[veto])
    third = world.says("aid", article="c", requires=[peace])
    world.says("tents", own=False)
    world.says("fleet", "refused", requires=[peace])
    named: tuple[tuple[str, str, str | int], ...] = (
        (third, kg("mention"), f"{third}/m"), (f"{third}/m", kg("role"), kg("role-condition")), (f"{third}/m", kg("refersTo"), peace),
        (f"{third}/m", OA + "hasSource", "article/c"), (f"{third}/m", OA + "exact", "if peace"), (f"{third}/m", OA + "start", 5), (f"{third}/m", OA + "end", 13),
    )  # fmt: skip
    for subject, term, value in named:
        world.tell(subject, term, value, "c")
    return what_if(world.store(), ["vote"])


def test_an_answer_is_rows(small: Answered) -> None:
    """By state and commitment: what was said of it by whom, what decides, what would make it active, and the words that say so."""
    assert to_rows(small) == [
        ("active", "pledged", "tents", "Norland", "others (ascribed)", "a", "", "", "tents in a", "a", 4, 13),
        ("waits", "pledged", "aid", "Norland", "the committer", "a", "veto (unknown)", "veto failed", "aid in a", "a", 1, 10),
        ("waits", "pledged", "aid", "Norland", "the committer", "b", "veto (unknown)", "veto failed", "aid in b", "b", 2, 11),
        ("waits", "pledged", "aid", "Norland", "the committer", "c", "peace (unknown)", "peace met", "if peace", "c", 5, 13),
        ("stands", "refused", "fleet", "Norland", "the committer", "a", "peace (unknown)", "", "fleet in a", "a", 5, 14),
    ]


def test_rows_for_a_machine_keep_what_words_join(small: Answered) -> None:
    """Things with IRI and label, conditions with their chain and words, sets as lists."""
    article, aid = {"iri": f"{ID}article/c", "label": "c"}, {"iri": f"{ID}commitment/aid", "label": "aid"}
    norland, peace = {"iri": f"{ID}actor/norland", "label": "Norland"}, f"{ID}condition/peace"
    needed = {
        "iri": peace,
        "value": "unknown",
        "label": "peace",
        "chain": ["peace"],
        "quote": "if peace",
        "article": article["iri"],
        "start": 5,
        "end": 13,
    }
    need = {"iri": peace, "condition": "peace", "must_be": "met"}
    told = to_rows(small, structured=True)
    assert told[3] == ("waits", "pledged", aid, [norland], "the committer", article, [needed], [[need]], "if peace", article, 5, 13)
    assert told[0][6:8] == ([], [])


def test_an_answer_is_a_tree(small: Answered) -> None:
    """The states that occur, below each its commitments, those read alike once, with their conditions and the words of the first."""
    assert to_text(to_tree(small), "table").splitlines() == [
        "if vote met – scenario",
        "  active (1)",
        "    pledged, ascribed: tents (read in: a)",
        "      no condition",
        "        “tents in a” – a, 4–13",
        "  waits (2)",
        "    pledged: aid (read in: a; b)",
        "      unknown: veto",
        "        “aid in a” – a, 1–10",
        "      active with: veto failed",
        "    pledged: aid (read in: c)",
        "      unknown: peace",
        "        “if peace” – c, 5–13",
        "      active with: peace met",
        "  stands (1)",
        "    refused: fleet (read in: a)",
        "      unknown: peace",
        "        “fleet in a” – a, 5–14",
    ]
    assert to_tree(what_if(World().store())).label == "as things stand"


def test_what_is_pivotal_is_rows(small: Answered) -> None:
    """Conditions, then actors, with how much hangs on each; for a machine with IRIs."""
    assert pivotal_rows(small) == [
        ("condition", "vote", 2, 1, 0, 0, "Assembly", "aid"), ("condition", "peace", 1, 1, 0, 1, "", "aid"), ("condition", "veto", 0, 0, 0, 2, "", ""),
        ("actor", "Assembly", 2, 1, 0, 0, "", "aid"),
    ]  # fmt: skip
    vote, assembly, aid = ({"iri": ID + iri, "label": label} for iri, label in (("condition/vote", "vote"), ("actor/assembly", "Assembly"), ("commitment/aid", "aid")))  # fmt: skip
    assert pivotal_rows(small, structured=True)[0] == ("condition", vote, 2, 1, 0, 0, [assembly], [aid])


def test_what_has_no_name_is_called_by_its_iri(small: Answered) -> None:
    """By the last part of it."""
    assert small.label(f"{ID}condition/nobody-told") == "nobody-told" and small.label(f"{ID}actor/assembly") == "Assembly"


def test_too_many_sets_are_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """In rows and in the tree what to do, for a machine nothing."""
    monkeypatch.setattr(logic, "MOST_SETS", 1)
    world = World()
    some = [world.condition("vote"), world.condition("decree")]
    world.says("aid", requires=some, any_of=some)
    found = what_if(world.store())
    at = COLUMNS.index("needs")
    assert (to_rows(found)[0][at], to_rows(found, structured=True)[0][at]) == (TOO_MANY, None)
    assert [node.label for node in to_tree(found).all() if node.role == "active with"] == [TOO_MANY]


def test_several_sets_and_conditions_are_told_apart() -> None:
    """Conditions of one set by semicolons or plus signs, sets by bars or lines of their own."""
    world = World()
    some = [world.condition("vote"), world.condition("decree")]
    world.says("aid", requires=some, any_of=some, exceptIf=[world.condition("veto")])
    found = what_if(world.store())
    assert to_rows(found)[0][COLUMNS.index("needs")] == "decree met; veto failed | veto failed; vote met"
    assert to_rows(found)[0][COLUMNS.index("condition")] == "decree (unknown); vote (unknown); veto (unknown)"
    assert [node.label for node in to_tree(found).all() if node.role == "active with"] == [
        "decree met + veto failed",
        "veto failed + vote met",
    ]


def test_a_chain_is_told_from_what_hangs_on_it() -> None:
    """From the condition that decides back to the one that was named; what lies between article and condition is no part of it."""
    world = World()
    one, two = world.condition("one"), world.condition("two")
    world.says("aid", requires=[one])
    world.tell(one, kg("dependsOn"), two)
    found = what_if(world.store(), ["one"])
    assert [node.label for node in to_tree(found).all() if node.role == "unknown"] == ["two ← one"]
    assert to_rows(found, structured=True)[0][COLUMNS.index("condition")][0]["chain"] == ["one", "two"]


def test_readings_that_end_alike_do_not_differ() -> None:
    """Neither do two stances in one reading; one stance in two readings does where other conditions decide."""
    world = World()
    vote, peace = world.condition("vote"), world.condition("peace")
    for article in "ab":
        world.says("alike", article=article, requires=[vote])
        world.says("apart", article=article, requires=[vote if article == "a" else peace])
    for stance in ("pledged", "open"):
        world.says("both", stance, requires=[vote])
    assert [last(o.commitment) for o in what_if(world.store(), differing=True).outcomes] == ["apart", "apart"]


def test_what_two_sentences_of_an_article_say_is_said_once() -> None:
    """A condition that both attach decides once, with the chain of the first; an exception or a group of the other is another."""
    world = World()
    vote, decree, veto, flood = (world.condition(name) for name in ("vote", "decree", "veto", "flood"))
    for _ in range(2):
        world.says("aid", requires=[vote, decree], any_of=[vote, decree], exceptIf=[veto])
        world.says("tents", requires=[vote])
    world.says("arms", exceptIf=[veto])
    world.says("arms", exceptIf=[flood])
    world.says("arms", requires=[veto])
    world.says("ships", requires=[vote, decree], any_of=[vote, decree])
    world.says("ships", requires=[veto, flood], any_of=[veto, flood])

    def because(failed: Iterable[str] = ()) -> dict[str, list[str]]:
        return {last(o.commitment): [last(leaf.name) for leaf in o.because] for o in what_if(world.store(), [], failed).outcomes}

    assert because() == {
        "aid": ["decree", "vote", "veto"], "tents": ["vote"], "arms": ["veto", "flood", "veto"], "ships": ["decree", "vote", "flood", "veto"],
    }  # fmt: skip
    failed = because(["vote", "decree"])
    assert failed["aid"] == failed["ships"] == ["decree", "vote"] and failed["tents"] == ["vote"]
    [first] = next(o for o in what_if(world.store()).outcomes if o.commitment.endswith("tents")).because
    assert last(str(first.chain[0])) == "2"


@pytest.mark.parametrize("kind", [Answered, Outcome])
def test_an_answer_is_a_value(kind: type) -> None:
    """It never changes, and has no attributes but its own."""
    assert kind.__dataclass_params__.frozen and hasattr(kind, "__slots__")  # type: ignore[attr-defined]  # dataclasses keep it


def test_readings_nobody_has_reviewed_are_named() -> None:
    """Those of articles the answer rests on; none where it rests on none."""
    world = World()
    world.says("aid")
    for article, reviewed in (("a", False), ("b", True), ("c", False)):
        world.tell(f"reading/{article}", kg("annotates"), f"article/{article}")
        world.tell(f"reading/{article}", kg("reviewed"), reviewed)
    assert list(notes(what_if(world.store()))) == ["No person has reviewed the readings this rests on: a."]
    assert list(notes(what_if(world.store(), differing=True))) == []


def test_a_condition_takes_what_it_depends_on() -> None:
    """However far; and only as its own article says."""
    world = World()
    one, two, three = (world.condition(name) for name in ("one", "two", "three"))
    world.says("aid", requires=[one])
    world.says("aid", article="b", requires=[one])
    world.tell(one, kg("dependsOn"), two)
    world.tell(two, kg("dependsOn"), three)
    found = what_if(world.store(), ["one", "two"], ["three"])
    assert [(last(o.reading), o.state) for o in found.outcomes] == [("b", "active"), ("a", "blocked")]
    [leaf] = found.outcomes[1].because
    assert [last(str(link)) for link in leaf.chain] == ["1", "one", "two", "three"]


def test_a_part_has_the_conditions_of_its_whole() -> None:
    """As the same reading states them, however many wholes it is in; a withdrawn or another article's statement binds nothing."""
    world = World()
    vote, peace, flood = (world.condition(name) for name in ("vote", "peace", "flood"))
    world.says("ships")
    world.says("fleet", requires=[vote])
    world.says("guarantee", requires=[peace])
    world.says("fleet", "withdrawn", requires=[flood], date="2025-01-01")
    world.says("fleet", article="b", requires=[flood])
    world.tell("commitment/ships", kg("partOf"), "commitment/fleet")
    world.tell("commitment/fleet", kg("partOf"), "commitment/guarantee")
    assert [world.states(met)["ships pledged"] for met in ("", ["vote"], ["vote", "peace"])] == ["waits", "waits", "active"]
    assert world.states("", ["peace"])["ships pledged"] == "blocked"


def test_limits_never_enter_and_times_only_by_name() -> None:
    """A limit bounds how much; a time waits for nobody."""
    world = World()
    world.says("aid", requires=[world.condition("cap", "limit"), world.condition("june", "time")])
    assert world.states()["aid pledged"] == world.states([], ["cap"])["aid pledged"] == "active"
    assert world.states([], ["june"])["aid pledged"] == world.states([], ["kind:time"])["aid pledged"] == "blocked"


def test_circles_are_named_and_gone_round_once() -> None:
    """Of conditions and of parts."""
    world = World()
    one, two = world.condition("one"), world.condition("two")
    world.tell(one, kg("dependsOn"), two)
    world.tell(two, kg("dependsOn"), one)
    world.says("aid", requires=[one])
    world.tell("commitment/aid", kg("partOf"), "commitment/aid")
    found = what_if(world.store(), ["one"])
    assert [(o.state, [last(leaf.name) for leaf in o.because]) for o in found.outcomes] == [("waits", ["two"])]
    assert len([note for note in notes(found) if "circle" in note]) == 2
    assert world.states(["one", "two"])["aid pledged"] == "active"


def test_readings_conjoin_within_and_never_across() -> None:
    """Two sentences of one article add up; another article's stand apart, unless both go back to one origin."""
    world = World()
    vote, peace = world.condition("vote"), world.condition("peace")
    world.says("aid", requires=[vote])
    world.says("aid", requires=[peace])
    world.says("aid", article="b", requires=[peace])
    assert {(last(o.reading), o.state) for o in what_if(world.store(), ["peace"]).outcomes} == {("a", "waits"), ("b", "active")}
    assert len(what_if(world.store(), ["peace"], differing=True).outcomes) == 2
    world.tell("article/b", kg("origin"), "article/a")
    assert [(last(o.reading), o.state) for o in what_if(world.store(), ["peace"]).outcomes] == [("a", "waits")]
    assert what_if(world.store(), ["peace"], differing=True).outcomes == ()


def test_the_latest_first_hand_stance_stands() -> None:
    """Others' words count where the committer said nothing; of one day both stand."""
    world = World()
    world.says("aid", "pledged", own=False, date="2026-01-07")
    world.says("aid", "open", article="a")
    world.says("arms", "pledged", own=False)
    assert world.states() == {"aid open": "active", "arms pledged": "active"}
    assert [one.first_hand for one in what_if(world.store()).outcomes] == [True, False]


def test_what_is_named_more_closely_prevails() -> None:
    """A condition over its circumstance, that over who decides, that over a kind; as closely both ways is an error."""
    world = World()
    consent = world.condition("consent", "approval", ["senate"], "approval")
    world.says("aid", requires=[consent])
    for met, failed, state in (
        (["approval"], ["consent"], "blocked"), (["by:senate"], ["kind:approval"], "active"), (["approval"], ["by:senate"], "active"),
    ):  # fmt: skip
        assert world.states(met, failed)["aid pledged"] == state
    with pytest.raises(UsageError, match="met and to fail"):
        what_if(world.store(), ["consent"], ["consent"])


def test_consent_of_one_is_not_that_of_another() -> None:
    """Several who decide must all be named; one refusal is enough; a narrower consent is not everybody's."""
    world = World()
    world.says("aid", requires=[world.condition("both", "approval", ["senate", "chamber"], "approval")])
    world.says("arms", requires=[world.condition("treaty", circumstance="ratification")])
    world.tell("circumstance/ratification", SKOS + "broader", "circumstance/approval")
    met: list[list[str]] = [["by:senate"], ["by:senate", "by:chamber"], ["ratification"]]
    assert [world.states(some)["aid pledged"] for some in met] == ["waits", "active", "waits"]
    assert world.states([], ["by:chamber"])["aid pledged"] == "blocked"
    assert world.states([], ["approval"]) == {"aid pledged": "blocked", "arms pledged": "blocked"}


def test_reports_are_where_it_starts() -> None:
    """The latest report counts, what is typed prevails, and where those of a day differ nothing is known."""
    world = World()
    vote = world.condition("vote")
    world.says("aid", requires=[vote])

    def report(says: str, what: str, date: str) -> None:
        world.count += 1
        s, claim = f"article/{date}/statement/{world.count}", f"claim/{world.count}"
        told: tuple[tuple[str, str, str | int], ...] = (
            (claim, kg(says), what), (s, kg("expresses"), claim), (s, kg("force"), kg("force-asserts")), (s, kg("reportedIn"), f"article/{date}"),
            (s, kg("context"), f"{s}/context"), (f"{s}/context", OA + "exact", "so it is"), (f"{s}/context", OA + "start", 0),
            (f"{s}/context", OA + "end", 8), (f"article/{date}", SCHEMA + "datePublished", date),
        )  # fmt: skip
        for subject, term, value in told:
            world.tell(subject, term, value, date)

    report("saysFailed", vote, "2026-01-01")
    assert [o.state for o in what_if(world.store(), as_reported=True).outcomes] == ["blocked"]
    assert [o.state for o in what_if(world.store(), ["vote"], as_reported=True).outcomes] == ["active"]
    assert to_text(to_tree(what_if(world.store(), as_reported=True)), "table").startswith(
        "if 1 as reported – scenario\n  reported: vote: failed\n    “so it is” – 2026-01-01, 0–8\n  blocked (1)\n"
    )
    assert to_tree(what_if(world.store(), ["vote"], as_reported=True)).label == "if vote met"
    world.tell(vote, kg("fulfilledBy"), "commitment/voting")
    report("saysKept", "commitment/voting", "2026-02")
    assert [o.state for o in what_if(world.store(), as_reported=True).outcomes] == ["active"]
    report("saysBroken", "commitment/voting", "2026-02-03")
    found = what_if(world.store(), as_reported=True)
    assert [o.state for o in found.outcomes] == ["waits"] and any("differ" in note for note in notes(found))


def test_a_scenario_may_be_a_file(tmp_path: Path) -> None:
    """YAML or JSON with two lists; anything else, and what says two things or grows, is told with its line."""
    file = tmp_path / "s.yaml"
    file.write_text("met: [ceasefire]\nfailed: ['by:Bundestag']\n")
    assert read_scenario(file) == (["ceasefire"], ["by:Bundestag"])
    file.write_text('{"met": []}')
    assert read_scenario(file) == ([], [])
    for wrong in (
        "[a]",
        "met: ceasefire",
        "met: [{a: b}]",
        "met: [a]\nmet: [b]",
        "met: &a [a]\nfailed: *a",
        "met: " + "[" * 5000,
        "hit: [a]",
        "met: [",
        "\x00",
    ):
        file.write_text(wrong)
        with pytest.raises(ReadError) as told:
            read_scenario(file)
        assert told.value.where == f"{file}:{2 if wrong.startswith('met: [a]') else 1}"
    with pytest.raises(ReadError, match="No such file"):
        read_scenario(tmp_path / "none.yaml")


def test_what_most_hangs_on_comes_first() -> None:
    """By the sources that hang something on it, then by the pledges it would block; an actor by all it decides or withholds."""
    world = World()
    peace, vote = world.condition("peace"), world.condition("vote", "approval", ["senate"])
    world.tell(peace, kg("opposedBy"), "actor/norland")
    for number in range(3):
        world.says(f"aid-{number}", requires=[vote])
    world.says("arms", requires=[peace, vote])
    world.says("arms", article="b", requires=[peace])
    found = pivots(Readings(world.store()), {})
    assert [(p.what, last(p.iri), len(p.readings), len(p.pledged), p.in_sets) for p in found] == [
        ("condition", "peace", 2, 1, 2), ("condition", "vote", 1, 4, 4), ("actor", "norland", 2, 1, 2), ("actor", "senate", 1, 4, 4),
    ]  # fmt: skip
    assert [p.withheld_by for p in found[:2]] == [(f"{ID}actor/norland",), (f"{ID}actor/senate",)]


# ---------------------------------------------------------------------------------------------------- the seeds


@pytest.fixture(scope="module")
def seed_store(seeds: Path) -> Store:
    return open_store(seeds)


def rows(store: Store, met: Iterable[str] = (), failed: Iterable[str] = ()) -> list[dict[str, str]]:
    return [dict(zip(COLUMNS, row, strict=True)) for row in to_rows(what_if(store, met, failed))]


def test_ceasefire_holds_and_the_bundestag_refuses(seed_store: Store) -> None:
    """The British-French force and Turkey's part are active, Germany is blocked, Spain open, Italy and Poland refuse, the obligation waits."""
    found = [
        row for row in rows(seed_store, ["ceasefire"], ["by:Bundestag"]) if "000-euronews" in row["reading"] or row["stance"] == "refused"
    ]
    by_name = {(row["commitment"], row["stance"]): row for row in found}
    troops = "deploy troops"
    assert by_name[f"France and United Kingdom: {troops}", "pledged"]["state"] == "active"
    turkey = by_name["Turkey: maritime support", "pledged"]
    assert (turkey["state"], turkey["said_by"]) == ("active", "others (ascribed)")
    germany = by_name[f"Germany: {troops}", "open"]
    assert (germany["state"], germany["quote"]) == ("blocked", "the consent of the Bundestag") and "Bundestag" in germany["condition"]
    assert by_name[f"Spain: {troops}", "open"]["state"] == "active"
    assert by_name[f"Italy: {troops}", "refused"]["state"] == by_name[f"Poland: {troops}", "refused"]["state"] == "stands"
    assert by_name["Coalition of the Willing: assist if attacked for Ukraine", "pledged"]["state"] == "waits"


def test_other_readings_wait_for_a_peace_agreement(seed_store: Store) -> None:
    """Where a source says peace deal, a ceasefire is not enough, and --readings shows it."""
    force = [
        row
        for row in to_rows(what_if(seed_store, ["ceasefire"], differing=True))
        if row[2] == "Coalition of the Willing: multinational force"
    ]
    assert {(row[0], row[6].partition(" (")[0]) for row in force} >= {("active", "ceasefire"), ("waits", "peace agreement")}


def test_the_obligation_is_political(seed_store: Store) -> None:
    """Ratified, attacked and attributed but undecided it is in force and untriggered; Congress can block the American part alone."""
    needed = ["ratification", "armed attack", "attribution of blame"]
    mine = [row for row in rows(seed_store, needed) if "assist if attacked" in row["commitment"] and "000-" in row["reading"]]
    assert {row["commitment"].partition(":")[0]: row["state"] for row in mine} == {
        "Coalition of the Willing": "in force but untriggered", "European governments": "in force but untriggered", "United States": "waits",
    }  # fmt: skip
    blocked = {row["commitment"] for row in rows(seed_store, [], ["by:US Congress"]) if row["state"] == "blocked"}
    assert blocked == {"United States: assist if attacked for Ukraine"}


def test_pivotal_on_the_seeds(seed_store: Store) -> None:
    """The ceasefire comes first, and Russia can withhold it; the obligation's set has ratification, attack, attribution, decision."""
    answered = what_if(seed_store)
    first = pivotal_rows(answered)[0]
    assert first[:2] == ("condition", "ceasefire (event)") and first[6] == "Russia"
    [waiting] = [o for o in answered.outcomes if "coalition-of-the-willing-assist" in o.commitment and o.reading.endswith("000-euronews")]
    [only] = waiting.needs or ()
    assert {value for _, value in only} == {Value.MET}
    for word in ("ratification", "armed attack", "attribution of blame", "decision by the allies"):
        assert any(answered.label(name).startswith(word) for name, _ in only)


def test_the_command(seeds: Path, run: Run, tmp_path: Path) -> None:
    """Rows when piped, JSON with every passage a slice, the file like the options, and errors in three lines."""
    told = run("whatif", "--met", "ceasefire", "--failed", "by:Bundestag", "--store", seeds, "--format", "json")
    file = tmp_path / "s.json"
    file.write_text('{"met": ["ceasefire"], "failed": ["by:Bundestag"]}')
    again = run("whatif", "--scenario", file, "--store", seeds, "--format", "json")
    assert told.returncode == 0 and told.stdout == again.stdout
    articles = {path.stem: path for path in (Path(__file__).parents[2] / "seeds" / "articles").glob("*.txt")}
    assert articles
    for row in json.loads(told.stdout):
        assert row["quote"] and row["commitment"]["label"] and {"state", "stance", "needs", "reading"} <= set(row)
        assert all(c["quote"] and c["chain"] for c in row["condition"])
    wrong = run("whatif", "--met", "ceasfire", "--store", seeds)
    assert wrong.returncode == 2 and "did you mean ceasefire" in wrong.stderr
    assert run("whatif", "--pivotal", "--store", seeds).stdout.splitlines()[1].startswith("condition\tceasefire (event)\t")
    assert run("whatif", "--store", tmp_path / "none").returncode == 1
