"""An officer's and a unit's phone in tests: press a button of a page, as a browser would."""

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from uuid import uuid4

import sqlalchemy as sa
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, stream_encode_multipart

from hotline.demo import staff
from tests.county import County
from tests.web.client import client_for, sign_in

OFFICER = staff.login_of("grid/dagujiazi/lamaqiao")
STAND_IN = staff.login_of("grid/dagujiazi/lamaqiao/standby")
OTHER_OFFICER = staff.login_of("grid/mengjia/mengjia")
WATER = staff.login_of("utility/water/duty")
POWER = staff.login_of("utility/power/duty")


class Phone:
    """Somebody's phone, signed in."""

    def __init__(self, county: County, login: str) -> None:
        self.client = sign_in(client_for(county), login)
        self.county = county

    def page(self, path: str, status: int = 200) -> str:
        """Return a page's text."""
        answer = self.client.get(path)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    def press(self, path: str, **fields: object) -> TestResponse:
        """Post a command; its key is fresh unless given, its version is the ticket's."""
        number = path.split("/")[3]
        values: dict[str, object] = {"command_id": str(uuid4())}
        if number.isdigit():
            values["seen_version"] = str(self.county.ticket(number).version)
        # Built in memory: werkzeug's client leaves the file that it spools large forms to open.
        body, length, boundary = stream_encode_multipart(
            dict(_parts(values | fields)), use_tempfile=False
        )
        return self.client.post(
            path,
            input_stream=body,
            content_length=length,
            content_type=f'multipart/form-data; boundary="{boundary}"',
        )

    def done(self, path: str, **fields: object) -> str:
        """Post a command that must go through, and return the page it leads to."""
        answer = self.press(path, **fields)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return self.page(answer.headers["Location"])


def _parts(values: Mapping[str, object]) -> Iterator[tuple[str, list[object]]]:
    """Return the parts of a form: each field's values, files as werkzeug sends them."""
    for name, value in values.items():
        several = value if isinstance(value, list) else [value]
        yield name, [FileStorage(*one) if isinstance(one, tuple) else one for one in several]


def ticket_path(number: str, command: str = "") -> str:
    return f"/field/tickets/{number}" + (f"/{command}" if command else "")


def accepted(county: County, phone: Phone, **more: str) -> str:
    """Return the number of a ticket that the phone's officer has signed for."""
    number = county.demand(**more)
    phone.done(ticket_path(number, "accept"))
    return number


def whistled(county: County, phone: Phone, kind: str = "emergency") -> tuple[str, str]:
    """Return a ticket's number and the path of the water company's call on it."""
    number = accepted(county, phone)
    phone.done(ticket_path(number, "whistle"), kind=kind, units="utility/water", text="主管道爆裂")
    [party] = county.parties(number)
    return number, f"/field/whistles/{party.id}"


def photo(size: tuple[int, int] = (64, 48), name: str = "现场.jpg") -> tuple[BytesIO, str]:
    """Return a real photo as a form sends it."""
    content = BytesIO()
    Image.new("RGB", size, "#3a6").save(content, "JPEG")
    content.seek(0)
    return content, name


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's last command form."""
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))


def statements(phone: Phone, path: str) -> int:
    """Return how many statements a page sends to the database."""
    engine = phone.client.application.extensions["hotline"].engine
    sent: list[str] = []

    def note(_c, _cursor, statement, *_rest: object) -> None:
        sent.append(statement)

    phone.page(path)  # whatever is only read once is read
    sa.event.listen(engine, "before_cursor_execute", note)
    phone.page(path)
    sa.event.remove(engine, "before_cursor_execute", note)
    return len(sent)
