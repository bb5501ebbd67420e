"""Execution of notebooks: in process, in forks, by papermill."""
