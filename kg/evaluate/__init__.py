"""How well one reading of some articles agrees with another: precision, recall, F1 by layer, and what was missed.

    Annotation --items--> Layers ┐
                                 ├--score--> Report --to_rows, miss_rows--> listings
    Annotation --items--> Layers ┘

Things (statements, commitments, conditions, claims) are matched one to one by their words; what is said of a thing (its
force, its speaker …) is compared within matched pairs; a relation is right where both its ends are matched. Two readers'
agreement is the same table. A form other than Proviso's own feeds the scorer by building `Layers` itself.
"""

from kg.evaluate.files import compare_files
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
    "Report",
    "Row",
    "assign",
    "compare_files",
    "items",
    "overlap",
    "score",
    "to_rows",
]
