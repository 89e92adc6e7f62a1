"""Input that means harm is refused in words or kept as it is; none of it is answered with a failure of ours."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.receive import Sender
from ingest.submission import PartnerIn, Submission
from tests.intake import Client, Intake

TIPS = "/api/v1/tips"
TEXT = "a white van"
BIDI = "\u202e\u2066abc\u2069\u202c"
LONG = 10**6


def post(intake: Intake, body: bytes, **headers: str) -> httpx.Response:
    sent = intake.bearer() | {"Content-Type": "application/json", **headers}
    return intake.client().post(TIPS, content=body, headers=sent)


def with_narrative(raw: str) -> bytes:
    """A tip whose narrative stands in the JSON exactly so."""
    return b'{"narrative":"' + raw.encode("utf-8", "surrogatepass") + b'"}'


REFUSED = {
    "nothing": b"",
    "no value": b"{",
    "arrays within arrays": b"[" * 100_000,
    "arrays that close": b"[" * 50_000 + b"]" * 50_000,
    "objects within objects": b'{"narrative":' * 20_000,
    "a deep field": b'{"narrative":"x","place":' + b'{"name":' * 10_000 + b"1" + b"}" * 10_001,
    "not a number": b'{"narrative":"x","geo":{"lat":NaN,"lon":0}}',
    "a number beyond floats": b'{"narrative":"x","geo":{"lat":1e999,"lon":0}}',
    "an integer of many digits": b'{"narrative":"x","geo":{"lat":' + b"9" * 5_000 + b',"lon":0}}',
    "a number with many decimals": b'{"narrative":"x","geo":{"lat":91.' + b"9" * 5_000 + b',"lon":0}}',
    "half a pair": with_narrative("\\ud800"),
    "half a pair, raw": with_narrative("\ud800"),
    "pairs the wrong way round": with_narrative("\\udc00\\ud800"),
    "no UTF-8": b'{"narrative":"\xff\xfe"}',
    "an overlong form of a slash": b'{"narrative":"\xc0\xaf"}',
    "UTF-16": '{"narrative":"x"}'.encode("utf-16"),
    "a raw line break": b'{"narrative":"a\nb"}',
    "a million fields": b"{" + b",".join(b'"f%d":1' % n for n in range(60_000)) + b"}",
    "a field with a long name": b'{"narrative":"x","' + b"f" * 100_000 + b'":1}',
    "a field of the language": b'{"narrative":"x","__class__":"x","__proto__":{"a":1}}',
    "a list too long": b'{"narrative":"x","identifiers":[' + b",".join(b'"a"' for _ in range(50_000)) + b"]}",
    "a text too long": b'{"narrative":"' + b"x" * 20_001 + b'"}',
    "two values": b'{"narrative":"x"}{"narrative":"y"}',
    "a comment": b'{"narrative":"x"}//',
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=list(REFUSED))
def test_what_cannot_be_a_tip_is_refused_in_words(intake: Intake, body: bytes) -> None:
    answer = post(intake, body)
    assert answer.status_code in (400, 413, 422), answer.text
    problem = answer.json()
    assert problem["detail"]
    assert len(answer.content) < 20_000
    assert "f" * 100 not in answer.text


def test_a_body_of_many_megabytes_is_not_read_to_its_end(intake: Intake) -> None:
    assert post(intake, b"[" * 10**7).status_code == 413


KEPT = {
    "NUL": "a\x00b",
    "controls": "a\x01\x1b[31m\x7f",
    "text turned around": BIDI,
    "line separators": "a\u2028b\u2029c",
    "no characters": "a\uffff\ufdd0",
    "beyond the first plane": "👩‍🚒 \U000f0000",
    "markup": "<script>alert(1)</script>&amp;{{7*7}}",
    "a statement": "'; DROP TABLE tips; --",
    "a formula": "=cmd|' /C calc'!A0",
    "an entity": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;',
    "an expression": "${jndi:ldap://x.example/a} %n%s",
    "marks on marks": "z" + "\u0301" * 10_000,
    "a break of lines for a header": "a\r\nSet-Cookie: x=y",
}


@pytest.mark.parametrize("text", KEPT.values(), ids=list(KEPT))
def test_what_is_text_is_kept_exactly(intake: Intake, text: str) -> None:
    answer = post(intake, json.dumps({"narrative": text, "partner": {"role": text[:300], "reference": text[:300]}}).encode())
    assert answer.status_code in (201, 422), answer.text
    if answer.status_code == 201:
        with intake.deps.storage.reading() as work:
            tip = work.tips.get(answer.json()["id"])
        assert tip is not None
        assert (tip.narrative, tip.partner_reference) == (text, text[:300])
        shown = intake.client().get(f"{TIPS}/{tip.id}", headers=intake.bearer())
        assert shown.status_code == 200
        assert all("\n" not in value and "\r" not in value for value in shown.headers.values())


def test_of_a_field_that_stands_twice_the_last_counts(intake: Intake) -> None:
    answer = post(intake, b'{"narrative":"first","narrative":"last"}')
    with intake.deps.storage.reading() as work:
        tip = work.tips.get(answer.json()["id"])
    assert tip is not None
    assert tip.narrative == "last"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "x"])
def test_what_would_have_to_be_unpacked_is_refused(intake: Intake, encoding: str) -> None:
    packed = gzip.compress(b"[" * LONG) if "gzip" in encoding else zlib.compress(b"[" * LONG)
    answer = post(intake, packed, **{"Content-Encoding": encoding})
    assert (answer.status_code, answer.json()["code"]) == (415, "wrong_media_type")
    form = {"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": encoding}
    assert intake.client().post("/r/prairie-haul", content=packed, headers=form).status_code == 415


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Length": "-1"},
        {"Content-Length": "9" * 30},
        {"Content-Type": "application/json; charset=utf-7"},
        {"Content-Type": "text/xml"},
        {"Content-Type": "x" * 5_000},
        {"Idempotency-Key": "x" * 5_000},
        {"Idempotency-Key": "\x7f"},
        {"Accept-Language": "x," * 2_000},
        {"Prefer": "x=" * 2_000},
        {"X-Forwarded-For": "1.2.3.4, ::1, evil"},
        {"Authorization": "Bearer " + "x" * 5_000},
        {"Authorization": "Basic x"},
        {"Authorization": "Bearer \x00"},
        {"Cookie": "a" * 5_000},
    ],
)
def test_no_header_breaks_anything(intake: Intake, headers: dict[str, str]) -> None:
    try:
        answer = post(intake, b'{"narrative":"x"}', **headers)
    except (httpx.LocalProtocolError, ValueError):  # the client itself would not send it
        return
    assert answer.status_code < 500
    page = intake.client().get("/r/prairie-haul", headers=headers)
    assert page.status_code < 500


FORMS = {
    "NUL": b"narrative=a%00b",
    "half a pair": b"narrative=%ED%A0%80",
    "no UTF-8": b"narrative=%ff%fe",
    "a broken escape": b"narrative=%zz%",
    "text turned around": b"narrative=" + quote(BIDI).encode(),
    "a break of lines in a name": b"narrative%0d%0ax=1&narrative=x",
    "many fields": b"&".join(b"f%d=1" % n for n in range(8_000)),
    "the same field many times": b"narrative=x&" * 5_000,
    "only separators": b"&" * 60_000,
    "only equals signs": b"=" * 60_000,
    "a token of ours that is none": b"narrative=x&draft=" + b"A" * 50_000,
    "a token with a dot": b"narrative=x&draft=1.2.3",
    "a token that is not ASCII": b"narrative=x&draft=" + quote("é.é").encode(),
    "a language that is none": b"lang=../../etc/passwd&narrative=x",
    "a step that is none": b"step=999999999999&go=../&narrative=x",
}


@pytest.mark.parametrize("path", ["/r/prairie-haul", "/r/prairie-haul/sent", "/r/code", "/r/code/add", "/r/public"])
def test_no_form_breaks_anything(intake: Intake, path: str) -> None:
    client: Client = intake.client()
    for name, body in FORMS.items():
        answer = client.post(path, content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
        assert answer.status_code < 500, name
        assert all("\n" not in value and "\r" not in value for value in answer.headers.values()), name


@pytest.mark.parametrize(
    "path",
    ["/r/%00", "/r/..%2f..%2fetc", "/r/" + "x" * 4_000, "/r/%ff", "/r/a%0d%0ab", "/r/static/..%2fforms.py", "/r/static/%00", f"{TIPS}/%00"],
)
def test_no_address_breaks_anything(intake: Intake, path: str) -> None:
    answer = intake.client().get(path, headers=intake.bearer())
    assert 400 <= answer.status_code < 500
    assert all("\n" not in value and "\r" not in value for value in answer.headers.values())


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from([*Submission.__struct_fields__, "nothing"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.dictionaries(FIELDS, JSON, max_size=6))
def test_no_json_breaks_anything(intake: Intake, value: dict[str, Any]) -> None:
    assert post(intake, json.dumps(value).encode()).status_code in (201, 400, 422)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=300), st.text(st.characters(codec="utf-8"), max_size=200))
def test_any_text_is_stored_and_given_back(intake: Intake, text: str, reference: str) -> None:
    sent = Submission(narrative=text, partner=PartnerIn(reference=reference))
    receipt = intake.deps.receiver.receive_blocking(sent, Sender("prairie-haul", "partner:prairie-haul"))
    with intake.deps.storage.reading() as work:
        tip = work.tips.get(receipt.id)
    assert tip is not None
    assert (tip.narrative, tip.partner_reference) == (text, reference)
