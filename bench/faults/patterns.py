"""Every pattern that an article's words meet, on ten thousand characters that nearly match it."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import re._constants as code
import re._parser as parser
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from types import ModuleType
from typing import Any

import kg.actors
import kg.annotate
import kg.articles
import kg.text
from bench.faults.scorecard import Case, Trial, row

SIZE = 10_000  # characters
LIMIT = 0.05  # seconds of CPU
_ENDS = ("", "\0", "!", "\n", "a", " ")  # what may break a match that the rest would have been
_USES = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split")
_MOST = 60  # texts a pattern

Use = tuple[re.Pattern[str], str]  # a pattern, and the method it is used with


@row(26, "every pattern of the annotator on 10 KB near-misses", 80, "each within 50 ms", quick=80, budget=150)
def patterns(trial: Trial) -> Iterator[Case]:
    """Its repeats repeated, its beginnings begun again and again and never ended; each in the ways it is used, by CPU time."""
    for name, (pattern, method) in sorted(uses().items()):
        worst, text = max((_slowness(pattern, method, text), text) for text in near_misses(pattern.pattern, pattern.flags, trial))
        yield Case(worst < LIMIT, worst, f"{name}.{method} takes {worst:.3f} s on {text[:60]!r}…{text[-10:]!r}")


def uses() -> dict[str, Use]:
    """Each pattern that a module of these holds or writes out where it is used, with the method."""
    found: dict[str, Use] = {}
    for module in _modules(kg.actors, kg.annotate, kg.articles, kg.text):
        source = inspect.getsource(module)
        for name, pattern in _held(vars(module)):
            if isinstance(pattern.pattern, str):
                own = [method for method in _USES if re.search(rf"\b{re.escape(name)}\.{method}\(", source)]
                found |= {f"{module.__name__}.{name} {method} {pattern.pattern[:30]}": (pattern, method) for method in own or ["search"]}
        for call in ast.walk(ast.parse(source)):
            match call:
                case ast.Call(ast.Attribute(ast.Name("re"), str(method)), [ast.Constant(str(words)), *_]) if method in _USES:
                    found[f"{module.__name__}:{call.lineno} {method}"] = (re.compile(words), method)
    return found


def _modules(*roots: ModuleType) -> Iterator[ModuleType]:
    for root in roots:
        yield root
        for below in pkgutil.walk_packages(getattr(root, "__path__", ()), f"{root.__name__}."):
            yield importlib.import_module(below.name)


def _held(names: dict[str, Any]) -> Iterator[tuple[str, re.Pattern[Any]]]:
    """The patterns among the values of a module, in tuples and maps too."""
    waiting = [(name, value) for name, value in names.items() if not name.startswith("__")]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, re.Pattern):
            yield name, value
        elif isinstance(value, dict):
            waiting += [(name, one) for pair in value.items() for one in pair]
        elif isinstance(value, tuple | list | set | frozenset):
            waiting += [(name, one) for one in value]


def _slowness(pattern: re.Pattern[str], method: str, text: str) -> float:
    """CPU seconds, of the quicker of two tries."""
    call: Callable[[], object] = {
        "finditer": lambda: list(pattern.finditer(text)),
        "sub": lambda: pattern.sub("", text),
        "subn": lambda: pattern.subn("", text),
    }.get(method) or (lambda: getattr(pattern, method)(text))
    tries = []
    for _ in range(2):
        begun = time.thread_time()
        call()
        tries.append(time.thread_time() - begun)
        if tries[-1] < LIMIT:
            break
    return min(tries)


# ---------------------------------------------------------------------------------------------------- near misses


def near_misses(pattern: str, flags: int, trial: Trial) -> Iterator[str]:
    """Texts of `SIZE` characters: of each repeat in the pattern what comes before it once and it as often as fits, and of the
    whole the beginnings again and again; each with every end that may break it."""
    tree = list(parser.parse(pattern, flags & ~re.UNICODE & ~re.DEBUG | re.UNICODE))
    pumped = [(before, body) for before, body in _repeats(tree, "", trial) if body]
    whole = _sample(tree, trial)
    begun = [("", whole[:end]) for end in {len(whole), len(whole) - 1, len(whole) // 2} if end > 0]
    made = ((before + body * (SIZE // len(body) + 1))[: SIZE - 1] + end for before, body in _spread(pumped + begun) for end in _ENDS)
    return islice(made, _MOST)


def _spread(texts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """At most as many as `_MOST` allows with every end, from all over the pattern."""
    different = list(dict.fromkeys(texts))
    return different[:: 1 + len(different) * len(_ENDS) // _MOST]


def _repeats(tree: Iterable[Any], before: str, trial: Trial) -> Iterator[tuple[str, str]]:
    """Of each repeat, in it and in what it repeats: a text that leads to it, and a text that it takes once."""
    for op, value in tree:
        if op in (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT):
            _least, most, body = value
            if most > 1:
                yield before, _sample(body, trial)
                yield before, "".join(_sample(body, trial) for _ in range(3))
            yield from _repeats(body, before, trial)
        elif op is code.BRANCH:
            for branch in value[1]:
                yield from _repeats(branch, before, trial)
        elif op is code.SUBPATTERN:
            yield from _repeats(value[3], before, trial)
        elif op is code.ATOMIC_GROUP:
            yield from _repeats(value, before, trial)
        before += _sample([(op, value)], trial)


def _sample(tree: Iterable[Any], trial: Trial) -> str:
    """A text that this part of a pattern takes, as far as its parts alone can tell."""
    return "".join(_piece(op, value, trial) for op, value in tree)


def _piece(op: Any, value: Any, trial: Trial) -> str:
    if op is code.LITERAL:
        return chr(value)
    if op is code.IN:
        return _one_of(value, trial)
    if op in (code.ANY, code.NOT_LITERAL):
        return "x" if value != ord("x") else "y"
    if op in (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT):
        least, most, body = value
        return "".join(_sample(body, trial) for _ in range(max(least, min(most, 1))))
    if op is code.BRANCH:
        return _sample(trial.chance.choice(value[1]), trial)
    if op is code.SUBPATTERN:
        return _sample(value[3], trial)
    if op is code.ATOMIC_GROUP:
        return _sample(value, trial)
    return ""  # edges, looks around and back


_CLASSES = {
    code.CATEGORY_WORD: "aB7é_", code.CATEGORY_NOT_WORD: " ,’", code.CATEGORY_SPACE: "  \t", code.CATEGORY_NOT_SPACE: "aé7.",
    code.CATEGORY_DIGIT: "17", code.CATEGORY_NOT_DIGIT: "a ,",
}  # fmt: skip


def _one_of(members: list[Any], trial: Trial) -> str:
    """A character that a class takes."""
    taken: list[str] = []
    for op, value in members:
        if op is code.LITERAL:
            taken.append(chr(value))
        elif op is code.RANGE:
            taken.append(chr(trial.chance.randint(*value)))
        elif op is code.CATEGORY:
            taken += _CLASSES[value]
    if (code.NEGATE, None) not in members:
        return trial.chance.choice(taken)
    pattern = {chr(value) for op, value in members if op is code.LITERAL}
    spaces = any(op is code.CATEGORY and value is code.CATEGORY_SPACE for op, value in members)
    words = any(op is code.CATEGORY and value is code.CATEGORY_WORD for op, value in members)
    return next(one for one in ("" if words else "aB") + ("" if spaces else " ") + "§·a" if one not in pattern)
