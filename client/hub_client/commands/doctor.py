"""`hub doctor`: why it does not work, in plain words."""

from argparse import ArgumentParser, Namespace

from hub_client import doctor
from hub_client.errors import Exit
from hub_client.registering import Commands, Shown, command, load


def add(commands: "Commands[ArgumentParser]") -> None:
    """Register the command."""
    command(commands, "doctor", "find out why it does not work", _doctor)


def _doctor(options: Namespace) -> Shown:
    findings = list(doctor.examine(load(options)))
    signs = {doctor.State.GOOD: "ok", doctor.State.WARNING: "look", doctor.State.BAD: "BAD"}
    lines = [f"{signs[item.state]:>4}  {item.name}: {item.text}" for item in findings]
    worst = next((item.exit for item in findings if item.state is doctor.State.BAD), Exit.OK)
    document = {
        "healthy": worst is Exit.OK,
        "findings": [{"name": item.name, "state": item.state.value, "text": item.text} for item in findings],
    }
    return document, lines, worst
