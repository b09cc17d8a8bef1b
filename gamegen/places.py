"""Places: folders and files, on this machine or at any address that fsspec knows (s3://, gs://, hf://, …).

A place is a path as ``pathlib`` has it, whichever of both it is; universal_pathlib gives it to addresses. A file that is
written *appears* at its place whole or not at all.

>>> place("corpus/procedure").name, place("memory://corpus/procedure").name
('procedure', 'procedure')
"""

import os
import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import fsspec
from upath import UPath

from gamegen.errors import GamegenError

# Stores in which a file is there when all of it was sent, and not before; in others it is sent under another name first.
_WHOLE = {"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "oci", "hf", "memory"}
PARTIAL = re.compile(r"\.(?P<name>.+)\.[\w-]+\.partial")


def place(address: Path | str) -> Path:
    """The place of an address. Raises GamegenError for a protocol that is unknown, or that needs a package."""
    protocol, separator, rest = str(address).partition("://")
    if not separator or isinstance(address, Path | UPath):
        return cast(Path, address) if isinstance(address, UPath) else Path(address)
    if protocol == "file":
        return Path(rest)
    if protocol not in fsspec.available_protocols():
        raise GamegenError(f"{address}: {protocol}:// is not known; use a folder, or an address such as s3://, gs:// or hf://")
    try:
        return cast(Path, UPath(address))
    except ImportError as error:
        raise GamegenError(f"{address}: {error}") from None


def is_remote(path: Path) -> bool:
    """Whether a place is at an address, and not on this machine."""
    return not isinstance(path, Path)


@contextmanager
def reached(path: Path, then: str = "choose another") -> Iterator[None]:
    """What goes wrong with a place meanwhile is a GamegenError that names it and says what to do ``then``.

    Each kind of store has errors of its own, so that any of them counts.
    """
    try:
        yield
    except GamegenError:
        raise
    except Exception as error:
        if is_remote(path) or isinstance(error, OSError):
            said = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise GamegenError(f"{path}: cannot be used ({' '.join(said.split())[:200]}); {then}") from None
        raise


def sizes(folder: Path) -> dict[str, int]:
    """The files below a folder, hidden ones too, by their path in it, each with its bytes; none where there is no folder."""
    if not is_remote(folder):
        found = {}
        for path in folder.rglob("*"):
            with suppress(FileNotFoundError):  # a partial file of another job, that is no more
                if not path.is_dir():
                    found[path.relative_to(folder).as_posix()] = path.stat().st_size
        return found
    remote: Any = folder
    remote.fs.invalidate_cache()  # another machine may have written since
    root = remote.path.rstrip("/") + "/"
    return {
        path.partition(root)[2]: int(about["size"] or 0)
        for path, about in remote.fs.find(remote.path, detail=True).items()
        if path.startswith(root)
    }


def remove(folder: Path) -> None:
    """Remove a folder with all that is in it."""
    if is_remote(folder):
        remote: Any = folder
        remote.fs.rm(remote.path, recursive=True)
    else:
        shutil.rmtree(folder)


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """Where to write a file, on this machine; it appears at its place when the block ends well, and is gone otherwise."""
    if is_remote(path):
        with TemporaryDirectory(prefix="gamegen-") as scratch:
            yield (local := Path(scratch) / path.name)
            _send(local, path)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(_partial(path.name))
    try:
        yield partial
        with partial.open("rb") as file:
            os.fsync(file.fileno())  # or a name could outlive a power cut that its bytes do not
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _send(local: Path, path: Path) -> None:
    remote: Any = path
    if remote.protocol in _WHOLE:
        remote.fs.put_file(str(local), remote.path)
        return
    remote.fs.makedirs(remote.parent.path, exist_ok=True)
    partial = remote.with_name(_partial(path.name))
    remote.fs.put_file(str(local), partial.path)
    remote.fs.mv(partial.path, remote.path)


def _partial(name: str) -> str:
    """Under which name a file lies until it is whole, beside those of other processes and machines."""
    host = re.sub(r"[^\w-]", "-", socket.gethostname())
    return f".{name}.{host}-{os.getpid()}.partial"


def put(path: Path, text: str) -> None:
    """Write a small file so that it appears whole."""
    with appearing(path) as local:
        local.write_text(text, encoding="utf-8")
