"""A scratch place to run programs in: its own HOME, a copy of the project, no credentials, no network by design."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import dataclass

DUMMY_SECRET: Final = "dummy-secret-of-a-dry-run"  # noqa: S105 - that is the point of it
LEFT_OUT: Final = frozenset({"node_modules", ".venv", "venv", "cdk.out", ".git", "__pycache__"})

_KEPT_ENV: Final = frozenset({"PATH", "LANG", "LANGUAGE", "TZ", "TERM", "SYSTEMROOT", "PATHEXT", "COMSPEC"})
# Version managers find their programs through HOME, which is another one here; so their own variable is set.
_MANAGERS: Final = {
    "PYENV_ROOT": ".pyenv",
    "NVM_DIR": ".nvm",
    "NODENV_ROOT": ".nodenv",
    "VOLTA_HOME": ".volta",
    "ASDF_DATA_DIR": ".asdf",
    "MISE_DATA_DIR": ".local/share/mise",
    "UV_PYTHON_INSTALL_DIR": ".local/share/uv/python",
}
_STILL: Final = {
    "AGENTCORE_TELEMETRY_DISABLED": "1",
    "AGENTCORE_DISABLE_KEYCHAIN": "1",  # else `add credential` puts a key into the keychain of the person
    "AGENTCORE_SKIP_INSTALL": "1",
    "AGENTCORE_SUPPRESS_RECOMMENDATION": "1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/nonexistent/config",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent/credentials",
    "UV_OFFLINE": "1",
    "PIP_NO_INDEX": "1",
    "npm_config_offline": "true",
    "npm_config_update_notifier": "false",
    "NO_COLOR": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUTF8": "1",
}
_ENV_LINE: Final = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=")
# The CLI asks the package registry once a day for a newer version, unless this file says that it just did.
_UPDATE_CHECKED: Final = '{"lastCheck":8640000000000000,"latestVersion":"0.0.0"}'


@dataclass(frozen=True)
class Ran:
    """One finished program: what was run, how it ended, what it said. `exit_code` None: it ran out of time."""

    argv: tuple[str, ...]
    exit_code: int | None
    stdout: str
    stderr: str

    @property
    def ok(self) -> bool:
        """Return whether it ended by itself with status 0."""
        return self.exit_code == 0

    @property
    def said(self) -> str:
        """Its own words: standard error, or standard output when that is empty."""
        return self.stderr.strip() or self.stdout.strip()


class Sandbox:
    """A temporary folder with `home/` and, when a project is given, a copy of it in `project/`; gone after `with`.

    In: `project` (its folder; dependencies, virtual environments, build output and git are left out, values in
    `.env*` files replaced by a dummy), `secrets` (names of environment variables that programs take secrets from:
    set to a dummy), `path` (folders to search first), `env` (more variables). Nothing in the folder of the person is
    written: a link that leads out of the project is copied when it is a file and left out (`left_out`) otherwise.
    Errors: ConnectError `sandbox-copy` when the project cannot be copied.
    """

    def __init__(
        self,
        project: Path | None = None,
        *,
        secrets: Iterable[str] = (),
        path: Sequence[Path] = (),
        env: Mapping[str, str] | None = None,
    ) -> None:
        """Store what is wanted; the folder is made on entering."""
        self._source = project
        self._secrets = tuple(secrets)
        self._path = tuple(path)
        self._extra = dict(env or {})
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.left_out: list[str] = []

    def __enter__(self) -> Self:
        """Make the folder and the copy."""
        self._folder = tempfile.TemporaryDirectory(prefix="agentcore-connect-", ignore_cleanup_errors=True)
        try:
            settings = self.home / ".agentcore"
            for made in (settings, self.root / "tmp", self.project):
                made.mkdir(parents=True)
            (settings / "update-check.json").write_text(_UPDATE_CHECKED, "utf-8")
            if self._source is not None:
                self._copy(self._source.resolve(), self._source.resolve(), self.project)
        except OSError as error:
            self._folder.cleanup()
            raise ConnectError(
                "sandbox-copy",
                f"a scratch copy of the project cannot be made: {error.strerror or error}",
                where=str(error.filename or self._source or ""),
                hint="make the file readable, or free space in the folder for temporary files (TMPDIR)",
            ) from None
        except BaseException:
            self._folder.cleanup()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove everything."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    @property
    def root(self) -> Path:
        """The folder that holds everything; only within `with`."""
        if self._folder is None:
            raise RuntimeError("the sandbox is not open")
        return Path(self._folder.name).resolve()

    @property
    def home(self) -> Path:
        """HOME of what runs here."""
        return self.root / "home"

    @property
    def project(self) -> Path:
        """The copy of the project, or an empty folder."""
        return self.root / "project"

    def env(self) -> dict[str, str]:
        """The whole environment of what runs here: an allowed few variables of ours, never a credential."""
        env = {name: value for name, value in os.environ.items() if name.upper() in _KEPT_ENV or name.startswith("LC_")}
        env |= managers()
        env["PATH"] = os.pathsep.join([*map(str, self._path), env.get("PATH") or os.defpath])
        env |= {
            "HOME": str(self.home),
            "USERPROFILE": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / ".config"),
            "XDG_CACHE_HOME": str(self.home / ".cache"),
            "XDG_DATA_HOME": str(self.home / ".local" / "share"),
            "TMPDIR": str(self.root / "tmp"),
            "AGENTCORE_CONFIG_DIR": str(self.home / ".agentcore"),
        }
        return env | _STILL | dict.fromkeys(self._secrets, DUMMY_SECRET) | self._extra

    def run(
        self,
        argv: Sequence[str],
        cwd: Path | None = None,
        timeout: float = 60.0,
        *,
        stdin: str | None = None,
    ) -> Ran:
        """Run a program to its end, without a terminal, and with its children ended when it takes too long.

        In: `argv`; `cwd` (default: the copy of the project); `timeout` in seconds; `stdin` (default: nothing).
        Out: what happened; a program that is not there gives exit code 127, as a shell does.
        """
        started = argv[0]
        try:
            process = subprocess.Popen(  # noqa: S603 - running given programs is what it is for
                list(argv),
                cwd=cwd or self.project,
                env=self.env(),
                stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            return Ran(tuple(argv), 127, "", f"{started}: {reason}")
        try:
            out, err = process.communicate(stdin, timeout=timeout)
        except subprocess.TimeoutExpired:
            _end(process)
            out, err = process.communicate()
            return Ran(tuple(argv), None, out, f"{err}\n{started}: no answer within {timeout:g} s".lstrip("\n"))
        except BaseException:
            _end(process)
            process.wait()
            raise
        return Ran(tuple(argv), process.returncode, out, err)

    def _copy(self, folder: Path, top: Path, into: Path) -> None:
        for entry in sorted(os.scandir(folder), key=lambda one: one.name):
            source, made = Path(entry.path), into / entry.name
            if entry.name in LEFT_OUT:
                continue
            if entry.is_symlink() and not entry.is_file():
                inside = source.resolve()
                if source.exists() and inside.is_relative_to(top) and not LEFT_OUT & set(inside.relative_to(top).parts):
                    made.symlink_to(os.path.relpath(self.project / inside.relative_to(top), into))
                else:
                    self.left_out.append(str(source.relative_to(top)))
            elif entry.is_dir():
                made.mkdir(exist_ok=True)
                self._copy(source, top, made)
            elif not entry.is_file():
                self.left_out.append(str(source.relative_to(top)))
            elif entry.name.startswith(".env"):
                made.write_text(_without_values(source.read_text("utf-8", "replace")), "utf-8")
            else:
                shutil.copy(source, made)


def managers() -> dict[str, str]:
    """The folders of the version managers that are here, by the variable that each looks for."""
    found = {name: os.environ.get(name) or str(Path.home() / folder) for name, folder in _MANAGERS.items()}
    return {name: place for name, place in found.items() if Path(place).is_dir()}


def _without_values(text: str) -> str:
    """The lines of an `.env` file with every value replaced; comments go too, for they may hold old values."""
    names = (found[1] for line in text.splitlines() if (found := _ENV_LINE.match(line)))
    return "".join(f"{name}={DUMMY_SECRET}\n" for name in names)


def _end(process: subprocess.Popen[str]) -> None:
    """End a program and what it started: its own process group, which nothing else is in."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (OSError, AttributeError):
        process.kill()
