"""RDF from elsewhere that nests without end, that grows, or that asks for more from an address."""

from __future__ import annotations

import json
from collections.abc import Iterator

from bench.faults.scorecard import SEEDS, Case, Trial, row
from bench.faults.serving import Listener, listening

_DEEP = 200_000
_ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)) + "]>"
_RDF = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="x:a"/></rdf:RDF>'


def _context(url: str, context: object) -> str:
    return json.dumps({"@context": context, "@id": f"{url}g", "@graph": [{"@id": "x:a", "x:b": {"@id": "x:c"}}]})


def _files(url: str) -> dict[str, str]:
    """What each file is called, by its ending in which form it is read, and what stands in it."""
    return {
        "lists.ttl": f"<x:a> <x:b> {'(' * _DEEP}",
        "nodes.trig": f"<x:g> {{ <x:a> <x:b> {'[ <x:b> ' * _DEEP}",
        "quoted.trig": f"<x:g> {{ {'<< ' * _DEEP}",
        "triples.nq": f"{'<<( ' * _DEEP}<x:a> <x:b> <x:c> .",
        "arrays.jsonld": f'{{"@id": "x:g", "@graph": {"[" * _DEEP}',
        "objects.jsonld": '{"@id": "x:a", "x:b": ' * _DEEP,
        "contexts.jsonld": f'{{"@context": {"[" * 5000}{"]" * 5000}}}',
        "remote.jsonld": _context(url, url),
        "remote-among.jsonld": _context(url, [{"b": "x:b"}, url]),
        "remote-scoped.jsonld": _context(url, {"b": {"@id": "x:b", "@context": url}}).replace('"x:b": {"@id": "x:c"}', '"b": {"@id": "x:c"}'),
        "remote-import.jsonld": _context(url, {"@version": 1.1, "@import": url}),
        "entities.ttl": f"{_ENTITIES}\n{_RDF.replace('x:a', '&i;')}",
        "external.trig": f'<!DOCTYPE x SYSTEM "{url}"><!DOCTYPE y [<!ENTITY % e SYSTEM "{url}"> %e;]>{_RDF}',
        "imports.ttl": f"<x:o> <http://www.w3.org/2002/07/owl#imports> <{url}> .\n<{url}a> a <x:b> .",
        "registry.ttl": f"@base <{url}> .\n<> <http://www.w3.org/2002/07/owl#imports> <{url}> .\n<a> a <https://w3id.org/proviso#Actor> .",
    }


@row(30, "RDF bombs, external entities, remote contexts", 15, "refused, no network hit", quick=5, budget=180)
def foreign(trial: Trial) -> Iterator[Case]:
    """Through `kg import`, one also as a user's registry, in a process each that may hold 1.5 GB: three lines, no store, nobody asked."""
    with listening() as heard:
        for name, text in sorted(trial.chance.sample(sorted(_files(heard.url).items()), trial.cases)):
            yield _refused(trial, heard, name, text)


def _refused(trial: Trial, heard: Listener, name: str, text: str) -> Case:
    file, store = trial.place(name), trial.place("store")
    file.write_text(text, "utf-8")
    words = ("annotate", next(SEEDS.glob("*.txt")), "--registry", file) if name == "registry.ttl" else ("import", file, "--store", store)
    run = trial.run(["prlimit", f"--as={3 << 29}", *trial.command(*words)], env={name: heard.url for name in ("http_proxy", "https_proxy", "all_proxy")})
    wrong = [*([] if run.clear(1) else [str(run)]), *(["a store was made"] if store.exists() else []), *heard.came]
    wrong += [] if f"at: {file}" in run.said else [f"without its place: {run}"]
    return Case(not wrong and run.seconds < 12, run.seconds, f"{name}: {wrong}")
