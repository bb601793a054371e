"""The fields of the forms that the carrier sends, as the real one fills them."""

from hotline.demo.carrier.records import API, Call, Message, Recording

FAR = ("City", "Country", "State", "Zip")


def _places(who: str, country: str) -> dict[str, str]:
    return {f"{who}{field}": country if field == "Country" else "" for field in FAR}


def voice(account: str, call: Call) -> dict[str, str]:
    """Fields of each request about a call (25 of them)."""
    fields = {
        "AccountSid": account,
        "ApiVersion": API,
        "CallSid": call.sid,
        "CallStatus": call.status,
        "Called": call.to,
        "Caller": call.from_,
        "Direction": call.direction,
        "From": call.from_,
        "To": call.to,
        **_places("Called", "CN"),
        **_places("Caller", "CN"),
        **_places("From", "CN"),
        **_places("To", "CN"),
    }
    if call.parent_sid:
        fields["ParentCallSid"] = call.parent_sid
    if call.answered_by:
        fields["AnsweredBy"] = call.answered_by
    return fields


def message(account: str, text: Message) -> dict[str, str]:
    """Fields of a message that came in (20 of them)."""
    return {
        "AccountSid": account,
        "ApiVersion": API,
        "Body": text.body,
        "From": text.from_,
        "MessageSid": text.sid,
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsMessageSid": text.sid,
        "SmsSid": text.sid,
        "SmsStatus": "received",
        "To": text.to,
        "ToCity": "",
        "ToCountry": "CN",
        "ToState": "",
        "ToZip": "",
        **_places("From", "CN"),
    }


def delivery(account: str, text: Message, status: str) -> dict[str, str]:
    """Fields of a status callback of a message."""
    fields = {
        "AccountSid": account,
        "ApiVersion": API,
        "From": text.from_,
        "MessageSid": text.sid,
        "MessageStatus": status,
        "SmsSid": text.sid,
        "SmsStatus": status,
        "To": text.to,
    }
    if status in {"undelivered", "failed"} and text.error_code:
        fields["ErrorCode"] = str(text.error_code)
    return fields


def recording(account: str, made: Recording) -> dict[str, str]:
    """Fields of a recording's status callback."""
    return {
        "AccountSid": account,
        "CallSid": made.call_sid,
        "RecordingChannels": "1",
        "RecordingDuration": str(made.duration_s),
        "RecordingSid": made.sid,
        "RecordingSource": made.source,
        "RecordingStatus": made.status,
        "RecordingTrack": "both",
        "RecordingUrl": recording_url(account, made),
    }


def recording_url(account: str, made: Recording) -> str:
    """Where the real carrier keeps the sound; clients are to map the host."""
    return f"https://api.twilio.com/{API}/Accounts/{account}/Recordings/{made.sid}"
