"""Photos that come in are looked at once, and their earlier twins are found."""

import pytest
from sqlmodel import Session, select

from hotline.domain.suspicion.facts import Likeness
from hotline.photos.hashes import BOXES
from hotline.photos.index import build
from hotline.services.handling import photos
from hotline.services.reckoning import likeness
from hotline.store import photos as rows
from hotline.store.models import Media, PhotoTwinRow
from tests.photos import jpeg
from tests.pictures import cropped, file_of, mirrored, picture

OLD = picture(1)


def take_in(county, *contents):
    """Let photos come in on a new ticket."""
    number = county.demand()
    with county.work() as work:
        return photos.keep(work, work.ticket(number), "result", contents, at_most=9)


def look(county):
    """Let the worker look until nothing is left; return how many photos it looked at."""
    with county.work() as work:
        gallery = likeness.open_gallery(work)
        total = 0
        while done := likeness.look(work, gallery):
            total += done
        return total


def twins(county, photo):
    """Return the likeness of a photo's earlier twins, by their ids."""
    with Session(county.engine) as session:
        found = session.exec(select(PhotoTwinRow).where(PhotoTwinRow.media_id == photo)).all()
    return {row.other_id: row.likeness for row in found}


@pytest.mark.parametrize("indexed", [False, True], ids=["in rows", "in the index"])
def test_every_kind_of_copy_is_found_and_nothing_else(county, indexed, tmp_path):
    [old] = take_in(county, file_of(OLD))
    look(county)
    if indexed:
        with county.work() as work:
            first = likeness.as_photos(rows.hashes_after(work.session, 0))
            build(likeness.folder_of(work), first)

    same, small, flipped, cut, new = take_in(
        county,
        file_of(OLD),
        file_of(OLD.resize((320, 240)), 40),
        file_of(mirrored(OLD)),
        file_of(cropped(OLD, BOXES[3])),
        file_of(picture(2)),
    )
    look(county)

    assert twins(county, same)[old] is Likeness.SAME_FILE
    assert twins(county, small)[old] is Likeness.SAME_PICTURE
    assert twins(county, flipped)[old] is Likeness.MIRRORED
    assert twins(county, cut)[old] is Likeness.CROPPED
    assert twins(county, new) == {}


def test_two_dark_photos_are_no_twins_unless_they_are_one_file(county):
    [old] = take_in(county, jpeg(colour="black"))
    other, same = take_in(county, jpeg(colour="#010101"), jpeg(colour="black"))
    look(county)

    assert twins(county, other) == {}
    assert twins(county, same) == {old: Likeness.SAME_FILE}


def test_a_photo_is_looked_at_once(county):
    take_in(county, file_of(OLD), file_of(OLD))

    assert look(county) == 2
    assert look(county) == 0


def test_a_photo_whose_file_was_lost_holds_nobody_up(county):
    [lost, kept] = take_in(county, file_of(OLD), file_of(picture(2)))
    with county.work() as work:
        sha256 = work.session.get_one(Media, lost).sha256
        (work.kit.media.folder / sha256[:2] / f"{sha256}.sealed").unlink()

    assert look(county) == 2
    with county.work() as work:
        assert [row.number for row in rows.hashes_after(work.session, 0)]
    assert twins(county, kept) == {}
