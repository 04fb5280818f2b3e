"""Every IRI of Proviso, once.

`ontology/kg.ttl` says what each term means; a test holds the two equal, both ways. Things are named under `ID`, terms
under `KG`. Concepts of the closed schemes (forces, stances, …) are `KG` + the scheme's prefix + the words with hyphens,
so `pledges` of the forces is `kg:force-pledges`; in annotation files the bare words stand (`force: pledges`).
"""

from __future__ import annotations

from functools import cache

KG = "https://w3id.org/proviso#"
ID = "https://w3id.org/proviso/id/"
OA = "http://www.w3.org/ns/oa#"
PROV = "http://www.w3.org/ns/prov#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SCHEMA = "https://schema.org/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SOURCE = "http://purl.org/dc/terms/source"

PREFIXES = {"kg": KG, "id": ID, "oa": OA, "prov": PROV, "rdf": RDF, "rdfs": RDFS, "schema": SCHEMA, "skos": SKOS, "xsd": XSD}

# Named graphs that are not an article's.
REGISTRY_GRAPH = KG + "registry"
PROVENANCE_GRAPH = KG + "provenance"
DERIVED_GRAPH = KG + "derived/"  # + the rule's name
JOURNAL_GRAPH, LOCK_GRAPH = KG + "journal", KG + "lock"  # of a store at an address, which has no folder for them

CLASSES = (
    "Article", "Passage", "Mention", "Actor", "Person", "State", "Institution", "Parliament", "Court", "Alliance",
    "Outlet", "UnnamedSource", "Tenure", "Statement", "Commitment", "Condition", "ConditionGroup", "Claim", "Action",
    "Utterance", "Disagreement", "Annotation", "Circumstance", "Place",
)  # fmt: skip

PROPERTIES = (
    # statement
    "speaker", "possibleSpeaker", "onBehalfOf", "addressee", "force", "mode", "channel", "passage", "context", "mention",
    "reportedIn", "expresses", "stance", "strength", "onlyIn", "notIn", "attaches", "requires", "exceptIf", "triggeredBy",
    "anyOf", "member", "relayedBy", "saidOn", "confidence", "foundBy", "inferred",
    # mention
    "role", "refersTo",
    # commitment
    "committer", "action", "beneficiary", "against", "partOf",
    # condition
    "circumstance", "kind", "decidedBy", "dependsOn", "fulfilledBy",
    # claim
    "about", "measure", "lowest", "highest", "unit", "saysMet", "saysFailed", "saysKept", "saysBroken",
    # article and annotation
    "text", "sha256", "rawFile", "rawStart", "rawEnd", "publishedInferred", "annotates", "annotator", "annotatorVersion",
    "reviewed", "sourceSha256", "annotationSha256", "supersededBy",
    # actor and tenure
    "memberOf", "holder", "office", "officeOf", "from", "to",
    # derived
    "conditionalOn", "standing", "firstHand", "opposedBy", "reportOf", "copyOf", "paraphraseOf", "share", "origin", "between",
    "disagreementKind",
)  # fmt: skip

# The closed SKOS schemes: scheme -> (prefix of its concepts, words). `ontology.md` and `annotation.md` fix them.
SCHEMES: dict[str, tuple[str, tuple[str, ...]]] = {
    "forces": ("force-", ("asserts", "pledges", "offers", "refuses", "withdraws", "demands", "threatens", "denies", "warns", "praises", "criticises", "asks")),
    "stances": ("stance-", ("pledged", "open", "refused", "withdrawn")),
    "strengths": ("strength-", ("firm", "intended")),
    "modes": ("mode-", ("direct", "indirect", "mixed")),
    "channels": ("channel-", ("spoken", "signed document", "written statement", "post", "through an unnamed source")),
    "condition-kinds": ("kind-", ("event", "approval", "reciprocity", "finding", "limit", "time")),
    "roles": ("role-", ("speaker", "possible speaker", "on behalf of", "addressee", "cue", "committer", "action", "beneficiary", "target", "place", "condition", "marker", "decider", "date", "claim")),
}  # fmt: skip
# The open schemes: an unknown concept is minted from its words under ID + folder.
OPEN_SCHEMES = {"actions": "action/", "circumstances": "circumstance/", "places": "place/"}

# Kinds of actor as annotation files write them -> class.
ACTOR_KINDS = {
    "person": "Person", "state": "State", "institution": "Institution", "parliament": "Parliament", "court": "Court",
    "alliance": "Alliance", "outlet": "Outlet", "unnamed source": "UnnamedSource",
}  # fmt: skip

# Class -> the classes above it, written out in the data so that no query needs an inference.
SUPERCLASSES = {
    "Person": ("Actor",), "State": ("Actor",), "Institution": ("Actor",), "Parliament": ("Institution", "Actor"),
    "Court": ("Institution", "Actor"), "Alliance": ("Actor",), "Outlet": ("Actor",), "UnnamedSource": ("Actor",),
}  # fmt: skip

FORCES = SCHEMES["forces"][1]
STANCES = SCHEMES["stances"][1]
STRENGTHS = SCHEMES["strengths"][1]
MODES = SCHEMES["modes"][1]
CHANNELS = SCHEMES["channels"][1]
KINDS = SCHEMES["condition-kinds"][1]
FORCES_WITHOUT_STANCE = ("demands", "asks", "denies")


@cache
def kg(term: str) -> str:
    """The IRI of a class or property.

    >>> kg("speaker")
    'https://w3id.org/proviso#speaker'
    """
    return KG + term


# What is told of a reading that is in force no more: when, and of some by which other.
ENDS = PROV + "invalidatedAtTime", kg("supersededBy")


@cache
def concept(scheme: str, word: str) -> str:
    """The IRI of a concept of a closed scheme.

    Raises KeyError for an unknown scheme and ValueError for a word the scheme does not have.

    >>> concept("channels", "signed document")
    'https://w3id.org/proviso#channel-signed-document'
    """
    prefix, words = SCHEMES[scheme]
    if word not in words:
        raise ValueError(f"{word!r} is not one of the {scheme}: {', '.join(words)}")
    return KG + prefix + word.replace(" ", "-")


def word(iri: str) -> str:
    """The bare word of a concept of a closed scheme, the way back from `concept`.

    >>> word("https://w3id.org/proviso#channel-signed-document")
    'signed document'
    """
    name = iri.removeprefix(KG)
    for prefix, words in SCHEMES.values():
        bare = name.removeprefix(prefix).replace("-", " ")
        if name.startswith(prefix) and bare in words:
            return bare
    raise ValueError(f"{iri} is not a concept of a closed scheme")
