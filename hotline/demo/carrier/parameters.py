"""The parameters that each resource accepts, read out of the installed client.

So a misspelt or invented one is refused here as it would be by the real API, and an upgrade of
the client changes what is accepted.
"""

import inspect
import re
from collections.abc import Callable
from typing import Final

from twilio.rest.api.v2010.account.call import (
    CallContext,
    CallList,
)
from twilio.rest.api.v2010.account.call.recording import (
    RecordingList as CallRecordingList,
)
from twilio.rest.api.v2010.account.conference.participant import (
    ParticipantList,
)
from twilio.rest.api.v2010.account.message import MessageList
from twilio.rest.api.v2010.account.recording import RecordingList

# Accepted as by the real API, but nothing comes of them here; whoever relies on one is told so
# among the troubles.
NOT_PLAYED: Final = frozenset(
    {
        "ApplicationSid",
        "AsyncAmd",
        "FallbackFrom",
        "MediaUrl",
        "MessagingServiceSid",
        "SendAt",
        "SendDigits",
        "ValidityPeriod",
    }
)


def accepted(method: Callable[..., object]) -> frozenset[str]:
    """Return the parameters that a method of the client can send."""
    return frozenset(re.findall(r'"([A-Z]\w*[<>]?)":', inspect.getsource(method)))


NEW_MESSAGE: Final = accepted(MessageList.create) | accepted(getattr(MessageList, "_create", len))
NEW_CALL: Final = accepted(getattr(CallList, "_create", CallList.create))
CHANGED_CALL: Final = accepted(getattr(CallContext, "_update", CallContext.update))
NEW_RECORDING: Final = accepted(getattr(CallRecordingList, "_create", CallRecordingList.create))
NEW_PARTICIPANT: Final = accepted(getattr(ParticipantList, "_create", ParticipantList.create))
MESSAGE_FILTERS: Final = accepted(MessageList.page)
CALL_FILTERS: Final = accepted(CallList.page)
RECORDING_FILTERS: Final = accepted(RecordingList.page)
