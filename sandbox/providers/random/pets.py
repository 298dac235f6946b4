"""Words for RandomPet."""

from __future__ import annotations

import secrets
from typing import Final

_ADVERBS: Final = (
    "badly barely boldly briefly brightly calmly clearly closely daily deeply duly early easily eagerly evenly "
    "fairly firmly freely fully gently gladly greatly highly keenly kindly largely lightly likely loudly mainly "
    "mildly neatly nicely openly overly partly plainly promptly purely quickly quietly rapidly rarely really "
    "safely sharply slowly smoothly softly steadily strongly surely swiftly truly vastly warmly widely wisely"
).split()
_ADJECTIVES: Final = (
    "able active apt awake big bold brave bright busy calm caring clean clever cosmic crisp daring dear decent "
    "eager easy fair famous fast fine firm fleet fond free fresh gentle glad golden good grand great handy happy "
    "heroic honest humble ideal keen kind large light live loyal lucky mellow merry mighty modest neat nice noble "
    "noted open patient polite proud pure quick quiet rapid rare ready robust sharp sincere smart smooth steady "
    "stirring strong sunny sure sweet tender tidy top true upright valid vital vocal warm wealthy whole wise witty"
).split()
_ANIMALS: Final = (
    "albacore alpaca anchovy ant ape badger barnacle bat bear beaver bee beetle bird bison boar bobcat buck "
    "buffalo bull camel cardinal caribou cat chamois cheetah clam cobra cod corgi cougar cow coyote crab crane "
    "cricket crow deer dingo dog dolphin donkey dove dragon duck eagle eel elephant elk emu falcon feline ferret "
    "filly finch fish flamingo fly foal fox frog gannet gazelle gecko gibbon giraffe gnat goat goose gopher goshawk "
    "grouse hare hawk hedgehog hen heron herring hippo hornet horse hound ibex iguana impala jackal jaguar jay "
    "jennet joey kangaroo kid kit kite kiwi koala koi krill lab lamb lark lemur leopard lion lioness lizard llama "
    "lobster loon louse lynx macaw magpie mako mallard mammal mammoth man marlin marmot marten martin mastiff"
).split()


def generate(length: int, prefix: str | None, separator: str) -> str:
    """A pet's name of `length` words: adverbs, an adjective and an animal, the last words first to be there."""
    words = [secrets.choice(_ANIMALS)]
    if length > 1:
        words.insert(0, secrets.choice(_ADJECTIVES))
    words = [secrets.choice(_ADVERBS) for _ in range(length - len(words))] + words
    return separator.join([prefix, *words] if prefix else words)
