"""The command line: `diagnostic build Hem`. One module for each family of commands; the logic is in the other rooms."""

from __future__ import annotations

import gc
import signal

import typer

from helpers import paths
from helpers.cli import batch, build, convention, data, documents, lab, workshops
from helpers.cli.console import reported

# Objects created between two garbage collections. Most of those that a command loads stay: at Python's 700, a batch
# would look through all of them for each commune.
_COLLECTION_THRESHOLD = 50_000

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Diagnostic d'une commune française.")


@app.callback()
def start(context: typer.Context) -> None:
    """Diagnostic d'une commune française."""
    # What manages programs (timeout, systemd, Slurm, docker) stops them so: it is an interruption like Ctrl-C.
    former = signal.signal(signal.SIGTERM, signal.default_int_handler)
    context.call_on_close(lambda: signal.signal(signal.SIGTERM, former))
    gc.set_threshold(_COLLECTION_THRESHOLD)
    # A store at an address is read from a copy; the machines of a cluster each make theirs.
    if paths.store_address():
        from helpers.publication.batch import storage

        with reported():
            storage.bring_store()


# In the order of the help.
for _command in (
    build.build,
    documents.essentiel,
    documents.pdf,
    documents.slides,
    documents.pptx,
    documents.posters,
    convention.partenariat,
    convention.materiaux,
    batch.batch,
    batch.retry,
    batch.site,
    data.data,
    data.accept,
    data.data_check,
    data.indicators,
    data.sources,
    data.embedded,
    data.schema,
    lab.lab,
):
    app.command()(_command)

for _name, _command in {
    "atelier": workshops.workshop,
    "atelier-import": workshops.import_workshop,
    "compte-rendu": workshops.minute,
    "verifications": workshops.checks,
    "enjeux-leviers": workshops.issues,
    "bilan": workshops.bilan,
    "diff": workshops.diff,
    "partenariat-detruire": workshops.destroy,
}.items():
    app.command(_name)(_command)
