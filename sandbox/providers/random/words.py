"""Words for `RandomPet` names."""

from __future__ import annotations

from typing import Final

ADVERBS: Final = (
    *("actively", "amply", "barely", "boldly", "bravely", "briefly", "brightly", "calmly", "clearly", "closely"),
    *("daily", "deeply", "duly", "early", "easily", "evenly", "fairly", "firmly", "freely", "gently"),
    *("gladly", "hardly", "highly", "jointly", "kindly", "lately", "lightly", "mainly", "mildly", "nearly"),
    *("neatly", "openly", "partly", "quickly", "rarely", "really", "safely", "solely", "surely", "truly"),
)
ADJECTIVES: Final = (
    *("able", "agile", "amber", "ample", "apt", "bold", "brave", "brief", "bright", "calm"),
    *("clever", "cosmic", "crisp", "eager", "early", "fair", "fast", "fine", "firm", "fond"),
    *("gentle", "glad", "golden", "grand", "happy", "honest", "ideal", "keen", "kind", "lively"),
    *("loyal", "mellow", "merry", "mighty", "modest", "noble", "patient", "proud", "quick", "quiet"),
    *("rapid", "sharp", "simple", "sincere", "smart", "solid", "stable", "sunny", "sure", "warm"),
)
ANIMALS: Final = (
    *("ant", "badger", "bat", "bear", "beetle", "bison", "bobcat", "camel", "cobra", "crab"),
    *("crane", "deer", "dingo", "dolphin", "dove", "duck", "eagle", "falcon", "ferret", "finch"),
    *("fox", "gecko", "goose", "heron", "horse", "ibex", "jaguar", "koala", "lemur", "lion"),
    *("llama", "lynx", "marten", "mole", "moose", "newt", "ocelot", "osprey", "otter", "owl"),
    *("panda", "puma", "quail", "raven", "robin", "seal", "sloth", "swan", "tiger", "wren"),
)
