"""gamegen: corpora of arithmetic games with solver-made traces, each row verified from its text.

>>> import gamegen
>>> spec = gamegen.load(preset="countdown-small")
>>> gamegen.row(spec, "train", 0)["verdict"]["grade"]
'verified'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from gamegen.build import generate as generate
    from gamegen.corpus import row as row
    from gamegen.errors import GamegenError as GamegenError
    from gamegen.errors import SpecError as SpecError
    from gamegen.filtering import filter_rows as filter_rows
    from gamegen.games.countdown import Puzzle as Puzzle
    from gamegen.games.countdown import Rules as Rules
    from gamegen.judging import verify_file as verify_file
    from gamegen.spec import Spec as Spec
    from gamegen.spec import load as load

# Imported when first asked for: the verifier needs the rules of this package and none of what makes data.
_WHERE = {
    "GamegenError": "gamegen.errors",
    "Puzzle": "gamegen.games.countdown",
    "Rules": "gamegen.games.countdown",
    "Spec": "gamegen.spec",
    "SpecError": "gamegen.errors",
    "filter_rows": "gamegen.filtering",
    "generate": "gamegen.build",
    "load": "gamegen.spec",
    "row": "gamegen.corpus",
    "verify_file": "gamegen.judging",
}
__all__ = [
    "GamegenError", "Puzzle", "Rules", "Spec", "SpecError", "__version__", "filter_rows", "generate", "load", "row",
    "verify_file",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'gamegen' has no attribute {name!r}")
    return getattr(import_module(_WHERE[name]), name)
