"""Pages and drawings as bytes: well formed, closed to the outside, the same every time."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

import kg
from kg.analyse.network import Link, network
from kg.errors import UsageError
from kg.view.carrier import carrier
from kg.view.chart import Row, build_chart
from kg.view.network import network_picture
from kg.view.picture import FORMATS, encode, graph_of, in_words, picture_html, svg
from kg.view.shapes import Picture

HOSTILE = [
    "</script><script>window.hacked=1</script>",
    '"><img src=x onerror=alert(1)>',
    "]]></svg>",
    "{{ 7 * 7 }}",
    "&lt;b&gt;",
    "\u202eevil\u2028",
]


def _hostile(text: str) -> list[Row]:
    return [
        Row(
            text,
            text,
            text,
            text,
            "pledged",
            "firm",
            text,
            text,
            text,
            text,
            text,
            "requirement",
            text,
            text,
            text,
            "",
            "",
            text,
            text,
            text,
            text,
            0,
            len(text),
        )
    ]


class _Elements(HTMLParser):
    """Every tag with its attributes, and the text of scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inline: dict[str, list[str]] = {"script": [], "style": []}
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag."""
        self.tags.append((tag, dict(attrs)))
        if tag in self.inline:
            self.inside = tag
            self.inline[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        """Leave a script or style."""
        self.inside = ""

    def handle_data(self, data: str) -> None:
        """Note what stands in a script or a style."""
        if self.inside:
            self.inline[self.inside][-1] += data


def _parse(page: str) -> _Elements:
    seen = _Elements()
    seen.feed(page)
    return seen


def test_the_same_rows_give_the_same_bytes(rows: list[Row]) -> None:
    """In every form, whatever the order."""
    for form in FORMATS:
        assert encode(build_chart(rows), form) == encode(build_chart(rows[::-1]), form)


def test_the_policy_names_exactly_what_stands_in_the_page(rows: list[Row]) -> None:
    """Each script and style has its hash in the policy, nothing else may run, and nothing may be fetched."""
    seen = _parse(picture_html(build_chart(rows)))
    policy = next(a["content"] or "" for tag, a in seen.tags if tag == "meta" and a.get("http-equiv"))
    scripts = [
        text
        for (tag, a), text in zip([t for t in seen.tags if t[0] == "script"], seen.inline["script"], strict=True)
        if a.get("type") is None
    ]
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in (*scripts, *seen.inline["style"])]
    assert len(scripts) == 2 and re.findall(r"'sha256-[^']+'", policy) == hashes
    assert policy.startswith("default-src 'none'; ") and "unsafe" not in policy and "http" not in policy


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_makes_no_element(text: str) -> None:
    """A page with hostile text in every field has the elements of one with harmless text, and its data holds the text."""
    tags = [[tag for tag, _ in _parse(picture_html(build_chart(_hostile(words), words, (words,)))).tags] for words in (text, "w" * 12)]
    assert sorted(set(tags[0])) == sorted(set(tags[1])) and tags[0].count("script") == 3
    data = json.loads(_parse(picture_html(build_chart(_hostile(text)))).inline["script"][0])
    assert any(node["label"] == text for node in data["nodes"])
    assert not re.search(
        r"\s(on\w+|style)=", " ".join(f" {k}=" for _, a in _parse(picture_html(build_chart(_hostile(text)))).tags for k in a)
    )


@pytest.mark.parametrize("text", [*HOSTILE, "\x00\x07\ud83d"])
def test_a_drawing_is_well_formed(text: str) -> None:
    """SVG stays XML with hostile text in it, for the chart and for a network, and runs nothing."""
    for picture in (build_chart(_hostile(text)), network_picture(network([Link(text, "b", text, 1, text, text)]))):
        root = ElementTree.fromstring(svg(picture))
        assert not [e for e in root.iter() if e.tag.endswith(("script", "foreignObject", "a", "image"))]


def test_a_chart_is_a_graph_too(rows: list[Row]) -> None:
    """What is written as GraphML has the chart's boxes and lines, without its headings."""
    chart = build_chart(rows)
    graph = graph_of(chart)
    assert set(graph) == {n.id for n in chart.nodes if n.kind != "heading"} and graph.number_of_edges() == len(
        {(e.source, e.target) for e in chart.edges}
    )


def test_pyvis_holds_every_node_where_it_lies(rows: list[Row]) -> None:
    """The carrier is a pyvis network: boxes in their places, ports where lines end, physics off."""
    chart = build_chart(rows)
    held = carrier(chart)
    places = {node["id"]: (node["x"], node["y"]) for node in held.nodes}
    assert all(places[n.id] == (n.x, n.y) for n in chart.nodes)
    assert {places[edge["to"]] for edge in held.edges} == {point for edge in chart.edges for point in edge.points[1:]}
    assert held.options["physics"] == {"enabled": False} and held.options["layout"]["improvedLayout"] is False


def test_the_same_stands_in_words(rows: list[Row]) -> None:
    """Actor, commitment with its stance and its quotes, what it hangs on, who decides: for a screen reader and without scripts."""
    germany = next(item for item in in_words(build_chart(rows)) if item.words == "Germany")
    (troops,) = germany.children
    assert troops.words.endswith("(open, intended)") and troops.quotes[0].speakers == ("Friedrich Merz",)
    (gate,) = troops.children
    assert (gate.lead, sorted(item.words for item in gate.children)) == ("only if", ["ceasefire", "consent of the Bundestag"])


def test_a_place_broken_into_lines_is_whole_in_words(rows: list[Row]) -> None:
    """In the list, in the panel's data and in the graph."""
    chart = build_chart(rows)
    (node,) = (n for n in chart.nodes if "only in: countries neighbouring Ukraine" in n.said)
    assert "only in: countries" in node.notes
    assert "only in: countries neighbouring Ukraine" in graph_of(chart).nodes[node.id]["notes"]
    assert "only in: countries neighbouring Ukraine" in str(in_words(chart))


def test_lines_that_go_neither_way_have_no_arrow_heads() -> None:
    """In the drawing, its legend and the page; each end names the other."""
    links = [Link("i:a", "i:b", "commits with", 2, "A", "B"), Link("i:b", "i:c", "commits with", 1, "B", "C")]
    for directed in (True, False):
        picture = network_picture(network(links, directed=directed))
        assert svg(picture).count('<path class="s-') == (3 if directed else 0)  # two lines and the legend's
        assert {edge["arrows"]["to"]["enabled"] for edge in carrier(picture).edges} == {directed}
        told = [[child.words for child in item.children] for item in in_words(picture)]
        there = (
            [["commits with: B"], ["commits with: C"], []]
            if directed
            else [["commits with: B"], ["commits with: A; commits with: C"], ["commits with: B"]]
        )
        assert sorted(told) == sorted(there)
        assert ("links to" in picture.legend[-1].words) is directed


def test_another_form_is_a_usage_error() -> None:
    """The message names the forms there are."""
    with pytest.raises(UsageError, match="pdf"):
        encode(build_chart([]), "pdf")


def test_nothing_is_a_page(rows: list[Row]) -> None:
    """An empty chart and an empty network are drawn in every form."""
    for form in FORMATS:
        assert encode(build_chart([]), form) and encode(network([]), form)


def test_the_bytes_hang_on_nothing_but_the_rows(rows: list[Row]) -> None:
    """Not on the seed of Python's hashes, which is another in every process."""
    code = (
        "import hashlib, json, sys; from kg.view.chart import build_chart; from kg.view.rows import chart_rows; from kg.view.picture import FORMATS, encode\n"
        "chart = build_chart(chart_rows(json.load(open(sys.argv[1], encoding='utf-8'))))\n"
        "print([hashlib.sha256(encode(chart, form)).hexdigest() for form in FORMATS])"
    )
    here = [hashlib.sha256(encode(build_chart(rows), form)).hexdigest() for form in FORMATS]
    for seed in ("1", "2"):
        command = [sys.executable, "-c", code, str(Path(__file__).parent / "rows.json")]
        top = str(Path(kg.__file__).parents[1])
        made = subprocess.run(
            command, env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": top}, capture_output=True, text=True, check=True
        )
        assert made.stdout.strip() == str(here)


def test_a_notebook_gets_words_a_drawing_and_a_page_in_a_frame() -> None:
    """The frame may run its own scripts and is of no origin; hostile text does not leave the attribute it stands in."""
    bundle = Picture("chart", '"><script>alert(1)</script>', 40, 40)._repr_mimebundle_()
    frame = bundle["text/html"]
    assert frame.startswith('<iframe sandbox="allow-scripts" srcdoc="') and frame.count("<") == 2
    assert bundle["image/svg+xml"].startswith("<svg") and "alert" in bundle["text/plain"]
