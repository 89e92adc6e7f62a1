"""Each kind of identifier: what is found, where, and what its value is."""

from __future__ import annotations

import pytest

from models.entities.plates import folded_plate
from models.entities.read import EntityReader
from triage.domain.assessment import Entity


@pytest.fixture(scope="module")
def reader() -> EntityReader:
    return EntityReader()


def only(reader: EntityReader, text: str, kind: str) -> Entity:
    found = [entity for entity in reader.read(text) if entity.type == kind]
    assert len(found) == 1, [(entity.type, entity.raw) for entity in reader.read(text)]
    return found[0]


CASES = [
    ("plate", "grey Dodge minivan plate NE 12-AB34 drops them", "NE 12-AB34", "12AB34"),
    ("plate", "White Mack, tag is KLR 4471, gone now", "KLR 4471", "KLR4471"),
    ("plate", "Camioneta blanca, placas de Nuevo León, RXT-44-10", "RXT-44-10", "RXT4410"),
    ("plate", "Plate K, L, R, four, four, seven, one.", "K, L, R, four, four, seven, one", "KLR4471"),
    ("plate", "license plate J as in John, K as in Kilo, 4 4 7", "J as in John, K as in Kilo, 4 4 7", "JK447"),
    ("plate", "Silver Altima, Illinois FP 20 883, heading north", "Illinois FP 20 883", "FP20883"),
    ("plate", "License plate number 14T 0982 I think", "14T 0982", "14T0982"),
    ("plate", "plate 8 X P 2 and then maybe 70", "8 X P 2 and then maybe 70", "8XP270"),
    ("plate", "plate starts 6 T R and I lost it", "6 T R", "6TR"),
    ("phone", "my number is (402) 555-0143", "(402) 555-0143", "+14025550143"),
    ("phone", "text 402 555 0143 after six", "402 555 0143", "+14025550143"),
    ("phone", "call four oh two, five five five, oh one four three", "four oh two, five five five, oh one four three", "+14025550143"),
    ("phone", "el número es +52 899 555 0112", "+52 899 555 0112", "+528995550112"),
    ("email", "write to Na.Kite@Example.COM please", "Na.Kite@Example.COM", "na.kite@example.com"),
    (
        "email",
        "it came from pay.now [at] freight [dot] example [dot] com",
        "pay.now [at] freight [dot] example [dot] com",
        "pay.now@freight.example.com",
    ),
    (
        "url",
        "the ad is at https://roomlights.example.com/kya22.",
        "https://roomlights.example.com/kya22",
        "hxxps://roomlights[.]example[.]com/kya22",
    ),
    ("url", "hxxp://citydate[.]example[.]com/kay", "hxxp://citydate[.]example[.]com/kay", "hxxp://citydate[.]example[.]com/kay"),
    ("handle", "he sells them on snap: zaza_nite44", "zaza_nite44", "snapchat:zaza_nite44"),
    ("handle", "pay to $rickysuites first", "$rickysuites", "cashapp:rickysuites"),
    ("usdot", "door says USDOT 8,823,340 in small letters", "USDOT 8,823,340", "8823340"),
    ("mc", "broker MC-1990018 offered it", "MC-1990018", "MC-1990018"),
    ("mc", "the MC on the rate sheet is 1140772", "1140772", "MC-1140772"),
    ("trailer", "they took trailer 53J118 last night", "53J118", "53J118"),
    ("container", "box MSKU 123456-5 was open", "MSKU 123456-5", "MSKU1234565"),
    ("vin", "VIN 1M8GDM9AXKP042788 on the dash", "1M8GDM9AXKP042788", "1M8GDM9AXKP042788"),
    ("railcar", "tank car ACFX 441280 leaks at the siding", "ACFX 441280", "ACFX 441280"),
    (
        "wallet",
        "send btc to bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    ),
    ("highway", "Red Peterbilt on I-80 westbound, all over", "I-80 westbound", "I-80 WB"),
    ("highway", "drunk driver northbound on US 30 right now", "northbound on US 30", "US-30 NB"),
    ("highway", "camión en contra por la 281 rumbo a Falfurrias", "281", "281"),
    ("mile_marker", "I-70 mile marker one-fifty-six", "mile marker one-fifty-six", "MM 156"),
    ("mile_marker", "carretera 57 km 34+500", "km 34+500", "KM 34+500"),
    ("highway", "wreck on US287 at dark", "US287", "US-287"),
    ("highway", "I-10E is closed", "I-10E", "I-10 EB"),
    ("mile_marker", "parked at the 118 mile marker", "118 mile marker", "MM 118"),
    ("exit", "the motel off exit 12A", "exit 12A", "EXIT 12A"),
    ("plate", "silver Malibu, LP KLR4471 (OK)", "KLR4471", "KLR4471"),
    ("plate", "gray Sentra klr4471 heading north", "klr4471", "KLR4471"),
    ("plate", "could only read KR4 on the plate", "KR4", "KR4"),
    ("plate", "Lic: KJR881", "KJR881", "KJR881"),
    ("trailer", "swift trlr 53-2217 sitting crooked", "53-2217", "532217"),
    ("trailer", "trailer number five five one two", "five five one two", "5512"),
    ("trailer", "number painted on the box was H5533", "H5533", "H5533"),
    ("trailer", "copper cathode, trailer 7 7 0 1 B", "7 7 0 1 B", "7701B"),
    ("trailer", "bajaron la caja RT 8841 vacía", "RT 8841", "RT8841"),
    ("trailer", "my own trailer is leaving. It says five three two two eight on it", "five three two two eight", "53228"),
    ("usdot", "DOT dos siete uno nueve cero cuatro", "DOT dos siete uno nueve cero cuatro", "271904"),
    ("plate", "they still have my 9F42871 plate number", "9F42871", "9F42871"),
    ("highway", "the van went out onto ninety five", "ninety five", "95"),
    ("highway", "threw my meds out on 80/94 and left", "80/94", "80/94"),
    ("trailer", "la plataforma 2217 sin luces", "2217", "2217"),
    ("trailer", "JB Hunt box number JBHZ 661204", "JBHZ 661204", "JBHZ661204"),
    ("handle", "his snap is jaylo", "jaylo", "snapchat:jaylo"),
    ("handle", "sc: kinglo9", "kinglo9", "snapchat:kinglo9"),
    ("handle", 'an account called "Tasha Lux"', "Tasha Lux", "tasha lux"),
    ("handle", "en tiktok sale como guera.mx", "guera.mx", "tiktok:guera.mx"),
    ("handle", "xbox name KingLo9", "KingLo9", "xbox:kinglo9"),
    ("highway", "motel off 287 in Childress", "287", "287"),
    ("highway", "they are on the 10 near Indio", "10", "10"),
    ("highway", "IH-35 by the scales", "IH-35", "I-35"),
    ("highway", "stopped on NJ-17 again", "NJ-17", "NJ-17"),
    ("highway", "seven miles up County M", "County M", "CR-M"),
    ("highway", "en la autopista México-Puebla", "autopista México-Puebla", "AUTOPISTA MEXICO-PUEBLA"),
    ("highway", "florida turnpike southbound", "florida turnpike southbound", "FLORIDA TURNPIKE SB"),
    ("highway", "80 headed west, no lights", "80 headed west", "80 WB"),
    ("mile_marker", "near the two eleven mile marker", "two eleven mile marker", "MM 211"),
    ("mile_marker", "mile markers 110 and 112", "mile markers 110", "MM 110"),
    ("exit", "parked at exit 12-B", "exit 12-B", "EXIT 12B"),
    ("exit", "the West Wendover exit", "the West Wendover exit", "EXIT WEST WENDOVER"),
    ("phone", "call 1-800-555-CASH", "1-800-555-CASH", "+18005552274"),
    ("phone", "it was 402-341-22 something", "402-341-22 something", "40234122"),
    ("email", "jay44@protonmail . com", "jay44@protonmail . com", "jay44@protonmail.com"),
    ("exit", "acabamos de pasar la salida de Delano", "la salida de Delano", "EXIT DELANO"),
]


@pytest.mark.parametrize(("kind", "text", "raw", "value"), CASES, ids=[f"{kind}-{raw[:12]}" for kind, _, raw, _ in CASES])
def test_found_with_its_span_and_value(reader: EntityReader, kind: str, text: str, raw: str, value: str) -> None:
    entity = only(reader, text, kind)
    assert (entity.raw, entity.value) == (raw, value)
    assert text[entity.start : entity.end] == raw


NOTHING = [
    ("plate", "a plate of food at 7 pm"),
    ("plate", "he will tag along with 3 guys"),
    ("plate", "no plates, doing maybe 100 on the shoulder"),
    ("plate", "a tan F-250 with a sticker"),
    ("phone", "order number 12345678901 never came"),
    ("phone", "USDOT 4025550143 is wrong"),
    ("highway", "I 5 times told him no"),
    ("highway", "it is a lie and us 3 girls know it"),
    ("mile_marker", "half a mile one way, then a 9 mm on the seat"),
    ("exit", "my ex 2 kids and 3 x 4 boards"),
    ("url", "he left.then came back"),
    ("handle", "pulled the handle down at @ 5pm"),
    ("highway", "the bus on route 44 was late"),
    ("highway", "the brakes on 208 are gone and no kid is over 16"),
    ("highway", "a pill that says M-30, an AR-15 and MS-13"),
    ("exit", "gate scale at exit 2,140 lb over"),
    ("highway", "Ansel County CU, window three"),
    ("handle", "a page called harborcrewjobs.example.com"),
    ("handle", "her snap is off and instagram was down"),
    ("handle", "we handle check-ins and the user was banned"),
    ("trailer", "four buses, 161 students"),
    ("trailer", "a Boundary unit. 0118 motion"),
    ("mc", "an MC club, twelve men"),
    ("vin", "VINEGARANDSALTONL"),
    ("trailer", "the truck sat 20 minutes, the reefer 48 hours"),
    ("truck_stop", "she loves him and the pilot light is out"),
]


@pytest.mark.parametrize(("kind", "text"), NOTHING, ids=[f"{kind}-{text[:14]}" for kind, text in NOTHING])
def test_words_that_only_look_alike_are_left_alone(reader: EntityReader, kind: str, text: str) -> None:
    assert [entity.raw for entity in reader.read(text) if entity.type == kind] == []


def test_check_digits_are_told_and_never_a_reason_to_drop(reader: EntityReader) -> None:
    assert only(reader, "container MWCU6059784", "container").valid is True
    assert only(reader, "container MWCU6059785", "container").valid is False
    missing = only(reader, "container MWCU605978", "container")
    assert (missing.valid, missing.partial) == (None, True)
    assert only(reader, "vin 1M8GDM9A1KP042788", "vin").valid is False


def test_state_and_folded_key_of_a_plate(reader: EntityReader) -> None:
    plate = only(reader, "black Tahoe, plate BOZ 1580 from Texas", "plate")
    assert plate.attributes["state"] == "TX"
    assert plate.attributes["folded"] == folded_plate("8021S8O")
    assert not plate.partial


def test_a_part_of_a_plate_or_number_is_partial(reader: EntityReader) -> None:
    assert only(reader, "tag ends in 88K", "plate").partial
    assert only(reader, "plate 7K something 4", "plate").value == "7K*4"
    local = only(reader, "call 555-0114", "phone")
    assert (local.value, local.partial, local.valid) == ("5550114", True, None)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("My number is 402-555-0143.", "reporter"),
        ("You can call me at 402-555-0143", "reporter"),
        ("mi celular es 402-555-0143", "reporter"),
        ("his number is 402-555-0143", "suspect"),
        ("he keeps texting her from 402-555-0143", "suspect"),
        ("our office 402-555-0143", "business"),
        ("402-555-0143", "unknown"),
    ],
)
def test_role_comes_from_the_words_before(reader: EntityReader, text: str, role: str) -> None:
    assert only(reader, text, "phone").role == role


def test_a_box_of_a_company_is_a_business(reader: EntityReader) -> None:
    assert only(reader, "dispatch@northstar.example.com", "email").role == "business"


def test_a_phone_is_never_also_a_plate_or_trailer(reader: EntityReader) -> None:
    kinds = [
        entity.type for entity in reader.read("plate 402-555-0143 trailer 402-555-0143") if entity.type in ("plate", "phone", "trailer")
    ]
    assert len(kinds) <= 2


@pytest.mark.parametrize(
    ("text", "road"),
    [
        ("wreck on I-80 westbound at mile marker 211", "I-80 WB"),
        ("mm 211 I-80", "I-80"),
        ("on I-80, then exit 9 off US 95", "US-95"),
        ("mile marker 211, nobody says which road", None),
    ],
)
def test_a_point_carries_its_road(reader: EntityReader, text: str, road: str | None) -> None:
    point = next(entity for entity in reader.read(text) if entity.type in ("mile_marker", "exit"))
    assert point.attributes.get("road") == road


def test_fictional_numbers_are_marked(reader: EntityReader) -> None:
    assert only(reader, "call 402-555-0143", "phone").attributes["fiction"] == "yes"
    assert "fiction" not in only(reader, "call 402-341-2200", "phone").attributes


def test_the_beginning_of_a_truck_stops_name_is_no_place(reader: EntityReader) -> None:
    assert {entity.type for entity in reader.read("she waits at the Flying J all night")} == {"truck_stop", "time"}
    assert {entity.type for entity in reader.read("she waits at the Flying J in Gretna, Nebraska")} >= {"truck_stop", "place"}
