"""Sound for recordings: a tone as long as what was said."""

import io
import math
import struct
import wave
from typing import Final

RATE: Final = 8000
TONE_HZ: Final = 300
LOUDNESS: Final = 3000
LONGEST_S: Final = 120


def tone(seconds: int) -> bytes:
    """Return a WAV file of telephone quality; nobody speaks in it."""
    period = RATE // TONE_HZ
    one = [int(LOUDNESS * math.sin(2 * math.pi * step / period)) for step in range(period)]
    samples = (one * (RATE * min(max(seconds, 1), LONGEST_S) // period + 1))[: RATE * seconds]
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return file.getvalue()
