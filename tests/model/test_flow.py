"""Who sees whom, and sampling."""

import torch

from model.nccligen.flow import interpolate, sample, sees


def test_sampling_reaches_what_is_predicted() -> None:
    clean = torch.randn(5, 3)
    for steps in (1, 2, 4):
        assert torch.allclose(sample(lambda x, t: clean, torch.randn(5, 3), steps), clean)


def test_a_step_of_the_sampler_stays_on_the_line_from_noise_to_clean() -> None:
    clean, noise, seen = torch.randn(4), torch.randn(4), []

    def predict(x: torch.Tensor, time: float) -> torch.Tensor:
        seen.append((x, time))
        return clean

    sample(predict, noise, 4)
    assert [time for _, time in seen] == [0, 0.25, 0.5, 0.75]
    for x, time in seen:
        assert torch.allclose(x, interpolate(clean, noise, torch.tensor(time)), atol=1e-6)


def test_no_token_sees_a_noisy_copy_of_another_block_nor_the_clean_copy_of_its_own() -> None:
    #           action  noisy   clean   noisy   clean | other session
    block = torch.tensor([[0, 0, 1, 1, 1, 1, 2, 2, 0, 1]])
    noisy = torch.tensor([[0, 0, 1, 1, 0, 0, 1, 0, 0, 0]]).bool()
    session = torch.tensor([[0, 0, 0, 0, 0, 0, 0, 0, 1, 1]])
    none = torch.zeros_like(noisy)
    mask = sees(session, session, block, noisy, none)[0, 0].int().tolist()
    assert mask == [
        [1, 1, 0, 0, 0, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0, 0, 0, 0, 0],
        [1, 1, 1, 1, 0, 0, 0, 0, 0, 0],
        [1, 1, 1, 1, 0, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, 1, 1, 0, 0, 0, 0],
        [1, 1, 0, 0, 1, 1, 0, 0, 0, 0],
        [1, 1, 0, 0, 1, 1, 1, 0, 0, 0],
        [1, 1, 0, 0, 1, 1, 0, 1, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0, 1, 0],
        [0, 0, 0, 0, 0, 0, 0, 0, 1, 1],
    ]


def test_the_scratch_sheet_is_seen_in_its_own_turn_alone() -> None:
    #                      action  aside  output | next turn
    block = torch.tensor([[0, 1, 1, 2, 3]])
    noisy = torch.tensor([[0, 1, 0, 0, 0]]).bool()
    aside = torch.tensor([[0, 1, 1, 0, 0]]).bool()
    turn = torch.tensor([[0, 0, 0, 0, 1]])
    mask = sees(torch.zeros_like(turn), turn, block, noisy, aside)[0, 0].int().tolist()
    assert mask == [[1, 0, 0, 0, 0], [1, 1, 0, 0, 0], [1, 0, 1, 0, 0], [1, 0, 1, 1, 0], [1, 0, 0, 1, 1]]
