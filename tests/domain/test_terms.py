"""What a ticket is found by: pairs of characters, codes, the ends of its number."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hotline.domain import terms

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=2, max_size=20)


@given(before=HAN, word=HAN, after=HAN)
def test_a_word_is_found_wherever_it_stands(before, word, after):
    assert terms.pairs(word) <= terms.pairs(before + word + after)


@given(st.text(max_size=60))
def test_every_number_fits_the_database(text):
    assert all(-(2**31) <= number < 2**31 for number in terms.pairs(text))


def test_words_that_do_not_stand_together_are_not_joined():
    assert not terms.pairs("水停") <= terms.pairs("漏水，停电")
    assert terms.pairs("停电") <= terms.pairs("漏水，停电")


def test_width_and_capitals_do_not_matter():
    assert terms.pairs("\uff21\uff22\uff11\uff12") == terms.pairs("ab12")


def test_what_was_taken_out_is_not_found():
    assert terms.pairs("请打【电话1】") == terms.pairs("请打")
    assert terms.pairs("我叫███停水") == terms.pairs("我叫") | terms.pairs("停水")


def test_a_single_character_is_too_little_to_look_for():
    assert terms.words("水 停水，a") == ["停水"]


def test_a_number_is_found_by_its_end():
    found = terms.tails("261122000123")

    assert terms.tail("0123") in found
    assert terms.tail("000123") in found
    assert terms.tail("00123") in found
    assert terms.tail("9999") not in found
    assert terms.tail("123") is None


def test_a_code_is_not_a_word():
    assert terms.code("town", "ab") not in terms.pairs("ab")
    assert terms.code("town", "x") != terms.code("unit", "x")


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_months_follow_on_each_other(at):
    first = at.replace(day=1)

    assert terms.month(first + timedelta(days=32)) == terms.month(at) + 1


@given(HAN, st.lists(HAN, max_size=3))
def test_what_is_highlighted_is_what_was_looked_for(text, words):
    wanted = [*words, text[:2]]
    spots = terms.spots(text, wanted)

    assert spots[0][0] == 0
    for (_, end), (start, _) in pairwise(spots):
        assert end < start
