"""How well one reading of some articles agrees with another: precision, recall, F1 by layer, and what was missed.

    Annotation --items or flatten--> Layers ┐
                                            ├--score--> Report --to_rows--> listings
    a flat item --read_item--------> Layers ┘

Things (statements, commitments, conditions, claims) are matched one to one by their words; what is said of a thing (its
force, its speaker …) is compared within matched pairs; a relation is right where both its ends are matched. Two readers'
agreement is the same table. A form other than Proviso's own feeds the scorer by building `Layers` itself: the flat form of
`flat.py`, GUM's conditions of `gum.py`.
"""

from kg.evaluate.files import Reading, compare_annotator, compare_files, compare_readings, read_readings
from kg.evaluate.flat import flatten, read_item
from kg.evaluate.gum import is_gum, read_gum, score_gum
from kg.evaluate.layers import LAYERS, Item, Layer, Layers, items
from kg.evaluate.matching import assign, overlap
from kg.evaluate.scoring import COLUMNS, Miss, Report, Row, score, to_rows

__all__ = [
    "COLUMNS",
    "LAYERS",
    "Item",
    "Layer",
    "Layers",
    "Miss",
    "Reading",
    "Report",
    "Row",
    "assign",
    "compare_annotator",
    "compare_files",
    "compare_readings",
    "flatten",
    "is_gum",
    "items",
    "overlap",
    "read_gum",
    "read_item",
    "read_readings",
    "score",
    "score_gum",
    "to_rows",
]
