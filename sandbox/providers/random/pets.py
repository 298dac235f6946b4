"""Words for RandomPet."""

from __future__ import annotations

import secrets
from typing import Final

_ADVERBS: Final = """
    always boldly brightly calmly daily deeply early easily gently gladly greatly happily kindly lightly loudly nearly
    neatly never often openly plainly politely quickly quietly rarely really safely slowly smoothly softly soon
    strongly surely swiftly truly usually warmly widely wisely
"""
_ADJECTIVES: Final = """
    able agile alert amber blue bold brave bright brisk calm clever cosy curious eager fair fast fluffy fond gentle
    golden green happy honest jolly keen kind lively loyal lucky merry mild neat noble patient proud quick quiet red
    shy silver smart snowy sunny swift tall tidy tiny warm wild wise witty young
"""
_ANIMALS: Final = """
    ant badger bat bear beaver bee bison camel cat crab crane cricket crow deer dog dolphin donkey dove duck eagle eel
    elk falcon ferret finch fox frog gecko goat goose hare hawk hedgehog heron horse ibis jay kiwi koala lamb lark
    lemur lion lizard llama lynx magpie marmot mole moose moth mouse newt otter owl ox panda parrot pony puffin rabbit
    raven robin salmon seal shrew sloth snail sparrow squid stork swan tiger toad trout turtle viper vole walrus weasel
    whale wolf wombat wren yak zebra
"""


def generate(length: int, prefix: str | None, separator: str) -> str:
    """A pet's name of `length` words: an animal, before it an adjective, before that adverbs."""
    lists = [_ADVERBS] * (length - 2) + [_ADJECTIVES, _ANIMALS][-length:]
    words = [secrets.choice(words.split()) for words in lists]
    return separator.join([prefix, *words] if prefix else words)
