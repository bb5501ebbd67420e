"""The workbook « Parc et projets » as it is sent to a commune."""

from __future__ import annotations

from datetime import date

from helpers import french
from helpers.partnership.codes import write_code
from helpers.partnership.park_forms import EXAMPLES, FORMS, MODEL
from helpers.partnership.xlsx_writer import FRAMED, write_workbook


def make(*, code: str, name: str, back: date | None, day: date) -> bytes:
    """Make the workbook of a commune as bytes; `back` is when it is expected, `day` when it is sent."""
    before = f"avant le {french.long_date(back)}" if back else "à la date convenue"
    reading = (
        "Ce classeur complète les statistiques de l’Agence avec ce que vous seuls savez.",
        "",
        "1. Remplissez ce que vous avez : une ligne incomplète vaut mieux qu’une ligne absente.",
        "2. Ne mettez aucun nom de personne.",
        "3. La colonne « Diffusion » décide de ce qui sera montré. Sans elle, la ligne sert aux calculs et n’est pas "
        "montrée.",
        "4. Une date incertaine : mettez-la et choisissez « estimée ».",
        f"5. Renvoyez le fichier {before}.",
        "",
        "Temps habituel : 2 heures à deux, urbanisme et affaires scolaires.",
        "",
        "Les lignes EXEMPLE ne sont pas reprises. Les cases blanches sont libres, les intitulés sont protégés sans mot "
        "de passe.",
        "Autres tableaux : décrivez chaque tableau sur une ligne, puis collez-le en dessous avec ses intitulés "
        "(500 lignes au plus).",
    )
    return write_workbook(
        FORMS,
        title=f"{name} : parc et projets",
        reading=reading,
        identity={"code_insee": code, "commune": name, "modele": MODEL},
        examples=EXAMPLES,
        codes={"operations": [write_code("OP", rank) for rank in range(1, FRAMED + 1)]},
        day=day,
    )
