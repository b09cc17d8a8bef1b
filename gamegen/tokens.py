"""Tokens of a text: by the built-in count, or by a tokenizer file."""

from collections.abc import Callable
from functools import cache

from gamegen.errors import SpecError
from gamegen_verifiers.metrics import tokens

BUILT_IN = "builtin"


@cache
def counter(name: str) -> Callable[[str], int]:
    """What counts the tokens of a text: the built-in count, or that of a ``tokenizers`` JSON file. Raises SpecError."""
    if name == BUILT_IN:
        return tokens
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise SpecError("style.tokenizer", f"{name!r} given, which needs an extra: pip install 'gamegen[tokenizers]'") from None
    try:
        tokenizer = Tokenizer.from_file(name)
    except Exception as error:  # the library raises nothing more special
        problem = " ".join(str(error).split())
        raise SpecError(
            "style.tokenizer", f"{name!r} given; a tokenizers JSON file, or {BUILT_IN}, is needed ({problem})"
        ) from None

    def count(text: str) -> int:
        return len(tokenizer.encode(text, add_special_tokens=False).ids)

    return count
