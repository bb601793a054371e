"""`hotline up` on a machine where others are at home already."""

import socket

from hotline.demo.up import CARRIER_PORT, pick_ports
from hotline.embedded.processes import free_port


def test_web_and_carrier_never_get_the_same_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        web, carrier = pick_ports(taken.getsockname()[1])

    assert web != carrier


def test_a_web_port_beyond_the_carriers_moves_the_carrier():
    web, carrier = pick_ports(max(free_port(), CARRIER_PORT))

    assert carrier > web >= CARRIER_PORT
