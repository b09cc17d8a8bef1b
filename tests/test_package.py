"""The distribution: three packages under their own names, beside the package `verifiers` of somebody else."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def run(code: str, *path: Path) -> str:
    """What Python prints for the code, run in the root of the repository with these folders on its path."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout


def test_the_package_verifiers_of_somebody_else_is_the_one_that_is_imported(tmp_path: Path) -> None:
    (tmp_path / "verifiers").mkdir()
    (tmp_path / "verifiers" / "__init__.py").write_text("__version__ = 'theirs'\n")
    code = "import verifiers, gamegen_verifiers; print(verifiers.__version__, gamegen_verifiers.__name__)"
    assert run(code, ROOT, ROOT / "verifiers", tmp_path) == "theirs gamegen_verifiers\n"


def test_the_verifier_needs_nothing_of_what_makes_data() -> None:
    code = "import sys, gamegen_verifiers; print(*sorted(m for m in sys.modules if m.startswith('gamegen.')))"
    rules = {"gamegen.errors", "gamegen.game", "gamegen.games", "gamegen.rng"}
    assert all(module in rules or module.startswith("gamegen.games.") for module in run(code).split())


def test_the_public_names_are_there() -> None:
    import gamegen
    import gamegen_verifiers

    for package in (gamegen, gamegen_verifiers):
        assert all(getattr(package, name) is not None for name in package.__all__)
