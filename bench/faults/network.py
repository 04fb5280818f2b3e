"""No network: every command does the same without one, and with one asks nobody, whatever addresses stand in what it reads."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.faults.scorecard import ROOT, SEEDS, CannotRun, Case, Run, Trial, row
from bench.faults.serving import listening

# In order: what comes later asks the store that `add` makes. Exit code 0, but where another is said.
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("add", str(SEEDS), "page.html"),
    ("annotate", "page.html"), ("annotate", "page.html", "--format", "yaml"), ("check", "gold"), ("check",),
    ("ask", "who conditioned troops on parliament"), ("query", "commitments_conditioned"), ("query", "commitments_conditioned", "--timeout", "20"),
    ("query", "CONSTRUCT { ?s a ?c } { ?s a ?c }", "--format", "ttl"), ("queries",), ("show", "Germany"), ("whatif", "--met", "ceasefire"),
    ("compare",), ("timeline", "Germany"), ("diff", "2025", "2026"), ("graph", "-o", "chart.html"), ("graph", "-o", "network.svg", "--kind", "network"),
    ("site", "site"), ("export", "-o", "all.trig"), ("import", "elsewhere.nq"), ("import", "elsewhere.jsonld"), ("eval", "gold"), ("remove", "003-paraphrase"),
)  # fmt: skip
CODES = {("import", "elsewhere.jsonld"): 1}  # a context elsewhere is refused
_KNOCK = "import urllib.request; urllib.request.build_opener(urllib.request.ProxyHandler({})).open(sys.argv[1], timeout=5)"


@row(
    42,
    "every command but serve with the network cut, and with one",
    len(COMMANDS),
    "the same words and files; nobody is asked",
    quick=6,
    budget=420,
)
def cut_off(trial: Trial) -> Iterator[Case]:
    """Each in a network namespace with nothing in it, and outside of one where every proxy and every address it reads is a listener."""
    cut = ["unshare", "--map-root-user", "--net"] if os.geteuid() else ["unshare", "--net"]
    chosen = sorted(trial.chance.sample(range(1, len(COMMANDS)), trial.cases - 1))
    with listening() as heard:
        _really_cut(trial, cut, heard.url, heard.came)
        proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"), heard.url)
        env = proxies | {"KG_STORE": ".kg", "SOURCE_DATE_EPOCH": "1767700000"}
        places = [_laid_out(trial.place(name), heard.url) for name in ("cut", "open")]
        for words in [COMMANDS[at] for at in (0, *chosen)]:
            without, beside = (
                trial.run([*prefix, *trial.command(*words)], seconds=120, env=env, cwd=place)
                for prefix, place in zip((cut, []), places, strict=True)
            )
            code, differ = CODES.get(words, 0), _different(*places)
            same = (without.code, without.out, without.err) == (beside.code, beside.out, beside.err)
            seen = f"kg {' '.join(words)}: cut: {without}; not cut: {beside}; {differ=}; came: {heard.came}"
            yield Case(without.clear(code) and same and not differ and not heard.came, without.seconds, seen)


def _really_cut(trial: Trial, cut: list[str], url: str, came: list[str]) -> None:
    """Raises CannotRun where a network cannot be cut here, or where the listener would not hear of a request."""
    if not shutil.which(cut[0]):
        raise CannotRun("there is no unshare, so no network can be cut")
    inside: Run = trial.run([*cut, *trial.python(_KNOCK, url)])
    if b"unreachable" not in inside.err or came:
        raise CannotRun(f"the network cannot be cut: {inside}")
    trial.run(trial.python(_KNOCK, url))
    if len(came) != 1:
        raise CannotRun("the listener hears nobody")
    came.clear()


def _laid_out(folder: Path, url: str) -> Path:
    """A folder with a page, readings and exports that name an address wherever one can be named."""
    folder.mkdir()
    paragraph = "<p>Norland will send ships if the Assembly agrees, Ann Berg said on Tuesday in the capital of the country.</p>"
    head = f'<link rel="stylesheet" href="{url}"><link rel="canonical" href="{url}story"><base href="{url}"><script src="{url}"></script>'
    page = f'<html><head><title>Ships</title>{head}</head><body><img src="{url}"><iframe src="{url}"></iframe><article>{paragraph * 8}</article></body></html>'
    (folder / "page.html").write_text(page, "utf-8")
    shutil.copytree(ROOT / "ontology" / "examples" / "valid", folder / "gold")
    quads = f"<{url}s> <http://www.w3.org/2002/07/owl#imports> <{url}> <{url}g> .\n"
    (folder / "elsewhere.nq").write_text(quads, "utf-8")
    (folder / "elsewhere.jsonld").write_text(json.dumps({"@context": url, "@id": f"{url}h", "@graph": []}), "utf-8")
    return folder


def _different(one: Path, other: Path) -> list[str]:
    """The files that are not the same in both folders; of a store, what it holds is compared by the commands that ask it."""
    found: list[Mapping[str, bytes]] = [
        {str(path.relative_to(place)): path.read_bytes() for path in place.rglob("*") if path.is_file() and ".kg" not in path.parts}
        for place in (one, other)
    ]
    return sorted(name for name in {*found[0], *found[1]} if found[0].get(name) != found[1].get(name))
