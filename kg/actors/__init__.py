"""The registry: actors, actions, circumstances and places that everybody shares, and which of them some words name.

The files of `ontology/` travel with the package: `actors.ttl`, kept by hand, what `bench/registry/make.py` makes beside it
(`states.ttl`, `bodies.ttl`, `people.ttl`), and `actions.ttl`. A user's own file in the same form adds to them.
"""

from kg.actors.linking import link, represented
from kg.actors.reading import FILES, load_registry, nearest

__all__ = ["FILES", "link", "load_registry", "nearest", "represented"]
