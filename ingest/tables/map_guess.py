"""Guesses where the columns of a file belong, from their names in English and Spanish: a start for whoever maps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ingest.domain.field_map import FieldMap
from ingest.ports.tables import Row
from triage.plain import plain

WORDS: Mapping[str, str] = {
    "narrative": "narrative|description|what happened|what did you see|details|summary|incident description|account|remarks|comments|notes|"
    "observation|report text|relato|descripcion|que paso|que vio|detalles|resumen|observaciones|comentarios",
    "life_threat": "life threat|danger|danger now|in danger|emergency|imminent|peligro|en peligro|emergencia",
    "minor_possible": "minor|child|juvenile|under 18|menor|nino|menor de edad",
    "when_text": "when|date|time|date time|datetime|day|incident date|incident time|date of incident|occurred|occurred at|seen at|"
    "cuando|fecha|hora|fecha y hora|dia",
    "source_basis": "source basis|how known|basis|como lo sabe",
    "place.name": "place|location|site|venue|place name|location name|facility|lugar|sitio|ubicacion|nombre del lugar",
    "place.road": "road|highway|route|street name|carretera|ruta|autopista",
    "place.exit": "exit|mile marker|mile|milepost|salida|milla",
    "place.address": "address|street|street address|direccion|calle|domicilio",
    "place.town": "town|city|municipality|ciudad|pueblo|municipio",
    "place.county": "county|parish|condado",
    "place.state": "state|province|st|estado",
    "geo.lat": "lat|latitude|latitud",
    "geo.lon": "lon|lng|long|longitude|longitud",
    "persons[0].description": "victim|victim description|person|persons|people|person description|who|victima|persona|personas|quien",
    "persons[1].description": "suspect|suspect description|subject|offender|sospechoso|sujeto",
    "vehicles[0].plate": "plate|license plate|licence plate|plate number|tag|license number|placa|placas|matricula|patente",
    "vehicles[0].state": "plate state|tag state|estado de la placa",
    "vehicles[0].description": "vehicle|vehicle description|make model|car|truck|make and model|vehiculo|coche|carro|camion",
    "vehicles[0].company": "company|carrier|company name|dot number|compania|empresa|transportista",
    "identifiers": "phone numbers|website|url|user name|username|handle|social media|account name|sitio web|usuario|redes sociales",
    "partner.role": "role|job|position|reported by role|puesto|cargo|rol",
    "partner.reference": "reference|reference number|ref|case number|incident number|incident no|incident id|ticket|report number|id|"
    "referencia|numero de caso|numero de incidente|folio",
    "contact.name": "contact name|reporter|reporter name|reported by|caller|nombre|informante|nombre del informante",
    "contact.phone": "contact phone|phone|telephone|callback|callback number|telefono|celular",
    "contact.email": "contact email|email|e mail|correo|correo electronico",
    "lang": "language|idioma|lengua",
}
"""Path -> names of columns, in plain form."""

SECTOR_WORDS: Mapping[str, Mapping[str, str]] = {
    "trucking": {"vehicles[0].company": "trailer|trailer number|unit|unit number|remolque", "place.name": "truck stop|dock|lot|parada"},
    "bus_transit": {"place.name": "stop|station|line|bus|parada|estacion", "vehicles[0].company": "bus number|unit number"},
    "rail_energy": {"place.name": "yard|well|camp|rig|patio|pozo", "vehicles[0].company": "railcar|unit number"},
    "hotel": {"place.name": "property|hotel|room|room number|floor|habitacion|cuarto|piso", "contact.name": "clerk"},
    "hospital": {"place.name": "unit|ward|department|clinic|unidad|sala|departamento", "partner.role": "staff role|discipline"},
    "school": {"place.name": "school|building|campus|escuela|plantel", "persons[0].description": "student|alumno|estudiante"},
    "retail_business": {"place.name": "store|store number|branch|tienda|sucursal", "narrative": "loss description"},
    "bank": {"place.name": "branch|branch name|sucursal", "narrative": "activity description"},
}
"""What a name means in one sector only; it counts before the general words."""


def guess_map(columns: Sequence[str], sample: Sequence[Row], sector: str, partner: str = "", id: str = "", name: str = "") -> FieldMap:
    """A field map for these columns. A column whose name says nothing is left out; if none is the account, the one with most text is it."""
    known = {word: path for path, words in WORDS.items() for word in words.split("|")}
    known |= {word: path for path, words in SECTOR_WORDS.get(sector, {}).items() for word in words.split("|")}
    found: dict[str, tuple[str, ...]] = {}
    for column in columns:
        if path := _path(column, known):
            found[path] = (*found.get(path, ()), column)
    if "narrative" not in found and (longest := _longest(columns, sample)):
        found = {path: left for path, names in found.items() if (left := tuple(n for n in names if n != longest))}
        found["narrative"] = (longest,)
    return FieldMap(id, partner, name, found)


def _path(column: str, known: Mapping[str, str]) -> str:
    """The path of a name; of a longer name, that of the longest known words in it. A path of a submission stands for itself."""
    if column in WORDS:
        return column
    name = plain(column.replace("_", " "))
    if name in known:
        return known[name]
    inside = [words for words in known if f" {words} " in f" {name} " and len(words) > 3]
    return known[max(inside, key=len)] if inside else ""


def _longest(columns: Sequence[str], sample: Sequence[Row]) -> str:
    lengths = {column: sum(len(row.cells.get(column, "")) for row in sample) for column in columns}
    longest = max(lengths, key=lambda column: lengths[column], default="")
    return longest if lengths.get(longest) else ""
