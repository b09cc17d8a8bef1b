"""A model behind an endpoint that speaks as OpenAI's does: POST …/chat/completions.

An attempt has one deadline for all of it, so that a server that sends a byte now and then holds nobody up, and a reply has a
largest size. What may get better is tried again: the waits double up to LONGEST_WAIT, or are those that the server asks for in
Retry-After. A status in _STOPS, or no connection in all tries, will be the same for every job and ends the run.
"""

import asyncio
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

import httpx2

from gamegen.corpus import Row
from gamegen.errors import GamegenError
from gamegen_benchmarks.attempts import ANSWERED, FAILED, RETRY, Asked, Attempt, Job, body, line, said, sampling

KEY = "OPENAI_API_KEY"
LONGEST_WAIT = 60.0  # seconds between two tries
LONGEST_ASKED = 600.0  # seconds that a server may ask to wait
LARGEST = 1 << 25  # bytes of a reply
KEPT = 10_000  # characters of a reply that was no answer
CONNECT = 30.0  # seconds

_RETRIES = {408, 409, 425, 429}  # and all from 500 on
_CHECK = "check --url, which mostly ends with /v1, and the name of the model"
_STOPS = {401: f"set {KEY}", 402: "see to the account", 403: f"set {KEY}", 404: _CHECK, 405: _CHECK}
_HIDDEN = 8  # characters from which on a key is a secret; shorter ones ("EMPTY") are words that a model may say


class Reply(NamedTuple):
    """What an attempt got; without an error it is an answer."""

    outcome: str
    status: int | None = None
    response: Any = None
    error: str | None = None
    wait: float | None = None  # seconds, where the server asks for it
    hopeless: str | None = None  # what to do, where it would be the same for every job


class Endpoint:
    """Asks for many completions at a time, of one server."""

    def __init__(self, name: str, asked: Asked) -> None:
        self.params: Mapping[str, Any] = sampling(asked.params)
        self._name, self._asked = name, asked
        self._url, self._key = _url(asked.url or ""), _key()

    def ask(self, jobs: Sequence[Job], tell: Callable[[Attempt], None]) -> None:
        """Raises GamegenError where the server will answer none."""
        asyncio.run(self._ask(jobs, tell))

    async def _ask(self, jobs: Sequence[Job], tell: Callable[[Attempt], None]) -> None:
        left = iter(jobs)
        try:
            async with self._client() as client, asyncio.TaskGroup() as group:
                for _ in range(min(self._asked.concurrency, len(jobs))):
                    group.create_task(self._work(client, left, tell))
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None

    def _client(self) -> httpx2.AsyncClient:
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {self._key}"} if self._key else {})}
        most = self._asked.concurrency
        limits = httpx2.Limits(max_connections=most, max_keepalive_connections=most)
        try:
            return httpx2.AsyncClient(headers=headers, limits=limits, timeout=httpx2.Timeout(None, connect=CONNECT))
        except (ImportError, ValueError, httpx2.InvalidURL) as error:
            raise GamegenError(f"the proxy that the environment names cannot be used ({line(error)}); unset it") from None

    async def _work(self, client: httpx2.AsyncClient, jobs: Iterator[Job], tell: Callable[[Attempt], None]) -> None:
        for job in jobs:  # each worker takes the next one that is left
            await self._do(client, job, tell)

    async def _do(self, client: httpx2.AsyncClient, job: Job, tell: Callable[[Attempt], None]) -> None:
        """Try a job until it is answered or failed."""
        request = body(self._name, job, self.params)
        for number in range(1, self._asked.tries + 1):
            reply = await self._reply(client, request)
            last = number == self._asked.tries
            stop = reply.hopeless and (last or reply.status)  # a server that is not there may come
            outcome = FAILED if reply.outcome == RETRY and last and not stop else reply.outcome
            tell(Attempt(*job.key, number, outcome, request, reply.status, reply.response, reply.error))
            if stop:
                raise GamegenError(f"{self._url}: {reply.error}; {reply.hopeless}")
            if outcome != RETRY:
                return
            await asyncio.sleep(backoff(number) if reply.wait is None else reply.wait)

    async def _reply(self, client: httpx2.AsyncClient, request: Row) -> Reply:
        """One attempt; all that can go wrong on the way is a reply too."""
        try:
            async with (
                asyncio.timeout(self._asked.timeout),
                client.stream("POST", self._url, content=json.dumps(request)) as got,
            ):
                data = bytearray()
                async for chunk in got.aiter_bytes():
                    data += chunk
                    if len(data) > LARGEST:
                        return Reply(RETRY, got.status_code, None, f"a reply of more than {LARGEST:,} bytes")
            if len(self._key) >= _HIDDEN:  # some servers show it in what they say of it
                data = data.replace(self._key.encode(), b"[the key]")
            return judged(got.status_code, got.headers.get("retry-after"), bytes(data))
        except TimeoutError:
            return Reply(RETRY, error=f"no reply in {self._asked.timeout:g} seconds")
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as problem:
            start = "start the server or check --url; the same command goes on"
            return Reply(RETRY, error=f"no connection ({line(problem)})", hopeless=start)
        except (httpx2.HTTPError, httpx2.StreamError, OSError) as problem:
            return Reply(RETRY, error=f"the connection broke ({line(problem)})")


def judged(status: int, retry_after: str | None, data: bytes) -> Reply:
    """What a whole reply is: an answer, a reason to try again, or none."""
    if 200 <= status < 300:
        try:
            found = json.loads(data, parse_constant=lambda _: None)
            said(found)
            json.dumps(found)
        except (ValueError, RecursionError) as bad:
            problem = str(bad) if str(bad).startswith("no chat") else "no JSON"
            return Reply(RETRY, status, _kept(data), f"the reply is {problem}: {line(_kept(data) or 'it is empty')}")
        return Reply(ANSWERED, status, found)
    kept = _kept(data)
    error = f"status {status}: {line(kept)}" if kept.strip() else f"status {status}"
    if status in _RETRIES or status >= 500:
        return Reply(RETRY, status, kept, error, wait(retry_after))
    hopeless = "give the --url that it leads to" if status < 400 else _STOPS.get(status)
    return Reply(RETRY if hopeless else FAILED, status, kept, error, hopeless=hopeless)


def backoff(number: int) -> float:
    """Seconds to wait behind the attempt of a number.

    >>> [backoff(number) for number in (1, 2, 3, 7, 2000)]
    [1.0, 2.0, 4.0, 60.0, 60.0]
    """
    return float(min(1 << min(number - 1, 10), LONGEST_WAIT))


def wait(retry_after: str | None) -> float | None:
    """Seconds that a server asks to wait: a number or a date; None where it says nothing that is either.

    >>> wait("7"), wait("86400"), wait("Sat, 01 Jan 2000 00:00:00 GMT"), wait("soon")
    (7.0, 600.0, 0.0, None)
    """
    if retry_after is None:
        return None
    try:
        if retry_after.strip().isdecimal():
            seconds = float(retry_after[:20])
        else:
            at = parsedate_to_datetime(retry_after)
            seconds = (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_ASKED)


def _kept(data: bytes) -> str:
    return data[: 4 * KEPT].decode("utf-8", "replace")[:KEPT]


def _url(given: str) -> httpx2.URL:
    """Where chat completions are asked for. Raises GamegenError."""
    try:
        url = httpx2.URL(given)
    except (httpx2.InvalidURL, ValueError):
        url = httpx2.URL("")
    if url.scheme not in ("http", "https") or not url.host or not 0 < (url.port or 80) < 1 << 16:
        raise GamegenError(f"--url: {given!r} given; an address is needed, such as http://127.0.0.1:8000/v1")
    if url.userinfo:
        raise GamegenError(f"--url: has a name or a password in it; set {KEY} and leave them out")
    return url.copy_with(path=url.path.rstrip("/").removesuffix("/chat/completions") + "/chat/completions")


def _key() -> str:
    """The key, which goes into no file. Raises GamegenError, without it, where it cannot be one."""
    key = os.environ.get(KEY, "").strip()
    if not all("!" <= sign <= "~" for sign in key):
        raise GamegenError(f"{KEY}: has signs that no key has; set it anew")
    return key
