"""The house stands: imports point down only, every outside library keeps to its rooms, and below `cli` it is always the same day."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

KG = Path(__file__).parents[1] / "kg"

# Floor -> rooms: modules and folders of kg. A room may import what is on a lower floor, and a folder its own modules.
FLOORS = {
    8: ("cli",),
    7: ("serve", "reviewing", "doctor", "endpoint"),
    6: ("view", "ingest", "review", "local"),
    5: ("ask", "analyse", "check", "evaluate", "exchange"),
    4: ("query", "screening"),
    3: ("annotate", "store", "shacl"),
    2: ("articles", "actors", "triples"),
    1: ("model", "listing", "cluster"),
    0: ("vocabulary", "errors", "text", "resources", "parallel"),
}
FLOOR_OF = {room: floor for floor, rooms in FLOORS.items() for room in rooms}

# Outside library -> the rooms that may import it.
ROOMS_OF = {
    "pyoxigraph": {
        "store",
        "query",
        "check",
        "shacl",
        "exchange",
        "actors",
        "analyse",
        "ask",
        "ingest",
        "view",
        "serve",
    },  # what answers and graphs are made of
    "jsonschema": {"annotate", "check"},
    "yaml": {"annotate", "check", "query", "analyse"},  # query: the headers of named queries; analyse: scenarios
    "trafilatura": {"articles"},
    "charset_normalizer": {"articles"},
    "networkx": {"analyse", "view"},
    "pyvis": {"view"},
    "jinja2": {"view"},
    "markupsafe": {"view"},
    "typer": {"cli"},
    "starlette": {"serve", "reviewing", "local"},
    "pandas": {"query"},  # of the user's own, where there is one
    "uvicorn": {"local"},
    "httpx": {"endpoint", "store"},  # a language model; a store at an address
    "numpy": {"annotate", "store", "analyse"},
    "threadpoolctl": {"annotate"},
    "py3langid": {"annotate"},
    "fastwarc": {"articles"},
    "distributed": {"cluster"},
    "cassis": {"exchange"},
    "pyarrow": {"exchange"},
}

# Its engine, which holds a graph, is more closely held: elsewhere a graph is a `kg.store.embedded.Store`.
ENGINE, ENGINE_ROOMS = "pyoxigraph.Store", {"store", "check"}

# What differs from run to run: only these rooms may ask for it.
OUTSIDE = {"cli", "serve", "local", "endpoint"}
CLOCK = {
    "time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.ctime", "time.asctime",
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
}  # fmt: skip
ENVIRONMENT = {"os.environ", "os.environb", "os.getenv", "os.putenv", "os.path.expanduser", "os.path.expandvars", "pathlib.Path.home"}
REACHES = {"store": {"httpx", "socket"}}  # a store at an address; socket: to end a connection that another thread waits on
NETWORK = {
    "socket",
    "ssl",
    "http",
    "urllib.request",
    "urllib3",
    "requests",
    "httpx",
    "aiohttp",
    "ftplib",
    "smtplib",
    "socketserver",
    "xmlrpc",
}

HEAVY = (
    "httpx",
    "networkx",
    "pyvis",
    "jinja2",
    "trafilatura",
    "jsonschema",
    "IPython",
    "numpy",
    "py3langid",
    "fastwarc",
    "distributed",
    "cassis",
    "pyarrow",
)


def modules() -> list[Path]:
    """Every module of kg."""
    return sorted(KG.rglob("*.py"))


def room_of(path: Path) -> str:
    """The module or folder of kg a file belongs to; "" for the package's own `__init__.py`."""
    inside = path.relative_to(KG)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem.replace("__init__", "")


def imports(tree: ast.AST) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Line, dotted module and the names taken from it, for every import wherever it stands, also those for types alone."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." * node.level + (node.module or ""), tuple(alias.name for alias in node.names)


def uses(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of everything used or taken from another module, whatever it is called here."""
    called: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                called[alias.asname or alias.name.partition(".")[0]] = alias.name if alias.asname else alias.name.partition(".")[0]
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                called[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                yield node.lineno, f"{node.module}.{alias.name}"
    for node in ast.walk(tree):
        dotted = ast.unparse(node) if isinstance(node, ast.Attribute) else ""
        first, dot, rest = dotted.partition(".")
        if first in called:
            yield node.lineno, called[first] + dot + rest  # type: ignore[attr-defined]  # an Attribute has a line


def broken(room: str, source: str) -> list[str]:
    """What a module of this room does against the rules of the house, each with its line."""
    tree = ast.parse(source)
    found = [f"{line}: {what}" for line, module, names in imports(tree) for what in wrong_import(room, module, names)]
    for line, name in uses(tree):
        if room not in ENGINE_ROOMS and (name + ".").startswith(ENGINE + "."):
            found.append(f"{line}: {name} is the engine, which has no room here")
        if room not in OUTSIDE:
            if name in CLOCK | ENVIRONMENT:
                found.append(f"{line}: {name} differs from run to run; take it as an argument")
            if any(name == module or name.startswith(module + ".") for module in NETWORK - REACHES.get(room, set())):
                found.append(f"{line}: {name} reaches the network")
    return found


def wrong_import(room: str, module: str, names: tuple[str, ...]) -> Iterator[str]:
    """What is wrong with one import of this room; nothing where it is right."""
    top, _, below = module.partition(".")
    if not top:
        yield "a relative import: write kg.… whole"
    elif module == "kg":
        for name in names or ("all",):
            if name in FLOOR_OF:
                yield from wrong_import(room, f"kg.{name}", ())
            elif name != "__version__":  # the one thing that is the package's own
                yield f"imports {name} from the package root"
    elif top == "kg":
        other = below.partition(".")[0]
        if other not in FLOOR_OF:
            yield f"imports {module}, which has no floor"
        elif other != room and FLOOR_OF[other] >= FLOOR_OF[room]:
            yield f"imports {module} of floor {FLOOR_OF[other]} from floor {FLOOR_OF[room]}"
    elif top not in sys.stdlib_module_names and room not in ROOMS_OF.get(top, set()):
        yield f"imports {module}, which has no room here"


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(KG).as_posix())
def test_modules_keep_the_rules(path: Path) -> None:
    """Each module has a floor, imports downwards only, and leaves clock, environment and network to the top floors."""
    room = room_of(path)
    if not room:
        assert not list(imports(ast.parse(path.read_text("utf-8")))), "the package root imports nothing, so nothing can go round through it"
        return
    assert room in FLOOR_OF, f"{room} has no floor: give it one, here and in CONTRIBUTING.md"
    assert broken(room, path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("room", "source", "what"),
    [
        ("model", "from kg.query import run", "floor 4 from floor 1"),
        ("actors", "from kg.triples import Iri", "floor 2 from floor 2"),
        ("query", "def f():\n    import kg.view.chart", "2: imports kg.view.chart of floor 6"),
        ("store", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import kg.check", "floor 5 from floor 3"),
        ("model", "from kg import query", "floor 4 from floor 1"),
        ("view", "from kg import Article", "package root"),
        ("view", "import kg", "package root"),
        ("view", "from .chart import rows", "relative"),
        ("view", "import kg.attic", "no floor"),
        ("query", "import networkx as nx", "no room here"),
        ("view", "import numpy", "no room here"),
        ("query", "import pyoxigraph as ox\nstore = ox.Store()", "2: pyoxigraph.Store is the engine"),
        ("view", "import pyoxigraph as ox\nstore = ox.Store.read_only('x')", "pyoxigraph.Store.read_only is the engine"),
        ("articles", "from datetime import datetime\nx = datetime.now()", "2: datetime.datetime.now differs"),
        ("articles", "import datetime as dt\nx = dt.date.today()", "datetime.date.today differs"),
        ("store", "from time import time", "time.time differs"),
        ("store", "import os\nx = os.environ['HOME']", "os.environ differs"),
        ("store", "from pathlib import Path as P\nx = P.home() / 'kg'", "pathlib.Path.home differs"),
        ("annotate", "def f():\n    import urllib.request", "2: urllib.request reaches"),
        ("annotate", "from urllib import request", "urllib.request reaches"),
        ("annotate", "import http.client as h", "http.client reaches"),
        ("annotate", "import httpx", "httpx reaches"),
        ("query", "import httpx", "httpx reaches"),
    ],
)
def test_a_broken_rule_is_seen(room: str, source: str, what: str) -> None:
    """Each rule is seen where it is broken, also inside functions, under other names and in imports for types alone."""
    assert any(what in line for line in broken(room, source)), broken(room, source)


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("view", "from kg.view.chart import rows\nfrom kg.analyse.network import to_graph\nimport networkx"),
        ("store", "import time\nx = time.monotonic()\nimport os\nos.fsync(3)"),
        ("query", "from urllib.parse import unquote\nfrom datetime import date\ndate.fromisoformat('2026-01-06')"),
        ("view", "import pyoxigraph as ox\nnode = ox.NamedNode('i:a')"),
        ("cli", "import os, time\nimport typer\nfrom kg import __version__, ingest\nx = os.environ, time.time()"),
    ],
)
def test_what_is_allowed_is_not_complained_of(room: str, source: str) -> None:
    """Its own folder, lower floors, libraries in their rooms, measuring a span of time, and anything at the command line."""
    assert broken(room, source) == []


def test_the_tables_are_about_this_house() -> None:
    """Every room with a library has a floor, and no room stands on two."""
    assert sum(map(len, FLOORS.values())) == len(FLOOR_OF)
    assert set().union(*ROOMS_OF.values()) | OUTSIDE <= set(FLOOR_OF)


def test_the_command_line_starts_without_the_heavy_libraries() -> None:
    """`import kg.cli` loads none of them: each is loaded by the command that needs it."""
    script = f"import sys, kg.cli; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=KG.parent, check=False)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")
