"""What the code relies on in libraries and that they do not promise: private or undocumented, each with its guard.

A release that takes one away is seen when versions are locked, by the test that guards it; and the engine that loses
one leaves notebooks to papermill.
"""

from __future__ import annotations

from dataclasses import dataclass

AGREEMENT = "tests/engine/test_agreement.py::test_every_kind_of_output_is_the_same_whatever_runs_the_notebook"
FIGURE = "tests/engine/test_agreement.py::test_a_figure_is_a_figure"
FORKS = "tests/engine/test_forks.py"
_DECK = "tests/site/test_powerpoint.py"
_MINUTE = (
    "tests/partnership/test_minute.py::test_the_word_document_has_real_styles_french_and_alternative_texts"
)
_DOCUMENTS = "helpers/publication/documents"


@dataclass(frozen=True)
class Relied:
    """One of them: its library, its name, the file that relies on it, the test that sees it go.

    `lose` is the code that takes it away, where that breaks the fast engine rather than change what it shows.
    """

    library: str
    name: str
    used_in: str
    guard: str
    lose: str = ""

    def __str__(self) -> str:
        return f"{self.library}.{self.name}"


def _delete(module: str, owner: str, name: str) -> str:
    return f"import {module}\ndel {module}.{owner}.{name}"


_SHELL = "helpers/execution/shell.py"
_ENGINE = "helpers/execution/inprocess.py"
RELIED = (
    Relied(
        "papermill",
        "papermill_execute_cells",
        _ENGINE,
        AGREEMENT,
        _delete("papermill.clientwrap", "PapermillNotebookClient", "papermill_execute_cells"),
    ),
    Relied(
        "nbclient",
        "reset_execution_trackers",
        _ENGINE,
        AGREEMENT,
        _delete("nbclient.client", "NotebookClient", "reset_execution_trackers"),
    ),
    Relied(
        "nbclient",
        "process_message",
        _ENGINE,
        AGREEMENT,
        "import nbclient.client, papermill.clientwrap\n"
        "del nbclient.client.NotebookClient.process_message\n"
        "del papermill.clientwrap.PapermillNotebookClient.process_message",
    ),
    Relied(
        "ipykernel",
        "_last_traceback_during_displayhook",
        _ENGINE,
        AGREEMENT,
        "import ipykernel.zmqshell\n"
        "def lost(shell):\n"
        "    raise AttributeError('_last_traceback_during_displayhook')\n"
        "gone = property(lost, lambda shell, value: None)\n"
        "ipykernel.zmqshell.ZMQInteractiveShell._last_traceback_during_displayhook = gone",
    ),
    Relied("ipykernel", "XCachingCompiler", _SHELL, AGREEMENT),
    Relied("ipykernel", "session", _SHELL, AGREEMENT),
    Relied("IPython", "activate_matplotlib", _SHELL, FIGURE),
    Relied("IPython", "select_figure_formats", _SHELL, FIGURE),
    Relied("matplotlib-inline", "configure_inline_support", _SHELL, FIGURE),
    Relied("matplotlib-inline", "clear_instance", _SHELL, FIGURE),
    Relied("matplotlib", "uninstall_repl_displayhook", _SHELL, FIGURE),
    Relied(
        "matplotlib",
        "backend_registry",
        "helpers/execution/template_process.py",
        f"{FORKS}::test_the_template_process_knows_what_draws_and_has_one_thread",
    ),
    Relied(
        "pandas",
        "options.d",
        _SHELL,
        f"{FORKS}::test_a_notebook_leaves_nothing_but_modules_to_the_next_that_shares_its_process",
        "import pandas\nobject.__setattr__(pandas.options, 'd', None)",
    ),
    *(
        Relied("python-docx", name, "helpers/partnership/minute_word.py", _MINUTE)
        for name in ("_inline", "_p", "_r", "_tbl", "_tr")
    ),
    *(
        Relied("python-pptx", name, f"{_DOCUMENTS}/{file}.py", f"{_DECK}::{guard}")
        for name, file, guard in (
            ("_spTree", "powerpoint", "test_slides_are_wide_and_their_titles_are_titles"),
            ("_element", "powerpoint", "test_every_picture_chart_and_table_is_reported_in_words"),
            ("_r", "powerpoint", "test_all_is_said_to_be_in_french"),
            (
                "_chartSpace",
                "powerpoint_charts",
                "test_charts_are_native_and_have_the_values_of_their_figures",
            ),
            ("_spTree", "powerpoint_layouts", "test_slides_are_wide_and_their_titles_are_titles"),
            ("_txBody", "powerpoint_layouts", "test_slides_are_wide_and_their_titles_are_titles"),
        )
    ),
    Relied(
        "weasyprint",
        "_page_box",
        f"{_DOCUMENTS}/pdf.py",
        "tests/site/test_paper.py::test_every_page_of_the_essentials_is_full",
    ),
)
