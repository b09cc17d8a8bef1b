"""How well the measures tell agents of known kind apart, and that words do not move them; writes benchmarks/results/agents.*.

Three tables: the known groups (every agent × strength × game, each beside the solver), the dose–response curves (how the
score goes with strength), and the invariance (how far a rewording, or idle sums, moves the score).

    python benchmarks/validity/agents.py            # all items of the suite, some minutes
    python benchmarks/validity/agents.py --limit 5  # of each split; nothing is written without --out
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from gamegen import engines, games, terminal
from gamegen_benchmarks.agents import AGENTS
from gamegen_benchmarks.paraphrase import PARAPHRASES
from gamegen_benchmarks.statistics import rank_correlation
from gamegen_benchmarks.validity import (
    MEASURES,
    PADDING,
    SETTINGS,
    Measured,
    Task,
    difference,
    lower,
    measured,
    table_row,
)

RESULTS = Path(__file__).parents[1] / "results"
STRENGTHS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
SCORES = {name: "coverage" if name == "first_try" else "sound_share" for name in AGENTS}  # what rises with strength
BOUNDS = {"auc": 0.95, "rank": 0.95, "moved": 0.02}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, help="items of each split; all by default")
    parser.add_argument("--games", nargs="+", default=games.names(), choices=games.names(), metavar="NAME")
    parser.add_argument("--workers", type=int, default=engines.cores())
    parser.add_argument(
        "--out", type=Path, help="where agents.json and agents.md are written; benchmarks/results for all items"
    )
    options = parser.parse_args()
    tasks = [task for game in options.games for task in _tasks(game, options.limit)]
    with terminal.progress("groups", len(tasks)) as done:
        found = dict(zip(tasks, _run(tasks, options.workers, done), strict=True))
    tables = {"known_groups": known_groups(found), "dose_response": dose_response(found), "invariance": invariance(found)}
    print(text := markdown(tables))
    out = options.out or (RESULTS if options.limit is None and options.games == games.names() else None)
    if out:
        out.mkdir(parents=True, exist_ok=True)
        (out / "agents.json").write_text(as_json(tables), encoding="utf-8")
        (out / "agents.md").write_text(text + "\n", encoding="utf-8")
    sys.exit(1 if any(row["fails"] for table in tables.values() for row in table) else 0)


def _tasks(game: str, limit: int | None) -> Iterator[Task]:
    for agent in AGENTS:
        yield from (Task(game, agent, strength, limit) for strength in STRENGTHS)
        yield from (Task(game, agent, AGENTS[agent].usual, limit, name) for name in (*SETTINGS, PADDING))
        if game == games.COUNTDOWN:
            yield from (Task(game, agent, AGENTS[agent].usual, limit, name, plain=True) for name in ("", *PARAPHRASES))


def _run(tasks: list[Task], workers: int, done: Any) -> Iterator[Measured]:
    for group in engines.run(measured, tasks, workers, lambda n: None):
        done(1)
        yield group


def known_groups(found: dict[Task, Measured]) -> list[dict[str, Any]]:
    """Every agent at every strength, beside the solver; ``fails`` where one that is empty or corrupted is not told apart."""
    rows = []
    for task, group in found.items():
        if task.rewording or task.plain:
            continue
        row = table_row(task, found[task._replace(agent="solver", strength=1.0)], group)
        row["lower_coverage"] = lower(found[task._replace(agent="solver", strength=1.0)], group, "coverage")
        if task.agent == "first_try":  # as valid, but less of it
            told_apart = row["sound_share"].value == 1 and row["lower_coverage"] == 1
        else:
            told_apart = row["auc"]["sound_share"].low >= BOUNDS["auc"]
        row["fails"] = task.strength == 0 and not told_apart
        rows.append({**row, **{name: row[name]._asdict() for name in MEASURES}, "auc": _plain(row["auc"])})
    return rows


def _plain(estimates: dict[str, Any]) -> dict[str, Any]:
    return {name: estimate._asdict() for name, estimate in estimates.items()}


def dose_response(found: dict[Task, Measured]) -> list[dict[str, Any]]:
    """How the score of each agent goes with its strength; ``fails`` where it does not rise with it."""
    rows = []
    for game, agent in dict.fromkeys((task.game, task.agent) for task in found):
        limit = next(task.limit for task in found if task.game == game)
        curves = {
            name: [_mean(found[Task(game, agent, strength, limit)][name]) for strength in STRENGTHS]
            for name in ("sound_share", "procedure", "coverage", "accuracy")
        }
        rank = rank_correlation(STRENGTHS, curves[SCORES[agent]])
        row = {"game": game, "agent": agent, "score": SCORES[agent], "rank_correlation": rank, "strengths": STRENGTHS}
        rows.append({**row, **curves, "fails": rank < BOUNDS["rank"]})
    return rows


def invariance(found: dict[Task, Measured]) -> list[dict[str, Any]]:
    """How far each rewording moves the sound share; ``fails`` where that is too far, or idle sums raise it."""
    rows = []
    for task, group in found.items():
        if task.rewording:
            moved, lost = difference(found[task._replace(rewording="")], group, "sound_share")
            fails = moved > 0 if task.rewording == PADDING else abs(moved) > BOUNDS["moved"]
            rows.append(
                {"game": task.game, "agent": task.agent, "rewording": task.rewording, "moved": moved, "unreadable": lost}
                | {"items": len(group["tokens"]), "fails": fails}
            )
    return rows


def _mean(values: Iterable[float | None]) -> float:
    known = [value for value in values if value is not None]
    return sum(known) / len(known)


def as_json(tables: dict[str, list[dict[str, Any]]]) -> str:
    """The tables as JSON, each row in a line."""
    shown = [f'"{name}": [\n' + ",\n".join(map(json.dumps, rows)) + "\n]" for name, rows in tables.items()]
    return "{" + ",\n".join(shown) + "}\n"


def markdown(tables: dict[str, list[dict[str, Any]]]) -> str:
    """The tables as a person reads them."""
    return "\n\n".join(
        (_groups_shown(tables["known_groups"]), _doses_shown(tables["dose_response"]), _moves_shown(tables["invariance"]))
    )


def _groups_shown(rows: list[dict[str, Any]]) -> str:
    shown = [
        "| game | agent | strength | items | accuracy | sound share | coverage | new steps / 1,000 tokens | AUC of sound share "
        "| of accuracy | of length | coverage is lower |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        shown.append(
            f"| {row['game']} | {row['agent']} | {row['strength']:g} | {row['items']} | {row['accuracy']['value']:.2f} "
            f"| {_shown(row['sound_share'])} | {row['coverage']['value']:.3f} | {row['new_steps']['value']:.1f} "
            f"| {_shown(row['auc']['sound_share'])} | {row['auc']['accuracy']['value']:.2f} "
            f"| {row['auc']['tokens']['value']:.2f} | {row['lower_coverage']:.0%} |"
        )
    return "\n".join(shown)


def _shown(estimate: dict[str, float]) -> str:
    return f"{estimate['value']:.3f} [{estimate['low']:.3f}, {estimate['high']:.3f}]"


def _doses_shown(rows: list[dict[str, Any]]) -> str:
    shown = [
        f"| game | agent | score | {' | '.join(f'{strength:g}' for strength in STRENGTHS)} | rank correlation |",
        f"|---|---|---|{'---|' * len(STRENGTHS)}---|",
    ]
    for row in rows:
        curve = " | ".join(f"{value:.3f}" for value in row[row["score"]])
        shown.append(f"| {row['game']} | {row['agent']} | {row['score']} | {curve} | {row['rank_correlation']:.3f} |")
    return "\n".join(shown)


def _moves_shown(rows: list[dict[str, Any]]) -> str:
    """Of each rewording, and of idle sums, how far it moves any agent at most, down or up."""
    shown = ["| game | rewording | moves a score by at most | up by at most | unreadable | of |", "|---|---|---|---|---|---|"]
    for game, name in dict.fromkeys((row["game"], row["rewording"]) for row in rows):
        of = [row for row in rows if (row["game"], row["rewording"]) == (game, name)]
        most, up = max(of, key=lambda row: abs(row["moved"])), max(row["moved"] for row in of)
        shown.append(
            f"| {game} | {name} | {most['moved']:+.3f} ({most['agent']}) | {up:+.3f} | {sum(row['unreadable'] for row in of)} "
            f"| {sum(row['items'] for row in of)} |"
        )
    return "\n".join(shown)


if __name__ == "__main__":
    main()
