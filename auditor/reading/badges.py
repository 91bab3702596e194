"""Images that show a license: badges of shields.io, Creative Commons buttons, alternative texts."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote_plus, urlsplit

from auditor.domain.pattern import lazy_pattern

_LICENSE = lazy_pattern(r"licen[sc]e|许可|协议", re.IGNORECASE)
_ABOUT = lazy_pattern(r"(?:the\s+)?(?:models?|weights?|checkpoints?|code|data|datasets?)", re.IGNORECASE)
_COMMONS = lazy_pattern(r"cc[- ]?(?:by|0)\b|(?:creative commons|apache|mit|gpl|agpl|lgpl|openrail)\b|.{0,40}\bnon-?commercial\b", re.IGNORECASE)
_LABELLED = lazy_pattern(r"(.{0,60}?licen[sc]e)s?\s*[:：=-]\s*(.{1,120})", re.IGNORECASE)
_BUTTON_HOSTS = ("licensebuttons.net", "creativecommons.org")


def license_badge(alt: str, source: str) -> tuple[str, str] | None:
    """Label and name of a license badge: of shields.io from its address, else from an alternative text `License: X`."""
    try:
        address = urlsplit(source)
        host = address.hostname or ""
    except ValueError:
        return None
    shown = ("", "")
    if host.endswith("shields.io") and (address.path.startswith("/static/") or "message=" in address.query):
        query = parse_qs(address.query, max_num_fields=20) if address.query.count("&") < 20 else {}
        shown = (query.get("label", [""])[0], query.get("message", [""])[0])
    elif host.endswith("shields.io") and address.path.startswith("/badge/"):
        shown = _shields(address.path.removeprefix("/badge/"), alt)
    if _LICENSE.search(shown[0]) and shown[1].strip():
        return shown
    if _ABOUT.fullmatch(shown[0].strip()) and _COMMONS.match(shown[1].strip()):
        return shown
    if labelled := _LABELLED.fullmatch(alt.strip()):
        return labelled[1], labelled[2]
    if host.endswith(_BUTTON_HOSTS) and any(character.isdigit() for character in alt):
        return "", alt
    return None


def badge_words(source: str) -> str:
    """Label and message of a badge of shields.io as it shows them; empty for another image."""
    try:
        address = urlsplit(source)
    except ValueError:
        return ""
    if not (address.hostname or "").endswith("shields.io") or not address.path.startswith("/badge/"):
        return ""
    return " ".join(part for part in _shields(address.path.removeprefix("/badge/"), "") if part)


def _shields(path: str, alt: str) -> tuple[str, str]:
    """`label-message-color`, where `--` is a dash and `_` a blank; a badge without label goes by its alternative text."""
    parts = unquote_plus(path).replace("--", "\0").split("-")
    plain = [part.replace("\0", "-").replace("__", "\0").replace("_", " ").replace("\0", "_").strip() for part in parts]
    if len(plain) > 3 and _LICENSE.search(plain[0]):  # a dash that was not doubled, as in License-Apache-2.0-blue
        return plain[0], "-".join(plain[1:-1])
    if len(plain) == 3:
        return plain[0], plain[1]
    return (alt, plain[0]) if len(plain) == 2 else ("", "")
