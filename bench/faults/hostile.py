"""Words that would be query, markup or script where they were taken for it, and articles that have them in every field."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

_QUERY = (
    '" } DROP ALL #', "' } DROP ALL #", "> } DROP ALL #", "} } ; CLEAR ALL ;", "UNDEF } UNION { ?s ?p ?o", '"@en . ?s ?p ?o . #', '\\" . ?s ?p ?o #',
    "\\u0022 } ?s ?p ?o #", "\\x22 } ?s ?p ?o #", '"""', "'''", '""" ?s ?p ?o """', "<http://127.0.0.1:9/>", "> <x:a> <x:b", "x:a> } SERVICE <http://127.0.0.1:9/> {",
    "?actor", "$action", "{actor}", "%s %(actor)s {0}", "any", "UNDEF", '"^^<x:y>', ") FILTER(true) (", "* { ?s ?p ?o } #", "-1 OR 1=1 --", "\n} DROP ALL\n#",
    "\t} UNION {\t", "＂ } DROP ALL ＃", "\u2028} DROP ALL #", "\u202e } LLA PORD", "é́ﬁ ' \" \\", "x" * 300 + '" } #',
)  # fmt: skip

# 32 different words; the tag in each makes it one name of one thing, whatever signs are left out of it.
PAYLOADS = tuple(f"tag{n}x {words}" if n % 2 else f"{words} tag{n}x" for n, words in enumerate(_QUERY))

_RUN = "ran.push(NUMBER)"
_SCRIPT = (
    f"<script>{_RUN}</script>", f"</script><script>{_RUN}</script>", f"<ScRiPt >{_RUN}</sCrIpT >", f"<scr<script>ipt>{_RUN}</scr</script>ipt>",
    f"<img src=x onerror={_RUN}>", f"\"><img src=x onerror={_RUN}>", f"'><img src=x onerror={_RUN}>", f"<img src=HERE onload={_RUN}>", f"<svg/onload={_RUN}>",
    "<svg><script href=HERE></script></svg>", f"<svg><animate onbegin={_RUN} attributeName=x dur=1s>", f"<body onload={_RUN}>", f"<iframe srcdoc='<script>top.{_RUN}</script>'>",
    f"<iframe src=\"javascript:top.{_RUN}\">", f"<object data=\"javascript:{_RUN}\">", "<embed src=HERE>", f"<details open ontoggle={_RUN}>", f"<video><source onerror={_RUN}>",
    f"<input autofocus onfocus={_RUN}>", f"<math><mtext><img src=x onerror={_RUN}>", "<style>@import 'HERE';</style>", "<link rel=stylesheet href=HERE>",
    "<meta http-equiv=refresh content='0;url=HERE'>", "<base href=HERE>", "<form action=HERE><button autofocus>", f"javascript:{_RUN}", f"data:text/html,<script>{_RUN}</script>",
    f"\" autofocus onfocus=\"{_RUN}\" x=\"", f"' onmouseover='{_RUN}' x='", f"`onerror={_RUN}`", f"--><img src=x onerror={_RUN}>", f"]]><script>{_RUN}</script>",
    f"</textarea><img src=x onerror={_RUN}>", f"</title><script>{_RUN}</script>", f"</style><script>{_RUN}</script>", f"${{{_RUN}}} {{{{ {_RUN} }}}} {{% {_RUN} %}}",
    f"&lt;img src=x onerror={_RUN}&gt;", f"\\u003cscript\\u003e{_RUN}\\u003c/script\\u003e", f"\u2028;{_RUN}//", f"<noscript><p title=\"</noscript><img src=x onerror={_RUN}>\">",
)  # fmt: skip

# 40 of them; what runs tells which it was of, and the mark in each makes its pages be found.
SCRIPTS = tuple(
    (f"{words} mark{n}x" if words.startswith(("javascript:", "data:")) else f"mark{n}x {words}").replace("NUMBER", str(n))
    for n, words in enumerate(_SCRIPT)
)


def articles(folder: Path, payloads: Sequence[str]) -> Path:
    """A folder of articles, `article-0.txt` and on, each with a reading that has its payload wherever words are free; but for those the same."""
    folder.mkdir(parents=True)
    for n, payload in enumerate(payloads):
        text, header, reading = article(n, payload)
        front = "".join(f"{name}: {json.dumps(words)}\n" for name, words in header.items())
        (folder / f"article-{n}.txt").write_text(f"---\n{front}---\n{text}", "utf-8")
        (folder / f"article-{n}.yaml").write_text(json.dumps(reading), "utf-8")  # YAML holds all of JSON
    return folder


def article(n: int, payload: str) -> tuple[str, dict[str, str], dict[str, object]]:
    """The text, the header and the reading of one."""
    plain, line = f"Plain{n}", " ".join(payload.split())
    told = f"{plain} will send crates if the gate opens"
    text = f"{told}, {plain} said. The crowd answered {line} at once. About 17 crates stand there."
    header = {"title": line, "outlet": line, "author": line, "published": "2026-01-06"}
    said = {"speaker": [{"span": {"text": plain, "occurrence": 2}, "actor": f"payload-{n}"}], "cue": "said", "mode": "indirect"}
    reading: dict[str, object] = {
        "article": {"id": f"article-{n}"},
        "annotator": {"name": payload, "reviewed": False},
        "actors": [{"id": f"payload-{n}", "label": payload, "kind": "parliament", "aliases": [plain, f"{payload} too"]}],
        "statements": [
            {"id": "s1", **said, "content": [told], "force": "pledges", "expresses": "c1", "stance": "pledged", "strength": "firm",
             "only_in": [{"place": payload}], "inferred": True, "conditions": [{"id": "k1", "marker": "if"}]},
            {"id": "s2", **said, "content": [f"The crowd answered {line} at once"], "force": "asserts", "expresses": "q1", "inferred": True},
            {"id": "s3", **said, "content": [told], "force": "refuses", "expresses": "c1", "stance": "refused", "inferred": True},
        ],
        "commitments": [{"id": "c1", "committer": [{"span": {"text": plain, "occurrence": 1}, "actor": f"payload-{n}"}],
                         "action": {"span": "send crates", "concept": payload}}],
        "conditions": [{"id": "k1", "text": "the gate opens", "circumstance": payload, "kind": "approval", "by": [{"actor": f"payload-{n}"}]}],
        "claims": [{"id": "q1", "text": "About 17 crates", "about": payload, "measure": payload, "lowest": 17, "highest": 17, "unit": payload}],
    }  # fmt: skip
    return text, header, reading
