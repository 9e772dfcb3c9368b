"""The held-out set is drawn by hashes: the same for everyone, disjoint, of the size it says."""

from hypothesis import given
from hypothesis import strategies as st

from trainer.split import held_out_line, held_out_session, held_out_sum, of_split, session_hash


def test_hashes_are_pinned() -> None:
    # Whoever changes these lines moves sessions between training and evaluation.
    assert session_hash([b"ls\r", b"pwd\r"]).hex().startswith("6741f23d4cfc35a5")
    assert held_out_line("echo hello") is False


@given(st.lists(st.binary(max_size=8), max_size=6))
def test_empty_actions_do_not_count(keys: list[bytes]) -> None:
    assert session_hash([b"", *keys, b""]) == session_hash(keys)


@given(st.lists(st.binary(min_size=1, max_size=8), max_size=6), st.lists(st.binary(min_size=1, max_size=8), max_size=6))
def test_other_actions_have_other_hashes(first: list[bytes], second: list[bytes]) -> None:
    assert (session_hash(first) == session_hash(second)) == (first == second)


def test_shares() -> None:
    sessions = sum(held_out_session(session_hash([f"echo {i}\r".encode()])) for i in range(20_000))
    lines = sum(held_out_line(f"echo {i}") for i in range(20_000))
    assert abs(sessions / 20_000 - 1 / 32) < 0.005
    assert abs(lines / 20_000 - 1 / 4) < 0.015


def test_training_computes_no_sum_that_is_held_out_alone() -> None:
    held, free = (
        next(body for body in (f"{i}+7*(2-1)" for i in range(99)) if held_out_line(f"echo $(({body}))") == held)
        for held in (True, False)
    )
    assert of_split(f"echo $(({held}))", "held-out") and not of_split(f"echo $(({held}))", "train")
    spaced = f"echo $(( {held.replace('+', ' + ')} ))"
    assert not of_split(spaced, "train") and held_out_sum(held) and not held_out_sum(free)
    within = [f"echo {word} $(({free})) $(({held}))" for word in range(50)]
    assert not any(of_split(line, "train") for line in within)
    assert sum(of_split(line, "held-out") for line in within) == sum(map(held_out_line, within)) > 5
    alone = [f"echo {word} $(({free}))" for word in range(50)]
    assert all(of_split(line, "train") != of_split(line, "held-out") for line in alone)
