"""The build hook: with GAMEGEN_COMPILE=1 the hot modules are compiled by mypyc, and the wheel is of this platform.

Without it nothing is compiled, nothing more is needed, and one wheel is for all. An editable install is never compiled.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# What a row spends its time in. Compiled classes have no __dict__, so the records that rows are made of are left out.
COMPILED = (
    "gamegen/rng.py",
    "gamegen/games/countdown.py",
    "gamegen/assembly.py",
    "gamegen/room.py",
    "gamegen/styles/writing.py",
    "gamegen_verifiers/algebra.py",
    "gamegen_verifiers/answers.py",
    "gamegen_verifiers/expression.py",
    "gamegen_verifiers/grounding.py",
    "gamegen_verifiers/replay.py",
    "gamegen_verifiers/steps.py",
    "gamegen_verifiers/readers/sentences.py",
)
PACKAGES = ("gamegen", "verifiers/gamegen_verifiers")
NEEDED = ["mypy[mypyc]>=1.11"]


class CompileHook(BuildHookInterface[Any]):
    """Puts the compiled modules beside their sources in the wheel."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        return NEEDED if self._asked() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if not self._asked() or version == "editable":
            return
        self._folder = tempfile.mkdtemp(prefix="gamegen-compiled-")
        libraries = compiled(Path(self.root), Path(self._folder))
        build_data["force_include"].update({str(path): path.relative_to(self._folder).as_posix() for path in libraries})
        build_data["pure_python"], build_data["infer_tag"] = False, True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if folder := getattr(self, "_folder", None):
            shutil.rmtree(folder, ignore_errors=True)

    def _asked(self) -> bool:
        return self.target_name == "wheel" and os.environ.get("GAMEGEN_COMPILE", "0") not in ("", "0")


def compiled(root: Path, folder: Path) -> list[Path]:
    """Compile a copy of the packages in an empty folder; the libraries that this made."""
    for package in PACKAGES:
        shutil.copytree(root / package, folder / Path(package).name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "build").mkdir()  # where setuptools, which mypyc calls, does not take it for its own
    shutil.copy(root / "pyproject.toml", folder / "build")
    flags = ["--config-file=build/pyproject.toml", "--follow-imports=silent", "--ignore-missing-imports"]
    command = [sys.executable, "-m", "mypyc", *flags, *COMPILED]
    path = os.pathsep.join(map(str, [folder, *sys.path]))
    subprocess.run(command, cwd=folder, env={"MYPYC_OPT_LEVEL": "3", **os.environ, "PYTHONPATH": path}, check=True)
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    libraries = [path for path in folder.rglob(f"*{suffix}") if "build" not in path.relative_to(folder).parts]
    if len(libraries) <= len(COMPILED):  # one each, and the one that they share
        raise RuntimeError(f"mypyc made {len(libraries)} libraries of {len(COMPILED)} modules")
    return libraries
