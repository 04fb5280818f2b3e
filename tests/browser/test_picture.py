"""The page of a picture in a real browser, opened from disk."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest

from kg.analyse.network import Link, network
from kg.view.chart import Row, build_chart
from kg.view.network import network_picture
from kg.view.picture import picture_html
from kg.view.shapes import Picture

HOSTILE = [
    "</script><script>window.hacked=1</script>", '"><img src=x onerror="window.hacked=1">', "<svg onload=window.hacked=1>", "javascript:window.hacked=1",
    "\u202eمرحبا بالعالم\u202c and on", "👩\u200d👩\u200d👧 e\u0301 \u2028 \u2029", "w" * 300, "{{ constructor }}", "'-window.hacked-'",
]  # fmt: skip
# Where each label is on the screen as it is drawn: its lines measured in the font they are drawn in.
LABELS = """() => {
  const data = JSON.parse(document.getElementById("data").textContent), ctx = document.createElement("canvas").getContext("2d");
  const scale = picture.network.getScale();
  return picture.things.map(({ id, label, x, y, draw }) => {
    const all = [...draw.lines, ...draw.notes], dot = draw.radius > 0, middle = dot || draw.mark === "pill";
    ctx.font = `${["actor", "gate"].includes(draw.kind) ? "bold " : ""}${data.font.size}px ${data.font.face}`;
    const wide = Math.max(...all.map((words) => ctx.measureText(words).width)), high = all.length * data.leading;
    const left = middle ? x - wide / 2 : x - draw.w / 2 + draw.indent, top = dot ? y + draw.radius + 4 : y - high / 2;
    const at = picture.network.canvasToDOM({ x: left, y: top });
    return { label, size: data.font.size * scale, left: at.x, top: at.y, right: at.x + wide * scale, bottom: at.y + high * scale,
             room: draw.w - (middle ? 0 : draw.indent), wide };
  });
}"""


def _links(nodes: int, links: int, seed: int = 1) -> list[Link]:
    r = random.Random(seed)
    names = ["United Kingdom", "European officials who asked not to be named", "Bundestag", "Volodymyr Zelenskyy", "NATO"]
    pairs = [(at, r.randrange(nodes)) for at in range(nodes)] + [(r.randrange(nodes), r.randrange(nodes)) for _ in range(links - nodes)]
    return [Link(f"n{a}", f"n{b}", "speaks of", 1, f"{names[a % 5]} {a}", f"{names[b % 5]} {b}") for a, b in pairs]


def _pictures(rows: list[Row], forty: list[Row]) -> list[Picture]:
    sixty = [
        Row(f"a{at % 12}", f"Actor number {at % 12}", f"c{at}", f"send {at} things to whoever asks for them", ("pledged", "open", "refused")[at % 3],
            condition=f"k{at % 11}", condition_label=f"circumstance {at % 11}", attachment="requirement", decider=f"d{at % 5}", decider_label=f"Decider {at % 5}")
        for at in range(32)
    ]  # fmt: skip
    return [build_chart(rows), build_chart(forty), build_chart(sixty), network_picture(network(_links(60, 90)))]


def _no_overlap(labels: list[dict[str, Any]]) -> None:
    for a in labels:
        assert a["wide"] <= a["room"], a["label"]
    _apart(labels)


def _apart(labels: list[dict[str, Any]]) -> None:
    for at, a in enumerate(labels):
        for b in labels[at + 1 :]:
            apart = a["right"] <= b["left"] or b["right"] <= a["left"] or a["bottom"] <= b["top"] or b["bottom"] <= a["top"]
            assert apart, (a["label"], b["label"])


@pytest.mark.parametrize("width", [1400, 390])
def test_every_label_can_be_read(opened: Any, rows: list[Row], forty: list[Row], width: int) -> None:
    """No two labels overlap, none is wider than its box, no text is under 11 px, and the page itself does not scroll sideways."""
    for picture in _pictures(rows, forty):
        one = opened(picture_html(picture), width=width)
        labels = one.page.evaluate(LABELS)
        assert len(labels) == len([n for n in picture.nodes if n.kind != "heading"])
        _no_overlap(labels)
        assert min(label["size"] for label in labels) >= 11
        sizes = one.page.evaluate(
            "[...document.querySelectorAll('body *')].filter((e) => e.checkVisibility()).map((e) => parseFloat(getComputedStyle(e).fontSize))"
        )
        assert min(sizes) >= 11
        assert one.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        one.quiet()


@pytest.mark.slow
def test_nothing_moves_once_it_is_drawn(opened: Any, rows: list[Row], forty: list[Row]) -> None:
    """Two looks half a second apart are the same, in the numbers and on the screen; the canvas keeps its size."""
    look = "JSON.stringify([picture.network.getPositions(), picture.network.getScale(), picture.network.getViewPosition(), document.querySelector('canvas').width])"
    for picture in [*_pictures(rows, forty), network_picture(network(_links(300, 500)))]:
        one = opened(picture_html(picture))
        one.page.wait_for_timeout(100)
        before = (one.page.evaluate(look), one.page.screenshot())
        one.page.wait_for_timeout(500)
        assert (one.page.evaluate(look), one.page.screenshot()) == before


@pytest.mark.slow
def test_three_thousand_nodes_are_drawn_in_time(opened: Any) -> None:
    """Within the three seconds that `opened` waits; no letter is drawn that could not be read."""
    one = opened(picture_html(network_picture(network(_links(3000, 6000)))))
    assert one.page.evaluate("picture.network.getScale()") < 0.7
    one.quiet()


def test_a_large_network_names_its_hubs(opened: Any) -> None:
    """Of three hundred dots some have their labels from the start, none on another; nearer more have, and what is chosen has."""
    one = opened(picture_html(network_picture(network(_links(300, 500)))))
    seen = []
    for _ in range(2):
        one.page.wait_for_timeout(100)
        labels = one.page.evaluate("picture.named")
        _apart(labels)
        seen.append(len(labels))
        for _ in range(5):
            one.page.locator("#larger").click()
    assert 10 < seen[0] < 300 and seen[1] > 5
    one.page.keyboard.press("/")
    one.page.keyboard.type("bundestag 2")
    one.page.wait_for_timeout(100)
    assert one.page.evaluate("picture.named.map((n) => n.label)") and all(
        "Bundestag 2" in n["label"] for n in one.page.evaluate("picture.named")
    )
    one.quiet()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_and_never_run(opened: Any, text: str) -> None:
    """In the actor's name, the headline, the ids, the quote and the title: there in the panel letter by letter, and inert."""
    row = Row(text, text, "c" + text, "send " + text, "pledged", condition="k" + text, condition_label=text, attachment="requirement",
              speaker=text, quote="He said: " + text, article=text, article_label=text, start=0, end=9)  # fmt: skip
    one = opened(picture_html(build_chart([row], title=text, notes=(text,))))
    one.click(text, "actor")
    assert one.page.locator("#chosen h2").evaluate("(e) => e.textContent") == text
    assert one.page.locator("#chosen blockquote p").evaluate("(e) => e.textContent") == "He said: " + text
    assert one.page.locator("#chosen blockquote footer").evaluate("(e) => e.textContent") == f"{text}; {text}, characters 0–9"
    assert one.page.locator("h1").evaluate("(e) => e.textContent") == text
    one.page.keyboard.press("/")
    one.page.keyboard.insert_text(text)
    one.page.mouse.move(300, 300)
    assert one.page.evaluate("window.hacked") is None
    one.quiet()


def test_hostile_text_in_a_network(opened: Any) -> None:
    """Also in a tooltip and in the list of links."""
    links = [Link(text, "hub", text, 1, text, "hub") for text in HOSTILE]
    one = opened(picture_html(network_picture(network(links, {"hub": HOSTILE[0]}))))
    one.click("hub")
    assert one.page.locator("#chosen li button").all_text_contents() == sorted(HOSTILE)
    thing = one.things()[0]
    one.page.evaluate("({x, y}) => picture.network.moveTo({ position: { x, y } })", thing)
    box = one.page.locator("#canvas").bounding_box()
    one.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    one.page.mouse.move(box["x"] + box["width"] / 2 + 1, box["y"] + box["height"] / 2)
    one.page.locator(".vis-tooltip").wait_for(state="visible", timeout=3000)
    assert one.page.locator(".vis-tooltip").evaluate(
        "(e) => [e.children.length - e.querySelectorAll('br').length, e.textContent.length > 0]"
    ) == [0, True]
    assert one.page.evaluate("window.hacked") is None
    one.quiet()


def test_a_click_lights_the_whole_chain(opened: Any, rows: list[Row]) -> None:
    """What hangs on the Bundestag: the condition, the gate, the commitment, Germany, and nobody else; with the words, in one click."""
    one = opened(picture_html(build_chart(rows)))
    one.click("Bundestag")
    assert one.lit() == {"Bundestag", "consent of the Bundestag", "ALL", "contribute troops to the multinational force", "Germany"}
    assert "would require the consent of the Bundestag" in one.page.locator("#chosen blockquote").inner_text()
    assert "Friedrich Merz; Euronews" in one.page.locator("#chosen footer").inner_text()
    one.page.keyboard.press("Escape")
    assert one.lit() is None and one.page.locator("#chosen").is_hidden()


def test_forty_commitments_fit_the_width_and_draw_in_time(opened: Any, forty: list[Row]) -> None:
    """On a screen of 1400 px nothing lies beyond the right edge, and it is drawn in less than two seconds."""
    html = picture_html(build_chart(forty))
    begun = time.monotonic()
    one = opened(html)
    assert time.monotonic() - begun < 2
    assert one.page.evaluate("(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)(document.getElementById('stage'))")
    one.click("Coalition of the Willing")
    assert {"renewed attack", "ceasefire", "national parliaments"} < one.lit()
    one.quiet()


def test_the_headings_stay_in_sight(opened: Any, forty: list[Row]) -> None:
    """The strip at the upper edge has the same headings wherever one scrolls, and a click on it chooses nothing."""
    one = opened(picture_html(build_chart(forty)))
    box = one.page.locator("#stage").bounding_box()
    strip = {"x": box["x"], "y": box["y"] + 4, "width": 900, "height": 18}
    looks = []
    for top in (300, 1100):
        one.page.evaluate("(top) => document.getElementById('stage').scrollTo(0, top)", top)
        one.page.wait_for_timeout(150)
        looks.append(one.page.screenshot(clip=strip))
    assert looks[0] == looks[1]
    shades = one.page.evaluate(
        "new Set(new Uint32Array(document.querySelector('canvas').getContext('2d').getImageData(0, 4, 600, 18).data.buffer)).size"
    )
    assert shades > 10  # letters, not an empty strip
    for x in range(40, 1000, 40):
        one.page.mouse.click(box["x"] + x, box["y"] + 12)
        assert one.lit() is None


def test_a_thing_is_copied_with_its_sources(opened: Any, rows: list[Row]) -> None:
    """Label, quotes, article, offsets and IRI, as plain text."""
    one = opened(picture_html(build_chart(rows)))
    one.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    one.click("Bundestag")
    one.page.locator("button.copy").click()
    one.page.locator("button.copy", has_text="Copied").wait_for(timeout=3000)
    label, quote, iri = one.page.evaluate("navigator.clipboard.readText()").splitlines()
    assert label == "Bundestag" and iri.startswith("https://w3id.org/proviso/id/actor/")
    assert "would require the consent of the Bundestag" in quote and quote.endswith("characters 2481–2694)")
    one.quiet()


def test_in_a_network_the_neighbours_light_up(opened: Any) -> None:
    """Others are dimmed, not hidden; an empty place clears."""
    one = opened(picture_html(network_picture(network([Link("a", "b"), Link("b", "c"), Link("c", "d")]))))
    one.click("b")
    assert one.lit() == {"a", "b", "c"}
    one.page.mouse.click(8, 400)
    assert one.lit() is None


def test_search_needs_no_accents_and_no_mouse(opened: Any, rows: list[Row]) -> None:
    """`/` goes to the field, what is typed lights what bears it, Enter chooses one after the other, Escape clears."""
    one = opened(
        picture_html(
            network_picture(
                network([Link("a", "b", "", 1, "Pedro Sánchez", "Łódź"), Link("a", "c", "", 1, "Pedro Sánchez", "Sanchez again")])
            )
        )
    )
    one.page.keyboard.press("/")
    one.page.keyboard.type("SANCHEZ")
    assert one.lit() == {"Pedro Sánchez", "Sanchez again"} and one.page.locator("#found").inner_text() == "2 found"
    for label in ("Pedro Sánchez", "Sanchez again", "Pedro Sánchez"):
        one.page.keyboard.press("Enter")
        assert one.page.locator("#chosen h2").inner_text() == label
    one.page.keyboard.press("Escape")
    assert one.lit() is None and one.page.locator("#search").input_value() == ""
    one.page.keyboard.type("lodz")
    assert one.lit() == {"Łódź"}
    one.quiet()


def test_the_state_is_in_the_address(opened: Any, rows: list[Row]) -> None:
    """A chosen thing has an address that leads back to it, and into view."""
    html = picture_html(build_chart(rows))
    one = opened(html, height=600)
    one.page.locator("#words summary").click()
    one.page.locator("#words button", has_text="main Spanish parties").first.click()
    chosen = one.page.locator("#chosen h2").inner_text()
    again = opened(html, height=600, hash=one.page.evaluate("location.hash"))
    assert again.page.locator("#chosen h2").inner_text() == chosen
    seen = again.page.evaluate("""() => { const one = picture.things.find((t) => location.hash.includes(encodeURIComponent(t.id)));
      const at = picture.network.canvasToDOM(one), box = document.getElementById("canvas").getBoundingClientRect();
      return at.x > 0 && at.x < box.width && at.y > 0 && at.y < box.height; }""")
    assert seen
    opened(html, hash="#node=%E0%A4%A").quiet()


def test_a_chart_that_is_higher_than_the_screen_scrolls(opened: Any, rows: list[Row]) -> None:
    """The last box comes into view and can be clicked there; larger and smaller keep text readable."""
    one = opened(picture_html(build_chart(rows)), height=500)
    assert one.page.evaluate("document.getElementById('stage').scrollHeight > 600")
    last = max(one.things(), key=lambda t: t["y"])["label"]
    one.page.evaluate("document.getElementById('stage').scrollTo(0, 1e6)")
    one.page.wait_for_timeout(100)
    one.click(last)
    assert one.page.locator("#chosen h2").inner_text() == last
    for _ in range(6):
        one.page.locator("#smaller").click()
    assert one.page.evaluate("picture.network.getScale()") >= 0.75
    for _ in range(3):
        one.page.locator("#larger").click()
    assert one.page.evaluate("picture.network.getScale()") > 1


def test_without_scripts_the_picture_and_the_words_are_there(opened: Any, rows: list[Row]) -> None:
    """The drawing, and every quote."""
    one = opened(picture_html(build_chart(rows)), scripts=False)
    assert one.page.locator(".paper > svg").is_visible()
    assert "would require the consent of the Bundestag" in one.page.locator("#words").inner_text()
    assert not one.page.locator("#stage").is_visible()


def test_paper_shows_the_drawing_and_the_words(opened: Any, rows: list[Row]) -> None:
    """Printed: the drawing as SVG, no panel, no search."""
    one = opened(picture_html(build_chart(rows)), dark=True)
    one.page.emulate_media(media="print")
    assert one.page.locator(".paper > svg").is_visible() and not one.page.locator("#stage").is_visible()
    assert one.page.locator(".paper rect").first.evaluate("(e) => getComputedStyle(e).fill") == "rgb(238, 241, 245)"
    one.quiet()


def test_night_turns_the_canvas_dark(opened: Any, rows: list[Row]) -> None:
    """The picture follows the system's scheme, also while it is open."""
    one = opened(picture_html(build_chart(rows)))
    day = one.page.screenshot()
    one.page.emulate_media(color_scheme="dark")
    one.page.wait_for_timeout(100)
    night = one.page.screenshot()
    assert day != night and one.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 29)"
    assert opened(picture_html(build_chart(rows)), dark=True).page.screenshot() == night


def test_nothing_at_all_is_a_page(opened: Any) -> None:
    """An empty chart opens without a complaint."""
    opened(picture_html(build_chart([]))).quiet()
