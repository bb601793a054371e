"""What the machine says on the telephone, as TwiML. Prompts are short: people call in trouble.

Every answer that asks something falls through to the same address with nothing heard, so that
silence is an input like any other.
"""

from collections.abc import Sequence
from typing import Final

from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

# Carriers name the recogniser's Mandarin and the speaking voice's differently.
HEARS: Final = "cmn-Hans-CN"
SPEAKS: Final = "zh-CN"
QUEUE: Final = "operators"
SILENCE_S: Final = 5
# Who knows the key of a line presses it at once: nobody else waits for it longer than this.
KEY_S: Final = 1
# What a caller who can't or won't speak may press; the words go where spoken ones go.
KEY_WORDS: Final = {"1": "停水", "2": "停电", "3": "暖气不热"}
PERSON_KEY: Final = "0"

WELCOME: Final = "您好，这里是12345热线，{lines}正在为您转接话务员，请稍候。"
WELCOME_TO_LINE: Final = "{line}，正在为您转接话务员，请稍候。"
WAITING: Final = "话务员正忙，请稍候。"
GREETING: Final = (
    "您好，现在由12345机器受理。请说出您在哪个乡镇哪个村，有什么事。转人工请按0{lines}。"
)
GREETING_OF_LINE: Final = "{line}。请说出您在哪里，有什么事。转人工请按0。"
AGAIN: Final = "没有听清。请再说一遍，或者按键：停水请按1，停电请按2，供暖请按3，转人工请按0。"
WHICH_PLACE: Final = "请问是哪个乡镇、哪个村？"
WHICH_VILLAGE: Final = "请问是{town}的哪个村？"
WHICH_OF: Final = "请问您说的是哪里？{options}"
OPTION: Final = "{name}请按{key}。"
WHAT_MATTER: Final = "请问具体是什么事？比如停水、停电、道路、垃圾。"
DANGER: Final = "您说的情况可能有危险。现在有危险，请按1或者说有；没有危险，请按2或者说没有。"
BRIDGING: Final = "正在为您接通{service}，请不要挂断。您的诉求已记下，工单号{number}。"
READ_BACK: Final = (
    "您的诉求已受理，工单号{number}。再说一遍，工单号{number}。网格员会联系您。再见。"
)
NOTED: Final = (
    "您的诉求已记下，工单号{number}。再说一遍，工单号{number}。工作人员会给您回电话。再见。"
)
LEAVE_WORDS: Final = "现在没有话务员能接听。请在提示音后留言，我们会给您回电话。说完请按井号键。"
RECORDED: Final = "留言已记下，工单号{number}。我们会给您回电话。再见。"
RECORDED_NO_NUMBER: Final = "留言已记下，我们会给您回电话。再见。"
GOODBYE: Final = "感谢您拨打12345，再见。"
FAILURE: Final = "系统暂时无法受理。请在提示音后说出您的姓名、地点和事情，我们会给您回电话。"
ASK: Final = (
    "您好，这里是12345热线。您反映的事情，工单号{number}，承办单位答复：{result}。"
    "是不是真的解决了？已解决请按1，没有解决请按2。"
)
ASK_GRADE: Final = (
    "谢谢。您对办理满意吗？非常满意请按5，满意按4，基本满意按3，不满意按2，非常不满意按1。"
)
ASK_GRADE_FOUR: Final = "谢谢。您对办理满意吗？非常满意请按4，满意按3，基本满意按2，不满意按1。"
RATE: Final = "您好，这里是12345热线。请您为工单{number}的办理打分。{grades}"
NOT_RATED: Final = "这个号码或设备不能作评价。您的意见可以找话务员说。再见。"
THANKS: Final = "谢谢您。再见。"
REDONE: Final = "知道了，这件事会退回重办，承办单位会再联系您。您对办理满意吗？请按5到1，5最满意。"
REDONE_FOUR: Final = (
    "知道了，这件事会退回重办，承办单位会再联系您。您对办理满意吗？请按4到1，4最满意。"
)
_KEYS: Final = "12345"
WITHDRAW: Final = "您要撤回工单{number}吗？撤回后不再办理。要撤回请按1，不撤回请按2，转人工请按0。"
WITHDRAWN: Final = "工单{number}已按您的要求撤回，不再办理。再见。"
NOT_WITHDRAWN: Final = "没有撤回，照常办理。请说您要说的事，转人工请按0。"
NOBODY_WAITS: Final = "没有等候的来电了。再见。"
ALERT: Final = "{text}。再说一遍。{text}。听到请按1。"


def spoken_number(number: str) -> str:
    """Return a ticket's number as it is read out: digit by digit, in groups of four."""
    groups = [number[start : start + 4] for start in range(0, len(number), 4)]
    return "，".join(" ".join(group) for group in groups)


def ask_grade(scale: int, *, solved: bool) -> str:
    """Return the question for a grade on a scale of 5 or 4, after the caller's verdict."""
    if not solved:
        return REDONE if scale == len(_KEYS) else REDONE_FOUR
    return ASK_GRADE if scale == len(_KEYS) else ASK_GRADE_FOUR


def ask_rating(scale: int, number: str) -> str:
    """Return the question of a call that asks for nothing but a grade."""
    grades = ask_grade(scale, solved=True).removeprefix("谢谢。")
    return RATE.format(number=spoken_number(number), grades=grades)


def welcome(lines: Sequence[str]) -> str:
    """Return the greeting before the operators' queue: ``lines`` are the few words of each line."""
    return WELCOME.format(lines="".join(f"{spoken}，" for spoken in lines))


def greeting(lines: Sequence[str]) -> str:
    """Return the machine's greeting, with the few words of each line."""
    return GREETING.format(lines="".join(f"，{spoken}" for spoken in lines))


def queue(prompt: str, wait_url: str, left_url: str, *, line_url: str | None = None) -> str:
    """Put the caller into the operators' queue.

    Args:
        prompt: what is said before.
        wait_url: the address that says what a waiting caller hears.
        left_url: the address that is told when the caller leaves the queue.
        line_url: the address that gets the key of a line, pressed while ``prompt`` is said.
    """
    response = VoiceResponse()
    if line_url is None:
        response.say(prompt, language=SPEAKS)
    else:
        gather = Gather(input="dtmf", action=line_url, method="POST", timeout=KEY_S, num_digits=1)
        gather.say(prompt, language=SPEAKS)
        response.append(gather)
    response.enqueue(QUEUE, wait_url=wait_url, wait_url_method="POST", action=left_url)
    return str(response)


def keep_waiting() -> str:
    """What a waiting caller hears until the carrier asks again."""
    response = VoiceResponse()
    response.say(WAITING, language=SPEAKS)
    response.pause(length=5)
    return str(response)


def leave_queue() -> str:
    """Take the caller out of the queue; the queue's action says what is next."""
    response = VoiceResponse()
    response.leave()
    return str(response)


def listen(prompt: str, action: str, *, record_to: str | None = None) -> str:
    """Say ``prompt`` and listen to speech and keys; silence goes to ``action`` too.

    Args:
        prompt: what is said.
        action: the address that gets what was heard.
        record_to: the recording of the whole call starts here, and is announced there.
    """
    response = VoiceResponse()
    if record_to is not None:
        response.start().recording(
            recording_status_callback=record_to, recording_status_callback_event="completed"
        )
    gather = Gather(
        input="speech dtmf",
        language=HEARS,
        action=action,
        method="POST",
        timeout=SILENCE_S,
        speech_timeout="auto",
        num_digits=1,
        action_on_empty_result=True,
    )
    gather.say(prompt, language=SPEAKS)
    response.append(gather)
    return str(response)


def say_and_hang_up(text: str) -> str:
    """Say something and end the call."""
    response = VoiceResponse()
    response.say(text, language=SPEAKS)
    response.hangup()
    return str(response)


def take_words(prompt: str, action: str) -> str:
    """Say ``prompt`` and record what the caller leaves."""
    response = VoiceResponse()
    response.say(prompt, language=SPEAKS)
    response.record(
        action=action, method="POST", max_length=180, finish_on_key="#", play_beep=True, timeout=8
    )
    return str(response)


def join(room: str, prompt: str, action: str) -> str:
    """Say ``prompt`` and put the caller into a conference that a third party is called into."""
    response = VoiceResponse()
    response.say(prompt, language=SPEAKS)
    dial = Dial(action=action, method="POST")
    dial.conference(room, beep="false", start_conference_on_enter=True, end_conference_on_exit=True)
    response.append(dial)
    return str(response)


def pick_up(picked_url: str) -> str:
    """Connect an operator with the caller who has waited longest."""
    response = VoiceResponse()
    dial = Dial()
    dial.queue(QUEUE, url=picked_url, method="POST")
    response.append(dial)
    return str(response)


def connected() -> str:
    """What a caller hears in the moment before an operator speaks: nothing."""
    return str(VoiceResponse())


def options(names: Sequence[str]) -> str:
    """Return the question that lets the caller choose one of up to nine places by key."""
    listed = "".join(
        OPTION.format(name=name, key=key) for key, name in enumerate(names[:9], start=1)
    )
    return WHICH_OF.format(options=listed)


def fallback(thanks_url: str) -> str:
    """The answer when nothing else works: it asks for words and records them.

    Static: served without the database, and hosted at the carrier for when the web is down. The
    sweep finds the recording at the carrier and opens a ticket for it.
    """
    return take_words(FAILURE, thanks_url)


def thanks() -> str:
    """What is said after the fallback's recording; static too."""
    return say_and_hang_up(RECORDED_NO_NUMBER)
