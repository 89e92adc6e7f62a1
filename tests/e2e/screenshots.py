"""Pictures of every page of the console: starts the demo, works a little, follows every link, and takes each page wide and narrow.

`python -m tests.e2e.screenshots FOLDER` writes them, and says which pages are wider than a narrow window or what axe finds in them.
`--docs` renews the pictures of ``SHOWN`` in docs/img.
"""

from __future__ import annotations

import io
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.product import Product, until

TIPS = 60
WORK = {
    "plan": {"summary": "A van that waits where drivers rest.", "next_step": "Ask the site for its cameras"},
    "note": {"text": "The site keeps pictures for three days."},
    "task": {"title": "Ask for the pictures of the night"},
}
"""What is done with a case: the act and what its form is filled in with."""
SHARED_WITH = "threat"
SIZES = {"wide": (1280, 800), "narrow": (360, 640)}
DARK = ("/desk/queue/trafficking", "/desk/tip/ID")
PEOPLE = ("dana", "ana", "cora", "omar", "abel", "mia")
"""The demo's supervisor, three analysts, the administrator and the maintainer."""
MOST = 60
"""Pages of one person."""
LEFT_OUT = re.compile(r"/desk/(static|sign-|undo)|\.(csv|xlsx|pdf|svg|json)$|/picture/|/poster")
KEPT_IN_QUERY = {"tab", "show", "q"}
SHOWN = {
    "wide-dana-queue-trafficking": "queue",
    "wide-dana-tip-ID": "tip",
    "wide-dana-case-ID": "case",
    "wide-dana-case-ID-tab-graph": "case-graph",
    "wide-dana-cases": "cases",
    "wide-dana-search-q": "search",
    "wide-dana-case-ID-tab-shares": "shares",
    "wide-dana-shared-ID": "shared",
    "wide-dana-task-forces": "task-forces",
    "wide-dana-on-call": "on-call",
    "wide-dana-ageing": "ageing",
    "wide-dana-alerts": "alerts",
    "wide-dana-deconflict": "deconflict",
    "wide-dana-queue-trafficking-handover": "handover",
    "narrow-ana-tip-ID": "tip-narrow",
    "dark-dana-queue-trafficking": "queue-dark",
}
"""Pictures of the documentation: what was taken, and what it is called there."""
TALLEST, COLOURS = 1000, 64
"""Of a picture in the documentation."""
DOCS = Path(__file__).parents[2] / "docs" / "img"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def main(folder: Path, docs: bool) -> None:
    """Take them all."""
    folder.mkdir(parents=True, exist_ok=True)
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory() as data, Product(Path(data) / "data", TIPS) as product, sync_playwright() as playwright:
        until(lambda: product.command("search", "", "--as", "dana")["total"] >= TIPS // 2, 180, "tips are decided about")
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        worked = work(_signed_in(chromium, product, "dana", "wide"))
        for person in PEOPLE:
            for name in take(chromium, product, person, folder, worked if person == "dana" else []):
                sys.stdout.write(f"{name}\n")
        chromium.close()
    if docs:
        for taken, called in SHOWN.items():
            with Image.open(folder / f"{taken}.png") as picture:
                top = picture.convert("RGB").crop((0, 0, picture.width, min(picture.height, TALLEST)))
                top.quantize(COLOURS).save(DOCS / f"{called}.png", optimize=True)


def work(page: Page) -> list[str]:
    """Tips taken up, accepted and declined, a case that is planned and shared. Returns where it can be looked at."""
    page.goto("/desk/queue/trafficking")
    tips = page.locator(".rows .row a[href^='/desk/tip/']").evaluate_all("links => [...new Set(links.map(link => link.pathname))]")
    for tip, act in zip(tips, ("claim", "accept", "decline"), strict=False):
        page.goto(tip)
        form = page.locator(f"form[action$='/{act}']").first
        form.evaluate("form => form.closest('details')?.setAttribute('open', '')")
        if act == "decline":
            form.locator("select").first.select_option(index=1)
            form.locator("[name=note]").fill("Looked into with the site; nothing was found.")
        form.locator("button").first.click()
    page.goto(tips[1])
    case = page.locator("a[href^='/desk/case/']").first.get_attribute("href") or ""
    for act, fields in WORK.items():
        page.goto(case + ("?tab=tasks" if act == "task" else ""))
        form = page.locator(f"form[action$='/work/{act}']").first
        form.evaluate("form => form.closest('details')?.setAttribute('open', '')")
        for name, value in fields.items():
            form.locator(f"[name={name}]").fill(value)
        form.locator("button").first.click()
    page.goto(f"{case}/share")
    page.locator("select[name=to]").select_option(SHARED_WITH)
    page.locator("[name=why]").fill("The same vehicle may stand on your side of the county line.")
    page.locator("main form button").last.click()
    page.locator("main form button").first.click()
    one, two = (tip.rpartition("/")[2] for tip in tips[:2])
    return [case, f"/desk/compare/{one}/{two}", "/desk/search?q=truck", f"/desk/search/written?{urlencode({'all': 'white van'})}"]


def take(browser: Browser, product: Product, person: str, folder: Path, first: list[str]) -> Iterator[str]:
    """Pictures of every page that the person reaches, those of ``first`` before others of their kind; yields what is wrong with some."""
    wide, narrow = (_signed_in(browser, product, person, size) for size in SIZES)
    done = dict[str, str]()
    todo = ["/desk", *first]
    while todo and len(done) < MOST:
        path = todo.pop(0)
        if (kind := _kind(path)) in done:
            continue
        done[kind] = path
        wide.goto(path)
        kind = _kind(_own(wide.url))  # where the way led
        done[kind] = path
        todo += [link for link in _links(wide) if _kind(link) not in done]
        name = _name(person, kind)
        _save(wide, folder / f"wide-{name}.png")
        narrow.goto(path)
        _save(narrow, folder / f"narrow-{name}.png")
        yield from _wrong(narrow, name)
        if kind in DARK and person == "dana":
            wide.emulate_media(color_scheme="dark")
            _save(wide, folder / f"dark-{name}.png")
            wide.emulate_media(color_scheme="light")
    for page in (wide, narrow):
        page.context.close()
    yield f"{person}: {len(done)} pages"


def _wrong(page: Page, name: str) -> Iterator[str]:
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        yield f"{name}: wider than the window"
    for violation in Axe().run(page, options=RULES).response["violations"]:
        yield f"{name}: {violation['id']}: {violation['nodes'][0]['html'][:120]}"


def _signed_in(browser: Browser, product: Product, person: str, size: str) -> Page:
    width, height = SIZES[size]
    context = browser.new_context(base_url=product.url, viewport={"width": width, "height": height}, reduced_motion="reduce")
    page = context.new_page()
    page.goto("/desk/sign-in")
    page.get_by_label("Name").fill(person)
    page.get_by_label("Password").fill(product.user(person)["password"])
    page.locator("main button").click()
    page.wait_for_url(re.compile(r"/desk(?!/sign-in)"))
    return page


def _links(page: Page) -> list[str]:
    found = page.locator("a[href^='/desk']").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    return [link.partition("#")[0] for link in found if not LEFT_OUT.search(link.partition("?")[0])]


def _own(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _kind(path: str) -> str:
    """The page that an address leads to, whichever record it shows."""
    parts = urlsplit(path)
    kept = urlencode([(name, "" if name == "q" else value) for name, value in parse_qsl(parts.query) if name in KEPT_IN_QUERY])
    kind = re.sub(r"/[a-z]{3,4}_[0-9A-Za-z]{10,}", "/ID", parts.path)
    kind = re.sub(r"(/desk/(?:partners|queue|concerns)/)(?!new|trafficking)[^/]+", r"\1OTHER", kind)
    return kind + (f"?{kept}" if kept else "")


def _name(person: str, kind: str) -> str:
    return f"{person}-" + re.sub(r"[^A-Za-z0-9]+", "-", kind.removeprefix("/desk/")).strip("-")


def _save(page: Page, path: Path) -> None:
    """The first screens of the page, in as many colours as it needs to be read."""
    taken = page.screenshot(full_page=True, clip=None)
    with Image.open(io.BytesIO(taken)) as picture:
        top = picture.convert("RGB").crop((0, 0, picture.width, min(picture.height, 2 * picture.width)))
        top.quantize(128).save(path, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--docs" in sys.argv)
