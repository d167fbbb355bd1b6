"""The web application: routes, guards, headers, error pages, and the templates."""

from typing import Any

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import State
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template.config import TemplateConfig

from admin.deps import Deps
from admin.errors import HANDLERS
from admin.freshness import TOKEN_COOKIE, DropStaleToken
from admin.headers import secure
from admin.kept import Kept
from admin.pages import (
    alerts,
    backtest,
    board,
    calendar,
    calibration,
    changes,
    chat,
    editor,
    machine,
    records,
    sign_in,
    targets,
    workbench,
)
from admin.session import WhoIsAsking, signed_in
from admin.templating import make_environment

ROUTES: tuple[Any, ...] = (
    board.root, board.board, board.rows, board.why,
    alerts.alerts, alerts.watch, alerts.alert, alerts.answer,
    targets.targets,
    calibration.calibration, calibration.snapshot, calibration.snapshot_pdf, calibration.freeze,
    chat.chat,
    backtest.backtest, backtest.begin,
    editor.new, editor.create, editor.edit, editor.change, editor.look, editor.check, editor.complete, editor.history, editor.delete,
    workbench.workbench, workbench.document, workbench.preview,
    changes.changes, changes.choose, changes.release, changes.approve, changes.discard, changes.keep, changes.cancel,
    changes.releases, changes.one_release, changes.roll_back,
    calendar.calendar, calendar.calendar_of_year, calendar.import_plan, calendar.correct,
    records.records, records.record, records.save,
    sign_in.sign_in_page, sign_in.sign_in, sign_in.sign_out, sign_in.language,
    machine.health, machine.static, machine.events, machine.anything_else,
)  # fmt: skip
"""Adding a page touches its own module and this table."""


def create_app(deps: Deps, *, lifespan: Any = ()) -> Litestar:
    """The application over `deps`; `lifespan` are async context managers around its life."""
    secret, kept = deps.secret.split(",")[0], Kept()
    return Litestar(
        route_handlers=ROUTES,
        state=State({"deps": deps, "kept": kept}),
        guards=[signed_in],
        middleware=[DropStaleToken(secret), WhoIsAsking],
        csrf_config=CSRFConfig(
            secret=secret,
            cookie_name=TOKEN_COOKIE,
            cookie_httponly=True,
            cookie_secure=deps.secure_cookies,
            exclude=["^/login$"],
        ),
        compression_config=CompressionConfig(
            backend="gzip", minimum_size=1000, gzip_compress_level=5, exclude=["^/events", "^/static"]
        ),
        template_config=TemplateConfig(instance=JinjaTemplateEngine.from_environment(make_environment(kept))),
        exception_handlers=HANDLERS,
        before_send=[secure],
        openapi_config=None,
        logging_config=None,
        lifespan=list(lifespan),
        request_max_body_size=1_000_000,
    )
