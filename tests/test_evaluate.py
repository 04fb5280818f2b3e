"""Scores: what is matched with what, what is counted, and what is listed as missed."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import UsageError
from kg.evaluate import COLUMNS, LAYERS, Item, Layers, Report, Row, assign, items, overlap, score, to_rows
from kg.model import Annotation, Annotator, Article, Claim, Commitment, Condition, ConditionUse, Reference, Span, Statement

ME = Annotator("me")
TEXT = (
    "Norland will send ships to Westmark if the Assembly agrees, Ann Berg said. "
    "Sudland refuses to pay unless a truce holds. Almost 30 ships are ready. “We agree,” he said."
)
ARTICLE = Article("a", TEXT)


def at(words: str) -> Span:
    """The first place of some words in the text."""
    start = TEXT.index(words)
    return Span.of(TEXT, start, start + len(words))


def ref(target: str, words: str | None = None) -> Reference:
    """Something named, with its words where it has any."""
    return Reference(target, at(words) if words else None)


PLEDGE = Statement(
    "s1", (at("Norland will send ships to Westmark if the Assembly agrees"),), "indirect", "pledges", speaker=(ref("ann-berg", "Ann Berg"),),
    on_behalf_of=(ref("norland"),), cue=at("said"), expresses="c1", stance="pledged", strength="firm", only_in=(ref("westmark", "Westmark"),),
    conditions=(ConditionUse("k1", marker=at("if")),),
)  # fmt: skip
REFUSAL = Statement(
    "s2", (at("pay unless a truce holds"),), "indirect", "refuses", speaker=(ref("sudland", "Sudland"),), cue=at("refuses"),
    expresses="c2", stance="refused", conditions=(ConditionUse("k2", "unless", marker=at("unless")),),
)  # fmt: skip
FIGURE = Statement("s3", (at("Almost 30 ships are ready"),), "indirect", "asserts", expresses="q1")
QUOTE = Statement("s4", (at("We agree,"),), "direct", "asserts", speaker=(ref("ann-berg", "he said"),), relayed_by="s3")
SEND = Commitment("c1", (ref("norland", "Norland"),), ref("send-ships", "send ships to Westmark"), beneficiary=ref("westmark", "Westmark"))
PAY = Commitment("c2", (ref("sudland", "Sudland"),), ref("pay", "pay"))
VOTE = Condition("k1", at("the Assembly agrees"), "assembly-consent", "approval", by=(ref("assembly", "the Assembly"),), depends_on=("k2",))
TRUCE = Condition("k2", at("a truce holds"), "truce", "event")
READY = Claim("q1", at("Almost 30 ships are ready"), "fleet", "ships ready", lowest=20, highest=29)
GOLD = Annotation(ME, (PLEDGE, REFUSAL, FIGURE, QUOTE), (SEND, PAY), (VOTE, TRUCE), (READY,))


def against(predicted: Annotation, gold: Annotation = GOLD) -> Report:
    """The report on one reading of the article."""
    return score([items(ARTICLE, gold)], [items(ARTICLE, predicted)])


def row(report: Report, layer: str) -> Row:
    """The one row of a layer."""
    (found,) = [r for r in report.rows if r.layer == layer]
    return found


def missed(report: Report) -> list[tuple[str, str, str, str]]:
    """The misses in short."""
    return [(m.layer, m.kind, m.gold, m.predicted) for m in report.misses]


def just(*statements: Statement) -> Annotation:
    """A reading of statements alone."""
    return Annotation(ME, statements)


def test_a_reading_agrees_wholly_with_itself() -> None:
    """Each layer the reading speaks of is at 1, exact and by overlap, and nothing is missed."""
    report = against(GOLD)
    assert [r.layer for r in report.rows] == [layer.name for layer in LAYERS]
    assert all(r.gold and r.exact == (1, 1, 1) for r in report.rows)
    assert all(r.overlap == (1, 1, 1) for r in report.rows if r.overlapping is not None)
    assert report.misses == () and report.articles == 1


def test_the_gold_is_counted_layer_by_layer() -> None:
    """The counts are those one gets by hand: values by member, relations by pair, absent things not at all."""
    counted = {r.layer: (r.gold, r.n) for r in against(GOLD).rows}
    assert counted == {
        "statements": (4, None), "direct content": (1, None), "speaker span": (3, 3), "cue": (2, 2), "speaker actor": (3, 3),
        "on behalf of": (1, 1), "places": (1, 1), "mode": (4, 4), "force": (4, 4),
        "commitments": (2, None), "commitment action": (2, None), "committer span": (2, 2), "beneficiary span": (1, 1),
        "committer actor": (2, 2), "beneficiary actor": (1, 1), "action concept": (2, 2), "strength": (1, 1), "stance": (2, 2),
        "conditions": (2, None), "marker": (2, 2), "decider span": (1, 1), "decider actor": (1, 1), "circumstance": (2, 2),
        "polarity": (2, 2), "as": (2, 2), "kind": (2, 2),
        "claims": (1, None), "measure": (1, 1), "lowest": (1, 1), "highest": (1, 1),
        "link": (2, None), "depends on": (1, None), "expresses": (3, None), "relayed by": (1, None),
    }  # fmt: skip


def test_two_empty_readings_show_nothing() -> None:
    """Where there is nothing to count every figure is None, never 1."""
    for report in (score([], []), against(just(), just())):
        assert report.misses == ()
        assert all((*r.exact, *r.overlap, r.agreement, r.kappa) == (None,) * 8 for r in report.rows)


def test_nothing_found_has_no_precision_and_no_recall() -> None:
    """Against a gold with statements an empty reading has recall 0; against an empty gold a full one has precision 0."""
    assert row(against(just()), "statements").exact == (None, 0, 0)
    assert row(against(GOLD, just()), "statements").exact == (0, None, 0)


def test_overlap_must_be_more_than_half() -> None:
    """Of 24 code points, 12 are not enough and 13 are; neither is exact."""
    words = REFUSAL.content[0]
    assert len(words.text) == 24
    half, more = (replace(REFUSAL, content=(Span.of(TEXT, words.start, words.start + n),)) for n in (12, 13))
    assert row(against(just(half), just(REFUSAL)), "statements") == Row("statements", 1, 1, 0, 0)
    assert row(against(just(more), just(REFUSAL)), "statements") == Row("statements", 1, 1, 0, 1)
    assert missed(against(just(more), just(REFUSAL)))[0] == ("statements", "differs", words.text, words.text[:13])


def test_split_content_is_compared_by_its_code_points() -> None:
    """The gap between two spans is not content: 8 of 11 code points are shared."""
    assert overlap([at("Norland"), at("s")], [at("Norland wi")]) == pytest.approx(7 / 11)
    split = replace(FIGURE, content=(at("ships are ready"), at("Almost 30")))
    (miss,) = [m for m in against(just(split), just(FIGURE)).misses if m.layer == "statements"]
    assert miss.predicted == "Almost 30 … ships are ready"


def test_statements_with_the_same_words_are_told_apart_by_what_is_said() -> None:
    """A sentence that pledges and refuses is two statements; their order in the file does not matter."""
    other = replace(PLEDGE, id="s9", force="refuses", stance="refused", strength=None)
    report = against(just(other, PLEDGE), just(PLEDGE, other))
    assert row(report, "force").agreement == 1 and report.misses == ()


def test_a_statement_found_twice_counts_once() -> None:
    """The second copy is extra, not a second match."""
    report = against(just(FIGURE, replace(FIGURE, id="s9")), just(FIGURE))
    assert row(report, "statements").exact == (0.5, 1, 2 / 3)
    assert missed(report) == [("statements", "extra", "", "Almost 30 ships are ready")]


def test_an_exact_match_is_never_given_up_for_more_overlap() -> None:
    """Who found one thing exactly is not said to have found its neighbour."""
    long, middle, short = (replace(FIGURE, id=str(n), content=(Span.of(TEXT, 0, n),)) for n in (14, 10, 6))
    report = against(just(middle, long), just(middle, short))
    assert row(report, "statements") == Row("statements", 2, 2, 1, 1)


def test_direct_content_is_the_statements_both_call_direct() -> None:
    """A direct quote called mixed is missed as direct content, though its words are found."""
    report = against(just(replace(QUOTE, mode="mixed")), just(QUOTE))
    assert row(report, "statements").exact == (1, 1, 1)
    assert row(report, "direct content") == Row("direct content", 1, 0, 0, 0)
    assert missed(report) == [("mode", "differs", "direct", "mixed")]


def test_a_commitment_is_right_with_its_action_stance_and_committer() -> None:
    """Another stance or committer spoils the commitment, not its action; each is listed in its own layer."""
    statements = (replace(PLEDGE, stance="open", strength=None), REFUSAL)
    wrong = replace(GOLD, statements=statements, commitments=(SEND, replace(PAY, committer=(ref("norland", "Norland"),))), claims=())
    gold = replace(GOLD, statements=(PLEDGE, REFUSAL), claims=())
    report = against(wrong, gold)
    assert row(report, "commitment action").exact == (1, 1, 1)
    assert row(report, "commitments").exact == (0, 0, 0)
    assert set(missed(report)) == {
        ("stance", "differs", "pledged", "open"), ("strength", "missing", "firm", ""),
        ("committer actor", "differs", "sudland", "norland"), ("committer span", "differs", "Sudland", "Norland"),
    }  # fmt: skip


def test_a_commitment_is_one_item_for_each_stance() -> None:
    """Pledged by one and refused by another, it is found twice; only demanded, it is found with no stance."""
    refused = replace(PLEDGE, id="s9", stance="refused", strength=None)
    demanded = replace(PLEDGE, id="s8", force="demands", stance=None, strength=None)
    found = items(ARTICLE, Annotation(ME, (PLEDGE, refused, demanded), (SEND,), (VOTE, TRUCE))).items["commitments"]
    assert [(i.values["stance"], i.values["strength"]) for i in found] == [(("pledged",), ("firm",)), (("refused",), ()), ((), ())]


def test_an_action_without_words_stands_where_it_is_expressed() -> None:
    """An inferred action is compared by the words of its statement."""
    inferred = Annotation(ME, (REFUSAL,), (replace(PAY, action=ref("pay")),), (TRUCE,))
    (found,) = items(ARTICLE, inferred).items["commitments"]
    assert found.spans == REFUSAL.content


def test_for_is_not_against() -> None:
    """The same words as beneficiary and as target differ in the actor's layer and not in the span's."""
    turned = replace(GOLD, commitments=(replace(SEND, beneficiary=None, against=SEND.beneficiary), PAY))
    assert missed(against(turned)) == [("beneficiary actor", "differs", "for westmark", "against westmark")]


def test_values_are_counted_by_member_and_agree_as_a_whole() -> None:
    """One of two speakers: half of the recall, no agreement."""
    both = replace(FIGURE, speaker=(ref("norland", "Norland"), ref("sudland", "Sudland")))
    one = replace(FIGURE, speaker=(ref("norland", "Norland"),))
    assert row(against(just(one), just(both)), "speaker actor") == Row("speaker actor", 2, 1, 1, n=1, agreed=0)


def test_figures_are_compared_as_numbers() -> None:
    """29 is 29.0 and not 30."""
    alike, other = (replace(GOLD, claims=(replace(READY, highest=n),)) for n in (29.0, 30))
    assert missed(against(alike)) == []
    assert missed(against(other)) == [("highest", "differs", "29", "30")]


def test_a_link_needs_both_its_ends() -> None:
    """A condition on the wrong commitment is one link missing and one extra; a lost condition takes its links along unlisted."""
    wrong = replace(
        GOLD,
        statements=(replace(PLEDGE, conditions=()), replace(REFUSAL, conditions=REFUSAL.conditions + PLEDGE.conditions), FIGURE, QUOTE),
    )
    report = against(wrong)
    assert row(report, "link") == Row("link", 2, 2, 1, 1)
    assert sorted(missed(report)) == [("link", "extra", "", "pay"), ("link", "missing", "send ships to Westmark", "")]
    lost = replace(GOLD, statements=(PLEDGE, replace(REFUSAL, conditions=()), FIGURE, QUOTE), conditions=(replace(VOTE, depends_on=()),))
    report = against(lost)
    assert row(report, "link").exact == (1, 0.5, 2 / 3)
    assert missed(report) == [("conditions", "missing", "a truce holds", "")]


def test_a_link_is_exact_where_both_its_ends_are() -> None:
    """A condition found by overlap gives its link by overlap only."""
    report = against(replace(GOLD, conditions=(replace(VOTE, text=at("Assembly agrees")), TRUCE)))
    assert row(report, "link") == Row("link", 2, 2, 1, 2)


def test_misses_come_worst_first() -> None:
    """First the thing with most hanging on it, then lesser things, then what is merely worded otherwise."""
    cut = replace(QUOTE, content=(at("We agree"),))
    report = against(replace(GOLD, statements=(REFUSAL, cut), commitments=(PAY,), conditions=(TRUCE,), claims=()))
    listed = [(m.layer, m.kind, m.words) for m in report.misses]
    assert listed[0] == ("statements", "missing", PLEDGE.content[0].text)
    assert listed[-1] == ("statements", "differs", "We agree,")
    assert {layer for layer, kind, _ in listed[1:-1]} == {"commitment action", "conditions", "statements", "claims"}


def test_agreement_of_two_readers_is_corrected_for_chance() -> None:
    """Of four statements two readers call three the same; by chance they would have called half: kappa (.75 - .5) / .5."""
    ours = [replace(FIGURE, id=str(n), content=(Span.of(TEXT, 10 * n, 10 * n + 5),)) for n in range(4)]
    theirs = [replace(s, mode="mixed") if n < 2 else s for n, s in enumerate(ours)]
    ours[0] = replace(ours[0], mode="mixed")
    mode = row(against(just(*ours), just(*theirs)), "mode")
    assert (mode.n, mode.agreement, mode.kappa) == (4, 0.75, 0.5)


def test_kappa_is_none_where_there_is_one_choice_only() -> None:
    """Two readers who call everything the same show no agreement beyond chance."""
    force = row(against(just(FIGURE), just(FIGURE)), "force")
    assert (force.agreement, force.kappa) == (1, None)


def test_what_neither_reader_says_is_no_agreement() -> None:
    """A statement with no cue in either reading counts for nothing in the cue's row."""
    assert row(against(just(FIGURE), just(FIGURE)), "cue") == Row("cue", 0, 0, 0, 0, n=0, agreed=0)


def test_articles_are_summed_not_averaged() -> None:
    """Three of four here and none of one there are three of five."""
    other = Article("b", TEXT)
    gold = [items(ARTICLE, GOLD), items(other, just(FIGURE))]
    found = [items(other, just()), items(ARTICLE, replace(GOLD, statements=GOLD.statements[:3]))]
    report = score(gold, found)
    assert row(report, "statements").exact == (1, 0.6, 0.75)
    assert {m.article for m in report.misses} == {"a", "b"} and report.articles == 2


def test_readings_that_cannot_be_compared_are_refused() -> None:
    """Another set of articles, an article twice and another text are each said, with the article."""
    one, other, changed = (items(article, GOLD) for article in (ARTICLE, Article("b", TEXT), Article("a", TEXT + " ")))
    for gold, predicted, what, where in (
        ([one, other], [one], "annotations have no reading", "b"),
        ([one], [one, other], "gold have no reading", "b"),
        ([one, one], [one], "two readings", "a"),
        ([one], [changed], "different texts", "a"),
    ):
        with pytest.raises(UsageError, match=what) as error:
            score(gold, predicted)
        assert error.value.where == where


def test_a_flat_gold_is_scored_where_it_speaks() -> None:
    """Layers made from another form: what it has no place for gets no row, the committer is then compared by its words."""
    action = Item("0", (at("pay"),), {"committer span": (at("Sudland"),)}, {"stance": ("refused",)})
    truce = Item("k0", (at("a truce holds"),), {"marker": (at("unless"),)}, {"polarity": ("unless",), "kind": ("event",)})
    said = Item(
        "s0", REFUSAL.content, {"cue": (at("refuses"),), "speaker span": (at("Sudland"),)}, {"mode": ("indirect",), "force": ("refuses",)}
    )
    spoken = {
        "statements", "direct content", "speaker span", "cue", "mode", "force", "commitments", "commitment action", "committer span",
        "stance", "conditions", "marker", "polarity", "kind", "link",
    }  # fmt: skip
    silent = frozenset(layer.name for layer in LAYERS if layer.name not in spoken)
    kinds = {"statements": (said,), "commitments": (action,), "conditions": (truce,)}
    gold = Layers("a", ARTICLE.sha256, kinds, {"link": frozenset({("k0", "0")})}, silent)
    report = score([gold], [items(ARTICLE, Annotation(ME, (REFUSAL,), (PAY,), (TRUCE,)))])
    assert {r.layer for r in report.rows} == spoken
    assert {r.layer for r in report.rows if r.exact != (1, 1, 1)} == {"direct content"} and report.misses == ()


def test_the_table_has_a_row_for_each_layer() -> None:
    """Figures to three places, None where there are none, under one column each."""
    columns, rows = to_rows(against(just(PLEDGE, REFUSAL), just(PLEDGE, FIGURE, QUOTE)))
    assert columns == COLUMNS and all(len(cells) == len(columns) for cells in rows)
    assert rows[0] == ("statements", 3, 2, 1, 0.5, 0.333, 0.4, 1, 0.5, 0.333, 0.4, None, None, None)


def test_taking_the_best_pair_first_is_not_good_enough() -> None:
    """The greatest sum wins over the greatest single weight, and a row may be left out for it."""
    assert assign([{0: 5, 1: 4}, {0: 4}]) == {0: 1, 1: 0}
    assert assign([{0: 2}, {0: 3}, {}]) == {1: 0}


@given(st.lists(st.dictionaries(st.integers(0, 4), st.integers(1, 9)), max_size=5))
def test_assignment_is_the_best_there_is(weights: list[dict[int, int]]) -> None:
    """No other one-to-one choice has a greater total weight."""
    chosen = assign(weights)
    assert len(set(chosen.values())) == len(chosen)
    best = max(sum(weights[row].get(column, 0) for row, column in enumerate(order[: len(weights)])) for order in permutations(range(5)))
    assert sum(weights[row][column] for row, column in chosen.items()) == best


def spans(start: int = 0, end: int = 40) -> st.SearchStrategy[Span]:
    """Short stretches of one part of the text."""
    return st.tuples(st.integers(start, end - 1), st.integers(1, 12)).map(
        lambda place: Span.of(TEXT, place[0], min(end, place[0] + place[1]))
    )


references = st.builds(Reference, st.sampled_from(["norland", "sudland"]), st.one_of(st.none(), spans()))


@st.composite
def readings(draw: st.DrawFn) -> Annotation:
    """Readings of the text's beginning, few words to choose from so that they often meet."""
    commitments = [Commitment(f"c{n}", (draw(references),), draw(references)) for n in range(draw(st.integers(0, 2)))]
    conditions = [
        Condition(f"k{n}", draw(spans()), "truce", draw(st.sampled_from(["event", "time"]))) for n in range(draw(st.integers(0, 2)))
    ]
    statements = []
    for n in range(draw(st.integers(0, 4))):
        uses = [ConditionUse(c.id, draw(st.sampled_from(["if", "unless"]))) for c in conditions if draw(st.booleans())]
        chosen = draw(st.sampled_from([None, *(c.id for c in commitments)]))
        said = Statement(
            f"s{n}", (draw(spans()),), draw(st.sampled_from(["direct", "indirect"])), draw(st.sampled_from(["asserts", "pledges"]))
        )
        stance = draw(st.sampled_from(["pledged", "refused"])) if chosen else None
        relayed = f"s{n - 1}" if n and draw(st.booleans()) else None
        said = replace(said, speaker=tuple(draw(st.lists(references, max_size=2))), cue=draw(st.one_of(st.none(), spans())))
        statements.append(replace(said, expresses=chosen, stance=stance, conditions=tuple(uses), relayed_by=relayed))
    return Annotation(ME, tuple(statements), tuple(commitments), tuple(conditions))


@given(readings())
def test_any_reading_agrees_with_itself(annotation: Annotation) -> None:
    """Every figure is 1, or None where the reading says nothing, and nothing is missed."""
    report = against(annotation, annotation)
    assert report.misses == ()
    figures = [figure for r in report.rows for figure in (*r.exact, *r.overlap, r.agreement, r.kappa)]
    assert all(figure is None or figure == 1 for figure in figures)


@given(readings(), readings())
def test_swapping_the_readings_swaps_precision_and_recall(one: Annotation, other: Annotation) -> None:
    """F1, agreement and kappa stay, missing things become extra ones."""
    there, back = against(one, other), against(other, one)
    for r, s in zip(there.rows, back.rows, strict=True):
        assert (r.exact, r.overlap) == (s.exact[1::-1] + s.exact[2:], s.overlap[1::-1] + s.overlap[2:])
        assert (r.n, r.agreed) == (s.n, s.agreed) and r.kappa == pytest.approx(s.kappa)
    turned = {"missing": "extra", "extra": "missing", "differs": "differs"}
    assert sorted((m.layer, m.kind, m.gold) for m in there.misses) == sorted((m.layer, turned[m.kind], m.predicted) for m in back.misses)


@given(readings(), readings(), spans(60, 100))
def test_a_spurious_statement_never_raises_precision(gold: Annotation, found: Annotation, elsewhere: Span) -> None:
    """What is added beside the gold lowers precision by overlap and exact, and leaves recall."""
    worse = replace(found, statements=(*found.statements, Statement("s9", (elsewhere,), "direct", "asserts")))
    before, after = (row(against(a, gold), "statements") for a in (found, worse))
    for one, other in ((before.exact, after.exact), (before.overlap, after.overlap)):
        assert other[0] is not None and (one[0] is None or other[0] <= one[0]) and other[1] == one[1]


@given(readings(), readings())
def test_figures_stay_within_bounds(one: Annotation, other: Annotation) -> None:
    """No layer matches more than either reading has, nor more exactly than by overlap."""
    for r in against(one, other).rows:
        assert r.matched <= min(r.gold, r.predicted)
        assert r.overlapping is None or r.matched <= r.overlapping <= min(r.gold, r.predicted)
