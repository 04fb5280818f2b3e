"""Ids and links that would lead out of a folder, or onto another's file, where they were taken for paths."""

from __future__ import annotations

import json
import shutil
import time
import unicodedata
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

from bench.faults.scorecard import Case, Run, Trial, row
from bench.faults.stores import article, articles, stored

# Ids, and words of the reason if one is refused.
IDS = (
    ("../../escape", ""), ("ROOT/escape", ""), ("..", ""), ("a/b", ""), ("a\\..\\b", ""), ("C:\\escape", ""), ("x\0y", "control character"), ("x" * 300, "longer than"),
    ("y" * 200, ""), ("Case", ""), ("case", ""), ("con", ""), ("com1", ""), ("lpt9", ""), ("%2e%2e%2fescape", ""), ("caf\u00e9", ""), ("cafe\u0301", ""), ("-rf", ""),
    ("index. ", ""), ("a\nb", "control character"),
)  # fmt: skip
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
_FORBIDDEN = set('<>:"/\\|?*') | {chr(n) for n in range(32)}


@row(28, "ids, paths and links that lead elsewhere", len(IDS) + 5, "inside the folder, nothing overwritten", quick=len(IDS) + 5, budget=240)
def names(trial: Trial) -> Iterator[Case]:
    """Articles with these ids, in a store, a site and an export; links in what is read and where it is written."""
    yield from _ids(trial)
    store = stored(trial, articles(trial.place("one"), 1))
    for case in (_linked_article, _linked_page, _linked_site, _folder_of_others, _manifest):
        begun = time.monotonic()
        wrong = case(trial, store)
        yield Case(not wrong, time.monotonic() - begun, f"{case.__name__[1:]}: {wrong}")


def _ids(trial: Trial) -> Iterator[Case]:
    """Every article has one page and one file of its own, with a name that any disk takes; a reading that an id leads to is not read."""
    folder = trial.place("articles")
    folder.mkdir()
    for lure in (trial.folder / "escape.yaml", folder / "escape.yaml", folder / "b.yaml"):
        lure.write_text("[", "utf-8")  # an article that gets this reading is rejected
    ids = [id.replace("ROOT", str(trial.folder)) for id, _ in IDS]
    lines = [json.dumps({"id": id, "text": f"{article(n).partition('2026-')[2]} {_word(n)}."}) for n, id in enumerate(ids)]
    (folder / "all.jsonl").write_text("\n".join(lines), "utf-8")
    store, site, exported = trial.place("store"), trial.place("site"), trial.place("exported")
    before = _outside(trial)
    commands = (
        ("add", folder, "--store", store, "--format", "json"), ("site", site, "--store", store), ("export", "-o", exported, "--format", "ttl", "--store", store),
    )  # fmt: skip
    runs = [trial.kg(*words) for words in commands]
    outcomes = json.loads(runs[0].out) if runs[0].clear(4) else []
    changed = [name for name in _outside(trial, store, site, exported) ^ before]
    pages, files = _read(site / "article"), _read(exported)
    for n, (id, (_, refused)) in enumerate(zip(ids, IDS, strict=True)):
        outcome = outcomes[n] if n < len(outcomes) else {}
        right = outcome.get("outcome") == ("rejected" if refused else "stored") and refused in outcome.get("reason", "")
        wrong = [] if right and all(run.clear(0, 4) for run in runs) else [str(outcome), *map(str, runs)]
        for shown in (pages, files):
            own = [name for name, text in shown.items() if f"{_word(n)}." in text]
            wrong += [f"in the files {own}"] if len(own) != (0 if refused else 1) else []
            wrong += [f"no name for every disk: {name}" for name in own if not _fits(name, list(shown))]
        yield Case(not wrong and not changed, sum(run.seconds for run in runs) / len(ids), f"{id[:40]!r}: {wrong} {changed}")


def _word(number: int) -> str:
    return f"Quagmiria{number}"


def _read(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()} if folder.is_dir() else {}


def _fits(name: str, others: list[str]) -> bool:
    """Whether a name is one on every disk, and no other's where case and accents are alike."""
    alike = [other for other in others if _alike(other) == _alike(name)]
    plain = not set(name) & _FORBIDDEN and name.partition(".")[0].lower() not in _RESERVED and name[-1] not in ". "
    return plain and len(name.encode()) <= 200 and len(alike) == 1


def _alike(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _outside(trial: Trial, *but: Path) -> set[tuple[str, str]]:
    """Every file of the row's folder, and what is in it, outside of these."""
    return {
        (str(path), sha256(path.read_bytes()).hexdigest() if path.is_file() else "")
        for path in trial.folder.rglob("*")
        if not any(path.is_relative_to(folder) for folder in but)
    }


# ---------------------------------------------------------------------------------------------------- links


def _linked_article(trial: Trial, _: Path) -> str:
    """A link to a file elsewhere, and one to the folder itself: the first is not read, the second does not go round."""
    folder, secret = articles(trial.place("articles"), 1), trial.place("secret.txt")
    secret.write_text(article(5), "utf-8")
    (folder / "linked.txt").symlink_to(secret)
    (folder / "round").symlink_to(folder)
    run = trial.kg("add", folder, "--store", trial.place("store"), "--format", "json")
    read = [outcome["article"] for outcome in json.loads(run.out)] if run.clear(0) else []
    return "" if read == ["made-0000"] else f"{read} {run}"


def _linked_page(trial: Trial, store: Path) -> str:
    """A site of which a folder was put elsewhere, with a link in its place: the new one is whole, and nothing is written there."""
    site, elsewhere = trial.place("site"), trial.place("elsewhere")
    trial.kg("site", site, "--store", store)
    shutil.move(site / "article", elsewhere)
    (site / "article").symlink_to(elsewhere)
    (elsewhere / "made-0000.html").write_text("mine", "utf-8")
    return _unchanged(trial, lambda: trial.kg("site", site, "--store", store), 0, site) or (
        "" if "Norway" in (site / "article" / "made-0000.html").read_text("utf-8") and not (site / "article").is_symlink() else "the site is not whole"
    )


def _linked_site(trial: Trial, store: Path) -> str:
    """A link to a folder of other files is no place for a site."""
    site, elsewhere = trial.place("site"), articles(trial.place("elsewhere"), 1)
    site.symlink_to(elsewhere)
    return _unchanged(trial, lambda: trial.kg("site", site, "--store", store), 2)


def _folder_of_others(trial: Trial, store: Path) -> str:
    """An export, a chart and a store do not go where other files are, nor over a folder."""
    other = articles(trial.place("other"), 1)
    commands: tuple[tuple[object, ...], ...] = (
        ("export", "-o", other, "--format", "ttl", "--store", store), ("export", "-o", other, "--format", "nq", "--store", store),
        ("add", other, "--store", other),
    )  # fmt: skip
    return "; ".join(filter(None, (_unchanged(trial, lambda words=words: trial.kg(*words), 1) for words in commands)))  # type: ignore[misc]


def _manifest(trial: Trial, store: Path) -> str:
    """An export's manifest that names a file elsewhere: nothing is taken, and no store is made for it."""
    exported, fresh = trial.place("exported"), trial.place("fresh")
    trial.kg("export", "-o", exported, "--format", "ttl", "--store", store)
    manifest = json.loads((exported / "manifest.json").read_text("utf-8"))
    name = next(iter(manifest["graphs"]))
    shutil.move(exported / name, trial.folder / name)
    manifest["graphs"][f"../{name}"] = manifest["graphs"].pop(name)
    (exported / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return _unchanged(trial, lambda: trial.kg("import", exported, "--store", fresh), 1)


def _unchanged(trial: Trial, act: Callable[[], Run], code: int, *but: Path) -> str:
    """What is wrong with a run that was to end so and to leave all there is as it was, but for these."""
    before = _outside(trial, *but)
    run = act()
    changed = sorted(_outside(trial, *but) ^ before)
    return "" if run.clear(code) and not changed else f"{changed[:3]} {run}"
