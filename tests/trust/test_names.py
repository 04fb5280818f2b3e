"""Without the names that Windows keeps, the row about ids fails; and so without the check of an export's manifest."""

from __future__ import annotations

import pytest

from bench.faults.names import names
from bench.trust import run

DEVICES = "import re, kg.view.site.addresses as a; a._SAFE = re.compile('[a-z0-9][a-z0-9_-]{0,79}')"
UNNAMED = "import kg.view.site.addresses as a; a.file_name = lambda tail: tail"


@pytest.mark.slow
@pytest.mark.parametrize(("patch", "seen"), [(DEVICES, "com1.html"), (UNNAMED, "in the files []")], ids=["devices", "as they are"])
def test_the_row_fails_without_its_guard(patch: str, seen: str) -> None:
    """What was seen names the file, or tells that there is none."""
    result = run(names, quick=True, patch=patch)
    assert result.passed < result.wanted and (seen in result.seen), result
