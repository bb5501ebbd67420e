"""The settings of JupyterLab for the project (`make lab`)."""

from helpers.workbench import forget_run

# Given by Jupyter.
c = get_config()  # type: ignore[name-defined]  # noqa: F821
c.FileContentsManager.post_save_hook = forget_run
