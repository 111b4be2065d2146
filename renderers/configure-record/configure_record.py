"""The record of what configure.py created: `configure.state.json`, beside it. `down` deletes that and nothing else.

A thing is written down before the request that creates it is sent, so an interrupt loses nothing: the next run finds
it at AWS by its name and knows that it belongs to the plan. The record holds names and ids, never a secret.
The same file for every plan.
"""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path
from typing import Any

Entry = dict[str, Any]


class Record:
    """What was created, by Region, gateway, kind and name. Unreadable records raise ValueError."""

    def __init__(self, path: Path, region: str, gateway: str) -> None:
        """Read the record; an absent one is empty."""
        self._path, self._place = path, f"{region} {gateway}"
        self._all: dict[str, dict[str, Entry]] = {}
        if path.exists():
            self._all = json.loads(path.read_text("utf-8"))
            if not isinstance(self._all, dict):
                raise ValueError("it is not a JSON object")
        self._own = self._all.setdefault(self._place, {})
        self._tokens: dict[str, str] = {}
        self._fresh: set[str] = set()

    def token(self, step: Entry) -> str:
        """What makes a repeated request harmless: the same text for the same thing, also after an interrupt."""
        key = self._key(step)
        before = self._own.get(key, {}).get("token")
        return str(before or self._tokens.setdefault(key, str(uuid.uuid4())))

    def begin(self, step: Entry, **more: Any) -> None:
        """Write down that a thing is about to be created or changed."""
        key = self._key(step)
        if key not in self._own:
            self._fresh.add(key)
        self._own[key] = {**self._own.get(key, {}), "token": self.token(step), **more}
        self._save()

    def done(self, step: Entry, number: str) -> None:
        """Write down the id of a thing that was created."""
        self._own[self._key(step)]["id"] = number
        self._save()

    def undo(self, step: Entry) -> None:
        """Forget what this run was about to do, because it did not happen."""
        if self._key(step) in self._fresh:
            self.forget(step)

    def forget(self, step: Entry) -> None:
        """Forget a thing, because it is gone."""
        self._own.pop(self._key(step), None)
        self._tokens.pop(self._key(step), None)
        self._save()

    def of(self, step: Entry) -> Entry | None:
        """What is written down of a thing; None where the plan did not create it."""
        return self._own.get(self._key(step))

    def _key(self, step: Entry) -> str:
        return f"{step['kind']} {step['name']}"

    def _save(self) -> None:
        kept = {place: entries for place, entries in self._all.items() if entries}
        if not kept:
            self._path.unlink(missing_ok=True)
            return
        scratch = self._path.with_name(f"{self._path.name}.{os.getpid()}.tmp")
        scratch.write_text(json.dumps(kept, indent=2) + "\n", "utf-8")
        os.replace(scratch, self._path)
