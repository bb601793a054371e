"""How photos look: copies look alike, others do not, and plain ones are not compared."""

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hotline.photos.hashes import BOXES, LEAST_QUALITY, bits_apart, looks_of
from hotline.photos.index import RADIUS, Photos, build, open_newest
from tests.photos import jpeg
from tests.pictures import cropped, file_of, mirrored, picture

ORIGINAL = picture(1)
LOOKS = looks_of(file_of(ORIGINAL))


def apart(content: bytes, variant: int = 0) -> int:
    """Return how many bits of PDQ lie between a file and a variant of the original."""
    return int(bits_apart(LOOKS.pdq[variant], looks_of(content).pdq[0]))


def near(content: bytes, variant: int = 0) -> bool:
    """Whether a file's pHash would be found by a variant of the original."""
    bits = int(LOOKS.phash[variant]) ^ int(looks_of(content).phash[0])
    return bits.bit_count() <= RADIUS


@pytest.mark.parametrize("quality", [30, 60, 95])
def test_a_picture_compressed_anew_looks_the_same(quality):
    again = file_of(ORIGINAL, quality)

    assert near(again)
    assert apart(again) <= 12


def test_a_picture_scaled_down_looks_the_same():
    assert near(file_of(ORIGINAL.resize((320, 240))))


def test_a_picture_turned_by_the_camera_looks_as_people_see_it():
    out = BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    ORIGINAL.transpose(Image.Transpose.ROTATE_90).save(out, "JPEG", exif=exif)

    assert apart(out.getvalue()) <= 20


def test_a_mirrored_picture_is_found_by_its_mirror_image():
    seen = looks_of(file_of(mirrored(ORIGINAL)))

    assert (seen.mirrored_phash ^ int(LOOKS.phash[0])).bit_count() <= RADIUS
    assert bits_apart(seen.mirrored_pdq, LOOKS.pdq[0]) <= 12


@pytest.mark.parametrize("variant", range(1, len(BOXES)))
def test_each_usual_crop_is_found(variant):
    crop = file_of(cropped(ORIGINAL, BOXES[variant]), 70)

    assert near(crop, variant)
    assert apart(crop, variant) <= 31


@pytest.mark.parametrize("seed", range(2, 12))
def test_another_picture_looks_different(seed):
    assert apart(file_of(picture(seed))) > 60


def test_a_plain_picture_is_not_compared():
    assert looks_of(jpeg()).quality < LEAST_QUALITY <= LOOKS.quality


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """An index over 3,000 photos of two variants, some of them nearly the same."""
    rng = np.random.default_rng(3)
    hashes = rng.integers(0, 2**63, size=(3_000, 2), dtype=np.uint64)
    hashes[100:200] = hashes[:100] ^ np.uint64(0b1011)
    photos = Photos(np.arange(10, 3_010), hashes)
    folder = tmp_path_factory.mktemp("looks")
    build(folder, photos)
    build(folder, photos)
    return photos, open_newest(folder)


@settings(max_examples=50)
@given(st.integers(0, 2999), st.integers(0, 1), st.sets(st.integers(0, 63), max_size=RADIUS + 2))
def test_the_index_finds_exactly_what_comparing_with_each_would(index, row, variant, flipped):
    photos, built = index
    wanted = int(photos.hashes[row, variant])
    for bit in flipped:
        wanted ^= 1 << bit

    assert built.near([wanted, 0]) == photos.near([wanted, 0])


def test_a_newer_index_takes_the_place_of_an_older_one(tmp_path):
    few = Photos(np.array([1]), np.array([[7, 8]], dtype=np.uint64))
    build(tmp_path, few)
    build(tmp_path, few.with_more(Photos(np.array([5]), np.array([[9, 1]], dtype=np.uint64))))

    assert open_newest(tmp_path).photos.last == 5
    assert len(list(tmp_path.iterdir())) == 1


def test_without_an_index_there_is_none(tmp_path):
    assert open_newest(tmp_path) is None
