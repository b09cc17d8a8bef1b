"""Our games as data sets of reasoning-gym; importing this file registers each as `gamegen_` and its name.

    import gamegen_benchmarks.adapters.reasoning_gym_datasets
    reasoning_gym.create_dataset("gamegen_queens", seed=7, size=100)

An entry is row ``idx`` of a split of the corpus with that seed, the same on every machine; none is a puzzle of the suite.
The data sets of reasoning-gym draw entry ``idx`` from seed + idx, so those of seeds 7 and 8 have all entries but one in
common. Ours are keyed by seed and idx, each for itself: two seeds have no entry in common but by chance.
"""

from dataclasses import dataclass
from random import Random
from typing import Any, ClassVar

import gamegen
from gamegen import games
from gamegen.corpus import Maker, Row
from gamegen.errors import GamegenError
from gamegen.spec import Spec
from gamegen_verifiers import rows

try:
    from reasoning_gym.dataset import ProceduralDataset
    from reasoning_gym.factory import DATASETS, register_dataset
except ImportError:
    raise GamegenError("our data sets for reasoning-gym need it; install it with: pip install 'gamegen[external]'") from None

JUDGED_BY = ("game", "numbers", "target", "puzzle", "rules", "surface")  # columns of a row that its puzzle stands in
SEEDS = 1 << 32  # from so many one is drawn where none is given


@dataclass
class Config:
    """What an entry depends on; ``settings`` are those of a spec, such as ``puzzles.unsolvable=0.1``."""

    game: ClassVar[str]
    seed: int | None = None
    size: int = 500
    split: str = "train"
    settings: tuple[str, ...] = ()

    def validate(self) -> None:
        """Raises GamegenError for what cannot be made."""
        self.spec()

    def spec(self) -> Spec:
        """The spec of the corpus that the entries are rows of."""
        own = [f"game={self.game}", "arms=[answer_only]", f"splits={{{self.split}: {self.size}}}"]
        return gamegen.load(settings=[*self.settings, *own], seed=self.seed)


class Games(ProceduralDataset):
    """The puzzles of one game."""

    config: Config

    def __init__(self, config: Config) -> None:
        config.seed = Random().randrange(SEEDS) if config.seed is None else config.seed
        super().__init__(config=config, seed=config.seed, size=config.size)
        self.maker = Maker(config.spec())
        most = self.maker.space.capacity(config.split)
        if config.size > most:
            raise GamegenError(f"size: {config.size} given; {config.split} of {config.game} has {most}; ask for fewer")

    def __getitem__(self, idx: int) -> dict[str, Any]:
        row = self.maker.rows(self.config.split, idx)["answer_only"]
        return {"question": row["prompt"][-1]["content"], "answer": row["answer"], "metadata": self._metadata(idx, row)}

    def _metadata(self, idx: int, row: Row) -> Row:
        place = {"source_dataset": f"gamegen_{self.config.game}", "source_index": idx, "split": self.config.split}
        return {**place, **{name: row[name] for name in JUDGED_BY}, "difficulty": row["difficulty"]}

    def score_answer(self, answer: str | None, entry: dict[str, Any]) -> float:
        """1 for a right answer, or where it rightly says that there is none; the text of a tag, or a whole response."""
        if not answer:
            return 0.0
        text = answer if "<answer>" in answer or "\\boxed" in answer else f"<answer>{answer}</answer>"
        return float(rows.judge({**{name: entry["metadata"][name] for name in JUDGED_BY}, "completion": text}).right)


for _name in games.names():
    if f"gamegen_{_name}" not in DATASETS:
        register_dataset(f"gamegen_{_name}", Games, type(f"Config_{_name}", (Config,), {"game": _name}))
