"""The web process: the partners' side and the analysts' side in one application. It imports nothing that reads text."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import secrets
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

import uvicorn
from starlette.applications import Starlette
from starlette.responses import RedirectResponse
from starlette.routing import Route

from infra.app import Core, open_core, policy_files
from infra.health import health_server
from infra.listener import address_of
from infra.pictures import PillowCleaner
from infra.posters import DrawnPosters
from infra.report_files import DrawnReports
from infra.settings import Settings
from infra.table_files import DrawnTables
from infra.tables import table_readers
from infra.translate import make_translator
from infra.vault import SealedVault
from ingest.catalogue import load_catalogues
from ingest.own_words import with_own_words
from ingest.receive import Receiver
from ingest.surveys.survey_file import load_surveys
from ingest.web.deps import IntakeDeps, default_limits
from ingest.web.desk.routes import AREAS, TEMPLATES, desk_routes
from ingest.web.portal.routes import portal_routes
from ingest.web.routes import intake_routes
from ingest.writer import GroupWriter
from triage.policy_files.agencies import load_agencies
from triage.policy_files.care import load_care
from triage.policy_files.case_templates import load_case_templates
from triage.policy_files.escalation import load_escalation
from triage.policy_files.replies import load_replies
from triage.web import map_pages, trend_pages
from triage.web.care import override_pages
from triage.web.care import pages as care_pages
from triage.web.cases import pages as case_pages
from triage.web.console import Console
from triage.web.deps import ConsoleDeps
from triage.web.escalation import pages as escalation_pages
from triage.web.links import pages as link_pages
from triage.web.routes import console_routes
from triage.web.sharing import pages as sharing_pages

log = logging.getLogger(__name__)


def make_application(core: Core) -> Starlette:
    """All routes over one core. The group writer lives as long as the application runs."""
    writer = GroupWriter(core.intake, core.clock)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        log.info("ready", extra={"service": "web"})
        yield
        await asyncio.to_thread(writer.close)

    files = policy_files(core.settings.policy)
    words = with_own_words(load_catalogues(), files)
    receiver = Receiver(writer, core.sealer, core.clock, core.ids, secrets.token_bytes)
    intake = IntakeDeps(
        receiver=receiver,
        partners=core.partners,
        partner_side=core.partner_side,
        store=core.intake,
        storage=core.storage,
        sealer=core.sealer,
        blobs=core.blobs,
        pictures=PillowCleaner(),
        posters=DrawnPosters(),
        passwords=core.passwords,
        clock=core.clock,
        ids=core.ids,
        random=secrets.token_bytes,
        policy=core.policy,
        limits=default_limits(core.clock),
        public_url=core.settings.public_url,
        secure_cookies=core.settings.secure_cookies,
        tips_a_day=core.settings.tips_a_day,
        words=words,
        surveys=load_surveys(files, None, words),
        tables=table_readers(),
        import_bytes=core.settings.import_mb * 1024 * 1024,
    )

    def titles() -> Mapping[str, str]:
        return {partner.slug: partner.title for partner in core.partners.all()}

    console = Console(
        ConsoleDeps(
            storage=core.storage,
            index=core.index,
            matcher=core.matcher,
            policy=core.policy,
            taxonomy=core.taxonomy,
            passwords=core.passwords,
            tables=DrawnTables(),
            clock=core.clock,
            ids=core.ids,
            partner_titles=titles,
            random_token=lambda: secrets.token_hex(32),
            secure_cookies=core.settings.secure_cookies,
            vault=SealedVault(core.partner_side, core.blobs, core.sealer),
            replies=load_replies(policy_files(core.settings.policy)),
            care=load_care(files, core.policy, core.taxonomy),
            agencies=load_agencies(files, core.policy),
            translator=make_translator(core.settings.translate_url),
            case_templates=load_case_templates(files, core.taxonomy.categories),
            reports=DrawnReports(),
            duty=load_escalation(files, core.policy.desks),
            chain=core.chain,
            templates=TEMPLATES,
            blinder=core.blinder,
            areas=(
                case_pages.AREA,  # what is used most comes first; of many, the others stand behind "More"
                care_pages.AREA,
                map_pages.AREA,
                *sharing_pages.areas(core.policy),
                link_pages.AREA,
                override_pages.AREA,
                escalation_pages.ON_CALL,
                trend_pages.AREA,
                escalation_pages.AGEING,
                *AREAS,
            ),
        )
    )
    home = Route("/", lambda _: RedirectResponse("/r/public", status_code=303))
    desk = [*desk_routes(intake, console), *console_routes(console)]
    return Starlette(routes=[home, *intake_routes(intake), *portal_routes(intake), *desk], lifespan=lifespan)


def run_web(settings: Settings, listener: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT; requests in hand are answered first."""
    settings = settings if settings.public_url else replace(settings, public_url=address_of(listener))
    with open_core(settings) as core:
        application = make_application(core)
        config = uvicorn.Config(
            application,
            access_log=False,  # addresses of visitors and words of searches stay out of the log
            log_config=None,
            timeout_graceful_shutdown=10,
            server_header=False,
            date_header=False,
            proxy_headers=bool(settings.trusted_proxy),
            forwarded_allow_ips=settings.trusted_proxy or None,
        )
        gc.collect()
        gc.freeze()  # what is loaded by now stays: looking through it again would stop every page for a tenth of a second now and then
        with health_server(settings, "web", core.meter, core.events.end):
            server = uvicorn.Server(config)
            application.state.closing = lambda: server.should_exit  # open streams of news end by themselves
            server.run(sockets=[listener])
