"""What a session has made so far: just enough to choose commands that make sense next.

It is a sketch for the author of a script. What a command prints is never asked of it: that comes from the real shell.
"""

from dataclasses import dataclass, field
from posixpath import basename, dirname, join, normpath
from random import Random

HOME = "/home/user"


@dataclass(slots=True)
class World:
    """Files, folders, variables and the place of a session.

    Attributes:
        files: absolute path -> lines of text.
        folders: absolute paths of the folders that were made, with home.
        gone: names of files and folders that were removed or moved away.
        wanted: names that were asked for and were not there.
        variables: name -> value.
        exported: names of exported variables.
        readonly: names of variables that cannot change.
        forgotten: names of variables that were unset.
        functions: names of functions and aliases.
        cwd: absolute path of the current folder.
        previous: the folder before the last ``cd``.
        failed: whether the last command most likely failed.
    """

    files: dict[str, list[str]] = field(default_factory=dict)
    folders: set[str] = field(default_factory=lambda: {HOME})
    gone: list[str] = field(default_factory=list)
    wanted: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    exported: set[str] = field(default_factory=set)
    readonly: set[str] = field(default_factory=set)
    forgotten: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    cwd: str = HOME
    previous: str | None = None
    failed: bool = False

    def copy(self) -> "World":
        """An independent world in the same state."""
        return World(
            dict(self.files),
            set(self.folders),
            list(self.gone),
            list(self.wanted),
            dict(self.variables),
            set(self.exported),
            set(self.readonly),
            list(self.forgotten),
            list(self.functions),
            self.cwd,
            self.previous,
            self.failed,
        )

    def resolve(self, name: str) -> str:
        """The absolute path of `name` as typed in the current folder; ``~`` is home."""
        if name == "~" or name.startswith("~/"):
            name = HOME + name[1:]
        return normpath(join(self.cwd, name))

    def exists(self, name: str) -> bool:
        """Whether `name` is a known file or folder."""
        path = self.resolve(name)
        return path in self.files or path in self.folders

    def children(self, folder: str) -> list[str]:
        """Absolute paths directly inside `folder`, folders first."""
        return [path for path in (*sorted(self.folders), *self.files) if path != folder and dirname(path) == folder]

    def subfolders(self) -> list[str]:
        """Folders directly inside the current one."""
        return [path for path in sorted(self.folders) if path != self.cwd and dirname(path) == self.cwd]

    def spell(self, r: Random, path: str) -> str:
        """One way to type `path` from the current folder: relative mostly, from home when it lies far off."""
        if path == self.cwd:
            return "."
        if path.startswith(self.cwd + "/"):
            short = path[len(self.cwd) + 1 :]
            return f"./{short}" if r.random() < 0.03 else short
        parent = dirname(self.cwd)
        if path == parent:
            return ".."
        if path.startswith(parent + "/") and parent.startswith(HOME) and r.random() < 0.75:
            return "../" + path[len(parent) + 1 :]
        if path == HOME:
            return "~"
        return "~/" + path[len(HOME) + 1 :] if path.startswith(HOME + "/") else path

    def make_folder(self, path: str) -> None:
        """Adds the folder and those above it."""
        while path.startswith(HOME + "/"):
            self.folders.add(path)
            path = dirname(path)

    def write(self, path: str, lines: list[str], append: bool = False) -> None:
        """Sets or extends the text of a file, if its folder exists."""
        if dirname(path) in self.folders or dirname(path) == "/tmp":
            self.files[path] = [*self.files.get(path, []), *lines] if append else list(lines)

    def remove(self, path: str) -> None:
        """Takes away a file, or a folder with all inside."""
        self.gone.append(basename(path))
        self.files.pop(path, None)
        if path in self.folders and path != HOME:
            below = path + "/"
            self.folders = {one for one in self.folders if one != path and not one.startswith(below)}
            self.files = {one: text for one, text in self.files.items() if not one.startswith(below)}

    def copy_to(self, source: str, target: str) -> None:
        """Copies a file or a folder tree to the path `target`, or into it where it is a folder."""
        if target in self.folders:
            target = join(target, basename(source))
        if source in self.files:
            self.write(target, self.files[source])
            return
        below = source + "/"
        for folder in [one for one in self.folders if one == source or one.startswith(below)]:
            self.make_folder(target + folder[len(source) :])
        for file in [one for one in self.files if one.startswith(below)]:
            self.write(target + file[len(source) :], self.files[file])

    def move_to(self, source: str, target: str) -> None:
        """Moves a file or a folder tree."""
        self.copy_to(source, target)
        self.remove(source)

    def go(self, path: str) -> None:
        """Changes the current folder."""
        self.previous, self.cwd = self.cwd, path

    def assign(self, name: str, value: str) -> None:
        """Sets a variable, unless it is read-only."""
        if name not in self.readonly:
            self.variables[name] = value

    def forget(self, name: str) -> None:
        """Unsets a variable, unless it is read-only; its name is kept in mind, for a session may ask for it again."""
        if name not in self.readonly:
            self.variables.pop(name, None)
            self.exported.discard(name)
            self.forgotten.append(name)
