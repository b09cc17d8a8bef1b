"""`gamegen bench run`: every completion is asked for once, whatever becomes of the server, the connection or the process."""

import gzip
import json
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from gamegen.cli import main
from gamegen_benchmarks import items, runs

Body = dict[str, Any]
Behaviour = Callable[["Handler", Body, int], None]

TOO_LARGE = (1 << 25) + 10
SELECTION = ("--split", "near/new_numbers", "--limit", "24")
SUITE = items.suite("transfer")
ITEMS = SUITE.items(["near/new_numbers"], 24)
BY_MESSAGES = {json.dumps(items.messages(item)): item["id"] for item in SUITE.items(["near/new_numbers"])}


class Server(ThreadingHTTPServer):
    """An endpoint on loopback that counts what it is asked and does as it is told."""

    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(self, behave: Behaviour, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.behave = behave
        self.asked: list[Body] = []
        self.keys: set[str | None] = set()
        self.most = self.now = 0
        self.lock = threading.Lock()
        self.url = f"http://127.0.0.1:{self.server_port}/v1"
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def counts(self) -> Counter[str]:
        """How often each body came."""
        return Counter(json.dumps(body, sort_keys=True) for body in self.asked)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that is gone is no matter."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        server = self.server
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with server.lock:
            server.asked.append(body)
            server.keys.add(self.headers["Authorization"])
            number = server.asked.count(body)
            server.now += 1
            server.most = max(server.most, server.now)
        try:
            if self.path != "/v1/chat/completions":
                self.give(404, b"no such path")
            else:
                server.behave(self, body, number)
        finally:
            with server.lock:
                server.now -= 1

    def give(self, status: int, data: bytes, length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(data) if length is None else length))
        self.end_headers()
        self.wfile.write(data)
        self.close_connection = length is not None

    def say(self, content: Any, **more: Any) -> None:
        message = {"role": "assistant", "content": content, **more}
        self.give(200, json.dumps({"choices": [{"message": message, "finish_reason": "stop"}]}).encode())

    def log_message(self, *args: Any) -> None:
        pass


def text_of(body: Body) -> str:
    """A text that depends on what was asked alone."""
    return f"seed {body.get('seed')}: {body['messages'][-1]['content'][::-1]} é \N{SNOWMAN}"


def well(handler: Handler, body: Body, number: int) -> None:
    time.sleep(0.02)
    handler.say(text_of(body))


@pytest.fixture(autouse=True)
def direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is asked directly and without a key, whatever the environment says."""
    for name in (
        "OPENAI_API_KEY",
        *(proxy for kind in ("http", "https", "all") for proxy in (f"{kind}_proxy", f"{kind.upper()}_PROXY")),
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def serving() -> Iterator[Callable[..., Server]]:
    made: list[Server] = []

    def serve(behave: Behaviour = well, port: int = 0) -> Server:
        made.append(Server(behave, port))
        return made[-1]

    yield serve
    for server in made:
        server.shutdown()
        server.server_close()


def arguments(server: Server | None, out: Path, *more: object) -> list[str]:
    at = ("--url", server.url) if server else ()
    return ["bench", "run", "--model", "qwen3:8b", *at, "--out", str(out), *map(str, more)]


def call(server: Server | None, out: Path, *more: object) -> Result:
    return CliRunner().invoke(main, arguments(server, out, *(more or SELECTION)))


def started(server: Server, out: Path, *more: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "gamegen.cli", *arguments(server, out, *more)]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # tests that run in the background ignore it
    )


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def one_line(result: Result, *words: str) -> None:
    assert result.exit_code == 2 and result.output.count("\n") == 1 and result.output.startswith("Error: ")
    assert all(word in result.output for word in words), result.output


def test_a_run_has_every_sample_of_every_item_in_the_order_of_the_suite(serving: Callable[..., Server], tmp_path: Path) -> None:
    server = serving()
    result = call(server, tmp_path / "run", *SELECTION, "--samples", 2, "--param", "seed=7", "--json")
    assert result.exit_code == 0, result.output
    summary = json.loads(result.output)
    total = 2 * len(ITEMS)
    assert (summary["completions"], summary["failed"], summary["attempts"]) == (total, 0, total)
    rows = lines(tmp_path / "run" / "completions.jsonl")
    assert [(row["id"], row["sample"]) for row in rows] == [(item["id"], k) for item in ITEMS for k in (0, 1)]
    found = runs.read(tmp_path / "run")
    assert found.header.params == {"max_tokens": 8192, "seed": 7}
    texts = [one.text for of in found.completions.values() for one in of]
    assert len(set(texts)) == total and set(texts) == {text_of(body) for body in server.asked}
    assert all(set(body) == {"model", "messages", "max_tokens", "seed"} for body in server.asked)
    assert all(body["model"] == "qwen3:8b" and 0 <= body["seed"] < 1 << 31 for body in server.asked)
    assert 2 <= server.most <= 16


def test_a_seed_is_one_for_each_sample_and_the_same_in_every_run(serving: Callable[..., Server], tmp_path: Path) -> None:
    server = serving()
    for name, concurrency in (("a", 3), ("b", 8)):
        call(server, tmp_path / name, *SELECTION, "--samples", 3, "--param", "seed=7", "--concurrency", concurrency)
    assert set(server.counts.values()) == {2} and len({body["seed"] for body in server.asked}) == 3 * len(ITEMS)
    a, b = ((tmp_path / name / "completions.jsonl").read_bytes() for name in "ab")
    assert a == b


def test_killed_again_and_again_it_makes_the_same_file_and_asks_nothing_answered_twice(
    serving: Callable[..., Server], tmp_path: Path
) -> None:
    more = ("--split", "near", "--split", "mid", "--limit", 4, "--samples", 2, "--param", "seed=1", "--concurrency", 8)
    whole = serving()
    assert call(whole, tmp_path / "whole", *more).exit_code == 0
    server, out = serving(), tmp_path / "killed"
    journal = out / "requests.jsonl"
    kept: list[str] = []
    for after in (1, 20, 60):
        process = started(server, out, *more)
        until(lambda after=after: journal.exists() and journal.read_bytes().count(b"\n") >= after)  # type: ignore[misc]
        process.kill()
        process.communicate()
        assert not (out / "completions.jsonl").exists()
        data = journal.read_bytes()
        data = data[: data.rfind(b"\n") + 1]
        journal.write_bytes(data + data[:-20].split(b"\n")[-1])  # as a kill leaves it in the middle of a line
        kept = [json.dumps(json.loads(line)["request"], sort_keys=True) for line in data.splitlines()]
        time.sleep(0.2)  # what was in flight is counted before the next begins
    assert call(server, out, *more).exit_code == 0
    for name in ("completions.jsonl", "run.json"):
        assert (out / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    counts = server.counts
    twice = sum(n - 1 for n in counts.values())
    assert set(counts) == set(whole.counts) and twice <= 3 * 8
    assert len(kept) == len(set(kept)) and len(kept) + twice < len(counts)
    answered = [json.dumps(row["request"], sort_keys=True) for row in lines(journal)]
    assert sorted(answered) == sorted(counts) and all(row["outcome"] == "answered" for row in lines(journal))


def test_a_finished_run_asks_nothing_and_stays_as_it_is(serving: Callable[..., Server], tmp_path: Path) -> None:
    server = serving()
    call(server, tmp_path / "run")
    before = {file.name: file.read_bytes() for file in (tmp_path / "run").iterdir()}
    assert set(before) == {"run.json", "requests.jsonl", "completions.jsonl"}
    assert call(server, tmp_path / "run").exit_code == 0
    assert call(server, tmp_path / "run", *SELECTION, "--again").exit_code == 0
    assert {file.name: file.read_bytes() for file in (tmp_path / "run").iterdir()} == before
    assert len(server.asked) == len(ITEMS)


def dripping(handler: Handler, head: bytes) -> None:
    handler.wfile.write(head)
    for _ in range(200):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.1)


GOOD = json.dumps({"choices": [{"message": {"content": "well"}, "finish_reason": "stop"}]}).encode()

# How a server can fail, and what is said of it where it always does.
FAILINGS: dict[str, tuple[Behaviour, str]] = {
    "429": (lambda h, b, n: h.give(429, b"slow down", Retry_After="0"), "status 429: slow down"),
    "429 with a date": (
        lambda h, b, n: h.give(429, b"", Retry_After=formatdate(time.time() - 5, usegmt=True)),
        "status 429",
    ),
    "500": (
        lambda h, b, n: h.give(500, b"<html>\n\x1b[31moops</html>", Retry_After="0"),
        "status 500: <html> ?[31moops</html>",
    ),
    "503 with nonsense": (lambda h, b, n: h.give(503, b"\xff\xfe", Retry_After="soon"), "status 503"),
    "400": (lambda h, b, n: h.give(400, b'{"error": "too long"}'), 'status 400: {"error": "too long"}'),
    "slow": (lambda h, b, n: time.sleep(2), "no reply in 0.7 seconds"),
    "dripping body": (
        lambda h, b, n: dripping(h, b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"),
        "no reply in 0.7 seconds",
    ),
    "dripping head": (lambda h, b, n: dripping(h, b"HTTP/1.1 200 OK\r\nX-Long:"), "no reply in 0.7 seconds"),
    "half a body": (lambda h, b, n: h.give(200, GOOD[:40], len(GOOD)), "the connection broke"),
    "half a chunk": (
        lambda h, b, n: (
            h.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n" + GOOD[:20]),
            setattr(h, "close_connection", True),
        )[1],
        "the connection broke",
    ),
    "no reply": (lambda h, b, n: setattr(h, "close_connection", True), "the connection broke"),
    "no HTTP": (
        lambda h, b, n: (h.wfile.write(b"\x00\x01 hello\r\n\r\n"), setattr(h, "close_connection", True))[1],
        "the connection broke",
    ),
    "garbage": (lambda h, b, n: h.give(200, b"\xff\x00garbage"), "the reply is no JSON"),
    "false gzip": (lambda h, b, n: h.give(200, b"no gzip", Content_Encoding="gzip"), "the connection broke"),
    "empty": (lambda h, b, n: h.give(200, b""), "the reply is no JSON: it is empty"),
    "deep": (lambda h, b, n: h.give(200, b"[" * 200_000), "the reply is no JSON"),
    "long number": (lambda h, b, n: h.give(200, b"9" * 10_000), "the reply is no JSON"),
    "list": (lambda h, b, n: h.give(200, b"[1]"), "no chat completion"),
    "no choices": (lambda h, b, n: h.give(200, b'{"choices": []}'), "no chat completion"),
    "choices of numbers": (lambda h, b, n: h.give(200, b'{"choices": [1]}'), "no chat completion"),
    "no message": (lambda h, b, n: h.give(200, b'{"choices": [{"text": "x"}]}'), "no chat completion"),
    "content of numbers": (lambda h, b, n: h.say(5), "no chat completion"),
    "an error with status 200": (lambda h, b, n: h.give(200, b'{"error": {"message": "busy"}}'), "busy"),
    "too large": (lambda h, b, n: h.give(200, b" " * TOO_LARGE), "a reply of more than 33,554,432 bytes"),
}


def item_of(body: Body) -> str:
    return BY_MESSAGES[json.dumps(body["messages"])]


@pytest.mark.parametrize("always", [False, True])
def test_every_failing_is_survived_and_what_failed_is_listed(
    serving: Callable[..., Server], tmp_path: Path, always: bool
) -> None:
    """Each failing hits one item, once or always; the others are answered."""
    more = ("--split", "near/new_numbers", "--limit", 40, "--timeout", 0.7, "--tries", 2, "--concurrency", 32)
    asked = SUITE.items(["near/new_numbers"], 40)
    assert len(FAILINGS) < len(asked)
    hit = {item["id"]: name for item, name in zip(asked, FAILINGS, strict=False)}

    def behave(handler: Handler, body: Body, number: int) -> None:
        name = hit.get(item_of(body))
        if name is not None and (always or number == 1) and not recovered:
            FAILINGS[name][0](handler, body, number)
        else:
            handler.say("well")

    recovered: list[bool] = []
    server = serving(behave)
    began = time.monotonic()
    result = call(server, tmp_path / "run", *more)
    assert time.monotonic() - began < 20
    rows = {row["id"]: row for row in lines(tmp_path / "run" / "completions.jsonl")}
    lost = {id: hit[id] for id in hit if always or hit[id] == "400"}
    assert result.exit_code == 1 and {id for id, row in rows.items() if row["completion"] is None} == set(lost)
    for id, name in lost.items():
        assert FAILINGS[name][1] in rows[id]["error"], (name, rows[id]["error"])
    listed = result.output.splitlines()
    assert all(f"{id}, sample 0: {rows[id]['error']}" in listed for id in list(lost)[:20])
    assert ("more, in " in result.output) == (len(lost) > 20)
    assert f"{len(asked) - len(lost)} completions of {len(asked)} items" in listed[-1] and f"{len(lost)} failed" in listed[-1]
    kept = lines(tmp_path / "run" / "requests.jsonl")
    assert len(kept) == len(server.asked) == len(asked) + len(hit) - 1
    assert all(row["request"]["messages"] and (row["response"] is None or row["status"]) for row in kept)
    runs.read(tmp_path / "run")

    recovered.append(True)
    before = len(server.asked)
    assert call(server, tmp_path / "run", *more).exit_code == 1 and len(server.asked) == before
    assert call(server, tmp_path / "run", *more, "--again").exit_code == 0
    assert len(server.asked) == before + len(lost)
    assert {row["completion"] for row in lines(tmp_path / "run" / "completions.jsonl")} == {"well"}


def test_the_waits_are_those_that_the_server_asks_for_or_double(serving: Callable[..., Server], tmp_path: Path) -> None:
    times: list[float] = []

    def behave(handler: Handler, body: Body, number: int) -> None:
        times.append(time.monotonic())
        if number < 4:
            handler.give(429, b"", **({"Retry_After": "1"} if number == 3 else {}))
        else:
            handler.say("well")

    assert call(serving(behave), tmp_path / "run", "--split", "near/new_numbers", "--limit", 1).exit_code == 0
    waits = [b - a for a, b in pairwise(times)]
    assert all(asked <= wait < asked + 0.9 for wait, asked in zip(waits, (1, 2, 1), strict=True))


@pytest.mark.parametrize("status", [301, 401, 403, 404])
def test_what_will_not_get_better_stops_the_run_at_once(serving: Callable[..., Server], tmp_path: Path, status: int) -> None:
    def behave(handler: Handler, body: Body, number: int) -> None:
        if len(server.asked) > 10 and not good:
            handler.give(status, b"no")
        else:
            handler.say("well")

    good: list[bool] = []
    server = serving(behave)
    out = tmp_path / "run"
    hint = {401: "OPENAI_API_KEY", 403: "OPENAI_API_KEY"}.get(status, "--url")
    one_line(call(server, out, *SELECTION, "--concurrency", 2), f"status {status}: no", hint)
    assert len(server.asked) <= 12 and not (out / "completions.jsonl").exists()
    good.append(True)
    assert call(server, out).exit_code == 0
    assert sum(n - 1 for n in server.counts.values()) <= 2


def test_a_server_that_goes_away_ends_the_run_and_the_same_command_goes_on(
    serving: Callable[..., Server], tmp_path: Path
) -> None:
    server, out = serving(), tmp_path / "run"
    more = (*SELECTION, "--tries", 2, "--concurrency", 2)
    port = server.server_port
    threading.Timer(0.05, lambda: (server.shutdown(), server.server_close())).start()
    process = started(server, out, *more)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2 and said.count("\n") == 1 and "no connection" in said and "goes on" in said
    assert call(serving(port=port), out, *more).exit_code == 0


def test_of_two_runs_in_one_folder_the_second_is_refused_until_the_first_is_gone(
    serving: Callable[..., Server], tmp_path: Path
) -> None:
    def behave(handler: Handler, body: Body, number: int) -> None:
        if not free:
            time.sleep(1)
        handler.say("well")

    free: list[bool] = []
    server, out = serving(behave), tmp_path / "run"
    first = started(server, out, *SELECTION)
    until(lambda: bool(server.asked))
    one_line(call(server, out), "another `gamegen bench run` is at it")
    first.kill()
    first.communicate()
    free.append(True)
    assert call(server, out).exit_code == 0


def test_ctrl_c_is_one_line_and_the_same_command_goes_on(serving: Callable[..., Server], tmp_path: Path) -> None:
    server, out = serving(), tmp_path / "run"
    process = started(server, out, *SELECTION, "--concurrency", 2)
    until(lambda: len(server.asked) > 5)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130 and said.count("\n") == 1 and "the same command goes on" in said
    assert call(server, out, *SELECTION, "--concurrency", 2).exit_code == 0
    assert sum(n - 1 for n in server.counts.values()) <= 2


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"content": "b", "reasoning_content": "a"}, "<think>\na\n</think>\nb"),
        ({"content": "b", "reasoning": "a", "reasoning_content": None}, "<think>\na\n</think>\nb"),
        ({"content": None, "reasoning": "a"}, "<think>\na\n</think>\n"),
        ({"content": "b", "reasoning_content": ""}, "b"),
        ({"content": None}, ""),
        ({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}, "ab"),
        ({"content": "\ud800 half a pair, \0"}, "\ud800 half a pair, \0"),
    ],
)
def test_thinking_that_is_given_apart_stands_in_tags(
    serving: Callable[..., Server], tmp_path: Path, message: Body, text: str
) -> None:
    server = serving(lambda handler, body, number: handler.say(**message))
    assert call(server, tmp_path / "run", "--split", "near/new_numbers", "--limit", 1).exit_code == 0
    assert [row["completion"] for row in lines(tmp_path / "run" / "completions.jsonl")] == [text]


def test_the_key_is_sent_and_goes_into_no_file(
    serving: Callable[..., Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def behave(handler: Handler, body: Body, number: int) -> None:
        said = f"you sent {handler.headers['Authorization']}"
        if number == 1:
            handler.give(500, said.encode(), Retry_After="0")
        else:
            handler.say(said)

    server, out = serving(behave), tmp_path / "run"
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret-1")
    result = call(server, out)
    assert result.exit_code == 0 and server.keys == {"Bearer sk-very-secret-1"}
    assert all("very-secret" not in file.read_text() for file in out.iterdir()) and "very-secret" not in result.output
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very\nsecret-1")
    refused = call(server, tmp_path / "other")
    one_line(refused, "OPENAI_API_KEY")
    assert "secret" not in refused.output
    monkeypatch.delenv("OPENAI_API_KEY")
    server.keys.clear()
    assert call(server, tmp_path / "third").exit_code == 0 and server.keys == {None}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--param", "temperature=0.7"), ("temperature", "0.7", "null")),
        (("--param", "max_tokens=10"), ("max_tokens", "8192", "10")),
        (("--samples", "2"), ("samples 1", "2")),
        (("--split", "mid"), ("splits", "mid")),
        (("--model", "another"), ("model", "qwen3:8b", "another")),
    ],
)
def test_a_folder_with_a_run_of_something_else_is_refused(
    serving: Callable[..., Server], tmp_path: Path, more: tuple[str, ...], words: tuple[str, ...]
) -> None:
    server, out = serving(), tmp_path / "run"
    call(server, out)
    before = {file.name: file.read_bytes() for file in out.iterdir()}
    asked = len(server.asked)
    one_line(call(server, out, *SELECTION, *more), "choose another folder", *words)
    assert {file.name: file.read_bytes() for file in out.iterdir()} == before and len(server.asked) == asked


def test_a_run_that_came_to_nothing_does_not_hold_its_folder(serving: Callable[..., Server], tmp_path: Path) -> None:
    server = serving(lambda h, b, n: h.say("well") if b["model"] == "right" else h.give(404, b"no such model"))
    one_line(call(server, tmp_path / "run", *SELECTION, "--model", "wrong"), "no such model")
    assert call(server, tmp_path / "run", *SELECTION, "--model", "right").exit_code == 0
    assert runs.read(tmp_path / "run").header.model == "right"


def test_what_somebody_else_wrote_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "requests.jsonl").write_text("mine")
    one_line(CliRunner().invoke(main, arguments(None, tmp_path, *URL, *SELECTION)), "requests.jsonl without a run.json")
    assert (tmp_path / "requests.jsonl").read_text() == "mine"


URL = ("--url", "http://127.0.0.1:9/v1")
MISTAKES: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
    (("--suite", "transfr", *URL), ("--suite", "'transfr'", "'transfer'")),
    ((), ("--model", "'qwen3:8b'", "--url", "file:, transformers:")),
    (("--url", "127.0.0.1:9"), ("--url", "http://127.0.0.1:8000/v1")),
    (("--url", "http://127.0.0.1:99999/v1"), ("--url", "http://127.0.0.1:8000/v1")),
    (("--url", "http://me:secret@127.0.0.1/v1"), ("--url", "OPENAI_API_KEY")),
    ((*URL, "--split", "nearr"), ("--split", "'nearr'", "near")),
    ((*URL, "--param", "temperature"), ("--param", "KEY=VALUE")),
    ((*URL, "--param", "stop=[1"), ("--param", "JSON")),
    ((*URL, "--param", "top_p=.nan"), ("--param", "JSON")),
    ((*URL, "--param", "day=2026-01-01"), ("--param", "JSON")),
    ((*URL, "--param", "n=4"), ("--param n", "--samples")),
    ((*URL, "--param", "seed=often"), ("seed", "often", "integer")),
    ((*URL, "--samples", "0"), ("--samples", "0")),
    ((*URL, "--timeout", "0"), ("--timeout", "0")),
    (("--model", "file:nowhere.jsonl"), ("nowhere.jsonl", "no such file")),
    (("--model", "file:"), ("--model", "file:")),
    (("--model", " "), ("--model", "give the name")),
    (("--model", "file:x.jsonl", "--param", "a=1"), ("--param a", "file")),
]


@pytest.mark.parametrize(("more", "words"), MISTAKES)
def test_a_mistake_is_one_line_and_leaves_nothing(tmp_path: Path, more: tuple[str, ...], words: tuple[str, ...]) -> None:
    one_line(CliRunner().invoke(main, arguments(None, tmp_path / "run", *more)), *words)
    assert not list(tmp_path.iterdir())


def test_a_proxy_that_cannot_be_used_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "ftp://127.0.0.1:9")
    one_line(CliRunner().invoke(main, arguments(None, tmp_path / "run", *URL, *SELECTION)), "proxy", "ftp")


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("precious")
    one_line(CliRunner().invoke(main, arguments(None, tmp_path, *URL, *SELECTION)), "thesis.tex", "choose another folder")
    one_line(CliRunner().invoke(main, arguments(None, tmp_path / "thesis.tex", *URL, *SELECTION)), "is a file")
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.tex"]


def made(path: Path, rows: list[dict[str, Any]]) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        data = "".join(json.dumps(row) + "\n" for row in rows).encode()
        path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.parquet"])
def test_completions_made_elsewhere_become_a_run(tmp_path: Path, name: str) -> None:
    rows = [{"id": item["id"], "response": f"{k} of {item['id']}"} for item in SUITE.items() for k in (0, 1)]
    file = made(tmp_path / name, rows)
    out = tmp_path / "run"
    asked = ("bench", "run", "--model", f"file:{file}", "--out", str(out), *SELECTION, "--samples", "2")
    result = CliRunner().invoke(main, asked)
    assert result.exit_code == 0, result.output
    found = runs.read(out)
    assert {id: [one.text for one in of] for id, of in found.completions.items()} == {
        item["id"]: [f"{k} of {item['id']}" for k in (0, 1)] for item in ITEMS
    }
    made(file, rows[:-1])
    one_line(CliRunner().invoke(main, asked), "sha256", "choose another folder")


def test_items_that_a_file_lacks_are_failed_completions(tmp_path: Path) -> None:
    file = made(tmp_path / "a.jsonl", [{"id": item["id"], "completion": "x"} for item in ITEMS[1:]])
    result = CliRunner().invoke(main, ["bench", "run", "--model", f"file:{file}", "--out", str(tmp_path / "run"), *SELECTION])
    assert result.exit_code == 1 and f"{ITEMS[0]['id']}, sample 0: there is none in a.jsonl" in result.output
    assert lines(tmp_path / "run" / "completions.jsonl")[0]["completion"] is None


def test_an_error_that_a_file_has_is_shown_whatever_its_signs_are(tmp_path: Path) -> None:
    file = made(tmp_path / "a.jsonl", [{"id": ITEMS[0]["id"], "completion": None, "error": "odd \ud800 \x1b[31m"}])
    result = CliRunner().invoke(main, ["bench", "run", "--model", f"file:{file}", "--out", str(tmp_path / "run"), *SELECTION])
    assert result.exit_code == 1 and "odd ? ?[31m" in result.output


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{"id": "nothing", "completion": "x"}], ("nothing", "none of the")),
        ([{"completion": "x"}], ("no id",)),
        ([{"id": ITEMS[0]["id"]}], ("no completion",)),
        ([{"id": ITEMS[0]["id"], "completion": "x"}] * 2, ("sample 1", "--samples")),
        ([{"id": ITEMS[0]["id"], "completion": "x", "sample": 0}] * 2, ("twice",)),
    ],
)
def test_a_file_that_does_not_match_the_suite_is_refused(
    tmp_path: Path, rows: list[dict[str, Any]], words: tuple[str, ...]
) -> None:
    file = made(tmp_path / "a.jsonl", rows)
    one_line(CliRunner().invoke(main, ["bench", "run", "--model", f"file:{file}", "--out", str(tmp_path / "run")]), *words)
    assert not (tmp_path / "run").exists()


def test_a_model_that_runs_here_needs_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    code = "import sys; sys.modules['torch'] = None; from gamegen.cli import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", code, "bench", "run", "--model", "transformers:a/b", "--out", str(tmp_path / "run")]
    found = subprocess.run(command, capture_output=True, text=True)
    assert found.returncode == 2 and "pip install 'gamegen[transformers]'" in found.stderr and found.stderr.count("\n") == 1


TEMPLATE = (
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}"
)


@pytest.mark.parametrize("template", [None, TEMPLATE])
def test_a_model_that_runs_here_answers_in_batches_and_goes_on_to_the_same_file(tmp_path: Path, template: str | None) -> None:
    """A model of random weights says random letters; what matters is that each sample of each item has its own."""
    tiny = tiny_model(tmp_path / "tiny", template)
    sampled = ("--param", "max_tokens=40", "--param", "temperature=1.0", "--param", "seed=3", "--samples", "2")
    selection = ("--split", "near/new_numbers", "--limit", "5", "--concurrency", "4")

    def command(out: str, *more: str) -> Result:
        asked = ["bench", "run", "--model", f"transformers:{tiny}", "--out", str(tmp_path / out), *selection, *more]
        return CliRunner().invoke(main, asked)

    assert (result := command("a", *sampled)).exit_code == 0, result.output
    rows = lines(tmp_path / "a" / "completions.jsonl")
    assert len(rows) == 10 and len({row["completion"] for row in rows}) == 10
    assert {row["finish"] for row in rows} <= {"stop", "length"}

    journal = (tmp_path / "a" / "requests.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "run.json").write_bytes((tmp_path / "a" / "run.json").read_bytes())
    (tmp_path / "b" / "requests.jsonl").write_bytes(b"".join(journal[:6]))
    assert command("b", *sampled).exit_code == 0
    a, b = ((tmp_path / out / "completions.jsonl").read_bytes() for out in "ab")
    assert a == b

    greedy = ("--param", "max_tokens=12", "--param", "temperature=0")
    assert command("c", *greedy).exit_code == command("d", *greedy).exit_code == 0
    c, d = ((tmp_path / out / "completions.jsonl").read_bytes() for out in "cd")
    assert c == d
    one_line(command("e", "--param", "temprature=1"), "temprature")
    stopped = command("g", *sampled, "--param", "stop=[a, e, i, o, u]")
    assert stopped.exit_code == 0, stopped.output
    texts = {row["completion"]: row["finish"] for row in lines(tmp_path / "g" / "completions.jsonl")}
    assert not any(set("aeiou") & set(text) for text in texts) and set(texts.values()) == {"stop", "length"}
    missing = CliRunner().invoke(main, ["bench", "run", "--model", f"transformers:{tmp_path}", "--out", str(tmp_path / "f")])
    one_line(missing, "cannot be loaded")


def tiny_model(folder: Path, template: str | None) -> Path:
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    transformers = pytest.importorskip("transformers")
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({letter: i for i, letter in enumerate([*letters, "<end>"])}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>")
    fast.chat_template = template
    fast.save_pretrained(folder)
    config = transformers.LlamaConfig(
        vocab_size=len(letters) + 1,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=4096,
        eos_token_id=len(letters),
        bos_token_id=None,
    )
    transformers.LlamaForCausalLM(config).save_pretrained(folder)
    return folder


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--model", "agent:solver", "--url", "http://127.0.0.1:1/v1"], "asks no endpoint"),
        (["--model", "some", "--url", "http://127.0.0.1:1/v1", "--timeout", "nan"], "--timeout nan given"),
        (["--model", "some", "--url", "http://127.0.0.1:1/v1", "--param", "a=1", "--param", "a=2"], "--param a given twice"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, more: list[str], said: str) -> None:
    result = CliRunner().invoke(main, ["bench", "run", "--out", str(tmp_path / "run"), *SELECTION, *more])
    one_line(result, said)
    assert not (tmp_path / "run").exists()


def test_a_journal_with_what_is_no_answer_is_refused(tmp_path: Path) -> None:
    asked = ["bench", "run", "--model", "agent:solver", "--out", str(tmp_path / "run"), *SELECTION]
    assert CliRunner().invoke(main, asked).exit_code == 0
    journal = tmp_path / "run" / "requests.jsonl"
    first, *others = lines(journal)
    journal.write_text("".join(json.dumps(row) + "\n" for row in ({**first, "response": [1]}, *others)))
    (tmp_path / "run" / "completions.jsonl").unlink()
    one_line(CliRunner().invoke(main, asked), "requests.jsonl", "is no answer")
    assert not (tmp_path / "run" / "completions.jsonl").exists()


def test_more_workers_than_jobs_are_no_harm(serving: Callable[..., Server], tmp_path: Path) -> None:
    server = serving(lambda handler, body, number: handler.say("well"))
    assert call(server, tmp_path / "run", "--concurrency", "100000000").exit_code == 0


def test_that_items_cannot_be_scored_is_said_before_they_are_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ["bench", "run", "--model", "agent:solver", "--limit", "1", "--split", "external_jugs"]
    for installed in (False, True):
        monkeypatch.setattr("gamegen_benchmarks.external.is_installed", lambda there=installed: there)
        result = CliRunner().invoke(main, [*asked, "--out", str(tmp_path / str(installed))])
        assert result.exit_code == 0
        assert ("cannot be scored here; install it with: pip install 'gamegen[external]'" in result.output) is not installed
