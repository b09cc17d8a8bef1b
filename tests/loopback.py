"""A reference agent behind an OpenAI-compatible server on this machine, for tests of those who ask one.

It finds the item by the last message of a user. Of each three items of a split it answers one with the reference (the bare
answer, where there is none), one with the bare answer, and one wrongly; so it is known what it will be judged to be.
"""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from gamegen.corpus import Row
from gamegen_benchmarks.items import messages

MODEL = "reference"
WRONG = "I would say <answer>0</answer>"


def number(item: Row) -> int:
    """The place of an item in its split."""
    return int(item["id"].rsplit("-", 1)[1])


def reply(item: Row) -> str:
    """What the agent says of an item."""
    bare = f"<answer>{item['answer']}</answer>"
    return (item["reference"] or bare, bare, WRONG)[number(item) % 3]


def asks(item: Row) -> str:
    """What the item is found by."""
    return messages(item)[-1]["content"].strip()


class Server(ThreadingHTTPServer):
    """The server, with the requests that it had; ``apart`` gives the thinking of a reply in a field of its own."""

    daemon_threads = True
    request_queue_size = 256  # harnesses ask all at once

    def __init__(self, items: Sequence[Row], apart: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.items = {asks(item): item for item in reversed(items)}  # two splits may ask the same; the first one counts
        self.apart = apart
        self.requests: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The body of the response to a request for a chat, or for a text that goes on."""
        self.requests.append(asked)
        if "messages" not in asked:
            prompts = [asked["prompt"]] if isinstance(asked["prompt"], str) else asked["prompt"]
            return _body("text_completion", [{"text": self._say(prompt)} for prompt in prompts])
        said = self._say([message["content"] for message in asked["messages"] if message["role"] == "user"][-1])
        message: dict[str, Any] = {"role": "assistant", "content": said}
        if self.apart and said.startswith("<think>"):
            thinking, content = said.removeprefix("<think>").split("</think>")
            message |= {"content": content.strip(), "reasoning_content": thinking.strip()}
        return _body("chat.completion", [{"message": message}])

    def says(self, item: Row) -> str:
        """What the agent says when it is asked this item."""
        return reply(self.items[asks(item)])

    def _say(self, asked: Any) -> str:
        text = asked if isinstance(asked, str) else "".join(part["text"] for part in asked)
        if item := self.items.get(text.strip()):
            return reply(item)
        found = [item for said, item in self.items.items() if said in text]  # a chat that was made one text
        return reply(found[0]) if len(found) == 1 else "That is none of the items."


def _body(kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
    numbered = [{"index": i, "finish_reason": "stop", "logprobs": None, **choice} for i, choice in enumerate(choices)]
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    return {"id": "1", "object": kind, "created": 0, "model": MODEL, "choices": numbered, "usage": usage}


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self._send({"object": "list", "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": "tests"}]})

    def do_POST(self) -> None:
        if not self.path.endswith("/completions"):
            self.send_error(404)
            return
        self._send(self.server.answer(json.loads(self.rfile.read(int(self.headers["Content-Length"])))))

    def _send(self, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def serving(items: Sequence[Row], apart: bool = False) -> Iterator[Server]:
    """The server while it runs."""
    server = Server(items, apart)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
