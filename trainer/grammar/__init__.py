"""The script grammar: an endless generator of shell sessions whose commands depend on what earlier ones did.

One file a family of commands (`basics`, `echo`, `variables`, `filesystem` with `files`, `folders` and `contents`,
`arithmetic`, `errors`, and a little of `pipelines` and `control`); `words` draws free arguments, `world` remembers what
a session has made, `session` puts sessions together.
"""

from trainer.grammar.session import FAMILIES, WEIGHTS, sessions, write_scripts

__all__ = ["FAMILIES", "WEIGHTS", "sessions", "write_scripts"]
