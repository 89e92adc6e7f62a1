"""Whose number, address or account it is, as far as the words just before it say so."""

from __future__ import annotations

import re

from models.entities.base import Passage

_WIDTH = 70

_REPORTER = re.compile(
    r"\b(?:my (?:\w+ )?(?:account|handle|username|user) is"
    r"|my (?:(?:cell|phone|mobile|direct|work|home|contact|new|own|personal) )?(?:number|num|cell|phone|line|email|e-mail|mail|"
    r"snap|snapchat|insta|instagram|ig|facebook|fb|tiktok|telegram|signal|whatsapp|discord|callback|contact|tel|#)"
    r"|hit me up|(?:give|drop) me a (?:call|ring|text|line|shout|message)"
    r"|(?:find|add|follow) me (?:on|at|@)|call ?back(?: (?:number|no|num|#))?"
    r"|(?:call|text|reach|ring|contact|email|e-mail|write|telephone|phone|dm|message) (?:me|us|back)(?! \w+ (?:from|he|she|they))"
    r"|i'?m (?:at|the|on)|i am at|this is \w+|my name(?:'s| is)|can be reached|you (?:can|may) (?:call|text|reach|telephone)"
    r"|mi (?:numero|num|cel|celular|movil|telefono|tel|correo|email|whatsapp|whats|insta|instagram|face|facebook|snap|"
    r"tiktok|telegram|contacto)"
    r"|mi (?:\w+ )?(?:cuenta|usuario) es|llam(?:a|en?)me|(?:marca|marquen?|contacten?|contacta)me|escrib(?:e|an?)me"
    r"|pueden (?:llamar|contactar|escribir|marcar)(?:me)?"
    r"|me (?:pueden|puede) (?:llamar|marcar|escribir|contactar)"
    r"|que sea a mi|soy (?:de|el|la)\b|caller ok|call ?back (?:ok|after)|phoned back|contact: )"
)
_SUSPECT = re.compile(
    r"\b(?:(?:his|her|their|the guy'?s|dispatcher'?s|driver'?s|seller'?s) (?:\w+ )?(?:number|num|cell|phone|snap|ig|insta|page|"
    r"handle|account|email)"
    r"|(?:number|num|phone|cell|account|handle|user) (?:he|she|they|that)|(?:called|calls|calling|texts|texted|texting|call|text|"
    r"wrote|messages?) (?:\w+ ){0,2}from"
    r"|caller ?id|came from|call(?:er)? (?:back )?(?:number|no)|burner|goes by|calls? (?:himself|herself|themselves)|un tal|me llamaron|me "
    r"llamo de|llaman del?|me hablaron"
    r"|el numero (?:es|que dan|sale)|su (?:numero|telefono|usuario|perfil|cuenta|whatsapp)|text yes|escriba|manda|ask for|dm|handle|"
    r"seller|sells?|vende|"
    r"user(?:name)?|usuario|gamertag|screen name|menu|plug|poster|admin)\b"
)
_BUSINESS = re.compile(
    r"\b(?:(?:our|the|company|shop|store|office|front|main|dispatch|hotel|motel|clinic|school|church|business) (?:office |desk "
    r")?(?:number|phone|line|email|e-mail)"
    r"|office|front desk|dispatch desk|ext\.?|extension|hotline|customer service|numero de la (?:empresa|oficina)|oficina|recepcion)\b"
)
_VICTIM = re.compile(
    r"\b(?:(?:my (?:daughter|son|sister|niece|nephew|friend|kid|student|client|patient))'?s|victim'?s|(?:de )?mi hij[ao]|de la "
    r"(?:nina|muchacha))\b"
)


def role_before(passage: Passage, start: int) -> str:
    """The role that the words before ``start`` give: the cue nearest to it wins; ``unknown`` without one."""
    window = passage.before(start, _WIDTH)
    best, role = -1, "unknown"
    for name, pattern in (("victim", _VICTIM), ("business", _BUSINESS), ("suspect", _SUSPECT), ("reporter", _REPORTER)):
        for match in pattern.finditer(window):
            if match.end() > best:
                best, role = match.end(), name
    return role
