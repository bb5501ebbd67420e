"""What running a notebook adds to it stays out of git; nothing fails where there is no repository."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess

import nbformat
import pytest
import shipped
from ruamel.yaml import YAML

from helpers import paths, workbench

_SPEC = importlib.util.spec_from_file_location("clean_git", paths.ROOT / "tools" / "clean_git.py")
clean_git = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(clean_git)


@pytest.fixture
def repository(tmp_path):
    """A repository of one notebook of the project, with its filter."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    (tmp_path / "notebooks").mkdir()
    for name in (".gitattributes", ".pre-commit-config.yaml", "notebooks/4_enjeux.ipynb"):
        shutil.copy(paths.ROOT / name, tmp_path / name)
    git(tmp_path, "init", "-q")
    assert clean_git.setup(tmp_path) == 0
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one", "--no-verify")
    return tmp_path


def git(folder, *words):
    identity = ("-c", "user.name=a", "-c", "user.email=a@b.fr")
    done = subprocess.run(["git", *identity, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


def run_in_lab(path):
    """Add what JupyterLab adds when every cell is run and the notebook saved."""
    book = nbformat.read(path, as_version=4)
    book.metadata["kernelspec"] = {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    }
    book.metadata["language_info"] = {
        "codemirror_mode": {"name": "ipython", "version": 3}, "file_extension": ".py", "mimetype": "text/x-python",
        "name": "python", "nbconvert_exporter": "python", "pygments_lexer": "ipython3", "version": "3.11.7",
    }  # fmt: skip
    for rank, cell in enumerate(book.cells):
        if cell.cell_type == "code":
            cell.execution_count = rank
            cell.outputs = [nbformat.v4.new_output("stream", text="a" * 1000)]
            cell.metadata["execution"] = {"iopub.execute_input": "2026-01-01T00:00:00Z"}
            cell.metadata["scrolled"] = True
            cell.metadata["trusted"] = True
    nbformat.write(book, path)


def test_a_notebook_that_was_run_and_saved_has_not_changed(repository):
    path = repository / "notebooks" / "4_enjeux.ipynb"
    run_in_lab(path)
    workbench.refresh(path)
    assert git(repository, "status", "--porcelain") == ""
    assert nbformat.read(path, as_version=4).cells[1].outputs, "what was shown is kept in the file"


def test_a_notebook_that_was_changed_is_not_staged_by_its_save(repository):
    path = repository / "notebooks" / "4_enjeux.ipynb"
    book = nbformat.read(path, as_version=4)
    book.cells[-1].source += "\n1 + 1"
    nbformat.write(book, path)
    workbench.refresh(path)
    assert git(repository, "status", "--porcelain") == " M notebooks/4_enjeux.ipynb\n"


def test_a_save_outside_a_repository_is_a_save(tmp_path):
    shutil.copy(paths.ROOT / "notebooks" / "4_enjeux.ipynb", tmp_path)
    workbench.refresh(tmp_path / "4_enjeux.ipynb")
    assert [path.name for path in tmp_path.iterdir()] == ["4_enjeux.ipynb"]


def test_a_cell_that_was_changed_is_the_only_change(repository):
    path = repository / "notebooks" / "4_enjeux.ipynb"
    run_in_lab(path)
    book = nbformat.read(path, as_version=4)
    book.cells[-1].source += "\n1 + 1"
    nbformat.write(book, path)
    text = git(repository, "-c", "diff.jupyternotebook.command=", "diff", "--no-ext-diff", "--numstat")
    added, removed, _ = text.split()
    assert (int(added), int(removed)) == (2, 1)


@pytest.mark.parametrize("path", shipped.notebooks(), ids=lambda path: path.stem)
def test_the_notebooks_are_as_the_filter_leaves_them(path):
    assert clean_git.strip(path.read_bytes()) == path.read_bytes()


def test_outputs_staged_without_the_filter_are_refused(repository, monkeypatch, capsys):
    path = repository / "notebooks" / "4_enjeux.ipynb"
    monkeypatch.chdir(repository)
    assert clean_git.verify("notebooks/4_enjeux.ipynb") == 0
    run_in_lab(path)
    git(repository, "config", "--unset", "filter.nbstripout.clean")
    git(repository, "add", ".")
    assert clean_git.verify("notebooks/4_enjeux.ipynb") == 1
    assert "make setup" in capsys.readouterr().err


def test_nothing_is_set_where_there_is_no_repository(tmp_path):
    assert clean_git.setup(tmp_path) == 0
    assert list(tmp_path.iterdir()) == []


def test_the_hooks_need_nothing_from_elsewhere():
    hooks = YAML(typ="safe").load(paths.ROOT / ".pre-commit-config.yaml")["repos"]
    assert [one["repo"] for one in hooks] == ["local"]
    assert {hook["language"] for hook in hooks[0]["hooks"]} == {"system"}


def test_the_hooks_pass_on_what_is_clean_and_stop_what_is_large(repository):
    hook = repository / ".git" / "hooks" / "pre-commit"
    assert hook.is_file()
    (repository / "big.bin").write_bytes(b"0" * (clean_git.LARGEST + 1))
    assert clean_git.large(str(repository / "big.bin")) == 1
    assert clean_git.large(str(hook)) == 0


def test_the_schema_of_parameters_is_that_of_the_code():
    assert clean_git.schema() == 0
