"""E-mail addresses and web addresses. Nothing here is ever fetched; web addresses come out defanged."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.entities.base import Passage, Recognizer
from models.entities.roles import role_before
from triage.domain.assessment import Entity

_TLD = r"(?:com|org|net|info|biz|gov|edu|mil|io|xyz|app|example|gob)(?:\.(?:mx|gt|hn|sv|ni|br|ca))?"
_SPOKEN_TLD = r"(?:com|org|net|info|example|edu|gov|mx|me|io|co)"
_DOT = r"(?:\.|\s?[\[({]\s?(?:\.|dot|punto)\s?[\])}]\s?)"

_EMAIL = re.compile(r"(?<![a-z0-9._%+-])[a-z0-9_%+-](?:[a-z0-9._%+-]{0,63})@(?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,24}")
_HIDDEN_EMAIL = re.compile(
    rf"(?<![a-z0-9._%+-])[a-z0-9._%+-]{{2,64}}\s?(?:@|[\[({{<]\s?(?:at|arroba|"
    rf"@)\s?[\])}}>])\s?[a-z0-9-]{{1,63}}(?:{_DOT}[a-z0-9-]{{1,63}}){{0,4}}{_DOT}{_SPOKEN_TLD}\b"
)
_SPOKEN_EMAIL = re.compile(
    rf"\b[a-z0-9._%+-]{{2,64}}(?:\s(?:dot|punto|underscore|guion bajo)\s[a-z0-9]{{1,30}}){{0,3}}\s(?:at|"
    rf"arroba|en)\s[a-z0-9-]{{1,63}}(?:\s(?:dot|punto)\s[a-z0-9-]{{1,63}}){{0,3}}\s(?:dot|punto)\s{_SPOKEN_TLD}\b"
)
_SPACED_EMAIL = re.compile(
    r"(?<![a-z0-9._%+-])[a-z0-9._%+-]{2,64} ?@ ?[a-z0-9-]{1,63}(?: ?\. ?[a-z0-9-]{1,63}){0,2} ?\. ?(?:com|org|net|edu|gov)\b"
)
_AT_PROVIDER = re.compile(
    r"(?<![a-z0-9._%+-])[a-z0-9._%+-]{3,64} ?(?:@| at | arroba ) ?(?:gmail|yahoo|hotmail|outlook|icloud|aol|proton(?:mail)?|"
    r"live)\b(?![.\w])"
)
_AT = re.compile(r"\s?[\[({<]\s?(?:at|arroba|@)\s?[\])}>]\s?|\s(?:at|arroba|en)\s|\s?@\s?")
_DOTS = re.compile(r"\s?\.\s|\s\.|\s?[\[({]\s?(?:\.|dot|punto)\s?[\])}]\s?|\s(?:dot|punto)\s")
_BUSINESS_BOX = re.compile(
    r"^(?:info|sales|ventas|dispatch|despachos?|trafico|billing|ap|ar|accounts?|support|help(?:desk)?|office|admin|hr|jobs|empleos|"
    r"contact|contacto|orders?|safety|service|security|booking|reservations?)(?:[._-]|@)"
)


class EmailRecognizer(Recognizer):
    """Addresses, also hidden ones: ``name [at] site [dot] org``, ``name at site dot com``. The value is the plain address, lower case."""

    cues = (
        "@",
        "[at]",
        "(at)",
        "{at}",
        "<at>",
        "[ at",
        "( at",
        "arroba",
        " dot ",
        " punto ",
        " gmail",
        " yahoo",
        " hotmail",
        " outlook",
        " icloud",
    )

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield addresses with the role of the box or of the words before it."""
        seen: set[int] = set()
        for pattern in (_EMAIL, _HIDDEN_EMAIL, _SPOKEN_EMAIL, _SPACED_EMAIL, _AT_PROVIDER):
            for match in pattern.finditer(passage.folded):
                named = pattern is not _AT_PROVIDER or "@" in match.group() or not match.group().partition(" ")[0].isalpha()
                if match.start() in seen or not named:
                    continue
                seen.add(match.start())
                value = _DOTS.sub(".", _AT.sub("@", match.group(), count=1)).replace(" underscore ", "_").replace(" ", "")
                role = role_before(passage, match.start())
                if role == "unknown" and _BUSINESS_BOX.match(value):
                    role = "business"
                yield passage.entity(
                    "email", match.start(), match.end(), value, valid=value.count("@") == 1, partial=pattern is _AT_PROVIDER, role=role
                )


_LINK = re.compile(r"(?:\bh(?:tt|xx)ps?:?//|\bwww\.)[^\s<>\"]{2,2000}")
_DOMAIN = re.compile(
    rf"(?<![@\w.$/-])(?:[a-z0-9](?:[a-z0-9-]{{0,62}})(?:\.|\[\.\]|\(\.\)|"
    rf"\[dot\])){{1,6}}(?:{_TLD}(?![\w-])(?:[/?][^\s<>\"]{{0,2000}})?|[a-z]{{2,12}}/[^\s<>\"]{{1,2000}})"
)
_SPOKEN_LINK = re.compile(
    rf"(?<![@\w])(?:www dot )?[a-z0-9-]{{2,63}}(?: (?:dot|punto) [a-z0-9-]{{1,63}}){{0,3}} (?:dot|punto) {_SPOKEN_TLD}\b(?: (?:slash|"
    rf"diagonal) [a-z0-9-]{{1,63}}){{0,3}}"
)
_TAIL = ".,;:!?)]}'\"*"


class UrlRecognizer(Recognizer):
    """Web addresses, whole, bare, defanged or spoken. The value is defanged: ``hxxps://site[.]example/path``."""

    cues = (
        "http", "hxxp", "www", ".com", ".org", ".net", ".info", ".biz", ".gov", ".edu", ".io", ".xyz", ".app", ".example", ".gob", "[.]",
        "(.)", "[dot]", " dot ", " punto ", ".me/", ".ly/", ".gg/", ".co/", ".mx", ".us/", ".app/", ".link/",
    )  # fmt: skip

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield addresses; a bare name needs a common top-level domain or a path."""
        reached = 0
        spans = {match.span() for pattern in (_LINK, _DOMAIN, _SPOKEN_LINK) for match in pattern.finditer(passage.folded)}
        for start, stop in sorted(spans, key=lambda span: (span[0], -span[1])):
            if start < reached:
                continue
            end = start + len(passage.text[start:stop].rstrip(_TAIL))
            reached = end
            yield passage.entity("url", start, end, _defang(passage.text[start:end]))


def _defang(raw: str) -> str:
    plain = re.sub(r"\s(?:slash|diagonal)\s", "/", _DOTS.sub(".", raw.replace("[.]", ".").replace("(.)", ".").replace("[dot]", ".")))
    scheme, found, rest = plain.partition("://")
    if not found:
        scheme, rest = "hxxp", plain
    host, slash, path = rest.partition("/")
    return f"{scheme.lower().replace('tt', 'xx')}://{host.lower().replace('.', '[.]')}{slash}{path}"
