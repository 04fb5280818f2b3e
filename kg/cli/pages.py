"""Commands that draw: graph, site, serve."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.cli.terminal import DEFAULT_STORE, Params, StorePath, app, given_by, place_at, say, store_at
from kg.errors import UsageError


@app.command(short_help="Draw the chart or a network to a file.")
def graph(
    output: Annotated[Path, typer.Option("-o", "--output", help="The file: .html, .svg, .graphml, .gexf or .json.")],
    kind: Annotated[str, typer.Option("--kind", help="chart, network, or a name of queries/networks.")] = "chart",
    query: Annotated[str, typer.Option("--query", help="A named query whose rows are drawn.")] = "",
    param: Params = None,
    store: StorePath = DEFAULT_STORE,
) -> None:
    """\b
    kg graph -o chart.html
    kg graph -o network.svg --kind network
    kg graph -o germany.html -p actor=germany

    Draw who commits to what, only if what; or a network of it.
    """
    from kg.view.graph import draw, form_of, write

    form_of(output)
    write(draw(store_at(store), kind, query, given_by(param)), output)
    say(f"wrote {output}")


@app.command(short_help="Write the whole graph as a folder of pages.")
def site(
    folder: Annotated[Path, typer.Argument(help="The folder: new, empty, or a site already, which is replaced.", show_default=False)],
    store: StorePath = DEFAULT_STORE,
    text: Annotated[str, typer.Option("--text", help="How much of the articles is shown: full, snippets or none.")] = "full",
) -> None:
    """\b
    kg site pages
    kg site pages --text snippets

    Write the whole graph as a folder of pages that opens without a server or a network: articles with their spans, the matrix, the
    chart, what-if, sources, timeline, a page for each actor, commitment and condition, the questions, the data's quality.
    """
    from kg.view.site.facts import read_facts
    from kg.view.site.maker import Maker
    from kg.view.site.pages import TEXTS, site_pages
    from kg.view.site.write import write_site

    if text not in TEXTS:
        raise UsageError(f"a site is not made with --text {text}", "option --text", f"one of {', '.join(TEXTS)}")
    count = write_site(folder, site_pages(Maker(read_facts(store_at(store)), text)))
    say(f"wrote {count} files; open {folder / 'index.html'}")


@app.command(short_help="The same pages live, with a SPARQL endpoint.")
def serve(
    store: StorePath = DEFAULT_STORE,
    port: Annotated[int, typer.Option("--port", help="The port on 127.0.0.1; 0 for any that is free.")] = 8765,
) -> None:
    """\b
    kg serve
    kg serve --store talks --port 9000
    curl "http://127.0.0.1:8765/sparql?query=ASK%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D"

    Serve the pages, a page to ask on and a SPARQL 1.1 endpoint at /sparql, read-only, to this machine alone.
    """
    from kg.serve import serve as serve_

    store_at(store)
    serve_(place_at(store), port, say)
