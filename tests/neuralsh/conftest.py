"""None of these tests sees the settings, the history or the routines of whoever runs them."""

from collections.abc import Iterator

import pytest

from neuralsh.paths import HOME_VARIABLE


@pytest.fixture(scope="session", autouse=True)
def _home_of_nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(HOME_VARIABLE, str(tmp_path_factory.mktemp("home-of-nobody")))
        yield
