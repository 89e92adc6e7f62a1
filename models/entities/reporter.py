"""What tells who wrote the tip: own names and addresses, and contact details that the words around them give to the writer.

The copies of a tip that leave the store are masked by this (``triage.redaction``), so it leans towards the writer where words leave it
open. Where somebody is at the moment ("I'm at 12 Main St") is the scene of a tip and stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from models.entities.base import Claims, Passage, matches
from models.entities.gazetteer import vocabulary
from models.entities.people import STOP
from models.entities.roles import role_before
from triage.domain.assessment import Entity

_ROLE = "reporter"
_CONTACTS = frozenset({"phone", "email", "handle"})
_TELLING = _CONTACTS | {"address", "url"}

_TITLE = (
    r"(?:(?:mr|mrs|ms|miss|dr|nurse|officer|deputy|sgt|pastor|coach|don|dona|senor|senora|sra|sr|srta|lic|ing|enfermera|maestra|doctor|doctora)\.?"
    r" )?"
)
_SURE = re.compile(
    r"(?:my (?:(?:full|first|last|real|legal|own) )?name(?:'s| is|:)|my names|mi nombre(?: completo)?(?: es|:)|me llamo|mi apellido es"
    r"|(?:caller|reporter|reporting party|rp|complainant|submitted by|reported by|sender|reportante|denunciante)(?: name|'s name| is)?:)"
    rf"\s{{1,3}}{_TITLE}"
)
_LIKELY = re.compile(
    rf"(?:(?:i'?m|i am|soy|it's|habla|le habla|les habla|this is|contact(?: me)?[:,]?|contacto:?)\s\(?{_TITLE}"
    rf"|(?:thanks|thank you|thx|sincerely|regards|respectfully|yours(?: truly| sincerely)?|cordialmente"
    r"|signed|gracias|atentamente|saludos|firma)"
    rf"[,.!:-]{{0,2}}\s{{1,4}}(?:-\s?)?{_TITLE})"
)
_ASK_FOR = re.compile(r"(?:ask for|pregunten? por|(?<=[,.;] )(?:name is|nombre es))\s")
_SURE_OPENERS = vocabulary("my mi me caller reporter reporting rp complainant submitted reported sender reportante denunciante")
_LIKELY_OPENERS = vocabulary(
    """
    i im soy it habla le les this contact contacto thanks thank thx sincerely regards respectfully yours cordialmente signed gracias
    atentamente saludos firma
    """
)
_ASKING_OPENERS = vocabulary("ask pregunten pregunte name nombre")
WORD_SETS = (_SURE_OPENERS, _LIKELY_OPENERS, _ASKING_OPENERS)
"""The words that the patterns here begin with."""

_SIGNED = re.compile(r"(?:\n|[.!?] )\s*(?:--?|—)\s?(?=[A-Z])")
_HERE = re.compile(
    r"\s*(?:(?:hi|hello|hey|hola|good (?:morning|evening|afternoon)|buen[oa]s \w+)[,.!]?\s)?(?=(?:\w+ ){1,3}(?:here|aqui)\b)"
)
_WORDS = re.compile(r"[^\W\d_][\w'’-]*\.?(?: [^\W\d_][\w'’-]*\.?){0,3}")
_PARTICLES = frozenset({"de", "la", "del", "los", "van", "von", "da"})
_NO_NAME = vocabulary("not anonymous confidential private unknown none withheld important irrelevant secret no anonimo anonima privado")

_HOME = re.compile(
    r"(?:\b(?:i|we) (?:live|stay|reside) (?:at|on|in|by)"
    r"|\bmy (?:\w+ )?(?:address|house|home|place|apartment|apt|trailer)(?: is)?(?: at| on)?"
    r"|\b(?:vivo|vivimos) en|\bmi (?:casa|direccion|domicilio|departamento|apartamento)(?: es| esta)?(?: en)?)\s?[:,]?\s?(?:the |la |el )?$"
)
_OWN_PAGE = re.compile(
    r"\b(?:my|mi) (?:\w+ )?(?:page|profile|account|channel|website|site|blog|facebook|fb|insta|instagram|tiktok|pagina|perfil|cuenta|sitio)"
    r"(?: is| es)?(?: at| on| en)?\s?[:,]?\s?$"
)
_MINE_AFTER = re.compile(
    r"[\s,.(-]{0,3}(?:(?:is|are|es|son|it's)\s)?(?:(?:my|mi)\s(?:\w+\s)?(?:number|num|cell|phone|line|email|e-mail|mail|contact|snap|insta|"
    r"instagram|facebook|handle|numero|cel|celular|telefono|correo|whatsapp|contacto)\b|that'?s me\b|es(?:e|a)? soy yo\b)"
)
_BESIDE = re.compile(r"\s?\)?\s?(?:at|on|al|or|[,:(/|-])?\s?(?:tel\.?|phone|cell|cel\.?|ph\.?|#)?:?\s?", re.IGNORECASE)


def with_reporter(passage: Passage, entities: Sequence[Entity]) -> tuple[Entity, ...]:
    """The entities (sorted by start), those of the writer with the role ``reporter``; names that nobody else found are added.

    What stands once as the writer's is the writer's wherever the same value is given no other role.
    """
    people = [entity for entity in entities if entity.type == "person" and "name" in entity.attributes]
    names = [_name(passage, start, end) for start, end in _own_names(passage, people)]
    if not names and all(entity.type not in _TELLING for entity in entities):
        return tuple(entities)
    marked = _merged(names, (_by_words(passage, entity) for entity in entities))
    marked = _beside(passage, marked)
    own_names = [entity for entity in marked if _is_own_name(entity)]
    if own_names:
        marked = _merged([*own_names, *_again(passage, own_names)], (entity for entity in marked if not _is_own_name(entity)))
    own = {(entity.type, entity.value) for entity in marked if entity.role == _ROLE}
    return tuple(_as_own(entity) if (entity.type, entity.value) in own and entity.role == "unknown" else entity for entity in marked)


def _is_own_name(entity: Entity) -> bool:
    return entity.type == "person" and entity.role == _ROLE


def _own_names(passage: Passage, people: Sequence[Entity]) -> Iterator[tuple[int, int]]:
    """Where a name stands that the words before it give to the writer."""
    for match in matches(_SURE, passage, _SURE_OPENERS):
        yield from _words_at(passage, match.end(), sure=True)
    for match in matches(_ASK_FOR, passage, _ASKING_OPENERS):
        if role_before(passage, match.start()) == _ROLE:
            yield from _words_at(passage, match.end(), sure=True)
    known = {place for person in people for place in range(person.start, person.end)}
    for start, end in _likely_names(passage):
        if start in known or " " in passage.text[start:end]:
            yield start, end


def _likely_names(passage: Passage) -> Iterator[tuple[int, int]]:
    """Where a name may stand: behind cues that other words follow as well."""
    for match in matches(_LIKELY, passage, _LIKELY_OPENERS):
        for start, end in _words_at(passage, match.end(), sure=False):
            if not match.group().startswith(("this is", "it's")) or _speaks(passage, end):
                yield start, end
    for match in _SIGNED.finditer(passage.text):
        for start, end in _words_at(passage, match.end(), sure=False):
            if not passage.text[end:].strip(" .\n") or passage.text[end : end + 1] == "\n":
                yield start, end
    here = _HERE.match(passage.folded)
    if here:
        yield from _words_at(passage, here.end(), sure=False)


def _speaks(passage: Passage, end: int) -> bool:
    """Whether "this is NAME" goes on as somebody does who speaks of himself."""
    return (
        re.match(r"\s?(?:,|\.|$|from\b|calling\b|again\b|writing\b|speaking\b|here\b|and i\b|with\b|at\b)", passage.folded[end : end + 12])
        is not None
    )


def _words_at(passage: Passage, start: int, *, sure: bool) -> Iterator[tuple[int, int]]:
    """The name that begins at ``start``: words with capitals; behind a sure cue also up to two without."""
    match = _WORDS.match(passage.text, start)
    end = reached = start
    small = 0
    for word in re.finditer(r"[^\s]+", match.group()) if match else ():
        text, plain = word.group(), passage.folded[start + word.start() : start + word.end()].strip(".'")
        if (plain in STOP and plain not in _PARTICLES) or plain in _NO_NAME:
            break
        if plain in _PARTICLES:
            if end == start:
                break
            continue
        if not text[0].isupper():
            small += 1
            if not sure or small > 2 or (end > start and small == 1):
                break
        reached = start + word.end()
        end = reached
        if text.endswith(".") and len(text) > 3:
            break
    if end > start:
        yield start, start + len(passage.text[start:end].rstrip(".'’-"))


def _name(passage: Passage, start: int, end: int) -> Entity:
    return passage.entity("person", start, end, passage.folded[start:end], role=_ROLE, attributes={"name": passage.text[start:end]})


def _as_own(entity: Entity) -> Entity:
    return replace(entity, role=_ROLE)


def _by_words(passage: Passage, entity: Entity) -> Entity:
    """The entity as the writer's if the words around it say so."""
    if entity.type == "address" and _HOME.search(passage.before(entity.start, 48)):
        return _as_own(entity)
    if entity.type == "url" and _OWN_PAGE.search(passage.before(entity.start, 48)):
        return _as_own(entity)
    if entity.type in _CONTACTS and entity.role == "unknown" and _MINE_AFTER.match(passage.after(entity.end, 48)):
        return _as_own(entity)
    return entity


def _beside(passage: Passage, entities: Sequence[Entity]) -> list[Entity]:
    """What stands beside something of the writer: a name with its number, a room behind its street."""
    found = list(entities)
    for order in (range(len(found)), range(len(found) - 1, -1, -1)):
        last: Entity | None = None
        for place in order:
            entity = found[place]
            if entity.type not in _CONTACTS and entity.type not in ("person", "address"):
                continue
            if last and last.role == _ROLE and entity.role == "unknown" and _belongs(passage, last, entity):
                entity = found[place] = _as_own(entity)
            last = entity
    return found


def _belongs(passage: Passage, own: Entity, other: Entity) -> bool:
    first, second = sorted((own, other), key=lambda entity: entity.start)
    between = passage.text[first.end : second.start]
    if "address" in (own.type, other.type):
        return own.type == other.type and own is first and len(between) <= 2
    named = "name" in other.attributes or other.type != "person"
    return named and own.type != other.type and _BESIDE.fullmatch(between) is not None


def _again(passage: Passage, names: Iterable[Entity]) -> Iterator[Entity]:
    """Further places where a part of the writer's name stands, written with a capital, or small where all is small."""
    parts = {word for name in names for word in name.value.replace("-", " ").split() if len(word) > 2 and word not in STOP}
    small = passage.text.islower()
    for index, word in enumerate(passage.words):
        if word.partition("'")[0] in parts and (small or passage.capitalised(index)):
            yield _name(passage, passage.starts[index], passage.starts[index] + len(word.partition("'")[0]))


def _merged(own: Sequence[Entity], others: Iterable[Entity]) -> list[Entity]:
    """Own names first; of the other persons those that share no character with one of them. Sorted by start."""
    claims = Claims()
    longest_first = sorted(own, key=lambda entity: (entity.start, -entity.end))
    kept = [each for each in (*longest_first, *others) if each.type != "person" or claims.take(each.start, each.end)]
    return sorted(kept, key=lambda entity: (entity.start, entity.end, entity.type))
