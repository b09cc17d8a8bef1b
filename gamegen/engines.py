"""Engines: where shards run. An engine knows nothing of what it runs.

The local engine is a pool of processes; with one worker it is this process. The engine ray is a cluster that is there
already. Work is a pure function per shard, so the result is the same whatever ran it.
"""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any, TypeVar

from gamegen.errors import GamegenError

Task = TypeVar("Task")
Result = TypeVar("Result")
Work = Callable[[Task, Callable[[int], None]], Result]
Engine = Callable[[Work[Any, Any], Iterable[Any], Callable[[int], None]], Iterator[Any]]

ENGINES = ("local", "ray")

_TICK = 0.1  # seconds between two looks at how far the workers are
_FEW = 5  # tasks that are done sooner than processes begin
_AHEAD = 2  # tasks for each worker that are taken before they can begin, so that none waits

# In a worker, what all workers share: the count of finished items, and whether they are to stop.
_finished: Any = None
_stop: Any = None


class Stopped(Exception):
    """Raised inside work, by ``done``, when the run is over before it is finished."""


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def engine(name: str, workers: int, address: str | None) -> Engine:
    """The engine of that name, on so many processes, or on the cluster at an address. Raises GamegenError."""
    if name not in ENGINES:
        raise GamegenError(f"--engine: {name!r} given; the engines are {', '.join(ENGINES)}")
    if name == "local":
        if address is not None:
            raise GamegenError(f"--address: {address} given, which is of --engine ray; leave it out")
        return lambda work, tasks, done: run(work, tasks, workers, done)
    from gamegen import clusters  # which looks for Ray

    return lambda work, tasks, done: clusters.run(work, tasks, address, done)


def run(work: Work[Task, Result], tasks: Iterable[Task], workers: int, done: Callable[[int], None]) -> Iterator[Result]:
    """The results of ``work(task, done)``, in the order of the tasks; ``done(n)`` is told that n more items are finished.

    ``work`` and the tasks are pickled where there is more than one worker. Ctrl-C raises KeyboardInterrupt behind the next
    finished item. Raises GamegenError where a worker dies.
    """
    with interrupts() as raise_interrupt:

        def told(n: int) -> None:
            done(n)
            raise_interrupt()

        yield from _run(work, list(tasks), workers, told)


def stream(work: Work[Task, Result], tasks: Iterable[Task], workers: int) -> Iterator[Result]:
    """Like ``run``, for any number of tasks: they are taken as they are needed, and few results are held at a time.

    Few tasks are done in this process. Ctrl-C raises KeyboardInterrupt. Raises GamegenError where a worker dies.
    """
    with interrupts() as raise_interrupt:

        def told(n: int) -> None:
            raise_interrupt()

        left = iter(tasks)
        first = list(islice(left, _FEW if workers > 1 else 0))
        if len(first) < _FEW:
            yield from (work(task, told) for task in chain(first, left))
        else:
            yield from _stream(work, chain(first, left), workers, told)


def _stream(work: Work[Task, Result], tasks: Iterator[Task], workers: int, done: Callable[[int], None]) -> Iterator[Result]:
    context = multiprocessing.get_context("spawn")
    finished, stop = context.Value("q", 0), context.Event()
    with ProcessPoolExecutor(workers, context, _begin, (finished, stop)) as pool:
        running: deque[Future[Result]] = deque()
        try:
            for task in tasks:
                with _blocked():
                    running.append(pool.submit(_call, work, task))
                if len(running) > _AHEAD * workers:
                    yield _first(running, done)
            while running:
                yield _first(running, done)
        except BrokenProcessPool:
            raise GamegenError("a worker process died (out of memory?); run it again with fewer --workers") from None
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)


def _first(running: deque[Future[Result]], done: Callable[[int], None]) -> Result:
    """The result of the task that was taken first, waited for with an ear for Ctrl-C."""
    future = running.popleft()
    done(0)
    while not future.done():
        wait([future], timeout=_TICK)
        done(0)
    return future.result()


@contextmanager
def interrupts() -> Iterator[Callable[[], None]]:
    """Keeps the first Ctrl-C until what it gives is called: raised just anywhere, it is lost where a finaliser runs."""
    pressed = False

    def press(signum: int, frame: Any) -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt
        pressed = True

    def raise_interrupt() -> None:
        if pressed:
            raise KeyboardInterrupt

    before = signal.getsignal(signal.SIGINT)
    mine = before is signal.default_int_handler and threading.current_thread() is threading.main_thread()
    if mine:
        signal.signal(signal.SIGINT, press)
    try:
        yield raise_interrupt
    finally:
        if mine:
            signal.signal(signal.SIGINT, before)


def _run(work: Work[Task, Result], tasks: list[Task], workers: int, done: Callable[[int], None]) -> Iterator[Result]:
    if min(workers, len(tasks)) <= 1:
        yield from (work(task, done) for task in tasks)
        return
    context = multiprocessing.get_context("spawn")  # fork is not safe beside the threads of a progress bar
    finished, stop = context.Value("q", 0), context.Event()
    with ProcessPoolExecutor(min(workers, len(tasks)), context, _begin, (finished, stop)) as pool:
        with _blocked():  # in the workers from their birth: they end by ``stop``
            futures = [pool.submit(_call, work, task) for task in tasks]
        try:
            _watch(futures, finished, done)
            yield from (future.result() for future in futures)
        except BrokenProcessPool:
            raise GamegenError(
                "a worker process died (out of memory?); what is finished is kept: run it again with --resume"
            ) from None
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)


@contextmanager
def _blocked() -> Iterator[None]:
    """No Ctrl-C meanwhile, nor ever in the processes and threads that begin meanwhile, where the system can do that."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _watch(futures: list[Future[Any]], finished: Any, done: Callable[[int], None]) -> None:
    """Wait until all is done or one has failed, telling of progress meanwhile."""
    told = 0
    running = set(futures)
    while running:
        ended, running = wait(running, timeout=_TICK, return_when=FIRST_COMPLETED)
        now = finished.value
        done(now - told)
        told = now
        for future in ended:
            future.result()


def _begin(finished: Any, stop: Any) -> None:
    global _finished, _stop
    _finished, _stop = finished, stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for systems that cannot block it


def _call(work: Work[Any, Any], task: Any) -> Any:
    return work(task, _count)


def _count(n: int) -> None:
    if _stop.is_set():
        raise Stopped
    with _finished.get_lock():
        _finished.value += n
