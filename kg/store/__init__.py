"""Triples -> named graphs that outlive the process: a folder on disk, or memory.

- `folder`: what is in a store's folder: version mark, lock, journal, kept sources (no engine)
- `embedded`: create, open_store, writer, memory: the engine, one transaction per article, snapshots for readers
- `remote`: the same behind a SPARQL 1.1 endpoint; `endpoint`: what is sent and taken over HTTP; `dialect`: how servers differ
- `sparql`: a query's tokens: what may be asked, where a parameter's values stand
- `columns`: counts and groupings of a large store, as arrays
- `worker`: a query in a process that can be killed, or sent to a server with a limit of time
"""
