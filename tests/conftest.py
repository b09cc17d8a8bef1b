"""Corpora that several tests read."""

import os
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from gamegen import generate, load

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_DISABLE_PROGRESS_BARS"] = "1"

FULL = os.environ.get("GAMEGEN_FULL") == "1"  # `make proofs`: the sizes that an issue asks for

Row = dict[str, Any]


def read(corpus: Path, arm: str, split: str) -> list[Row]:
    """The rows of a split in an arm, in the order of its shards."""
    return [row for file in sorted((corpus / arm).glob(f"{split}-*.parquet")) for row in pq.read_table(file).to_pylist()]


@pytest.fixture(scope="session")
def preset(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The corpus of the preset countdown-small, and its manifest."""
    out = tmp_path_factory.mktemp("preset") / "corpus"
    return out, generate(load(preset="countdown-small"), out, workers=2)
