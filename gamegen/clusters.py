"""Ray clusters: work that runs as tasks of a cluster that is there already.

A task whose worker dies, or whose node goes, runs again elsewhere; what it had finished it finds at its place. gamegen must
be installed on every node, in this version.
"""

from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import Any

import gamegen
from gamegen.engines import Result, Task, Work, interrupts
from gamegen.errors import GamegenError

TRIES = 10  # of a task whose worker or node dies
_AHEAD = 4  # tasks for each processor of the cluster that are known to it at a time
_TICK = 0.5  # seconds between two looks for Ctrl-C
_KEPT = "what is finished is kept: run it again with --resume"


def run(
    work: Work[Task, Result], tasks: Iterable[Task], address: str | None, done: Callable[[int], None]
) -> Iterator[Result]:  # fmt: skip
    """The results of ``work(task, …)`` in the order of the tasks; ``done(n)`` is told of n more items with each task that ends.

    The cluster is the one at the address, or the one that Ray finds itself (RAY_ADDRESS, or one on this machine). Raises
    GamegenError where there is none, and where a task cannot be done.
    """
    ray = _ray()
    began = not ray.is_initialized()
    if began:
        _join(ray, address)
    try:
        with interrupts() as raise_interrupt:

            def told(n: int) -> None:
                done(n)
                raise_interrupt()

            yield from _run(ray, work, list(tasks), told)
    finally:
        if began:
            ray.shutdown()


def _run(ray: Any, work: Work[Task, Result], tasks: list[Task], done: Callable[[int], None]) -> Iterator[Result]:
    call = ray.remote(num_cpus=1, max_retries=TRIES)(_call)
    held = ray.put(work)
    found: dict[int, Result] = {}
    running: dict[Any, int] = {}
    left = iter(enumerate(tasks))
    while len(found) < len(tasks):
        most = _AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1)))
        while len(running) < most and (following := next(left, None)):
            i, task = following
            running[call.remote(held, task, gamegen.__version__)] = i
        ended, _ = ray.wait(list(running), num_returns=1, timeout=_TICK)
        done(0)
        for reference in ended:
            found[running.pop(reference)], items = _result(ray, reference)
            done(items)
    yield from (found[i] for i in range(len(tasks)))


def _result(ray: Any, reference: Any) -> tuple[Any, int]:
    """What a task gave, and of how many items it told. Raises GamegenError."""
    try:
        result, items = ray.get(reference)
        return result, items
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, GamegenError):
            raise GamegenError(str(error.cause)) from None
        if isinstance(error.cause, ModuleNotFoundError):
            raise GamegenError(
                f"a node of the cluster lacks a package ({error.cause}); install gamegen on every node"
            ) from None
        raise
    except ray.exceptions.RayError as error:
        raise GamegenError(f"the cluster gave up on a task ({' '.join(str(error).split())[:200]}); {_KEPT}") from None


def _call(work: Any, task: Any, version: str) -> tuple[Any, int]:
    """On a node: the result of the work, and of how many items it told."""
    if gamegen.__version__ != version:
        raise GamegenError(
            f"a node of the cluster has gamegen {gamegen.__version__}, and this is {version}; other versions may make other "
            "bytes: install the same one everywhere"
        )
    items = 0

    def count(n: int) -> None:
        nonlocal items
        items += n

    return work(task, count), items


def _join(ray: Any, address: str | None) -> None:
    try:
        ray.init(address=address or "auto", log_to_driver=False, logging_level="error", configure_logging=False)
    except (ConnectionError, ValueError, RuntimeError, TimeoutError) as error:
        said = " ".join(str(error).split())[:160]
        raise GamegenError(
            f"--address: no Ray cluster at {address or 'this machine'} ({said}); start one with `ray start --head`, or name "
            "its address, such as 10.0.0.1:6379 or ray://10.0.0.1:10001"
        ) from None


def _ray() -> ModuleType:
    try:
        import ray
    except ImportError:
        raise GamegenError("--engine ray needs Ray; install it with: pip install 'gamegen[ray]'") from None
    found: ModuleType = ray
    return found
