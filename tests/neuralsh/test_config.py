"""Settings: read once, told in one line where they cannot be, and never before what the command line says."""

from pathlib import Path

import pytest
from fakes import FakeMachine
from hypothesis import given
from hypothesis import strategies as st

from neuralsh.app.app import Phase, ShellApp
from neuralsh.app.themes import THEMES
from neuralsh.cli import main
from neuralsh.config import CHOICES, MEANING, Config, ConfigError, commented, read_config
from neuralsh.options import doctor_parser, shell_parser
from neuralsh.session import Session


def written(home: Path, text: str) -> Path:
    path = home / "config.toml"
    path.write_text(text)
    return path


def test_without_a_file_all_is_as_it_comes(tmp_path: Path) -> None:
    assert read_config(tmp_path / "config.toml") == Config()
    assert set(MEANING) == set(Config.__dataclass_fields__)
    assert set(CHOICES["theme"]) == set(THEMES)


def test_what_is_set_is_read(tmp_path: Path) -> None:
    text = 'device = "cpu"\nocr = "tesseract"\ntheme = "light"\nhistory = false\nmouse = true\n'
    config = read_config(written(tmp_path, text))
    assert config == Config(device="cpu", ocr="tesseract", theme="light", history=False, mouse=True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("device = ", "not TOML"),
        ("colour = 1", "'colour' is no setting: there are model, device"),
        ("history = 1", "history: give true or false"),
        ("device = 1", "device: give text in quotes"),
        ('theme = "pink"', "theme: 'pink' is none of dark, light, contrast"),
        ("#" * 70_000, "longer than"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_line(tmp_path: Path, text: str, reason: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as failure:
        read_config(path)
    assert reason in str(failure.value) and str(path) in str(failure.value) and "\n" not in str(failure.value)


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as failure:
        read_config(tmp_path)
    assert str(failure.value) == f"{tmp_path}: is a directory"


@given(st.binary(max_size=80))
def test_any_bytes_are_settings_or_one_line(payload: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        path.write_bytes(payload)
        try:
            read_config(path)
        except ConfigError as error:
            assert "\n" not in str(error)


def test_a_file_to_start_from_sets_nothing_until_it_is_edited(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    assert main(["config", "--home", str(home)]) == 0
    assert "not there" in capsys.readouterr().out
    assert main(["config", "--home", str(home), "--init"]) == 0
    path = home / "config.toml"
    assert capsys.readouterr().out == f"{path}\n" and path.read_text() == commented()
    assert read_config(path) == Config()
    path.write_text(commented().replace('# theme = "dark"', 'theme = "light"'))
    assert main(["config", "--home", str(home)]) == 0
    assert 'theme = "light"  # set here\n' in capsys.readouterr().out
    assert main(["config", "--home", str(home), "--init"]) == 1
    assert "is there already" in capsys.readouterr().err


def test_the_command_line_goes_first(tmp_path: Path) -> None:
    written(tmp_path, 'device = "cpu"\nocr = "tesseract"\nmodel = "here"\n')
    home = ["--home", str(tmp_path)]
    options = doctor_parser().parse_args(home)
    assert (options.device, options.ocr, options.model) == ("cpu", "tesseract", "here")
    options = shell_parser().parse_args([*home, "--device", "cuda", "--ocr", "cells", "--model", "nccligen"])
    assert (options.device, options.ocr, options.model) == ("cuda", "cells", "nccligen")
    options = shell_parser().parse_args(["--home", str(tmp_path / "none")])
    assert (options.device, options.ocr, options.model) == (None, "cells", None)


@pytest.mark.parametrize("theme", THEMES)
async def test_the_frame_keeps_its_colours_in_every_theme(theme: str) -> None:
    app = ShellApp(lambda geometry: Session(FakeMachine(), geometry), theme=theme)
    async with app.run_test(size=(60, 10)) as pilot:
        while app.phase is not Phase.WAITING:
            await pilot.pause(0.005)
        variables = THEMES[theme].variables
        assert app.status.styles.background.hex.lower() == variables["bar"]
        assert app.view.styles.background.hex == "#171717"
        assert app.screen.styles.color.hex.lower() == variables["ink"]
