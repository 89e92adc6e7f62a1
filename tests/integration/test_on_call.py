"""The doctor and the command line say who could not be reached; the clocks escalate, one process at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event as Signal

import pytest
from click.testing import CliRunner

from infra.accounts import put_user
from infra.app import Core, open_core
from infra.cli import tipstream
from infra.doctor import State, examine
from infra.duty import faults
from infra.escalation_app import EscalationLine, duty_plan, escalating
from infra.notify import make_messengers
from infra.prepare import prepare
from infra.settings import Settings
from infra.storage.leader import make_leader
from tests.builders import a_tip, an_assessment, received
from tests.mailbox import receiving_mail
from tests.world import PARTNER
from triage.decide import decide
from triage.domain.access import Role
from triage.domain.assessment import Urgency
from triage.escalation.escalating import Escalating
from triage.escalation.messages import Couriers

ROTA = """
rotas:
  - desk: trafficking
    zone: America/Chicago
    week:
      - {days: [mon, tue, wed, thu, fri], from: "00:00", to: "00:00", people: [ana, bo, cy]}
chains:
  - levels: [P0]
    steps:
      - {after: at once, tell: [desk, "person:dee"], by: [browser, email]}
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(data=tmp_path / "data", model_dir=str(tmp_path), public_url="https://tips.test")
    prepare(settings)
    settings.data.chmod(0o700)
    (settings.policy / "escalation.yaml").write_text(ROTA, "utf8")
    return settings


@pytest.fixture
def core(settings: Settings) -> Iterator[Core]:
    with open_core(settings) as core:
        put_user(core, "ana", Role.ANALYST, ["trafficking"], email=" ana@desk.test ")
        put_user(core, "bo", Role.ANALYST, ["cargo"])
        yield core


def arrive(core: Core) -> str:
    tip = replace(a_tip(1), received_at=core.clock.now())
    with core.storage.writing() as work:
        work.tips.add(tip)
        decide(work, core.policy, core.clock, core.ids, received(tip), tip, an_assessment(tip, urgency=Urgency.P0), PARTNER)
    return tip.id


def test_the_doctor_names_gaps_and_people_who_cannot_be_told(core: Core) -> None:
    found = [finding for finding in examine(core.settings) if finding.about == "on call"]
    words = " | ".join(finding.words for finding in found)
    assert {finding.state for finding in found} == {State.WARNING}
    assert "a chain names dee, who has no account" in words
    assert "bo is on call at trafficking and does not work there" in words
    assert "cy is on call at trafficking and has no account" in words
    assert "nobody is on call at trafficking from Sat" in words
    assert "ana" not in words
    put_user(core, "ana", email="")
    with core.storage.reading() as work:
        assert "ana is on call at trafficking and has no e-mail address" in " ".join(faults(duty_plan(core), work.users.all()))


def test_a_mistake_in_the_file_is_found_with_its_line(settings: Settings) -> None:
    (settings.policy / "escalation.yaml").write_text(ROTA.replace("levels: [P0]", "levels: [P7]"), "utf8")
    failed = {finding.about: finding.words for finding in examine(settings) if finding.state is State.FAILED and finding.about != "model"}
    assert list(failed) == ["policy"]
    assert "escalation.yaml:8" in failed["policy"]
    run = CliRunner().invoke(tipstream, ["policy", "--data", str(settings.data)])
    assert "escalation.yaml:8" in str(run.exception)


def test_the_policy_command_names_gaps(settings: Settings) -> None:
    run = CliRunner().invoke(tipstream, ["policy", "--data", str(settings.data)])
    assert run.exit_code == 0
    assert "Nobody is on call at trafficking from Sat" in run.output
    assert "everybody at the desk is told instead" in run.output


def test_a_mail_server_that_does_not_encrypt_is_found(settings: Settings, tmp_path: Path) -> None:
    with receiving_mail(tmp_path) as (mailbox, _):
        mail = replace(settings, smtp_host="127.0.0.1", smtp_port=mailbox.port, smtp_from="tips@desk.test")
        assert [finding.state for finding in examine(mail) if finding.about == "mail"] == [State.WELL]
        mailbox.offers_tls = False
        assert [finding.state for finding in examine(mail) if finding.about == "mail"] == [State.FAILED]
    assert [finding.state for finding in examine(mail) if finding.about == "mail"] == [State.FAILED]
    assert [finding.state for finding in examine(replace(mail, smtp_from="")) if finding.about == "mail"] == [State.FAILED]


def test_the_clocks_send_mail_about_a_tip_that_waits(core: Core, tmp_path: Path) -> None:
    with receiving_mail(tmp_path) as (mailbox, authority):
        settings = replace(
            core.settings, smtp_host="127.0.0.1", smtp_port=mailbox.port, smtp_from="tips@desk.test", smtp_ca_file=str(authority)
        )
        tip, stop = arrive(core), Signal()
        with escalating(replace(core, settings=settings), stop):
            for _ in range(200):
                if mailbox.got or stop.wait(0.05):
                    break
    (mail,) = mailbox.got
    assert (mail.recipients, mail.encrypted) == (("ana@desk.test",), True)
    assert f"https://tips.test/desk/tip/{tip}" in mail.message.get_content()
    assert b'tipstream_escalations_total{result="told"} 1.0' in core.meter.text()


def test_only_the_process_that_leads_escalates(core: Core) -> None:
    arrive(core)
    counted: list[str] = []
    couriers = Couriers(core.storage, core.policy, core.clock, core.ids, make_messengers(core.settings, core.clock), core.notifier, "")
    work = Escalating(core.storage, core.policy, duty_plan(core), core.clock, core.ids, couriers)
    leader, other = (make_leader(core.database, core.settings.data, "escalation") for _ in range(2))
    line = EscalationLine(work, leader, lambda what, _: counted.append(what), Signal())
    assert other.leads()
    line.run_once()
    assert counted == []
    other.release()
    line.run_once()
    assert counted == ["told", "sent"]
    leader.release()


def test_the_ageing_report_is_made_and_checked_on_the_command_line(core: Core, tmp_path: Path) -> None:
    arrive(core)
    put_user(core, "sue", Role.SUPERVISOR, ["trafficking"])
    core.chain.seal(100)
    data, file = ["--data", str(core.settings.data)], tmp_path / "ageing.csv"
    made = CliRunner().invoke(tipstream, ["ageing", "trafficking", "--as", "sue", *data])
    assert made.exit_code == 0
    assert made.stdout_bytes.count(b"\n") == 2
    file.write_bytes(made.stdout_bytes)
    assert "Everything in the report is so" in CliRunner().invoke(tipstream, ["ageing", "--check", str(file), *data]).output
    file.write_bytes(made.stdout_bytes.replace(b",open,", b",kept,"))
    again = CliRunner().invoke(tipstream, ["ageing", "--check", str(file), *data])
    assert again.exit_code == 1
    assert "the verdict does not follow" in again.output
    refused = CliRunner().invoke(tipstream, ["ageing", "trafficking", "--as", "ana", *data])
    assert refused.exit_code == 1
    assert CliRunner().invoke(tipstream, ["ageing", *data]).exit_code == 2
