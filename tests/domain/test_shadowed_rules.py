"""A rule that another one always hides is refused with its line; nobody believes in it longer."""

import pytest

from hotline.map_file.reading import GridFileError, parse_grid
from tests.domain.maps import SMALL_TEXT


def faults_of(*changes: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the codes of the faults, and the lines that they point to, of a changed map."""
    text = SMALL_TEXT
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    with pytest.raises(GridFileError) as refused:
        parse_grid(text)
    return [(fault.code, text.splitlines()[fault.line - 1]) for fault in refused.value.faults]


def test_two_rungs_that_tell_the_same_post_are_one_too_many():
    rung = next(line for line in SMALL_TEXT.splitlines() if "told: competent" in line)
    twin = rung.replace("rung: department", "rung: bureau")

    [(code, line)] = faults_of((rung, f"{rung}\n{twin}"))

    assert (code, line.strip()) == ("rung_shadowed", twin.strip())


def test_a_class_that_another_one_always_outbids_is_told_with_its_line():
    head, _, rest = SMALL_TEXT.partition("keywords: {")
    words = rest.split("}")[0]
    twin = "  - {code: other/hidden, name: 影, name_en: Shadow, kind: help, unit: water, "
    first = words.split(",")[0].split(":")[0]
    weaker = f"{twin}keywords: {{{first}: 1}}, urgency: never,"
    del head
    at = SMALL_TEXT.index("classes:\n") + len("classes:\n")
    evidence = next(
        line.strip() for line in SMALL_TEXT.splitlines() if line.strip().startswith("evidence:")
    )
    line = f"{weaker} {evidence}}}\n"
    text = SMALL_TEXT[:at] + line + SMALL_TEXT[at:]

    with pytest.raises(GridFileError) as refused:
        parse_grid(text)

    [fault] = refused.value.faults
    assert fault.code == "class_shadowed"
    assert "影" in text.splitlines()[fault.line - 1]


def test_urgent_words_that_nobody_reads_are_told():
    [(code, _)] = faults_of(("urgency: words", "urgency: never"))

    assert code == "urgent_words_unread"
