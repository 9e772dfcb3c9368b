"""The family of files and folders, put together from its rules."""

from trainer.grammar import contents, files, folders
from trainer.grammar.rule import Family, family, joined

_MAKES: Family = family(
    "files",
    (
        (4, folders.make_folder),
        (3, files.touch),
        (4, files.write),
        (1, files.append),
        (1, files.copy),
        (3, folders.enter),
        (1, files.remove),
    ),
)
_SHOWS: Family = family(
    "files",
    (
        (4, folders.list_here),
        (2, folders.enter),
        (2, folders.where),
        (4, files.read),
        (1, folders.list_there),
        (1, contents.count),
    ),
)

AWAY: Family = family("files", ((3, folders.where), (5, folders.climb), (2, folders.enter), (0.5, folders.sideways)))
"""What is typed in folders that are not the session's own."""

START: Family = family(
    "files", ((4, folders.make_folder), (4, files.touch), (6, files.write), (2, files.write_lines), (2, folders.enter))
)
"""What is typed mostly while there is no file yet, so that there is something to come back to."""

FAMILY = family(
    "files",
    (
        (13, folders.make_folder),
        (12, files.touch),
        (16, files.write),
        (3, files.write_lines),
        (1.5, files.write_otherwise),
        (7, files.append),
        (36, files.read),
        (7, files.read_two),
        (60, folders.list_here),
        (20, folders.list_there),
        (4, folders.list_pattern),
        (19, folders.enter),
        (16, folders.climb),
        (1, folders.sideways),
        (13, folders.where),
        (7, files.copy),
        (7, files.move),
        (9, files.remove),
        (10, contents.count),
        (6, contents.ends),
        (10, contents.check),
        (3, contents.find),
        (4, contents.paths),
        (4, contents.search),
        (4, contents.transform),
        (1.5, contents.compare),
        (2, contents.gather),
        (1, contents.to_variable),
        (0.7, contents.link),
        (0.7, contents.program),
        (9, joined(_MAKES, _SHOWS, ("; ", " && ", " && "))),
    ),
)
"""Reading (``cat``, ``ls``, ``pwd``) weighs about as much as writing: what was made is asked for again."""
