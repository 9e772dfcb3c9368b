"""Secrets are crossed out wherever they stand in a recording, and nothing else is."""

import pytest

from model.protocol import Geometry
from trainer.casts import Event, Recording
from trainer.privacy import scrubbed

GITHUB = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"


def recording(*events: tuple[str, str]) -> Recording:
    return Recording(Geometry(), None, [Event(float(n), code, data) for n, (code, data) in enumerate(events)], {})


@pytest.mark.parametrize(
    ("line", "left"),
    [
        (f"export T={GITHUB}\r\n", f"export T={'x' * 40}\r\n"),
        ("AKIAIOSFODNN7EXAMPLE\r\n", "x" * 20 + "\r\n"),
        ("password: hunter2\r\n", "password: xxxxxxx\r\n"),
        ("curl https://ada:s3cret@host/x\r\n", "curl https://ada:xxxxxx@host/x\r\n"),
        ("mail ada@example.org now\r\n", "mail xxxxxxxxxxxxxxx now\r\n"),
        ("API_KEY=abc123 make\r\n", "API_KEY=xxxxxx make\r\n"),
    ],
)
def test_a_secret_is_crossed_out_letter_for_letter(line: str, left: str) -> None:
    made, found = scrubbed(recording(("o", "$ "), ("o", line)))
    assert made.events[1].data == left
    assert found.total() >= 1


@pytest.mark.parametrize(
    "line",
    [
        "ls -la /usr/share/doc\r\n",
        "commit 9fceb02d0ae598e95dc970b74767f19372d61af8\r\n",
        "echo hello world\r\n",
        "tokens 12, secrets none\r\n",
        "git clone git@github:a/b\r\n",
        "\x1b[1;32mada@box\x1b[0m:~$ \r\n",
    ],
)
def test_what_is_no_secret_stays(line: str) -> None:
    given = recording(("o", line))
    made, found = scrubbed(given)
    assert made is given
    assert not found


def test_a_secret_typed_key_by_key_and_echoed_in_colours_is_found() -> None:
    typed = [("i", letter) for letter in f"{GITHUB}\r"]
    echoed = [("o", f"\x1b[3{n % 8}m{letter}") for n, letter in enumerate(GITHUB)]
    made, found = scrubbed(recording(*typed, *echoed))
    assert "".join(event.data for event in made.events if event.code == "i") == "x" * len(GITHUB) + "\r"
    shown = [event.data for event in made.events if event.code == "o"]
    assert all(data.startswith("\x1b[3") and data.endswith("mx") for data in shown)
    assert set(found) == {"GitHub Token"}


def test_a_private_key_is_crossed_out_over_its_lines() -> None:
    block = "-----BEGIN RSA PRIVATE KEY-----\r\nMIIEow\r\nAQEA\r\n-----END RSA PRIVATE KEY-----\r\nok\r\n"
    made, found = scrubbed(recording(("o", block[:40]), ("o", block[40:])))
    text = "".join(event.data for event in made.events)
    assert "MIIEow" not in text and "AQEA" not in text and text.endswith("ok\r\n")
    assert len(text) == len(block)
    assert found["private key"] == 1


@pytest.mark.parametrize(
    "secret",
    [
        "AKCp8abcdefghijk",
        f"cl_password={'a1' * 32}",
        f"ibm_cloud_iam_key={'B_' * 22}",
        f"glpat-{'a' * 20}",
        "xoxb-12-34-abc",
        "SK" + "0" * 32,
    ],
)
def test_a_secret_between_other_lines_is_found_as_it_is_alone(secret: str) -> None:
    alone, of_one = scrubbed(recording(("o", secret)))
    among, of_all = scrubbed(recording(("o", f"first line\r\n{secret}\r\nlast line\r\n")))
    assert of_one and of_all == of_one
    assert among.events[0].data == f"first line\r\n{alone.events[0].data}\r\nlast line\r\n"


def test_addresses_next_to_each_other_and_behind_other_words_are_found() -> None:
    made, found = scrubbed(recording(("o", "a.b@c.de@f.gh <x+y@z.org>, t.u.v+w@k-l.mn.op q@r\r\n")))
    assert made.events[0].data == "xxxxxxxx@f.gh <xxxxxxxxx>, xxxxxxxxxxxxxxxxx q@r\r\n"
    assert found == {"mail address": 3}


def test_lines_of_a_million_letters_are_looked_through() -> None:
    # Where each letter were tried as the first of an address, this would take hours.
    for line, secrets in (("a" * 10**6, 0), ("token" * 200_000, 0), ("a.b-" * 250_000 + "@c.de " + GITHUB, 2)):
        made, found = scrubbed(recording(("o", line)))
        assert found.total() == secrets and len(made.events[0].data) == len(line)
        assert made.events[0].data.endswith("x" * 40) == bool(secrets)


def test_names_are_crossed_out_by_choice() -> None:
    made, found = scrubbed(recording(("o", "ada@box:~$ ls adage\r\n"), ("m", "by ada")), names=["ada", "box"])
    assert [event.data for event in made.events] == ["xxx@xxx:~$ ls adage\r\n", "by xxx"]
    assert found == {"name": 3}
