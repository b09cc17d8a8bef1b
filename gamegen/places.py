"""Places: folders and files, on this machine or at any address that fsspec knows (s3://, gs://, hf://, …).

A place is a path as ``pathlib`` has it, whichever of both it is; universal_pathlib gives it to addresses.

>>> place("corpus/procedure").name, place("memory://corpus/procedure").name
('procedure', 'procedure')
"""

from pathlib import Path
from typing import cast

import fsspec
from upath import UPath

from gamegen.errors import GamegenError


def place(address: Path | str) -> Path:
    """The place of an address. Raises GamegenError for a protocol that is unknown, or that needs a package."""
    protocol, separator, _ = str(address).partition("://")
    if not separator or isinstance(address, Path | UPath):
        return Path(address)
    if protocol not in fsspec.available_protocols():
        raise GamegenError(f"{address}: {protocol}:// is not known; use a folder, or an address such as s3://, gs:// or hf://")
    try:
        return cast(Path, UPath(address))
    except ImportError as error:
        raise GamegenError(f"{address}: {error}") from None
