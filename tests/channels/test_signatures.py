"""The signature of a webhook, against the carrier's own validator."""

from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from hotline.channels import signatures

URL = "https://12345.example.org/hooks/voice/incoming?step=2"
PARAMS = {"CallSid": "CA1", "SpeechResult": "停水了", "Digits": ""}
OLD, NEW = "old-token", "new-token"


def test_either_token_is_good_while_one_is_rotated():
    for token in (OLD, NEW):
        assert signatures.valid(URL, PARAMS, signatures.sign(URL, PARAMS, token), [OLD, NEW])


def test_what_the_library_accepts_is_accepted_here():
    given = signatures.sign(URL, PARAMS, NEW)

    assert RequestValidator(NEW).validate(URL, PARAMS, given)
    assert signatures.valid(URL, MultiDict(PARAMS), given, [NEW])


def test_forgeries_are_refused():
    given = signatures.sign(URL, PARAMS, NEW)

    assert not signatures.valid(URL, PARAMS, given, [OLD])
    assert not signatures.valid(URL, PARAMS, given, [])
    assert not signatures.valid(URL, PARAMS, "", [NEW])
    assert not signatures.valid(URL, PARAMS, "非", [NEW])
    assert not signatures.valid(URL, {**PARAMS, "Digits": "1"}, given, [NEW])
    assert not signatures.valid(URL + "1", PARAMS, given, [NEW])


def test_the_public_address_comes_from_settings():
    assert (
        signatures.public_url("https://a.example/", "/hooks/x", "outbox=%E5%81%9C")
        == "https://a.example/hooks/x?outbox=%E5%81%9C"
    )


def test_what_the_fake_carrier_signs_is_valid(carrier, customer):
    carrier.finished(carrier.call("+8613900000001"))

    path, form, headers = customer.headers[0]
    url = customer.url + path
    assert signatures.valid(url, form, headers["X-Twilio-Signature"], [carrier.token])
