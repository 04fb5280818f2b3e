"""The chart as data: what is drawn, where it lies, and that the rows' order is not in it."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from kg.view.chart import Row, build_chart
from kg.view.picture import picture_html
from kg.view.shapes import Edge, Node, Picture, text_width

ATTACHED = ("requirement", "exceptIf", "trigger")


def _row(commitment: str = "c", condition: str = "", attachment: str = "requirement", article: str = "a1", **more: Any) -> Row:
    attached: dict[str, Any] = {"condition": condition, "condition_label": condition, "attachment": attachment} if condition else {}
    return Row("i:germany", "Germany", f"i:{commitment}", commitment, article=article, article_label=article, **attached, **more)


def _styles(chart: Picture) -> list[tuple[str, str, str]]:
    labels = {n.id: n.label for n in chart.nodes}
    return sorted((labels[e.source], labels[e.target], e.style) for e in chart.edges)


def _apart(nodes: tuple[Node, ...]) -> None:
    for a, b in combinations(nodes, 2):
        assert abs(a.x - b.x) >= (a.w + b.w) / 2 or abs(a.y - b.y) >= (a.h + b.h) / 2, (a.label, b.label)


def _clear(edge: Edge, nodes: tuple[Node, ...]) -> None:
    """No line runs under a box: between its columns it is free, in a column it passes it is level and between boxes."""
    for (x0, y0), (x1, y1) in list(zip(edge.points, edge.points[1:], strict=False))[1:-1]:
        if y0 != y1:
            continue
        for n in nodes:
            if n.kind != "heading" and min(x0, x1) < n.x + n.w / 2 and max(x0, x1) > n.x - n.w / 2:
                assert abs(n.y - y0) > n.h / 2, (edge.source, edge.target, n.label)


def _large(seed: int, commitments: int = 60, conditions: int = 40) -> list[Row]:
    r = random.Random(seed)
    rows = []
    for at in range(commitments):
        for actor in {r.randrange(14) for _ in range(r.choice((1, 1, 1, 2, 3)))}:
            for _ in range(r.randrange(4)):
                rows.append(Row(
                    f"a{actor}", f"Actor {actor}", f"c{at}", " ".join(["deploy"] * r.randrange(1, 12)), r.choice(("pledged", "open", "refused", "withdrawn", "")),
                    condition=f"k{r.randrange(conditions)}", condition_label="w" * r.randrange(1, 60), attachment=r.choice(ATTACHED), group=r.choice(("", "g1", "g2")),
                    decider=r.choice(("", f"a{r.randrange(14)}")), depends_on=r.choice(("", "", f"k{r.randrange(conditions)}")), article=f"s{r.randrange(2)}",
                ))  # fmt: skip
    return rows


def test_the_order_of_the_rows_is_not_in_the_chart(rows: list[Row]) -> None:
    """Shuffled and doubled rows give the same picture."""
    mixed = rows + rows[::3]
    random.Random(7).shuffle(mixed)
    assert build_chart(mixed) == build_chart(rows)


def test_no_box_lies_on_another_and_no_line_under_one(rows: list[Row]) -> None:
    """On the made-up seeds and on random rows three times as many."""
    for chart in (build_chart(rows), *(build_chart(_large(seed)) for seed in range(8))):
        _apart(chart.nodes)
        for edge in chart.edges:
            _clear(edge, chart.nodes)
        for node in chart.nodes:
            assert node.w / 2 <= node.x <= chart.width - node.w / 2 and node.h / 2 <= node.y <= chart.height - node.h / 2


def test_the_text_fits_its_box(rows: list[Row]) -> None:
    """Each line is narrower than the room beside the symbol, and the lines are lower than the box."""
    for node in build_chart(rows).nodes:
        assert max(text_width(line) for line in (*node.lines, *node.notes)) <= node.w - (0 if node.mark != "box" else node.indent + 10)
        assert node.h >= 20 * len((*node.lines, *node.notes))


def test_columns_run_from_who_to_who_decides(rows: list[Row]) -> None:
    """Every line runs to the right; each kind has its own columns."""
    chart = build_chart(rows)
    assert all(a[0] < b[0] for e in chart.edges for a, b in zip(e.points, e.points[1:], strict=False))
    rank = {kind: at for at, kind in enumerate(("actor", "commitment", "gate", "condition", "decider"))}
    boxes = [n for n in chart.nodes if n.kind in rank]
    assert all(a.x + a.w / 2 < b.x - b.w / 2 for a in boxes for b in boxes if rank[a.kind] < rank[b.kind])
    assert len({n.x for n in boxes if n.kind == "commitment"}) == 1


def test_a_stance_has_a_symbol_and_a_colour() -> None:
    """✓ ? ✕ ↩; two stances of one commitment are both shown, and in words."""
    for stance, symbol in (("pledged", "✓"), ("open", "?"), ("refused", "✕"), ("withdrawn", "↩"), ("", "")):
        node = next(n for n in build_chart([_row(stance=stance)]).nodes if n.kind == "commitment")
        assert (node.symbol, node.colour) == (symbol, stance or "unstated")
    both = next(n for n in build_chart([_row(stance="open"), _row(stance="pledged", article="a2")]).nodes if n.kind == "commitment")
    assert (both.symbol, both.colour, " ".join(both.notes)) == ("✓?", "mixed", "stated as pledged and as open")


def test_one_condition_needs_no_gate_two_need_all() -> None:
    """A single condition hangs directly on its commitment, two hang on one ALL gate, exceptions each for themselves."""
    assert _styles(build_chart([_row(condition="x")])) == [("Germany", "c", "commits"), ("c", "x", "requirement")]
    two = _styles(build_chart([_row(condition="x"), _row(condition="y")]))
    assert [line for line in two if line[2] == "requirement"] == [
        ("ALL", "x", "requirement"),
        ("ALL", "y", "requirement"),
        ("c", "ALL", "requirement"),
    ]
    unless = _styles(build_chart([_row(condition="x", attachment="exceptIf"), _row(condition="y", attachment="exceptIf")]))
    assert [line[:2] for line in unless if line[2] == "exceptIf"] == [("c", "x"), ("c", "y")]


def test_requirements_and_triggers_are_not_mixed() -> None:
    """One requirement and three triggers: a line, and a gate of the triggers."""
    lines = _styles(build_chart([_row(condition="ratified"), *(_row(condition=k, attachment="trigger") for k in ("x", "y", "z"))]))
    assert (
        ("c", "ratified", "requirement") in lines and ("c", "ALL", "trigger") in lines and ("ALL", "ratified", "requirement") not in lines
    )


def test_an_any_of_group_is_an_any_gate_under_all() -> None:
    """A group of one is no group."""
    rows = [_row(condition="x", group="g"), _row(condition="y", group="g"), _row(condition="z")]
    assert [line for line in _styles(build_chart(rows)) if line[2] == "requirement"] == [
        ("ALL", "ANY", "requirement"), ("ALL", "z", "requirement"), ("ANY", "x", "requirement"), ("ANY", "y", "requirement"), ("c", "ALL", "requirement"),
    ]  # fmt: skip
    assert ("c", "x", "requirement") in _styles(build_chart([_row(condition="x", group="g")]))


def test_equal_gates_are_one() -> None:
    """Two commitments that need the same two things share the gate."""
    chart = build_chart([_row(c, k) for c in ("c", "d") for k in ("x", "y")])
    assert [n.label for n in chart.nodes if n.kind == "gate"] == ["ALL"]


def test_readings_do_not_conjoin() -> None:
    """A ceasefire in one article and a peace deal in another are not two requirements; one that says less is not drawn again."""
    lines = _styles(build_chart([_row(condition="ceasefire"), _row(condition="peace deal", article="a2")]))
    assert ("reports differ", "ceasefire", "requirement") in lines and ("c", "reports differ", "differ") in lines
    less = build_chart([_row(condition="x"), _row(condition="y"), _row(condition="x", article="a2"), _row(article="a3")])
    assert [n.label for n in less.nodes if n.kind == "gate"] == ["ALL"]


def test_what_a_condition_hangs_on_lies_to_its_right() -> None:
    """A depends on B depends on C: three columns, and the deciders beyond them."""
    chart = build_chart(
        [
            _row(condition="x", depends_on="y", depends_on_label="y"),
            _row(condition="y", attachment="", depends_on="z"),
            _row(condition="z", attachment="", decider="i:d"),
        ]
    )
    x = {n.label: n.x for n in chart.nodes if n.kind in ("condition", "decider")}
    assert x["x"] < x["y"] < x["z"] < x["i:d"]


def test_a_circle_of_conditions_is_left_out_and_said() -> None:
    """Data that is wrong neither hangs the layout nor goes unmentioned."""
    chart = build_chart(
        [_row(condition="x", depends_on="y"), _row(condition="y", attachment="", depends_on="x"), _row(condition="x", depends_on="x")]
    )
    assert chart.notes == ("Left out: 2 lines between conditions that hang on each other in a circle.",)


def test_a_long_chain_of_conditions_is_drawn() -> None:
    """Five hundred conditions, each hanging on the next, neither hang nor break anything."""
    rows = [_row(condition=f"k{at}", attachment="" if at else "requirement", depends_on=f"k{at + 1}") for at in range(500)]
    assert len(picture_html(build_chart(rows))) > 0 and max(n.x for n in build_chart(rows).nodes) > 500 * 200


def test_every_thing_keeps_its_words(rows: list[Row]) -> None:
    """Actors, commitments, conditions and deciders bear the sentences they rest on, each once, with article and offsets."""
    chart = build_chart(rows)
    bundestag = next(n for n in chart.nodes if n.kind == "decider" and n.label == "Bundestag")
    (quote,) = bundestag.quotes
    assert (quote.speakers, quote.start, quote.end) == (("Friedrich Merz",), 2481, 2481 + len(quote.quote))
    assert all(n.quotes for n in chart.nodes if n.kind in ("actor", "commitment"))


def test_joint_committers_share_one_commitment(rows: list[Row]) -> None:
    """France and the United Kingdom stand together, and what they commit to is there once."""
    chart = build_chart(rows)
    (hubs,) = (n for n in chart.nodes if n.label.startswith("establish military hubs"))
    assert sorted(e.source for e in chart.edges if e.target == hubs.id) == [
        f"actor https://w3id.org/proviso/id/actor/{s}" for s in ("france", "united-kingdom")
    ]


def test_the_legend_holds_what_is_drawn_and_nothing_else() -> None:
    """No word for a line that is not there."""
    words = {item.words for item in build_chart([_row(stance="refused", condition="x", attachment="exceptIf")]).legend}
    assert words == {"refused", "unless"}


def test_nothing_is_an_empty_chart() -> None:
    """No rows, no error."""
    assert build_chart([]).nodes == ()


@pytest.mark.parametrize("text", ["", " ", "\x00\x1b", "\ud800", "w" * 300, "‮abc", "👩‍👩‍👧" * 20, "a\nb"])
def test_odd_labels_are_drawn(text: str) -> None:
    """A label of nothing, of controls, of 300 letters: a box all the same, and no lone surrogate in it."""
    chart = build_chart([Row("a", text, "c", text, "pledged", condition="k", condition_label=text, attachment="requirement", quote=text)])
    _apart(chart.nodes)
    for node in chart.nodes:
        node.label.encode()


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("Germany: deploy troops", "deploy troops"),
        ("Germany and France: deploy troops", "Germany and France: deploy troops"),
        ("Germany", "Germany"),
        ("Germany: ", "Germany:"),
        ("deploy: troops", "deploy: troops"),
    ],
)
def test_a_box_does_not_repeat_who_stands_beside_it(label: str, words: str) -> None:
    """Germany's box leads there already; a committer that is not in the picture stays in the words. The label is whole."""
    (node,) = (n for n in build_chart([replace(_row(), commitment_label=label)]).nodes if n.kind == "commitment")
    assert " ".join(node.lines) == words and node.label == label


def test_joint_committers_are_not_repeated() -> None:
    """However many there are, and whatever stands in their names."""
    names = ["Bosnia and Herzegovina", "France", "New France"]
    rows = [Row(name, name, "c", "New France, Bosnia and Herzegovina and France: deploy troops") for name in names]
    assert next(n for n in build_chart(rows).nodes if n.kind == "commitment").lines == ("deploy troops",)


def test_a_condition_s_kind_is_left_to_the_panel_unless_it_tells_two_apart() -> None:
    """`ceasefire (event)` is shown as ceasefire; of two findings that differ in who decides, each keeps its words."""
    labels = {"x": "ceasefire (event)", "y": "blame (finding)", "z": "blame (finding by the allies)", "w": "truce (of God)"}
    rows = [replace(_row(condition=key), condition_label=label) for key, label in labels.items()]
    shown = {n.label: " ".join(n.lines) for n in build_chart(rows).nodes if n.kind == "condition"}
    assert shown == {label: label.removesuffix(" (event)") for label in labels.values()}
