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
        ('{"access_token": "s3cr3t", "ok": true}', '{"access_token": "xxxxxx", "ok": true}'),
        ("{'password': 'a b', 'x': 'y'}", "{'password': 'x x', 'x': 'y'}"),
        ('-d "{\\"password\\": \\"a b\\"}" u', '-d "{\\"password\\": \\"x x\\"}" u'),
        ('"secret":"a\\"b","x":"y"', '"secret":"xxxx","x":"y"'),
        (":password => 'hunter2'", ":password => 'xxxxxxx'"),
        ("PGPASSWORD='a b c' psql", "PGPASSWORD='x x x' psql"),
        ('PASSPHRASE="it\'s" gpg', 'PASSPHRASE="xxxx" gpg'),
        ("SECRET='open", "SECRET=xxxxx"),
        (" secret=Busy; unset secret", " secret=xxxx; unset secret"),
        ("(TOKEN=a;b)&& make", "(TOKEN=xxx)&& make"),
        ("mysql --password hunter22 -e x", "mysql --password xxxxxxxx -e x"),
        ("x --client-secret 'a b' --y", "x --client-secret 'x x' --y"),
        ("Authorization: Bearer abcdef0123456789\r\n", "Authorization: Bearer xxxxxxxxxxxxxxxx\r\n"),
        ('-H "Authorization: Basic YTpi" u', '-H "Authorization: Basic xxxx" u'),
        ("sent bearer abcdef0123 to it", "sent bearer xxxxxxxxxx to it"),
        ("redis://:pa55word@localhost:6379", "redis://:xxxxxxxx@localhost:6379"),
        ("TOKEN=\x1b(B\x1b[mabc\x1b[>4;1m def", "TOKEN=\x1b(B\x1b[mxxx\x1b[>4;1m def"),
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
        "Password: \r\n\r\nlast login: Monday\r\n",
        '{"password": null, "max_tokens": 12}',
        "rm: cannot remove '/etc/passwd': Read-only file system\r\n",
        "usage: x --password --token <token> --secret $SECRET\r\n",
        "the bearer authentication of requests\r\n",
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


@pytest.mark.parametrize("size", [41, 40, 13])
def test_a_secret_that_goes_on_in_the_next_row_is_found(size: int) -> None:
    # As bash echoes what is typed key by key and what is pasted, in a terminal of so many columns.
    line = f"$ curl -H 'X: {GITHUB}' u"
    rows = [line[at : at + size] for at in range(0, len(line), size)]
    crossed = [f"$ curl -H 'X: {'x' * 40}' u"[at : at + size] for at in range(0, len(line), size)]
    made, found = scrubbed(recording(("o", " \r".join(rows)), ("o", "\r\n$ ")))
    assert made.events[0].data == " \r".join(crossed) and found == {"GitHub Token": 1}
    pasted = rows[0] + "".join(f"{row[0]}\r{row}" for row in rows[1:])
    made, _ = scrubbed(recording(("o", pasted)))
    assert made.events[0].data == crossed[0] + "".join(f"{row[0]}\r{row}" for row in crossed[1:])


def test_what_is_in_titles_and_links_is_found() -> None:
    title = "\x1b]0;ada@box: ~\x07$ \x1b]2;{}\x1b\\\x1b]8;;https://a:{}@h\x1b\\x\x1b]8;;\x1b\\\x1bk{}\x1b\\ls\r\n"
    made, found = scrubbed(recording(("o", title.format(GITHUB, "pw", "box"))), ["ada", "box"])
    expected = title.replace("ada@box", "xxx@xxx").format("x" * 40, "xx", "xxx")
    assert made.events[0].data == expected
    assert found == {"name": 3, "GitHub Token": 1, "credentials in a URL": 1}


@pytest.mark.parametrize(
    "asking",
    [
        "[sudo] password for ada: ",
        "\x1b[1mEnter passphrase for key '/home/ada/.ssh/id_rsa':\x1b[0m ",
        "Password for 'https://ada@h': ",
        "PIN: ",
        "Paste your token:\r\n",
    ],
)
def test_what_is_typed_where_a_password_is_asked_for_is_crossed_out(asking: str) -> None:
    typed = [("i", "x\r"), ("o", "x\r\n"), ("o", asking), ("i", "hun"), ("o", "*"), ("i", "t er\x7f\x1b[D2\rls\r")]
    made, found = scrubbed(recording(*typed, ("o", "\r\n$ "), ("i", "pwd\r")))
    keys = [event.data for event in made.events if event.code == "i"]
    assert keys == ["x\r", "xxx", "x xx\x7f\x1b[Dx\rls\r", "pwd\r"]
    assert found == {"typed password": 1}


def test_a_password_typed_key_by_key_is_counted_once() -> None:
    keys = [("i", key) for key in "ab\r"]
    made, found = scrubbed(recording(("o", "Password: "), *keys, ("o", "\r\nPassword: "), *keys, ("i", "ls\r")))
    assert "".join(event.data for event in made.events if event.code == "i") == "xx\rxx\rls\r"
    assert found == {"typed password": 2}


def test_an_answer_to_another_question_stays() -> None:
    given = recording(("o", "the token: abc is no secret\r\nName: "), ("i", "ada\r"), ("o", "$ "), ("i", "ls\r"))
    made, found = scrubbed(given)
    assert [event.data for event in made.events if event.code == "i"] == ["ada\r", "ls\r"]
    assert found == {"password": 1}


def test_a_typed_line_ends_with_enter() -> None:
    made, found = scrubbed(recording(("i", "TOKEN=abc\r"), ("i", "echo $TOKEN\r"), ("i", "x=1\r")))
    assert [event.data for event in made.events] == ["TOKEN=xxx\r", "echo $TOKEN\r", "x=1\r"]
    assert found == {"password": 1}


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
    lines = [("a" * 10**6, 0), ("token" * 200_000, 0), ("a.b-" * 250_000 + "@c.de " + GITHUB, 2)]
    lines += [("--a" * 50_000, 0), ('token="\\' * 10_000 + GITHUB, 5_001)]
    for line, secrets in lines:
        made, found = scrubbed(recording(("o", line)))
        assert found.total() == secrets and len(made.events[0].data) == len(line)
        assert made.events[0].data.endswith("x" * 40) == bool(secrets)


def test_names_are_crossed_out_by_choice() -> None:
    made, found = scrubbed(recording(("o", "ada@box:~$ ls adage\r\n"), ("m", "by ada")), names=["ada", "box"])
    assert [event.data for event in made.events] == ["xxx@xxx:~$ ls adage\r\n", "by xxx"]
    assert found == {"name": 3}


def test_typed_bytes_told_in_hex_hide_nothing_that_is_crossed_out() -> None:
    typed = b"echo \xff token=abc123\r"
    events = ("m", f"keys:{typed.hex()}"), ("i", typed.decode("utf-8", "replace")), ("m", "state:00")
    made, _ = scrubbed(recording(*events))
    assert [event.code for event in made.events] == ["i", "m"] and "abc" not in made.events[0].data
    assert scrubbed(recording(("m", "keys:ff0d"), ("i", "\ufffd\r")))[0].events[0].data == "keys:ff0d"
