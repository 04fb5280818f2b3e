"""What a speaker does by saying something."""

from __future__ import annotations

import pytest

from kg.annotate.rules.statements import find_statements


@pytest.mark.parametrize(
    ("text", "force"),
    [
        ("Peru says the bridge is closed.", "asserts"),
        ("Peru announces that it will build a bridge.", "pledges"),
        ("Peru says it is ready to host talks.", "offers"),
        ("Peru says it will not comply with the warrant.", "refuses"),
        ("Peru warns that it will retaliate if it is attacked.", "threatens"),
        ("Peru says that Chile will have to accept talks.", "demands"),
        ("Forecasters predict that it will rain.", "warns"),
        ("Peru denies that it knew.", "denies"),
        ("Peru rejects claims that it knew.", "denies"),
        ("Peru rejects the plan.", "refuses"),
        ("Peru condemns the attack.", "criticises"),
        ("Peru praises the agreement.", "praises"),
        ("The Times reports that Peru will build a bridge.", "asserts"),
        ("“We will leave,” the minister said.", "pledges"),
        ("“They will leave,” the minister said.", "asserts"),
        ("Peru announces plans to build a bridge.", "pledges"),
        ("Peru announces the resignation of its president.", "asserts"),
    ],
)
def test_force_by_cue_and_by_what_is_said_of_the_speakers_own_future(text: str, force: str) -> None:
    """The cue decides where it does something; else the words of the speaker's own future do."""
    assert [said.force for said in find_statements(text)][:1] == [force]
