"""Copies the front-end files that we ship out of their packages, so that an update is one command and no handwork."""

import re
import tarfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from exchange.portal.management.trimming import trim

TARGET = Path(__file__).resolve().parents[2] / "static" / "portal" / "vendor"
FONT_STACK = "PingFang SC,Microsoft YaHei,Noto Sans SC,system-ui,sans-serif"
GOVUK = "package/dist/govuk/govuk-frontend.min"


def retheme(css: str) -> str:
    """Return the style sheet without the fonts, images and crest that we neither ship nor may use."""
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = re.sub(r"/\*![^*]*All rights reserved\.[^*]*\*/", "", css)
    css = css.replace("GDS Transport,arial,sans-serif", FONT_STACK).replace("GDS Transport", FONT_STACK)
    css = re.sub(r"[^{};]*\{[^{}]*\}", _without_crown, css)
    return without_map(css)


def _without_crown(rule: re.Match[str]) -> str:
    return "" if re.search(r"crest|crown", rule.group(), re.IGNORECASE) else rule.group()


def without_map(text: str) -> str:
    """Return `text` without its source-map line: the map is not shipped, and a dangling one stops collectstatic."""
    return re.sub(r"\n?(//#|/\*#) sourceMappingURL=[^\n*]*(\*/)?", "", text).rstrip() + "\n"


def _member(archive: Path, name: str) -> str:
    with tarfile.open(archive) as package:
        found = package.extractfile(name)
        if found is None:
            raise CommandError(f"{archive.name} holds no {name}: is it the right package?")
        return found.read().decode("utf-8")


class Command(BaseCommand):
    """`vendor_frontend FOLDER`: FOLDER holds what `npm pack govuk-frontend htmx.org` left there; without it, only trims again."""

    help = "Copy govuk-frontend and htmx from packed archives into the portal's static files."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """One argument: the folder with the two archives."""
        parser.add_argument("folder", type=Path, nargs="?")

    def handle(self, *args: Any, folder: Path | None, **options: Any) -> None:
        """Write the files of both packages, and the part of the style sheet that citizens' pages use."""
        if folder is not None:
            self._unpack(folder)
        whole = (TARGET / "govuk-frontend.min.css").read_text(encoding="utf-8")
        self._write("govuk-citizen.min.css", trim(whole))

    def _unpack(self, folder: Path) -> None:
        govuk, htmx = self._one(folder, "govuk-frontend-*.tgz"), self._one(folder, "htmx.org-*.tgz")
        self._write("govuk-frontend.min.css", retheme(_member(govuk, f"{GOVUK}.css")))
        self._write("govuk-frontend.min.js", without_map(_member(govuk, f"{GOVUK}.js")))
        self._write("htmx.min.js", without_map(_member(htmx, "package/dist/htmx.min.js")))
        self._write("LICENSE-htmx.txt", _member(htmx, "package/LICENSE"))

    def _one(self, folder: Path, pattern: str) -> Path:
        found = sorted(folder.glob(pattern))
        if len(found) != 1:
            raise CommandError(f"{folder} holds {len(found)} files like {pattern}; exactly one is needed. Run npm pack there first.")
        return found[0]

    def _write(self, name: str, text: str) -> None:
        (TARGET / name).write_text(text, encoding="utf-8")
        self.stdout.write(f"{name}: {len(text):,} characters")
