"""The channels by which a county tells its own people, beside the carrier's messages and calls.

WeCom, DingTalk, Feishu and mail are services of others; ``web`` is the person's own page here.
"""

import re
from typing import Final

CHANNELS: Final = ("wecom", "dingtalk", "feishu", "mail", "web")
"""Every channel that somebody may be told by. Values are stored."""
MAIL: Final = "mail"
MAILBOX: Final = re.compile(r"^[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+$")
"""What a mailbox looks like; whether it exists, its own server says."""
