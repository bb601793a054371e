"""The shell: one line per fault, one code for each end."""

import pytest
from click.testing import CliRunner

from hotline.cli.main import main
from tests.prepared import ROOT


@pytest.fixture
def shell(monkeypatch, tmp_path):
    """A shell whose demonstration, if any, is not the developer's own."""
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))
    return CliRunner()


def test_the_shipped_map_has_no_faults(shell):
    answer = shell.invoke(main, ["policy", "check", str(ROOT / "grid_map.yaml")])

    assert answer.exit_code == 0
    assert "没有错误" in answer.output


def test_every_fault_of_a_map_is_a_line_with_its_number(shell, tmp_path):
    text = (ROOT / "grid_map.yaml").read_text(encoding="utf-8")
    broken = tmp_path / "broken.yaml"
    broken.write_text(
        text.replace("unit: utility/water\n", "unit: utility/nowhere\n", 1)
        .replace("told: officer", "told: nobody", 1)
        .replace("ack: {natural: 5m}", "ack: {natural: soon}", 1),
        encoding="utf-8",
    )

    answer = shell.invoke(main, ["policy", "check", str(broken)])

    assert answer.exit_code == 1
    assert len([line for line in answer.output.splitlines() if f"{broken}:" in line]) >= 3


def test_nothing_is_demonstrated_in_production(shell, monkeypatch):
    monkeypatch.setenv("HOTLINE_ENV", "production")

    answer = shell.invoke(main, ["up"])

    assert answer.exit_code == 1
    assert "HOTLINE_DATABASE_URL" in answer.output
    assert "HOTLINE_IDENTITY_KEYS" in answer.output


def test_a_demonstration_that_does_not_run_is_said_in_a_line(shell):
    answer = shell.invoke(main, ["demo", "call", "停水了"])

    assert answer.exit_code == 1
    assert "make run" in answer.output
    assert "Traceback" not in answer.output


def test_the_static_answer_can_be_hosted_at_the_carrier(shell, monkeypatch):
    monkeypatch.setenv("HOTLINE_ENV", "test")

    answer = shell.invoke(main, ["carrier", "fallback"])

    assert "<Record" in answer.output
    assert "/hooks/voice/thanks" in answer.output
