"""What class of demand a text speaks for: what the catalogue answers, and what a person chose."""

from dataclasses import dataclass

from hotline.domain.grid.model import DemandClass, GridMap, Urgency


@dataclass(frozen=True, slots=True)
class Scored:
    """A class of the catalogue, the keywords that spoke for it, and their weight together.

    Attributes:
        score: keywords and wording together; 100 is about a keyword that leaves no doubt.
        words: the keywords; without any, the examples' own runs of characters that the text shares.
        spoken: how much of the score is due to keywords; 0: its wording alone speaks for it.
        heard: whether only the sound of the keywords spoke for it.
    """

    code: str
    score: int
    words: tuple[str, ...]
    spoken: int = 0
    heard: bool = False

    def as_json(self) -> dict[str, object]:
        """Return plain values for the ledger. Keywords are the map's words, not the caller's."""
        return {"class": self.code, "score": self.score, "words": list(self.words)}


@dataclass(frozen=True, slots=True)
class ClassReading:
    """The class of a demand.

    Attributes:
        code: the class, when one is stronger than all others.
        urgent: whether the class's urgency rule makes it urgent.
        urgent_words: the words that made it so, when words decided.
        scores: every class that any keyword spoke for, strongest first: reasons and rejected.
    """

    code: str | None
    urgent: bool
    urgent_words: tuple[str, ...]
    scores: tuple[Scored, ...]


def urgency(clazz: DemandClass, text: str) -> tuple[bool, tuple[str, ...]]:
    """Return whether a text makes a class urgent, and the words that made it so."""
    if clazz.urgency is not Urgency.WORDS:
        return clazz.urgency is Urgency.ALWAYS, ()
    words = tuple(word for word in clazz.urgent_words if word in text)
    return bool(words), words


def known_class(grid_map: GridMap, class_code: str, text: str = "") -> ClassReading:
    """Return the reading for a class that a person chose; its urgency still follows the words.

    Raises:
        NotFoundError: this map has no such class.
    """
    urgent, words = urgency(grid_map.clazz(class_code), text)
    return ClassReading(class_code, urgent, words, ())
