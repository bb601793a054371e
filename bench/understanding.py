"""``make bench NAME=understanding``: how well the hotline understands what callers say.

Every text of ``bench/utterances.csv`` (written before the matcher, on the whole of Faku) is read by
`Router.route`, as intake does. Each miss is printed; the last line is for programs:

- ``place_wrong``: share of all texts with a town or village that the caller did not mean;
- ``class_wrong``: share of those not asked back whose class is not one that the file allows;
- ``asked``: share of all texts after which the caller would be asked back;
- ``asked_needlessly``, ``not_asked``: against the file's own judgement;
- ``per_s``: texts a second on one core, the fastest of five passes.

``python -m bench.understanding score IN.csv OUT.csv`` reads the column ``text`` of any file and
writes ``row,town_code,village_code,class_code,asked,why``.
"""

import argparse
import csv
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from bench.stage import BenchError, last_line, machine
from hotline.domain.intake import clean
from hotline.domain.routing import Router, Routing
from hotline.domain.understanding.places import PlaceKind
from hotline.map_file.reading import read_grid

ROOT: Final = Path(__file__).resolve().parents[1]
UTTERANCES: Final = ROOT / "bench" / "utterances.csv"
MAP: Final = ROOT / "grid_map.yaml"
_DAY: Final = date(2026, 11, 21)
_PASSES: Final = 5
_VILLAGES: Final = 245
# A caller is not asked back about these: the place is known, though it is not ours or not live.
_KNOWN_ELSEWHERE: Final = frozenset({PlaceKind.OUTSIDE, PlaceKind.NOT_LIVE})


@dataclass(frozen=True, slots=True)
class Understood:
    """What the hotline makes of one text, in the columns of the output."""

    town_code: str
    village_code: str
    class_code: str
    asked: bool
    why: str


@dataclass(frozen=True, slots=True)
class Utterance:
    """A row of the file: what was said, and what is right."""

    row: str
    text: str
    town_code: str
    village_code: str
    class_codes: tuple[str, ...]
    ask: bool
    kind: str


def router(path: Path = MAP) -> Router:
    """Return the router of a map, warm.

    Raises:
        BenchError: the map is not the whole county.
    """
    made = Router(read_grid(path))
    if len(made.map.grids) < _VILLAGES:
        raise BenchError(f"{path} has {len(made.map.grids)} villages, not Faku's {_VILLAGES}")
    made.warm()
    return made


def understand(reader: Router, text: str) -> Understood:
    """Return what a text says, as intake reads it."""
    routing = reader.route(clean(text), _DAY)
    place = routing.place
    town = reader.map.units[place.town].code or "" if place.town is not None else ""
    asked = routing.class_code is None or (
        place.grid_code is None and place.kind not in _KNOWN_ELSEWHERE
    )
    return Understood(
        town_code=place.grid_code[:9] if place.grid_code else town[:9],
        # A grid below a village (a group, ten households) has the village's code and more digits.
        village_code=place.grid_code[:12] if place.grid_code else "",
        class_code=routing.class_code or "",
        asked=asked,
        why=_why(routing),
    )


def _why(routing: Routing) -> str:
    place, clazz = routing.place, routing.clazz
    words = [f"place {place.kind.value}"]
    if place.method is not None:
        words.append(f"by {place.method.value}")
    if place.beyond:
        words.append(place.beyond)
    words += [f"“{mention.said}”" for mention in place.mentions]
    if place.candidates:
        words.append("or ".join(f"{c.name} " for c in place.candidates[:4]).strip())
    words.append("; class")
    words += [f"{one.code} {one.score} ({'、'.join(one.words)})" for one in clazz.scores[:3]]
    return " ".join(words if clazz.scores else [*words, "unknown"])


def utterances() -> list[Utterance]:
    """Return the texts of the file."""
    with UTTERANCES.open(encoding="utf-8", newline="") as lines:
        return [
            Utterance(
                row["id"],
                row["text"],
                row["town_code"],
                row["village_code"],
                tuple(row["class_code"].split("|")),
                row["ask"] == "1",
                row["kind"],
            )
            for row in csv.DictReader(lines)
        ]


def wrong_place(said: Utterance, read: Understood) -> bool:
    """Whether a place is answered that the caller did not mean."""
    if read.village_code and read.village_code != said.village_code:
        return True
    return bool(read.town_code and read.town_code != said.town_code)


def _misses(said: Utterance, read: Understood) -> Iterator[str]:
    if wrong_place(said, read):
        yield "place_wrong"
    if not read.asked and read.class_code not in said.class_codes:
        yield "class_wrong"
    if read.asked and not said.ask:
        yield "asked_needlessly"
    if said.ask and not read.asked:
        yield "not_asked"


def measure(reader: Router) -> dict[str, float]:
    """Read every text, print each miss, and return the figures."""
    every = utterances()
    read = [understand(reader, one.text) for one in every]
    counts = dict.fromkeys(("place_wrong", "class_wrong", "asked_needlessly", "not_asked"), 0)
    for said, found in zip(every, read, strict=True):
        for miss in _misses(said, found):
            counts[miss] += 1
            print(
                f"{miss:17}{said.row:>4} {said.kind}: {said.text}\n{'':22}"
                f"{found.town_code or '-'} {found.village_code or '-'} {found.class_code or '-'}"
                f" (right: {said.town_code or '-'} {said.village_code or '-'}"
                f" {'|'.join(said.class_codes) or '-'}); {found.why}"
            )
    asked = sum(one.asked for one in read)
    answered = max(1, len(every) - asked)
    return {
        "texts": len(every),
        "place_wrong": counts["place_wrong"] / len(every),
        "class_wrong": counts["class_wrong"] / answered,
        "asked": asked / len(every),
        "asked_needlessly": counts["asked_needlessly"] / len(every),
        "not_asked": counts["not_asked"] / len(every),
        "per_s": speed(reader, [one.text for one in every]),
    }


def speed(reader: Router, texts: Sequence[str]) -> float:
    """Return how many texts are understood in a second of this process, at best."""
    best = float("inf")
    for _ in range(_PASSES):
        begun = time.process_time()
        for text in texts:
            reader.route(clean(text), _DAY)
        best = min(best, time.process_time() - begun)
    return len(texts) / best


def score(reader: Router, source: Path, target: Path) -> None:
    """Write what each text of a file says.

    Raises:
        BenchError: the file has no column ``text``.
    """
    # Judges' files may come from spreadsheets: a mark at the start, and any character inside.
    csv.field_size_limit(sys.maxsize)
    with source.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        rows = csv.DictReader(line.replace("\0", "\ufffd") for line in lines)
        if rows.fieldnames is None or "text" not in rows.fieldnames:
            raise BenchError(f"{source} has no column 'text'")
        texts = [row["text"] or "" for row in rows]
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["row", "town_code", "village_code", "class_code", "asked", "why"])
        for number, text in enumerate(texts, 1):
            read = understand(reader, text)
            writer.writerow(
                [
                    number, read.town_code, read.village_code, read.class_code,
                    int(read.asked), read.why,
                ]
            )  # fmt: skip


def main() -> None:
    """Measure, or score a file; the last line is for programs."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--map", type=Path, default=MAP)
    tasks = options.add_subparsers(dest="task")
    scoring = tasks.add_parser("score", help="write what each text of a CSV file says")
    scoring.add_argument("source", type=Path)
    scoring.add_argument("target", type=Path)
    chosen = options.parse_args()
    try:
        reader = router(chosen.map)
        if chosen.task == "score":
            score(reader, chosen.source, chosen.target)
            return
        print(f"Machine: {machine()}", flush=True)
        print(last_line(measure(reader)))
    except (BenchError, OSError) as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
