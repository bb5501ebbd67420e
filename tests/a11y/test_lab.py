"""A real JupyterLab, started by `make lab`: what an analyst sees, in its two themes; what git sees once he has saved."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from helpers import paths

THEMES = ["4_enjeux", "1_demographie", "2_logement", "3_pyramides"]
# Milliseconds that anything asked of JupyterLab may take.
_PATIENCE = 90_000
_NOTEBOOK = ".jp-NotebookPanel:not(.lm-mod-hidden)"
# What JupyterLab calls a traceback, and what Python writes there: warnings are no more welcome.
_ERROR = f'{_NOTEBOOK} .jp-RenderedText[data-mime-type="application/vnd.jupyter.stderr"]'
_STATE = """() => {
  const cells = window.jupyterapp.shell.currentWidget.content.widgets.filter(one => one.model.type === "code");
  const states = cells.map(one => one.prompt || "");
  return states.every(one => one !== "*");
}"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, of what git holds of it, with a repository of its own."""
    folder = tmp_path_factory.mktemp("project")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=paths.ROOT, capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if not name.startswith(("tests/", "docs/")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            # Of the same date: the environment of the project is as recent as its copy asks.
            shutil.copy2(paths.ROOT / name, folder / name)
    git(folder, "init", "-q")
    subprocess.run([sys.executable, "tools/clean_git.py", "setup"], cwd=folder, check=True)
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "one", "--no-verify")
    return folder


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b.fr")
    done = subprocess.run(["git", *identity, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def address(project: Path) -> Iterator[str]:
    """The address of JupyterLab on Hem, its browser being ours."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "PYTHONPATH": str(project / "src"),
        "JUPYTER_TOKEN": "essai",
        "JUPYTER_PORT": str(port),
        "JUPYTER_CONFIG_DIR": str(project.parent / "jupyter"),
        "JUPYTERLAB_SETTINGS_DIR": str(project.parent / "settings"),
        "BROWSER": "true",
    }
    venv = Path(sys.executable).parents[1]
    server = subprocess.Popen(
        ["make", "-o", f"{venv}/.ready", f"VENV={venv}", "lab", "commune=Hem"],
        cwd=project, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            assert server.poll() is None, "make lab has ended"
            try:
                with urllib.request.urlopen(f"http://localhost:{port}/api?token=essai"):
                    break
            except OSError:
                time.sleep(0.3)
        yield f"http://localhost:{port}"
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


@pytest.fixture
def lab(browser: Browser, address: str) -> Iterator[Page]:
    """JupyterLab as it opens, and what it asks of the network outside this machine: nothing."""
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(_PATIENCE)
    elsewhere: list[str] = []
    page.on("request", lambda asked: elsewhere.append(asked.url) if is_elsewhere(asked.url) else None)
    page.goto(f"{address}/?token=essai")
    page.wait_for_function("() => window.jupyterapp && window.jupyterapp.shell.currentWidget")
    page.wait_for_selector(f"{_NOTEBOOK} .jp-Cell")
    yield page
    page.close()
    assert elsewhere == []


def is_elsewhere(url: str) -> bool:
    return url.startswith(("http", "ws")) and "//localhost" not in url


def command(page: Page, name: str, **arguments: str) -> None:
    """Run a command of JupyterLab to its end: one that has none would hold the test for ever."""
    page.evaluate(
        """([name, given, limit]) => Promise.race([
          window.jupyterapp.commands.execute(name, given),
          new Promise((_, fail) => setTimeout(() => fail(new Error(`${name}: no end`)), limit)),
        ]).then(() => null)""",
        [name, arguments, _PATIENCE],
    )


def open_theme(page: Page, path: str) -> None:
    command(page, "docmanager:open", path=path)
    page.wait_for_function(
        "path => { const one = window.jupyterapp.shell.currentWidget; return one && one.context"
        " && one.context.path === path && one.context.sessionContext.session; }",
        arg=path,
    )


def run_all(page: Page) -> None:
    command(page, "notebook:run-all-cells")
    wait(page)


def wait(page: Page) -> None:
    page.wait_for_timeout(500)
    page.wait_for_function(_STATE)


def write_parameter(page: Page, before: str, after: str) -> None:
    page.evaluate(
        """([before, after]) => {
          const cells = window.jupyterapp.shell.currentWidget.content.widgets;
          const cell = cells.find(one => (one.model.getMetadata("tags") || []).includes("parameters"));
          cell.model.sharedModel.setSource(cell.model.sharedModel.source.replace(before, after));
        }""",
        [before, after],
    )


def run_code(page: Page, code: str) -> None:
    """Write a cell at the end of the notebook and run it."""
    page.evaluate(
        """code => {
          const panel = window.jupyterapp.shell.currentWidget;
          const cells = panel.content.model.sharedModel;
          cells.insertCell(cells.cells.length, {cell_type: "code", source: code});
          panel.content.activeCellIndex = cells.cells.length - 1;
          panel.content.deselectAll();
        }""",
        code,
    )
    command(page, "notebook:run-cell")
    wait(page)


def first_figure(page: Page) -> str:
    # What is out of sight is not laid out: its text is read, not what shows of it.
    return " ".join(page.text_content(f"{_NOTEBOOK} .key-figures dd >> nth=0").split())


def settle(page: Page) -> None:
    """Wait until no drawing more is laid out: JupyterLab lays out what is out of sight when it has nothing else to do."""
    page.evaluate("() => { window.drawn = null; }")
    page.wait_for_function(
        """where => {
          const former = window.drawn;
          window.drawn = document.querySelectorAll(`${where} .drawing svg`).length;
          return window.drawn === former;
        }""",
        arg=_NOTEBOOK,
        polling=1000,
    )


@pytest.mark.parametrize("theme", THEMES)
def test_each_theme_runs_in_its_own_style_in_both_themes_of_jupyterlab(lab: Page, theme: str, tmp_path: Path):
    open_theme(lab, f"lab/hem/{theme}.ipynb")
    run_all(lab)
    assert lab.query_selector_all(_ERROR) == []
    grounds = {}
    for name in ("Light", "Dark"):
        command(lab, "apputils:change-theme", theme=f"JupyterLab {name}")
        lab.wait_for_function(
            "light => document.body.dataset.jpThemeLight === light", arg=str(name == "Light").lower()
        )
        shown = lab.query_selector(f"{_NOTEBOOK} .diagnostic-lab :is(.exhibit, .key-figures)")
        shown.scroll_into_view_if_needed()
        shown.screenshot(path=tmp_path / f"{theme}-{name}.png")
        settle(lab)
        grounds[name] = lab.evaluate(
            """where => [...document.querySelectorAll(`${where} .drawing svg`)].map(svg => {
              const ground = getComputedStyle(svg.querySelector("path")).fill;
              const letters = [...svg.querySelectorAll("text")].map(text => getComputedStyle(text).fill);
              return [ground, letters.includes(ground)];
            })""",
            _NOTEBOOK,
        )
    assert all(ground == "rgb(255, 255, 255)" for ground, _ in grounds["Light"])
    assert all(sum(map(int, ground[4:-1].split(", "))) < 120 for ground, _ in grounds["Dark"])
    assert len(grounds["Dark"]) == len(grounds["Light"])


def test_labels_stand_over_their_values(lab: Page):
    open_theme(lab, "lab/hem/4_enjeux.ipynb")
    run_all(lab)
    cards = lab.evaluate(
        """where => [...document.querySelectorAll(`${where} .key-figures dl > div`)].map(card => {
          const [box, label, value] = [card, card.querySelector("dt"), card.querySelector("dd")]
            .map(one => one.getBoundingClientRect());
          return label.bottom <= value.top + 1 && label.left >= box.left && value.right <= box.right + 1
            && value.bottom <= box.bottom + 1 && Math.abs(label.left - value.left) < 2;
        })""",
        _NOTEBOOK,
    )
    assert len(cards) >= 5
    assert all(cards)


def test_another_commune_by_hand_a_wrong_one_then_one_of_the_list(lab: Page):
    open_theme(lab, "lab/hem/4_enjeux.ipynb")
    run_all(lab)
    assert first_figure(lab).startswith("18 ")
    write_parameter(lab, "59299", "Anoeulin")
    run_all(lab)
    found = lab.text_content(_ERROR)
    assert len(found.strip().splitlines()) == 3
    assert "Vouliez-vous dire : Annœullin" in found
    visible = f"{_NOTEBOOK} .jp-Cell-outputWrapper:visible .diagnostic-lab"
    assert lab.query_selector_all(visible) == [], "figures of the former commune are still shown"
    write_parameter(lab, "Anoeulin", "59011")
    run_all(lab)
    assert first_figure(lab).startswith("10 ")
    run_code(lab, "d.picker()")
    lab.fill(f"{_NOTEBOOK} .widget-text input", "roubaix")
    lab.select_option(f"{_NOTEBOOK} .widget-select select >> nth=0", label="Roubaix (59)")
    lab.click(f"{_NOTEBOOK} .widget-button")
    lab.wait_for_function(
        "where => (document.querySelector(`${where} .key-figures dd`) || {}).textContent?.startsWith('98')",
        arg=_NOTEBOOK,
    )
    wait(lab)
    assert lab.query_selector_all(_ERROR) == []


def test_an_analyst_explains_maps_and_keeps_without_the_network(lab: Page, project: Path):
    open_theme(lab, "lab/hem/2_logement.ipynb")
    run_all(lab)
    run_code(lab, 'd.explain("vacance")')
    assert "100 × logements vacants / logements" in lab.text_content(f"{_NOTEBOOK} .explanation >> nth=-1")
    run_code(lab, 'd.map("vacance")')
    lab.wait_for_selector(f"{_NOTEBOOK} .leaflet-interactive")
    assert len(lab.query_selector_all(f"{_NOTEBOOK} .leaflet-interactive")) == 95
    run_code(
        lab,
        'd.keep(d.exhibit(d.commune_rows(d.table("population")).rename(columns={"value": "POP"})'
        '[["territory", "year", "POP", "origin", "source"]], title="Mes habitants"), theme="logement")',
    )
    assert (project / "params" / "hem" / "annexes" / "mes-habitants.json").is_file()
    assert lab.query_selector_all(_ERROR) == []


def test_a_link_to_data_gives_them(lab: Page):
    open_theme(lab, "lab/hem/2_logement.ipynb")
    run_all(lab)
    link = lab.query_selector(f'{_NOTEBOOK} .download a[download$=".csv"]')
    lab.evaluate("link => link.closest('details') && (link.closest('details').open = true)", link)
    with lab.expect_download() as started:
        link.click()
    assert Path(started.value.path()).read_text(encoding="utf-8-sig").count(";") > 5


def test_the_notebooks_of_the_project_run_and_saved_leave_git_clean(lab: Page, project: Path):
    for theme in THEMES:
        open_theme(lab, f"notebooks/{theme}.ipynb")
        run_all(lab)
        command(lab, "docmanager:save")
    deadline = time.monotonic() + 30
    while (found := git(project, "status", "--porcelain", "notebooks")) and time.monotonic() < deadline:
        time.sleep(0.5)
    assert found == ""
    assert '"outputs": [\n' in (project / "notebooks" / "4_enjeux.ipynb").read_text(encoding="utf-8")
