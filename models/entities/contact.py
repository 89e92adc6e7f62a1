"""E-mail addresses, web addresses and account names. Nothing here is ever fetched; web addresses come out defanged."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.entities.base import Claims, Passage, Recognizer
from models.entities.gazetteer import lexicon, vocabulary
from models.entities.roles import role_before
from triage.domain.assessment import Entity

_TLD = r"(?:com|org|net|info|biz|gov|edu|mil|io|xyz|app|example|gob)(?:\.(?:mx|gt|hn|sv|ni|br|ca))?"
_SPOKEN_TLD = r"(?:com|org|net|info|example|edu|gov|mx)"
_DOT = r"(?:\.|\s?[\[({]\s?(?:\.|dot|punto)\s?[\])}]\s?)"

_EMAIL = re.compile(r"(?<![a-z0-9._%+-])[a-z0-9_%+-](?:[a-z0-9._%+-]{0,63})@(?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,24}")
_HIDDEN_EMAIL = re.compile(
    rf"(?<![a-z0-9._%+-])[a-z0-9._%+-]{{2,64}}\s?(?:@|[\[({{<]\s?(?:at|arroba|"
    rf"@)\s?[\])}}>])\s?[a-z0-9-]{{1,63}}(?:{_DOT}[a-z0-9-]{{1,63}}){{0,4}}{_DOT}{_SPOKEN_TLD}\b"
)
_SPOKEN_EMAIL = re.compile(
    rf"\b[a-z0-9._%+-]{{2,64}}(?:\s(?:dot|punto|underscore|guion bajo)\s[a-z0-9]{{1,30}}){{0,3}}\s(?:at|"
    rf"arroba)\s[a-z0-9-]{{1,63}}(?:\s(?:dot|punto)\s[a-z0-9-]{{1,63}}){{0,3}}\s(?:dot|punto)\s{_SPOKEN_TLD}\b"
)
_AT = re.compile(r"\s?[\[({<]\s?(?:at|arroba|@)\s?[\])}>]\s?|\s(?:at|arroba)\s|\s?@\s?")
_DOTS = re.compile(r"\s?[\[({]\s?(?:\.|dot|punto)\s?[\])}]\s?|\s(?:dot|punto)\s")
_BUSINESS_BOX = re.compile(
    r"^(?:info|sales|ventas|dispatch|despachos?|trafico|billing|ap|ar|accounts?|support|help(?:desk)?|office|admin|hr|jobs|empleos|"
    r"contact|contacto|orders?|safety|service|security|booking|reservations?)(?:[._-]|@)"
)


class EmailRecognizer(Recognizer):
    """Addresses, also hidden ones: ``name [at] site [dot] org``, ``name at site dot com``. The value is the plain address, lower case."""

    cues = ("@", "[at]", "(at)", "{at}", "<at>", "[ at", "( at", "arroba", " dot ", " punto ")

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield addresses with the role of the box or of the words before it."""
        seen: set[int] = set()
        for pattern in (_EMAIL, _HIDDEN_EMAIL, _SPOKEN_EMAIL):
            for match in pattern.finditer(passage.folded):
                if match.start() in seen:
                    continue
                seen.add(match.start())
                value = _DOTS.sub(".", _AT.sub("@", match.group(), count=1)).replace(" underscore ", "_").replace(" ", "")
                role = role_before(passage, match.start())
                if role == "unknown" and _BUSINESS_BOX.match(value):
                    role = "business"
                yield passage.entity("email", match.start(), match.end(), value, valid=value.count("@") == 1, role=role)


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


_NAME = r"[a-z0-9_](?:[a-z0-9_.-]{0,38}[a-z0-9_])?(?:#[0-9]{1,4})?"
_AT_NAME = re.compile(rf"(?<![\w@./])@({_NAME})")
_CASHTAG = re.compile(r"(?<![\w$])\$([a-z][a-z0-9_-]{2,19})(?![\w$])")
_LINK_NAME = re.compile(
    r"\b(t\.me|cash\.app|(?:instagram|tiktok|snapchat|facebook|twitter|x|venmo|onlyfans|discord)\.com)/(?:add/|u/|"
    rf"joinchat/)?[@$]?({_NAME})"
)
_TAGGED = re.compile(r"(?<![\w@.$/-])([a-z0-9_.]{2,32}#(?:0|[0-9]{4}))(?![\w])")
_UNDERSCORED = re.compile(r"(?<![\w@.$/:=\[-])([a-z0-9][a-z0-9.]{0,30}_[a-z0-9_.]{0,30}[a-z0-9])(?![\w=@\]-])")
_PLATFORM_NAMES = (
    r"snap(?:chat)?|ig|insta(?:gram)?|tik ?tok|telegram|tg|discord|kik|roblox|fortnite|venmo|cash ?app|whatsapp|twitter|facebook|fb"
)
_ACCOUNT_WORDS = (
    r"handle|gamertag|gamer tag|user ?name|user|usuario|screen ?name|account|acct|profile|perfil|cuenta|channel|page|admin|cashtag|"
    r"nickname|apodo"
)
_CUED = re.compile(
    rf"\b({_PLATFORM_NAMES}|{_ACCOUNT_WORDS})(?:\s(?:name|id|user|usuario|account|acct|handle|there|gets you|de|called|named|"
    rf"llamad[oa])){{0,2}}"
    rf"(\s(?:is|es|era|was)|'s)?\s?([:=]?)\s?[\"'(]?(?<![a-z0-9])({_NAME})"
)
_CALLED = re.compile(
    r"\b(?:calls? (?:him|her|them)sel(?:f|ves)|called|named|name|under|un tal|una tal|account|llamad[oa]|goes by|posts as|poster|"
    r"seller|signed|off|from|se hace llamar|bajo el nombre(?: de)?|(?:hit up|dm|add|text|message)(?: me| him| her)?(?: at| on)?|"
    rf"plug|admin|mod|friend)\s[\"'(]?({_NAME})"
)
_ON_PLATFORM = re.compile(rf"\s(?:on|en|from|in)\s(?:the |un |el )?({_PLATFORM_NAMES})\b")
_NAME_ENDS = re.compile(rf"(?<![\w@.$/-])({_NAME})[\"']?$")
_ACCOUNT_ONLY = re.compile(r"gamertag|gamer tag|user ?name|usuario|screen ?name|cashtag")
_ACCOUNT_WORD = re.compile(r"handle|gamertag|gamer tag|user ?name|user|usuario|screen ?name|cashtag|nickname|apodo|profile|perfil")
_NOT_NAMES = vocabulary(
    """
    the and that this they them there she her his him was were with who what when where has had have not from for you your our are but
    is of on in to at by as an a so if or it its i my me we us he que los las una uno con por para del el la de en es era un se su
    name names number like just only all any some somebody someone about says said told got sends sent sells selling pics picture
    message messages posted post app live video story stories group page account user users home work night exit walmart loves pilot
    petro gas church school gate noon midnight them also then now still keeps goes called group chats chat dms photos gone deleted
    private public fake anonymous
    """
)
_INJECTED = re.compile(r"categor|label|urgency|\bp0\b|[\"{]\w*\"?:\s?[\[\"]*$")
_CLOCK = re.compile(r"[0-9]{1,4}(?:am|pm|hrs|h)?")
_ROAD_LIKE = re.compile(
    r"(?:exit|room|rm|apt|unit|lot|mm|mile|hwy|highway|route|rt|us|sr|fm|cr|truck|trailer|row|bay|door|dock|pump|gate|bus|suite|box|"
    r"km|ar|ak)[0-9.]+"
)


class HandleRecognizer(Recognizer):
    """Account names. The value is ``platform:name``, lower case; ``attributes`` hold platform (may be missing) and name."""

    cues = (
        "@", "$", "_", "#", "t.me/", "cash.app", "snap", "ig ", "insta", "tik", "telegram", "tg ", "discord", "kik", "roblox", "fortnite",
        "venmo", "cash", "whats", "twitter", "face", "fb", "handle", "gamer", "user", "usuario", "screen", "account", "acct", "profile",
        "perfil", "cuenta", "channel", "page", "admin", "minecraft", " app ", "himself", "herself", "juego", "game", "tag",
    )  # fmt: skip

    def __init__(self) -> None:
        self._platforms = lexicon("platforms", "platform")
        self._platform = re.compile(r"\b(" + "|".join(re.escape(term) for term in sorted(self._platforms, key=len, reverse=True)) + r")\b")

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield names with a sign of their own (@, $, #, underscore, link) and names that a cue announces and whose shape fits."""
        folded = passage.folded
        claims = Claims()
        for start, end, name, platform in self._candidates(passage):
            if not claims.take(start, end):
                continue
            platform = platform or self._near(folded, start, end)
            attributes = {"name": name} | ({"platform": platform} if platform else {})
            value = f"{platform}:{name}" if platform else name
            yield passage.entity("handle", start, end, value, role=role_before(passage, start), attributes=attributes)

    def _candidates(self, passage: Passage) -> Iterator[tuple[int, int, str, str]]:
        folded = passage.folded
        for match in _LINK_NAME.finditer(folded):
            site = match[1].removesuffix(".com")
            yield match.start(), match.end(), match[2], self._platforms.get(site, site)
        for match in _AT_NAME.finditer(folded):
            if (
                match[1] not in _NOT_NAMES
                and not _CLOCK.fullmatch(match[1])
                and len(match[1]) > 2
                and folded[match.end() : match.end() + 1] != "@"
            ):
                yield match.start(), match.end(), match[1], ""
        for match in _CASHTAG.finditer(folded):
            yield match.start(), match.end(), match[1], "cashapp"
        for match in _TAGGED.finditer(folded):
            if any(char.isalpha() for char in match[1]) and (
                match[1].endswith("#0") or "discord" in folded or re.search(r"[_.0-9]", match[1].partition("#")[0])
            ):
                yield match.start(), match.end(), match[1], "discord"
        for match in _UNDERSCORED.finditer(folded):
            raw = passage.text[match.start() : match.end()]
            if not raw.isupper() and not _INJECTED.search(passage.before(match.start(), 40)) and sum(char.isalpha() for char in raw) > 2:
                yield match.start(), match.end(), match[1], ""
        for match in _CUED.finditer(folded):
            raw = passage.text[match.start(4) : match.end(4)]
            verb = bool(match[2]) and bool(_ACCOUNT_WORD.fullmatch(match[1]))
            announced = bool(match[3]) or verb or bool(_ACCOUNT_ONLY.match(match[1])) or (match[1] == "handle" and raw[:1].isupper())
            if _fits(raw, match[4]) or (announced and _plain_name(match[4])):
                yield match.start(4), match.end(4), match[4], self._platforms.get(match[1], "")
        for match in _CALLED.finditer(folded):
            if _fits(passage.text[match.start(1) : match.end(1)], match[1]):
                yield match.start(1), match.end(1), match[1], ""
        for platform in _ON_PLATFORM.finditer(folded):
            before = max(0, platform.start() - 48)
            name = _NAME_ENDS.search(passage.folded[before : platform.start()])
            if name and _fits(passage.text[before + name.start(1) : before + name.end(1)], name[1]):
                yield before + name.start(1), before + name.end(1), name[1], self._platforms.get(platform[1], "")
        for match in _MIXED.finditer(folded):
            if not _ROAD_LIKE.fullmatch(match[1]) and self._near(folded, match.start(), match.end()):
                yield match.start(), match.end(), match[1], ""

    def _near(self, folded: str, start: int, end: int) -> str:
        """The platform named within 60 code points, the last one before the name first."""
        found = self._platform.findall(folded, max(0, start - 60), start) or self._platform.findall(folded, end, end + 30)[:1]
        return self._platforms[found[-1]] if found else ""


_MIXED = re.compile(r"(?<![\w@.$/=:-])([a-z][a-z.]{4,20}[0-9]{1,4})(?![\w@-])")


def _plain_name(name: str) -> bool:
    return name not in _NOT_NAMES and len(name) > 3 and any(char.isalpha() for char in name)


def _fits(raw: str, name: str) -> bool:
    """Whether a name looks like an account rather than a word: a digit, underscore, inner dot or inner capital among letters."""
    if name in _NOT_NAMES or len(name) < 4 or _ROAD_LIKE.fullmatch(name) or not any(char.isalpha() for char in name):
        return False
    camel = bool(re.search(r"[a-z][A-Z]", raw))
    return (
        camel
        or "_" in name
        or "." in name.strip(".")
        or (any(char.isdigit() for char in name) and name[0].isalpha() and sum(char.isalpha() for char in name) > 2)
    )
