"""Strong Kleene logic, tried on all small formulas and on many larger ones."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.analyse import logic
from kg.analyse.logic import MOST_SETS, All, Either, Formula, Leaf, Not, Value, deciding, evaluate, leaves, smallest_sets

FAILED, UNKNOWN, MET = Value
NAMES = ("a", "b")
LEAVES: list[Formula] = [Leaf(name) for name in NAMES]
ONCE: list[Formula] = [
    *LEAVES,
    *(Not(leaf) for leaf in LEAVES),
    *(kind(pair) for kind in (All, Either) for pair in product(LEAVES, repeat=2)),
]
SMALL = [*ONCE, *(Not(part) for part in ONCE), *(kind(pair) for kind in (All, Either) for pair in product(ONCE, repeat=2))]


def completions(known: dict[str, Value]) -> list[dict[str, Value]]:
    """All ways in which the unknown can turn out."""
    unknown = [name for name in NAMES if known[name] is UNKNOWN]
    return [known | dict(zip(unknown, values, strict=True)) for values in product((FAILED, MET), repeat=len(unknown))]


@pytest.mark.parametrize("formula", SMALL, ids=str)
def test_the_truth_tables_are_kleenes(formula: Formula) -> None:
    """What is settled stays so however the unknown turns out, and of two values the classical one comes out."""
    for values in product(Value, repeat=len(NAMES)):
        known = dict(zip(NAMES, values, strict=True))
        ends = {evaluate(formula, end) for end in completions(known)}
        assert UNKNOWN not in ends
        value = evaluate(formula, known)
        assert value is UNKNOWN or ends == {value}


TABLE = [
    (All, [(FAILED, FAILED, FAILED), (FAILED, FAILED, FAILED), (FAILED, UNKNOWN, FAILED), (UNKNOWN, UNKNOWN, UNKNOWN), (MET, UNKNOWN, UNKNOWN), (MET, MET, MET)]),
    (Either, [(FAILED, FAILED, FAILED), (FAILED, UNKNOWN, UNKNOWN), (UNKNOWN, UNKNOWN, UNKNOWN), (MET, UNKNOWN, MET), (FAILED, MET, MET), (MET, MET, MET)]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "rows"), TABLE, ids=["all", "either"])
def test_the_tables_of_all_and_either(kind: type[All | Either], rows: list[tuple[Value, Value, Value]]) -> None:
    """As Kleene has them, in either order."""
    for one, other, whole in rows:
        for values in ((one, other), (other, one)):
            assert evaluate(kind(tuple(LEAVES)), dict(zip(NAMES, values, strict=True))) is whole


def test_not_turns_round_and_nothing_is_all() -> None:
    """The table of not; of no parts all holds and either fails."""
    assert [evaluate(Not(Leaf("a")), {"a": value}) for value in Value] == [MET, UNKNOWN, FAILED]
    assert (evaluate(All(()), {}), evaluate(Either(()), {})) == (MET, FAILED)


@pytest.mark.parametrize("formula", SMALL, ids=str)
def test_smallest_sets_are_all_that_make_it_hold(formula: Formula) -> None:
    """A set makes the formula hold, no part of it does, and no other set of the unknown does that holds none of them."""
    for values in product(Value, repeat=len(NAMES)):
        known = dict(zip(NAMES, values, strict=True))
        unknown = [name for name in NAMES if known[name] is UNKNOWN]
        every = [
            frozenset(zip(some, how, strict=True))
            for size in range(len(unknown) + 1)
            for some in combinations(unknown, size)
            for how in product((FAILED, MET), repeat=size)
        ]
        holding = [one for one in every if evaluate(formula, known | dict(one)) is MET]
        assert set(smallest_sets(formula, known) or ()) == {one for one in holding if not any(other < one for other in holding)}


formulas = st.recursive(
    st.sampled_from("abcdef").map(Leaf),
    lambda part: st.one_of(part.map(Not), *(st.lists(part, max_size=3).map(tuple).map(kind) for kind in (All, Either))),
    max_leaves=12,
)  # fmt: skip
knowledge = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(Value))


@given(formulas, knowledge, st.sampled_from("abcdef"), st.sampled_from([FAILED, MET]))
def test_learning_never_unsettles(formula: Formula, known: dict[str, Value], name: str, value: Value) -> None:
    """Monotone in knowledge: a fact more never turns met or failed into anything else."""
    before = evaluate(formula, known)
    if before is not UNKNOWN and known.get(name, UNKNOWN) is UNKNOWN:
        assert evaluate(formula, known | {name: value}) is before


@given(st.lists(formulas, max_size=4), knowledge)
def test_order_does_not_matter(parts: list[Formula], known: dict[str, Value]) -> None:
    """For the value, and for the sets."""
    for kind in (All, Either):
        there, back = kind(tuple(parts)), kind(tuple(reversed(parts)))
        assert evaluate(there, known) is evaluate(back, known)
        assert smallest_sets(there, known) == smallest_sets(back, known)


@given(formulas, knowledge)
def test_what_decides_decides(formula: Formula, known: dict[str, Value]) -> None:
    """The deciding leaves alone give the formula its value, if it has one; of the unknown they are unknown ones."""
    value = evaluate(formula, known)
    names = {leaf.name for leaf in deciding(formula, known)}
    if value is UNKNOWN:
        assert names and all(known.get(name, UNKNOWN) is UNKNOWN for name in names)
    else:
        assert evaluate(formula, {name: known[name] for name in names if name in known}) is value
    assert names <= {leaf.name for leaf in leaves(formula)}


def test_sets_that_explode_are_not_worked_out() -> None:
    """Ten alternatives of three each would make 59,049 sets: more than the bound, and said so by None."""
    groups = tuple(Either(tuple(Leaf(f"{n}{m}") for m in "xyz")) for n in range(10))
    assert smallest_sets(All(groups), {}) is None
    assert len(smallest_sets(All(groups[:6]), {}) or ()) == 3**6 < MOST_SETS


def test_as_many_sets_as_the_bound_are_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Just as many still are, one more are too many, whether they add up or multiply."""
    monkeypatch.setattr(logic, "MOST_SETS", 4)
    one_of = [Either(tuple(Leaf(f"{m}{n}") for n in range(5))[:m]) for m in range(6)]
    assert [len(smallest_sets(one_of[m], {}) or ()) for m in range(1, 5)] == [1, 2, 3, 4] and smallest_sets(one_of[5], {}) is None
    pairs = Either((Leaf("a"), Leaf("b"))), Either((Leaf("c"), Leaf("d")))
    assert len(smallest_sets(All(pairs), {}) or ()) == 4 and smallest_sets(All((*pairs, pairs[0])), {}) is None
    assert smallest_sets(All((one_of[2], one_of[3])), {}) is None
    assert len(smallest_sets(All((one_of[4], Leaf("more"))), {}) or ()) == 4  # four times one; only of alternatives they add up


@pytest.mark.parametrize("kind", [Leaf, All, Either, Not])
def test_a_formula_is_a_value(kind: type) -> None:
    """It never changes, and has no attributes but its own."""
    assert kind.__dataclass_params__.frozen and hasattr(kind, "__slots__")  # type: ignore[attr-defined]  # dataclasses keep it
