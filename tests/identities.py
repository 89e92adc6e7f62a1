"""Reports whose writers say who they are, each with words and numbers that stand nowhere else: to be looked for everywhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

ENGLISH = (
    "My name is Xochitl Quarterman. I saw two girls locked in a white van at the Petro in York, call me at 402-555-0187.",
    "my name is thaddeus ostrander and i work at the motel, a man sells girls in room 12. text me 402 555 0162",
    "I'm Perpetua Vandersloot and I drive for a carrier. The dispatcher keeps our passports. My cell is (402) 555-0174.",
    "This is Ignatius Brackenridge from the truck stop in Odessa. Copper leaves at night. email me: ibrackenridge@mailbox.example",
    "Caller name: Cornelia Fenstermacher, callback 402.555.0139. States that a loaded trailer was taken from the yard this morning.",
    "I live at 4417 Zephyrine Lane and the man across the street sells fentanyl. My email is wplunkett77@mailbox.example",
    "402-555-0151 is my number. The boss locks the workers in at night and pays nobody. Thanks, Leocadia Hruschka",
    "My snap is vexley_q_7731, I can send you pictures of the girls that he moves. Reach me at 4025550128 after five.",
    "my facebook is www.facebook.com/nwojciechowska.58 and you can see the bruises there, he does this to every girl in the house",
    "My address is 926 Quillfeather Court, Apt 9. They cook something in the garage next door. Sincerely, Barnaby Throckmorton",
    "hello, Rosalind Czarnecki here. My name is not to be given to my boss, he would know that Czarnecki told you about the stolen tires.",
)
SPANISH = (
    "Me llamo Xiomara Villalpando y vi a unas muchachas encerradas en el motel. Llámeme al 402-555-0113 por favor.",
    "mi nombre es evaristo zumárraga, trabajo en la empacadora y no nos pagan. mi correo es ezumarraga@mailbox.example",
    "Soy Hermenegilda Oyarzábal, camarera. Un hombre vende muchachas en el cuarto 12. Mi teléfono es 402-555-0197.",
    "Vivo en la calle Tezozómoc 3391 y los vecinos venden droga a los niños. Me pueden llamar al 402-555-0145.",
    "Venden llantas robadas atrás del taller. Mi insta es @ztlalpan_9043 para las fotos. Gracias, Casimiro Etcheverry",
    "Mi número es el 402-555-0106 y mi celular nuevo 4025550171, pregunten por Fulgencia. El patrón nos quitó los pasaportes.",
)
SECRETS = (
    *("xochitl quarterman thaddeus ostrander perpetua vandersloot ignatius brackenridge ibrackenridge cornelia fenstermacher").split(),
    *("zephyrine wplunkett77 leocadia hruschka vexley_q_7731 quillfeather barnaby throckmorton rosalind czarnecki nwojciechowska").split(),
    *("xiomara villalpando evaristo zumarraga ezumarraga hermenegilda oyarzabal tezozomoc ztlalpan_9043 casimiro etcheverry").split(),
    *("fulgencia 4025550187 4025550162 4025550174 4025550139 4025550151 4025550128 4025550113 4025550197 4025550145").split(),
    *("4025550106 4025550171").split(),
)
"""Everything in the texts that tells who wrote them: small letters without accents, numbers as digits alone."""

CONTACT = {
    "name": "Wilhelmina Abernathy-Szczepanski",
    "phone": "+1 (308) 555-0166",
    "email": "wabernathy.szcz@mailbox.example",
    "safe_times": "after the lights at Moonbeam Nursery go out",
}
CONTACT_SECRETS = ("wilhelmina", "abernathy", "szczepanski", "3085550166", "wabernathy", "moonbeam")
"""What the contact block holds: nothing of it may stand anywhere unsealed."""

_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s().-]{1,3}(?=\d)")


@dataclass(frozen=True, slots=True)
class Leak:
    """A secret and where it was found."""

    secret: str
    place: str


def bodies() -> list[dict[str, object]]:
    """The reports as a partner sends them, the first with contact details beside the text."""
    texts = [*((text, "en") for text in ENGLISH), *((text, "es") for text in SPANISH)]
    sent: list[dict[str, object]] = [{"narrative": text, "lang": language} for text, language in texts]
    return [sent[0] | {"contact": CONTACT}, *sent[1:]]


def leaks(place: str, content: str | bytes, secrets: Iterable[str] = (*SECRETS, *CONTACT_SECRETS)) -> list[Leak]:
    """The secrets that ``content`` holds, however capitalised, accented, escaped or, if a number, written."""
    text = content if isinstance(content, str) else content.decode("utf8", "replace")
    unescaped = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    plain = "".join(letter for letter in unicodedata.normalize("NFD", unescaped.lower()) if not unicodedata.combining(letter))
    together = _BETWEEN_DIGITS.sub("", plain)
    return [Leak(secret, place) for secret in secrets if secret in plain or secret in together]
