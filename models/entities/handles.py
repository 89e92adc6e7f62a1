"""Account names on platforms: with a sign of their own, or announced by a platform or a word for an account."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.entities.base import Claims, Passage, Recognizer, matches, matches_at
from models.entities.gazetteer import lexicon, rows, vocabulary
from models.entities.roles import role_before
from triage.domain.assessment import Entity

_NAME = r"[a-z0-9_](?:[a-z0-9_.-]{0,38}[a-z0-9_])?(?:#[0-9]{1,4})?"
_AT_NAME = re.compile(rf"(?<![\w@./])@({_NAME})")
_CASHTAG = re.compile(r"(?<![\w$])\$([a-z][a-z0-9_-]{2,19})(?![\w$])")
_LINK_NAME = re.compile(
    r"\b(t\.me|cash\.app|fb\.me|m\.me|wa\.me|(?:fb|instagram|tiktok|snapchat|facebook|twitter|x|venmo|onlyfans|discord)\.com)/(?:add/|u/|"
    rf"joinchat/)?[@$]?({_NAME})"
)
_TAGGED = re.compile(r"(?<![\w@.$/-])([a-z0-9_.]{2,32}#(?:0|[0-9]{4}))(?![\w])")
_UNDERSCORED = re.compile(r"(?<![\w@.$/:=\[-])([a-z0-9][a-z0-9.]{0,30}_[a-z0-9_.]{0,30}[a-z0-9])(?![\w=@\]-])")
_REDDIT = re.compile(r"(?<![\w/])u/([a-z0-9_-]{3,20})(?![\w/])")
_MIXED = re.compile(r"(?<![\w@.$/=:-])([a-z][a-z.]{4,20}[0-9]{1,4})(?![\w@-])")

_ACCOUNTS = (
    r"handle|gamer ?tag|gamer|user ?names?|user ?id|users?|usuario|screen ?names?|accounts?|acct|acc|profile|perfil|cuenta|channel|page|"
    r"pagina|admin|cashtag|nickname|apodo|player|display name|login"
)
_ACCOUNT_WORDS = vocabulary(
    """
    handle gamertag gamer user users username usernames userid usuario screen screenname screennames account accounts acct acc profile
    perfil cuenta channel page pagina admin cashtag nickname apodo player display login
    """
)
_FILLER = (
    r"(?:names?|id|user|username|usuario|accounts?|acct|acc|handle|profile|perfil|cuenta|page|pagina|channel|group|grupo|server|tag|"
    r"there|on "
    r"there|gets you|is|es|era|was|its|it's|just|only|he is|she is|he's|she's|they are|called|named|name|as|como|under|de|llamad[oa]|que "
    r"se llama|se llama|sale como|aparece como|goes by|the name|el nombre|on it|with the name)"
)
_ANNOUNCED = re.compile(
    r"(?:\b(?:is|es|era|was|its|it's|called|named|as|como|under|llamad[oa]|llama|goes by|he is|she is|he's|she's|the name|el nombre|just|"
    r"only)|\b(?:names?|id|user|username|usuario|handle|tag))$"
)
_SURE_ACCOUNT = re.compile(
    r"\b(?:handle|gamer ?tag|user ?names?|user|usuario|screen ?names?|cashtag|display name|player name|gamer name|"
    r"account name|profile name)\b"
)
_NAMING = re.compile(r"\b(?:under|called|named|llamad[oa]|llama|goes by)$")
_STATING = re.compile(r"\b(?:is|es|era|was|called|named|llamad[oa]|llama|como|as|name|names|under|the name|el nombre)$")
_CALLED = re.compile(
    r"\b(?:calls? (?:him|her|them)sel(?:f|ves)|called|named|name(?: is| was)?|nombre es|under(?: the name)?|un tal|una tal|account|"
    r"llamad[oa]|se llama|goes by|posts as|poster|(?:posted|sent|made|run) by|"
    r"seller|signed|off|from|se hace llamar|bajo el nombre(?: de)?|(?:hit up|dm|add|text|message)(?: me| him| her)?(?: at| on)?|"
    rf"plug|admin|mod|friend)\s[\"'(]?({_NAME})"
)
_CALLED_OPENERS = vocabulary(
    """
    call calls called named name under un una account llamado llamada goes posts posted poster seller signed off from se bajo hit dm add
    text message nombre sent made run plug admin mod friend
    """
)
_NAME_ENDS = re.compile(rf"(?<![\w@.$/-])({_NAME})[\"']?$")
_GENERAL_WORDS = vocabulary("snapchat app himself herself juego game tag server")
_NOT_NAMES = vocabulary(
    """
    the and that this they them there she her his him was were with who what when where has had have not from for you your our are but
    is of on in to at by as an a so if or it its i my me we us he que los las una uno con por para del el la de en es era un se su
    name names number like just only all any some somebody someone about says said told got sends sent sells selling pics picture
    message messages posted post app live video story stories group groups page account user users home work night exit walmart loves pilot
    petro gas church school gate noon midnight them also then now still keeps goes called group chats chat dms photos gone deleted
    private public fake anonymous unknown blocked none off marketplace guest admin root
    """
)
_INJECTED = re.compile(r"categor|label|urgency|\bp0\b|[\"{]\w*\"?:\s?[\[\"]*$")
_CLOCK = re.compile(r"[0-9]{1,4}(?:am|pm|hrs|h)?")
_DOMAIN = re.compile(r"\.(?:com|net|org|info|example|gov|edu|mx|io)$")
_ROAD_LIKE = re.compile(
    r"(?:exit|room|rm|apt|unit|lot|mm|mile|hwy|highway|route|rt|us|sr|fm|cr|truck|trailer|row|bay|door|dock|pump|gate|bus|suite|box|"
    r"km|ar|ak)[0-9.]+"
)


class HandleRecognizer(Recognizer):
    """Account names. The value is ``platform:name``, lower case; ``attributes`` hold platform (may be missing) and name."""

    def __init__(self) -> None:
        table = rows("platforms")
        self._platforms = {row["term"]: row["platform"] for row in table}
        self._common = frozenset(lexicon("common_words", "term"))
        sure = sorted((row["term"] for row in table if row["word"] != "yes"), key=len, reverse=True)
        terms = "|".join(re.escape(term) for term in sorted(self._platforms, key=len, reverse=True))
        self._platform = re.compile(rf"\b({'|'.join(map(re.escape, sure))})\b")
        self._openers = _ACCOUNT_WORDS | {re.split(r"[ .]", term)[0] for term in self._platforms}
        self._words = self._openers | _GENERAL_WORDS
        self.word_sets = (self._openers, self._words, _CALLED_OPENERS)
        lead = rf"(?P<cue>{terms}|{_ACCOUNTS})(?:'s)?\b(?P<fill>(?:\s(?:{_FILLER})\b){{0,4}})(?P<sign>\s?[:=/-](?=\s?[^\s-]))?"
        self._cued = re.compile(rf"{lead}(?:\s|(?<=[:=/-]))[\"'(@$]{{0,2}}(?<![a-z0-9])(?P<name>{_NAME})(?![\w@]|[.-]\w)")
        self._shown = re.compile(
            rf"(?i:{lead})\s?(?:[\"“'](?P<quoted>[^\"“”'\n]{{2,39}}[^\"“”',.\n])[,.]?[\"”']|"
            rf"(?P<capital>[A-Z][\w’.]*(?: [A-Z0-9][\w’.]*){{0,2}}))"
        )
        self._on_platform = re.compile(rf"\s(?:on|en|from|in|por)\s(?:the |un |el )?({terms})\b")

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield names with a sign of their own (@, $, #, underscore, link) and names that a cue announces and whose shape fits."""
        folded = passage.folded
        if not passage.has(self._words) and not any(sign in folded for sign in "@$_#"):
            return
        claims = Claims()
        for start, end, name, platform in self._candidates(passage):
            if not claims.take(start, end):
                continue
            platform = platform or self._near(folded, start, end)
            attributes = {"name": name} | ({"platform": platform} if platform else {})
            value = f"{platform}:{name}" if platform else name
            yield passage.entity("handle", start, end, value, role=role_before(passage, start), attributes=attributes)

    def _candidates(self, passage: Passage) -> Iterator[tuple[int, int, str, str]]:
        yield from self._signed(passage)
        if not passage.has(self._words):
            return
        openers = passage.starts_of(passage.indexes(self._openers))
        for match in matches_at(self._cued, passage.folded, openers):
            if self._announced(passage, match):
                yield match.start("name"), match.end("name"), match["name"], self._platforms.get(match["cue"], "")
        for match in matches_at(self._shown, passage.text, openers):
            part = "quoted" if match["quoted"] else "capital"
            if self._displayed(match, part):
                yield *match.span(part), passage.folded[match.start(part) : match.end(part)], self._platforms.get(match["cue"].lower(), "")
        for match in matches(_CALLED, passage, _CALLED_OPENERS):
            if _fits(passage.text[match.start(1) : match.end(1)], match[1]):
                yield match.start(1), match.end(1), match[1], ""
        for platform in self._on_platform.finditer(passage.folded):
            before = max(0, platform.start() - 48)
            name = _NAME_ENDS.search(passage.folded[before : platform.start()])
            if name and _fits(passage.text[before + name.start(1) : before + name.end(1)], name[1]):
                yield before + name.start(1), before + name.end(1), name[1], self._platforms.get(platform[1], "")
        for match in _MIXED.finditer(passage.folded) if passage.has_digit else ():
            if not _ROAD_LIKE.fullmatch(match[1]) and self._near(passage.folded, match.start(), match.end()):
                yield match.start(), match.end(), match[1], ""

    def _signed(self, passage: Passage) -> Iterator[tuple[int, int, str, str]]:
        folded = passage.folded
        for match in _LINK_NAME.finditer(folded) if "/" in folded else ():
            site = match[1].removesuffix(".com")
            yield match.start(), match.end(), match[2], self._platforms.get(site, site)
        for match in _AT_NAME.finditer(folded) if "@" in folded else ():
            known = match[1] in _NOT_NAMES or _CLOCK.fullmatch(match[1]) or len(match[1]) < 3
            if not known and folded[match.end() : match.end() + 1] != "@":
                yield match.start(), match.end(), match[1], ""
        for match in _CASHTAG.finditer(folded) if "$" in folded else ():
            yield match.start(), match.end(), match[1], "cashapp"
        for match in _REDDIT.finditer(folded) if "u/" in folded else ():
            yield match.start(), match.end(), match[1], "reddit"
        for match in _TAGGED.finditer(folded) if "#" in folded else ():
            plain = match[1].endswith("#0") or "discord" in folded or re.search(r"[_.0-9]", match[1].partition("#")[0])
            if plain and any(char.isalpha() for char in match[1]):
                yield match.start(), match.end(), match[1], "discord"
        for match in _UNDERSCORED.finditer(folded) if "_" in folded else ():
            raw = passage.text[match.start() : match.end()]
            if not raw.isupper() and not _INJECTED.search(passage.before(match.start(), 40)) and sum(char.isalpha() for char in raw) > 2:
                yield match.start(), match.end(), match[1], ""

    def _announced(self, passage: Passage, match: re.Match[str]) -> bool:
        """Whether the word behind a cue is a name: by its shape, or because the cue says that a name comes and it is no common word."""
        name, said = match["name"], match["cue"] + match["fill"]
        if _fits(passage.text[match.start("name") : match.end("name")], name):
            return True
        if name in _NOT_NAMES or name in self._common or len(name) < 4 or not any(char.isalpha() for char in name):
            return False
        if match["cue"] == "handle" and not match["fill"] and not match["sign"]:
            return passage.text[match.start("name")].isupper()  # else it is the verb
        account = _SURE_ACCOUNT.search(said) is not None
        platform = match["cue"] in self._platforms
        sign = match["sign"] is not None and match["sign"].strip() in (":", "=", "-", "/")
        return (
            (sign and (platform or account))
            or (account and (platform or _SURE_ACCOUNT.fullmatch(said) is not None))
            or ((account or platform) and _ANNOUNCED.search(match["fill"]) is not None)
        )

    def _displayed(self, match: re.Match[str], part: str) -> bool:
        """Whether capitalised or quoted words are the name shown on an account: the cue must say that a name comes."""
        said = (match["cue"] + match["fill"]).lower()
        words = match[part].split()
        if len(words) > 4 or (len(words) == 1 and words[0].lower() in _NOT_NAMES) or match["cue"].lower() in ("nickname", "apodo"):
            return False
        if match["quoted"]:
            return match["fill"] != "" or match["cue"].lower() not in self._platforms or match["sign"] is not None
        return len(words) > 1 and _STATING.search(said) is not None

    def _near(self, folded: str, start: int, end: int) -> str:
        """The platform named within 60 code points, the last one before the name first."""
        found = self._platform.findall(folded, max(0, start - 60), start) or self._platform.findall(folded, end, end + 30)[:1]
        return self._platforms[found[-1]] if found else ""


def _fits(raw: str, name: str) -> bool:
    """Whether a name looks like an account rather than a word: a digit, underscore, inner dot or inner capital among letters."""
    if (
        name in _NOT_NAMES
        or len(name) < 4
        or _ROAD_LIKE.fullmatch(name)
        or _DOMAIN.search(name)
        or not any(char.isalpha() for char in name)
    ):
        return False
    camel = bool(re.search(r"[a-z][A-Z]", raw))
    return (
        camel
        or "_" in name
        or "." in name.strip(".")
        or (any(char.isdigit() for char in name) and name[0].isalpha() and sum(char.isalpha() for char in name) > 2)
    )
