"""A server of embeddings that answers, answers slowly, fails, lies; search goes on with words."""

import json
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from galaxy.core.db import db
from galaxy.search import index
from galaxy.search.meaning import embedders, making, remote
from galaxy.search.meaning.embedders import Silent
from galaxy.search.meaning.nearness import models_for, nearest
from galaxy.search.meaning.remote import Remote
from galaxy.search.models import Vectors
from tests.factories import a_solution
from tests.search.meaning.conftest import with_models

KEY = "sk-very-secret"


class Handler(BaseHTTPRequestHandler):
    """Answers as `server.answer` says, and keeps what it was asked."""

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers.get("Authorization"), asked))
        self.server.answer(self, asked["input"])

    def say(self, said, status=200):
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass


def vectors(texts, dimensions=96):
    """Letters counted, ten times too long, in the wrong order but numbered."""
    rows = [[10.0 * (1 + text.lower().count(chr(97 + at % 26))) for at in range(dimensions)] for text in texts]
    return {"data": [{"index": at, "embedding": row} for at, row in reversed(list(enumerate(rows)))]}


def well(handler, texts):
    handler.say(vectors(texts))


@pytest.fixture
def server():
    found = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.daemon_threads = True
    found.asked, found.answer = [], well
    thread = threading.Thread(target=found.serve_forever, args=(0.02,))
    thread.start()
    yield found
    found.shutdown()
    thread.join()
    found.server_close()


def model_of(server, path="/v1") -> Remote:
    return Remote(f"http://127.0.0.1:{server.server_port}{path}", "small", KEY)


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/", "/v1/embeddings"])
def test_a_server_is_asked_as_openai_says(server, path):
    found = model_of(server, path).passages(["water", "a well", "water"])

    assert server.asked == [
        ("/v1/embeddings", f"Bearer {KEY}", {"model": "small", "input": ["water", "a well", "water"]})
    ]
    assert found.shape == (3, 96)
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 1, 1])
    assert (found[0] == found[2]).all()
    assert not (found[0] == found[1]).all()


def test_an_entry_is_found_by_the_vectors_of_a_server(app, server, work):
    before = with_models(app, [model_of(server)])
    try:
        water, tax = a_solution(title="zzz zzzz zzzzz zzzzzz"), a_solution(title="qqqqqqqqq")
        work()
        making.look_after()
        near = nearest("zzz")
        assert near.models == ("remote small",)
        assert near.entries[water.id]["remote small"].whole > near.entries[tax.id]["remote small"].whole
        assert len(server.asked[-1][2]["input"][0]) < 301
        assert index.status()["meaning"] == ""
    finally:
        app.extensions["meaning"] = before


def slowly(handler, texts):
    time.sleep(1)
    with suppress(OSError):
        well(handler, texts)


def drop_by_drop(handler, texts):
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    with suppress(OSError):
        for _ in range(100):
            handler.wfile.write(b"[")
            time.sleep(0.05)


def endless(handler, texts):
    with suppress(OSError):
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"1" * 65536)


def saying(said, status=200):
    return lambda handler, texts: handler.say(said, status)


NO_NUMBERS = "it gave what are no numbers"
WRONG = {
    "slow": (slowly, ""),
    "drop by drop": (drop_by_drop, ""),
    "endless": (endless, "its answer is too long"),
    "failing": (saying({"error": "no"}, 500), "it says 500"),
    "elsewhere": (saying({}, 302), "it says 302"),
    "no JSON": (saying(b"<html>"), ""),
    "deep": (saying(b"[" * 100_000), ""),
    "another JSON": (saying([1, 2]), ""),
    "too few": (saying({"data": []}), "it gave 0 vectors for 1 texts"),
    "NaN": (saying(b'{"data": [{"embedding": [NaN, 1.0]}]}'), NO_NUMBERS),
    "too large": (saying(b'{"data": [{"embedding": [1e39, 1.0]}]}'), NO_NUMBERS),
    "nothing but zeros": (saying({"data": [{"embedding": [0, 0]}]}), NO_NUMBERS),
    "words": (saying({"data": [{"embedding": ["a", "b"]}]}), ""),
    "other dimensions": (lambda handler, texts: handler.say(vectors(texts, 64)), "64 dimensions in place of 96"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_server_that_answers_wrongly_is_left_alone_for_a_while(app, server, wrong, monkeypatch, capfd):
    monkeypatch.setattr(remote, "QUESTION_SECONDS", 0.4)
    model = model_of(server)
    before = with_models(app, [model])
    try:
        model.question("well")
        server.answer, why = WRONG[wrong]
        started = time.monotonic()
        assert nearest("water").entries == {}
        assert time.monotonic() - started < 5  # it waits no longer than it must
        asked = len(server.asked)
        assert nearest("wells").entries == {}
        assert len(server.asked) == asked  # nobody waits for it now
        trouble = index.status()["meaning"]
        assert trouble.startswith("the embeddings server does not answer as it should")
        assert why in trouble

        server.answer = well
        model._silent_until = 0  # half a minute later
        assert model.question("water").shape == (96,)
        assert index.status()["meaning"] == ""
    finally:
        app.extensions["meaning"] = before
    assert KEY not in "".join(capfd.readouterr())


def test_nobody_there_is_a_silent_server(app):
    with pytest.raises(Silent):
        Remote("http://127.0.0.1:9", "small", KEY).question("water")


def test_vectors_wait_while_the_server_is_silent(app, server, work):
    model = model_of(server)
    before = with_models(app, [model])
    try:
        server.answer = WRONG["failing"][0]
        a_solution()
        work()
        assert index.status()["vectors_pending"] == 1

        server.answer, model._silent_until = well, 0
        making.look_after()
        work()
        assert index.status()["vectors_pending"] == 0
    finally:
        app.extensions["meaning"] = before


def test_a_text_that_the_server_refuses_keeps_no_other_waiting(app, server, work):
    def choosy(handler, texts):
        if any("unbearable" in text for text in texts):
            handler.say({"error": "too long"}, 400)
        else:
            well(handler, texts)

    before = with_models(app, [model_of(server)])
    try:
        server.answer = choosy
        bad, good = a_solution(title="unbearable"), a_solution(title="Water")
        work()
        sizes = {row.entry_id: len(row.data) for row in db.session.query(Vectors)}
        assert sizes[bad.id] == 0 < sizes[good.id]
    finally:
        app.extensions["meaning"] = before


def test_a_server_that_refuses_everything_is_silent(app, server):
    server.answer = lambda handler, texts: handler.say({"error": "no such model"}, 400)
    with pytest.raises(Silent):
        model_of(server).passages(["water", "wells"])


def test_settings_choose_the_model(app):
    off = {"MEANING": False, "EMBEDDINGS_URL": "http://localhost", "EMBEDDINGS_MODEL": "m", "EMBEDDINGS_KEY": ""}
    assert models_for(off) == []
    assert [model.name for model in models_for(off | {"MEANING": True})] == ["remote m"]
    local = models_for(off | {"MEANING": True, "EMBEDDINGS_URL": ""})
    assert [model.name for model in local] == [model.name for model in embedders.local()]
