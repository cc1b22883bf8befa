"""The server over real connections: what it says, and whom it refuses."""

import asyncio
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession
from aiohttp.test_utils import TestServer

from tests.training.rating.samples import HOSTILE, pairs, rows_of
from training.pairs import Pair, comparison_id
from training.rating.access import token_for
from training.rating.blind import Blind
from training.rating.ratings_file import RatingsFile, held
from training.rating.server import MOST_BYTES, application

ASKED = [*pairs(5), *(Pair(text, text, text, f"{text}!") for text in HOSTILE)]
COMPARISON = comparison_id(ASKED)
TOKEN = "0123456789abcdef" * 2


class Page:
    """The server, and a client as the page's script is one."""

    def __init__(self, session: ClientSession, file: RatingsFile) -> None:
        self.session = session
        self.file = file

    async def post(self, path: str, body: object, **headers: str | None) -> ClientResponse:
        given = {"Authorization": f"Bearer {TOKEN}"}
        given |= {name.replace("_", "-"): value for name, value in headers.items() if value}
        left = {n: v for n, v in given.items() if n not in {k for k, v in headers.items() if not v}}
        if isinstance(body, bytes):
            return await self.session.post(path, data=body, headers=left)
        return await self.session.post(path, json=body, headers=left)

    async def ask(self, path: str, **body: object) -> dict[str, Any]:
        answer = await self.post(path, body)
        said: dict[str, Any] = await answer.json()
        assert answer.status == 200, said
        return said


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    with held(tmp_path / "r.jsonl", COMPARISON) as file:
        app = application(Blind(COMPARISON, ASKED, file), TOKEN, "127.0.0.1")
        async with TestServer(app) as server, ClientSession(server.make_url("/")) as session:
            yield Page(session, file)


async def test_a_rater_rates_all(page: Page) -> None:
    assert (await page.ask("/welcome"))["total"] == len(ASKED)
    begun = await page.ask("/begin", rater=" Ann ")
    place, seen = begun["place"], set()
    while place < len(ASKED):
        shown = await page.ask("/show", rater="Ann", place=place)
        pair = next(p for p in ASKED if p.key == shown["question"])
        assert {shown["left"], shown["right"]} == {pair.a, pair.b}
        assert (shown["instruction"], shown["input"]) == (pair.instruction, pair.input)
        seen.add(pair.key)
        place = (await page.ask("/rate", rater="Ann", question=pair.key, choice="left"))["place"]
        assert rows_of(page.file.path)[-1]["question"] == pair.key, "saved before it is told"
    assert len(seen) == len(ASKED)


async def test_raters_at_once_lose_nothing(page: Page) -> None:
    names = [f"Rater {n}" for n in range(8)]
    await asyncio.gather(
        *(
            page.ask("/rate", rater=name, question=pair.key, choice="tie")
            for pair in ASKED
            for name in names
        )
    )
    rows = rows_of(page.file.path)
    assert len({(row["rater"], row["question"]) for row in rows}) == len(rows) == 8 * len(ASKED)


RATE: dict[str, object] = {"rater": "Ann", "question": ASKED[0].key, "choice": "tie"}


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Authorization": None}, "not the whole one"),
        ({"Authorization": "Bearer "}, "not the whole one"),
        ({"Authorization": f"Bearer {TOKEN[:-1]}"}, "not the whole one"),
        ({"Authorization": "Bearer ü"}, "not the whole one"),
        ({"Host": "evil.example"}, "the host 'evil.example' is not this page's"),
        ({"Host": "evil.example:80", "Origin": "http://evil.example:80"}, "is not this page's"),
        ({"Host": "127.0.0.1.evil.example"}, "is not this page's"),
        ({"Host": "[::1"}, "is not this page's"),
        ({"Origin": "http://evil.example"}, "from another page"),
        ({"Origin": "null"}, "from another page"),
        ({"Origin": "http://[::1"}, "from another page"),
        ({"Origin": "http://127.0.0.1:1"}, "from another page"),
    ],
)
async def test_strangers_are_refused(page: Page, headers: dict[str, str | None], why: str) -> None:
    for path, body in (("/rate", RATE), ("/show", {"rater": "Ann", "place": 0}), ("/welcome", {})):
        answer = await page.post(path, body, **headers)
        assert answer.status == 403
        assert why in (await answer.json())["error"]
    assert not page.file.path.exists()


@pytest.mark.parametrize("host", ["localhost:9", "127.0.0.1", "192.168.1.5:8765", "[::1]:8765"])
async def test_own_names_are_let_in(page: Page, host: str) -> None:
    answer = await page.post("/rate", RATE, Host=host, Origin=f"http://{host}")
    assert answer.status == 200


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/rate", {**RATE, "choice": "a"}, 400),
        ("/rate", {**RATE, "choice": "both"}, 400),
        ("/rate", {**RATE, "choice": None}, 400),
        ("/rate", {**RATE, "rater": ""}, 400),
        ("/rate", {**RATE, "rater": "x" * 61}, 400),
        ("/rate", {**RATE, "more": 1}, 400),
        ("/rate", {"rater": "Ann"}, 400),
        ("/rate", {**RATE, "question": "f" * 16}, 404),
        ("/rate", {**RATE, "question": "../../etc/passwd"}, 404),
        ("/show", {"rater": "Ann", "place": len(ASKED)}, 404),
        ("/show", {"rater": "Ann", "place": -1}, 400),
        ("/show", {"rater": "Ann", "place": "0"}, 400),
        ("/begin", {"rater": "\u200b"}, 400),
        ("/begin", b'{"rater": "\xff"}', 400),
        ("/begin", b"[" * 4000, 400),
        ("/begin", b"", 400),
        ("/rate", {**RATE, "rater": "x" * MOST_BYTES}, 413),
        ("/nowhere", {}, 404),
    ],
)
async def test_what_is_no_rating_is_refused(
    page: Page, path: str, body: object, status: int
) -> None:
    answer = await page.post(path, body, Content_Type="application/json")
    assert answer.status == status
    assert (await answer.json())["error"]
    assert not page.file.path.exists()


async def test_a_form_of_another_page_is_refused(page: Page) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        answer = await page.post("/rate", b"{}", Content_Type=kind)
        assert answer.status == 415
    assert (await page.session.get("/rate")).status == 405


async def test_the_page_holds_no_data_and_lets_nothing_else_run(page: Page) -> None:
    answer = await page.session.get("/")
    text = await answer.text()
    assert "Question 1" not in text
    assert not [word for word in ("http:", "https:", "src=", "url(", "@import") if word in text]
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    refused = await page.post("/nowhere", {})
    assert refused.headers["Content-Security-Policy"] == policy
    assert refused.headers["X-Content-Type-Options"] == "nosniff"


async def test_what_cannot_be_saved_is_told_and_not_counted(page: Page) -> None:
    page.file.path.write_text("something else\n")
    answer = await page.post("/rate", RATE)
    assert answer.status == 507
    assert "cannot be written" in (await answer.json())["error"]
    assert (await page.ask("/begin", rater="Ann"))["rated"] == 0


def test_a_token_is_kept_for_the_comparison(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    token = token_for("c")
    assert len(token) == 32
    assert token_for("c") == token
    assert token_for("d") != token
    [secret] = tmp_path.rglob("rate.secret")
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    secret.write_bytes(b"short")
    assert token_for("c") != token_for("c"), "a damaged secret is not used"
