"""The shipped font: what true frames are drawn with (by `trainer`) and read against (by `neuralsh`).

No machine imports it: a machine draws with its weights alone. An import contract in `pyproject.toml` holds that line.
"""
