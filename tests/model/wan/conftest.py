"""The tiny Wan pipeline on disk, made once."""

from pathlib import Path

import pytest

pytest.importorskip("diffusers")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from trainer.wan.tiny import save_tiny

    return save_tiny(tmp_path_factory.mktemp("wan") / "tiny")
