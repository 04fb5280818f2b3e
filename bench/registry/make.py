"""Makes ontology/states.ttl, bodies.ttl and people.ttl again: the registry's larger part, beside the hand-kept actors.ttl.

    python -m venv build/names && build/names/bin/pip install babel==2.18.0 countryinfo==1.0.1
    build/names/bin/python bench/registry/make.py ../shared/data/current-events

States come from CLDR by way of babel (names; BSD-3-Clause, the data Unicode-3.0) and from countryinfo (capitals, demonyms;
MIT), put right by hand where CORRECTED says so; all else from the three tables beside this file. A link to Wikipedia is
given where an item of the current-events corpus has it, with the item's id as its source; nothing of its text is taken.
What actors.ttl describes is left out, and a name that it gives to somebody is nobody else's. Same input, same bytes.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import countryinfo
from babel import Locale

HERE = Path(__file__).resolve().parent
ONTOLOGY = HERE.parents[1] / "ontology"
CLASSES = {"person": "Person", "state": "State", "institution": "Institution", "parliament": "Parliament, kg:Institution", "court": "Court, kg:Institution", "alliance": "Alliance", "outlet": "Outlet"}  # fmt: skip
# ISO 3166-1 codes of what is no state of its own: territories, dependencies, and Antarctica.
NO_STATE = frozenset(["AI", "AQ", "AS", "AW", "AX", "BL", "BM", "BQ", "BV", "CC", "CK", "CW", "CX", "EH", "FK", "FO", "GF", "GG", "GI", "GP", "GS", "GU", "HK", "HM", "IM", "IO", "JE", "KY", "MF", "MO", "MP", "MQ", "MS", "NC", "NF", "NU", "PF", "PM", "PN", "PR", "RE", "SH", "SJ", "SX", "TC", "TF", "TK", "UM", "VG", "VI", "WF", "YT"])  # fmt: skip
# Code -> name, adjectives and people, capital, where the sources have none, an old one, or one that news do not use.
CORRECTED: dict[str, dict[str, str]] = {
    "PS": {"name": "Palestine"}, "BA": {"people": ""}, "BI": {"capital": "Gitega"}, "BO": {"capital": "La Paz"}, "KZ": {"capital": "Astana"}, "YE": {"capital": "Sanaa"}, "BS": {"name": "Bahamas"}, "BW": {"people": "Botswanan; Batswana; Motswana"},
    "CD": {"name": "Democratic Republic of the Congo"}, "CG": {"name": "Republic of the Congo", "people": "", "more": "Congo-Brazzaville"}, "CI": {"name": "Ivory Coast", "more": "Côte d'Ivoire; Abidjan"},
    "CV": {"people": "Cape Verdean", "more": "Cabo Verde"}, "DJ": {"people": "Djiboutian", "capital": ""}, "DM": {"people": ""},
    "FM": {"more": "Federated States of Micronesia"}, "GW": {"people": "Bissau-Guinean"}, "KG": {"people": "Kyrgyz; Kyrgyzstani"},
    "KN": {"people": "Kittitian"}, "LS": {"people": "Basotho; Mosotho"}, "MV": {"people": "Maldivian", "capital": "Malé"},
    "SC": {"capital": ""}, "SR": {"people": "Surinamese"}, "ST": {"people": "São Toméan"},
    "SZ": {"capital": "Mbabane", "more": "Swaziland"}, "TJ": {"people": "Tajik; Tajikistani"}, "TL": {"people": "Timorese; East Timorese", "more": "East Timor"},
    "TT": {"people": "Trinidadian"}, "UZ": {"people": "Uzbek; Uzbekistani"}, "VA": {"name": "Holy See", "people": "", "capital": ""},
    "AG": {"people": "Antiguan"}, "AR": {"people": "Argentine; Argentinian; Argentinean"}, "MC": {"capital": ""}, "SM": {"capital": ""},
    "LI": {"people": "Liechtensteiner"}, "JM": {"capital": ""}, "CR": {"capital": ""}, "GD": {"capital": ""}, "VC": {"name": "Saint Vincent and the Grenadines", "people": "Vincentian"},
    "ZW": {"people": "Zimbabwean"}, "CF": {"people": "Central African", "more": "CAR"}, "MH": {"people": "Marshallese"}, "KM": {"people": "Comorian"},
}  # fmt: skip
THE = frozenset(["BS", "CF", "CG", "GM", "KM", "MH", "MV", "SB", "SC"])  # texts write "the Bahamas"
UNCHANGING = re.compile(
    r"(ese|ish|ch|s|z|tho|y|wana|[A-Z]-.*|.*-Kiribati|.*-Vanuatu)$"
)  # adjectives that are their own plural, or have none
UNFOLDED = {"Malé"}  # a word of English without its accent
# Letters that Unicode does not take apart.
LETTERS = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "ß": "ss", "æ": "ae", "ʻ": "'", "’": "'"})  # fmt: skip
HEAD = """# {title}
#
# Made by bench/registry/make.py, which says how and from what; not to be changed by hand. {sources}
# The form is that of actors.ttl, whose actors come first: what it describes does not stand here.

@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix actor:   <https://w3id.org/proviso/id/actor/> .
@prefix kg:      <https://w3id.org/proviso#> .
@prefix owl:     <http://www.w3.org/2002/07/owl#> .
@prefix rdfs:    <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema:  <https://schema.org/> .
@prefix skos:    <http://www.w3.org/2004/02/skos/core#> .
@prefix tenure:  <https://w3id.org/proviso/id/tenure/> .
@prefix xsd:     <http://www.w3.org/2001/XMLSchema#> .

<https://w3id.org/proviso/{name}> a owl:Ontology ;
    rdfs:label "{label}" ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;
    owl:versionInfo "1.0.0" .
"""
FACTS = "Names, memberships and\n# tenures are facts of public record, entered by hand in the tables beside that script."
FILES = {
    "states": ("States", "The states that actors.ttl lacks.", "Names: Unicode CLDR\n# (Unicode-3.0) by way of babel; capitals and demonyms: countryinfo (MIT)."),
    "bodies": ("Bodies", "Parliaments, institutions, courts, alliances, outlets and companies that actors.ttl lacks.", FACTS),
    "people": ("People", "Persons that actors.ttl lacks, and the offices they hold or held in 2025 and 2026.", FACTS),
}  # fmt: skip


@dataclass
class Made:
    """An actor to be written. `maybe` are names it bears only where nobody else bears or may bear them."""

    kind: str
    name: str
    names: list[str] = field(default_factory=list)
    maybe: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    tenures: list[list[str]] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The plain letters of the name."""
        return slug(folded(self.name))


def slug(words: str) -> str:
    """As kg.model.slug, which is not at hand where this runs."""
    return re.sub(r"[\W_]+", "-", words.casefold()).strip("-")


def folded(words: str) -> str:
    """The words without accents."""
    parts = unicodedata.normalize("NFKD", words.translate(LETTERS))
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def rows(name: str) -> Iterator[list[str]]:
    """The rows of a table beside this file, each with its cells, at least five."""
    for line in (HERE / f"{name}.txt").read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            cells = [cell.strip() for cell in line.split("|")]
            yield cells + [""] * (5 - len(cells))


def split(cell: str) -> list[str]:
    """What stands between semicolons."""
    return [part.strip() for part in cell.split(";") if part.strip()]


def countries() -> dict[str, dict[str, str]]:
    """Code -> name, people (adjectives and demonyms) and capital of every state."""
    names, found = Locale("en").territories, {}
    for path in sorted((Path(countryinfo.__file__).parent / "data").glob("*.json")):
        read = json.loads(path.read_text("utf-8"))
        code = (read.get("ISO") or {}).get("alpha2", "").upper()
        if code not in names or code in NO_STATE:
            continue
        name = names[code].replace("St. ", "Saint ").replace(" & ", " and ").replace("’", "'").split(" (")[0]
        made = {"name": name, "people": (read.get("demonym") or "").replace(",", ";"), "capital": read.get("capital") or "", "more": ""}
        found[code] = made | CORRECTED.get(code, {})
    return found


def plural(adjective: str) -> str:
    """The people by their adjective: Angolan, Angolans; the adjective itself where it has no such form."""
    return adjective if UNCHANGING.search(adjective) else adjective + "s"


def states(kept: Kept) -> list[Made]:
    """The states that the hand-kept file lacks."""
    made = []
    for code, facts in sorted(countries().items()):
        if slug(facts["name"]) in kept.names or slug(folded(facts["name"])) in kept.names:
            missing = [name for name in [*split(facts["people"]), facts["capital"]] if name and slug(name) not in kept.names]
            if missing:
                print(f"actors.ttl: {facts['name']} lacks {', '.join(missing)}")
            continue
        people = split(facts["people"])
        names = [*people, *split(facts["more"]), *([f"the {facts['name']}"] if code in THE else [])]
        made.append(
            Made(
                "state",
                facts["name"],
                names,
                [*map(plural, people), *split(facts["capital"])],
                titles=[facts["name"], f"The {facts['name']}"],
            )
        )
    return made


def parliaments(kept: Kept, others: list[Made]) -> list[Made]:
    """The parliaments of the table; a state's first is its parliament in so many words, where the hand-kept file has none."""
    people = {other.id: (other.name, other.names[:1] if other.kind == "state" else []) for other in others}
    having, made = set(kept.with_parliament), []
    for of, name, others, title, _ in rows("parliaments"):
        state, adjectives = people.get(of) or (kept.labels[of], [])
        words = (
            []
            if of in having
            else [f"{state}'s parliament", f"parliament of {state}", *(f"{word} parliament" for word in adjectives or kept.adjectives(of))]
        )
        having.add(of)
        made.append(Made("parliament", name, split(others), words, [of], split(title) + [name]))
    return made


def bodies() -> list[Made]:
    """The table of institutions and the like."""
    return [
        Made(kind, name, split(others), [], split(members), split(titles) + [name])
        for kind, name, others, members, titles in rows("bodies")
    ]


def persons() -> list[Made]:
    """The table of persons, with surnames as names they may bear."""
    made = []
    for name, others, offices, title, _ in rows("people"):
        whole, names = name.replace("*", ""), split(others)
        surname = re.search(r"\*(.+)\*", name)
        alone = [] if names[:1] == ["-"] else [surname.group(1) if surname else whole.split()[-1]]
        tenures = [[part.strip() for part in office.split("@")] for office in split(offices)]
        made.append(Made("person", whole, [other for other in names if other != "-"], alone, [], split(title) + [whole], tenures))
    return made


class Kept:
    """What the hand-kept file holds: ids, and names with their bearers."""

    def __init__(self, path: Path) -> None:
        text = path.read_text("utf-8")
        blocks = re.findall(r"^actor:(\S+) a kg:(\w+).*?\.$", text, re.M | re.S)
        self.kinds = dict(blocks)
        self.labels: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.with_parliament: set[str] = set()
        self._names: dict[str, list[str]] = {}
        for block in re.findall(r"^actor:.*?\.$", text, re.M | re.S):
            id, kind = re.match(r"actor:(\S+) a kg:(\w+)", block).groups()  # type: ignore[union-attr]
            said = block.split("schema:sameAs")[0]
            names = re.findall(r'"([^"]+)"', said)
            self.labels[id], self._names[id] = names[0], names[1:]
            self.names |= {slug(name): id for name in names} | {id: id}
            if kind == "Parliament":
                self.with_parliament |= set(re.findall(r"actor:([\w-]+)", block.split("kg:memberOf")[-1]))
        self.surnames = Counter(slug(self.labels[id].split()[-1]) for id, kind in self.kinds.items() if kind == "Person")

    def adjectives(self, id: str) -> list[str]:
        """The state's first name that ends as an adjective does."""
        return [
            name
            for name in self._names.get(id, ())
            if re.search(r"(an|ese|ish|i|ch|sh|ani|ine|k|z)$", name) and not name.startswith("the ")
        ][:1]


def named(actors: list[Made], kept: Kept) -> dict[str, list[str]]:
    """Id -> the other names of each actor; no name leads to two, of these or of the hand-kept ones."""
    taken, clashes = dict(kept.names), []
    for actor in actors:
        for name in dict.fromkeys([actor.id, slug(actor.name)]):
            if taken.setdefault(name, actor.id) != actor.id or (name in kept.names):
                clashes.append(f"{name}: {taken[name]} and {actor.id}")
    others: dict[str, list[str]] = {actor.id: [] for actor in actors}

    def give(actor: Made, name: str) -> bool:
        if taken.setdefault(slug(name), actor.id) != actor.id:
            return False
        if name != actor.name and name not in others[actor.id]:
            others[actor.id].append(name)
        return True

    for actor in actors:
        clashes += [f"{name}: {taken[slug(name)]} and {actor.id}" for name in actor.names if not give(actor, name)]
    if clashes:
        raise SystemExit("names of two:\n" + "\n".join(sorted(set(clashes))))
    # Surnames of all, also of those whose surname is too common to stand alone: the one of two people is nobody's name.
    surnames = kept.surnames + Counter(slug(folded(actor.name.split()[-1])) for actor in actors if actor.kind == "person")
    for actor in actors:
        for name in actor.maybe:
            if surnames[slug(folded(name))] + (actor.kind != "person") > 1 or not give(actor, name):
                print(f"{actor.name}: not {name}")
    for actor in actors:
        for name in [actor.name, *others[actor.id]]:
            if folded(name) != name and name not in UNFOLDED and not give(actor, folded(name)):
                print(f"{actor.name}: not {folded(name)}")
    return others


def linked(folder: Path) -> dict[str, str]:
    """Title in Wikipedia -> the first item that links it."""
    first: dict[str, str] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            item = json.loads(line)
            for _, title in item["links"]:
                first.setdefault(title, item["id"])
    return first


def literal(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


def day(value: str) -> str:
    return f'"{value}"^^xsd:{("gYear", "gYearMonth", "date")[value.count("-")]}'


def turtle(actor: Made, others: list[str], links: dict[str, str], labels: dict[str, str]) -> str:
    """The actor and its tenures, in the form of actors.ttl."""
    lines = [f"rdfs:label {literal(actor.name)} ; skos:prefLabel {literal(actor.name)}"]
    lines += [f"skos:altLabel {', '.join(map(literal, others))}"] if others else []
    lines += [f"kg:memberOf {', '.join(f'actor:{id}' for id in actor.members)}"] if actor.members else []
    title = next((title for title in actor.titles if title in links), None)
    if title:
        address = quote(title.replace(" ", "_"), safe="(),:'")
        lines.append(f'schema:sameAs <https://en.wikipedia.org/wiki/{address}> ; dcterms:source "current-events {links[title]}"')
    text = f"\nactor:{actor.id} a kg:{CLASSES[actor.kind]}, kg:Actor ;\n    " + " ;\n    ".join(lines) + " .\n"
    for office, of, *days in actor.tenures:
        start, end, *_ = [*days, "", ""]
        dates = "".join(f" ; kg:{term} {day(value)}" for term, value in (("from", start), ("to", end)) if value)
        text += f"\ntenure:{slug(f'{actor.id} {office} {of} {start}')} a kg:Tenure ;\n"
        text += f"    rdfs:label {literal(f'{actor.name}, {office} of {labels[of]}')} ;\n"
        text += f"    kg:holder actor:{actor.id} ; kg:office {literal(office)} ; kg:officeOf actor:{of}{dates} .\n"
    return text


def main() -> None:
    """Writes the three files; says which names it left out and what the hand-kept file lacks."""
    links, kept = linked(Path(sys.argv[1])), Kept(ONTOLOGY / "actors.ttl")
    if not links:
        raise SystemExit(f"no items in {sys.argv[1]}")
    nations = states(kept)
    parts = {"states": nations, "bodies": [*parliaments(kept, [*nations, *bodies()]), *bodies()], "people": persons()}
    everybody = [actor for part in parts.values() for actor in part]
    others = named(everybody, kept)
    labels = kept.labels | {actor.id: actor.name for actor in everybody}
    for name, (label, title, sources) in FILES.items():
        text = HEAD.format(name=name, label=f"{label} of Proviso", title=title, sources=sources)
        text += "".join(turtle(actor, others[actor.id], links, labels) for actor in sorted(parts[name], key=lambda actor: actor.id))
        (ONTOLOGY / f"{name}.ttl").write_text(text, "utf-8")
        print(f"{name}.ttl: {len(parts[name])} actors, {sum(len(actor.tenures) for actor in parts[name])} tenures")


if __name__ == "__main__":
    main()
