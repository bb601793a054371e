"""Photos and recordings: who may see and hear them, and what goes on record."""

from uuid import uuid4

import sqlalchemy as sa
from sqlmodel import Session, select

from hotline.domain.tickets import Role
from hotline.services.handling import photos
from hotline.store import tickets as ticket_rows
from hotline.store.models import Media
from hotline.store.models.proofs import IdentityView
from tests.county import County
from tests.web.client import client_for, sign_in
from tests.web.field.field import (
    OFFICER,
    OTHER_OFFICER,
    POWER,
    WATER,
    Phone,
    photo,
    ticket_path,
    whistled,
)

SOUND = b"RIFF" + bytes(range(200))


def with_photo(county: County) -> tuple[str, str]:
    """Return a ticket on which the water company was called, and the path of its photo."""
    number, _ = whistled(county, Phone(county, OFFICER))
    content, _ = photo((1600, 1200))
    with county.work(county.actor(OFFICER)) as work:
        photos.keep(work, work.ticket(number), "result", [content.read()], at_most=1)
    with Session(county.engine) as session:
        [row] = ticket_rows.media(session, county.ticket(number).id)
    return number, f"/media/{row.id}"


def with_recording(county: County) -> tuple[str, str]:
    """Return a ticket and the path of its call's sound."""
    number = county.demand()
    with county.work() as work:
        sha256 = work.kit.media.keep_recording(SOUND)
        row = Media(
            ticket_id=work.ticket(number).id,
            purpose="recording",
            sha256=sha256,
            kind="audio/wav",
            size=len(SOUND),
            at=work.now,
        )
        work.session.add(row)
        path = f"/media/{row.id}/recording"
    return number, path


def views(county: County) -> list[str]:
    with Session(county.engine) as session:
        return [row.what for row in session.exec(select(IdentityView))]


def statuses(county: County, path: str, *logins: str) -> list[int]:
    clients = [sign_in(client_for(county), login) for login in logins]
    answers = [client.get(path) for client in clients]
    for answer in answers:
        answer.close()
    return [answer.status_code for answer in answers]


def test_the_small_copy_is_for_whoever_may_see_the_ticket(county: County):
    _, path = with_photo(county)

    seen = statuses(county, f"{path}/small", OFFICER, WATER, "operator1", "supervisor")
    unseen = statuses(county, f"{path}/small", OTHER_OFFICER, POWER)

    assert (seen, unseen) == ([200] * 4, [404] * 2)
    assert views(county) == []


def test_the_original_is_for_fewer_and_each_view_goes_on_record(county: County):
    _, path = with_photo(county)

    assert statuses(county, f"{path}/original", OFFICER, "operator1") == [200, 200]
    assert statuses(county, f"{path}/original", WATER, OTHER_OFFICER, "admin") == [404] * 3

    assert views(county) == ["original", "original"]


def test_the_original_comes_as_it_was_sent_and_the_copy_is_small(county: County):
    _, path = with_photo(county)
    client = sign_in(client_for(county), OFFICER)

    with client.get(f"{path}/original") as original, client.get(f"{path}/small") as small:
        assert original.data == photo((1600, 1200))[0].getvalue()
        assert (original.mimetype, small.mimetype) == ("image/jpeg", "image/jpeg")
        assert len(small.data) < len(original.data)
        assert original.headers["X-Content-Type-Options"] == "nosniff"
        assert original.headers["Cache-Control"] == "no-store"


def test_a_recording_can_be_heard_in_parts_and_listening_goes_on_record(county: County):
    _, path = with_recording(county)
    client = sign_in(client_for(county), OFFICER)

    with client.get(path) as whole:
        assert (whole.status_code, whole.data, whole.mimetype) == (200, SOUND, "audio/wav")
    with client.get(path, headers={"Range": "bytes=4-7"}) as part:
        assert (part.status_code, part.data) == (206, SOUND[4:8])

    assert views(county) == ["recording", "recording"]


def test_a_recording_is_no_photo_and_a_photo_no_recording(county: County):
    _, sound = with_recording(county)
    client = sign_in(client_for(county), "operator1")

    assert client.get(sound.replace("recording", "small")).status_code == 404
    assert client.get(sound.replace("recording", "original")).status_code == 404
    assert client.get(f"/media/{uuid4()}/recording").status_code == 404


def test_a_unit_never_hears_the_caller(county: County):
    number, path = with_recording(county)
    officer = Phone(county, OFFICER)
    officer.done(ticket_path(number, "accept"))
    officer.done(ticket_path(number, "whistle"), kind="grid", units="utility/water", text="来看看")

    assert county.actor(WATER).role is Role.UNIT
    assert statuses(county, path, WATER, OTHER_OFFICER) == [404, 404]


def test_who_is_not_signed_in_sees_nothing(county: County):
    _, path = with_photo(county)

    assert client_for(county).get(f"{path}/small").status_code == 401


def test_whoever_looks_at_what_a_caller_wanted_kept_secret_says_why(county: County):
    _, path = with_photo(county)
    with county.engine.begin() as connection:
        connection.execute(sa.text("UPDATE ticket SET shield = 'confidential'"))
    client = sign_in(client_for(county), "operator1")

    asked = client.get(f"{path}/original")
    assert "没有理由不能看" in asked.get_data(as_text=True)
    assert views(county) == []
    assert client.get(f"{path}/original?reason=made-up").status_code == 422
    with client.get(f"{path}/original?reason=contact") as shown:
        assert shown.mimetype == "image/jpeg"

    with Session(county.engine) as session:
        assert [row.reason for row in session.exec(select(IdentityView))] == ["contact"]
