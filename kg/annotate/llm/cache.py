"""Answers that were given before, a file each: the same passage, model, prompt and schema are not asked about twice."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.annotate.llm.form import parse_answer


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of answers by key (hex): what was answered and nothing else, no request, no address, no key of an endpoint."""

    folder: Path

    def get(self, key: str) -> Mapping[str, Any] | None:
        """The answer, None where there is none that can still be read."""
        try:
            return parse_answer(self._file(key).read_text("utf-8"))
        except (OSError, UnicodeDecodeError):
            return None

    def put(self, key: str, answer: Mapping[str, Any]) -> None:
        """Keeps an answer, whole or not at all."""
        file = self._file(key)
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = file.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        try:
            part.write_text(json.dumps(answer, ensure_ascii=True), "utf-8")
            part.replace(file)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key[2:]}.json"
