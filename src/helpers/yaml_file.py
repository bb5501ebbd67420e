"""A YAML file as people write it, on any system: read whole, or refused with the line at fault, in French."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import Node, ScalarNode

from helpers.errors import ParameterError

REMEDY = "Une clé par ligne, par exemple : millesime: 2018. Voyez params/defaut.yml."
_QUOTES = (
    "Mettez entre guillemets un texte qui contient « : » ou « # », ou qui commence par un signe "
    '(agence: "Atelier : Lille") ; écrivez un long texte à la ligne, en retrait, après clé: >'
)
_ENCODED = "Enregistrez le fichier en UTF-8 (Bloc-notes : Enregistrer sous, Encodage : UTF-8)."
# Characters shown of a line.
_SHOWN = 120
# What holds one another, at most: ruamel takes seconds to read thousands of them.
_DEEPEST = 50
# A line that git writes around two versions that it could not bring together.
_MERGE = re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?: |\r?$)", re.MULTILINE)
MERGED = "Gardez une des deux versions, effacez les lignes <<<<<<<, ======= et >>>>>>>, puis relancez."
# What ruamel says is wrong (a part of its words), in French, with what to do.
_PROBLEMS = {
    r"\t": ("une tabulation", "Remplacez la tabulation par des espaces."),
    "mapping values are not allowed": ("un « : » de trop dans un texte, ou un retrait inégal", _QUOTES),
    "could not find expected ':'": (
        "il manque « : » après une clé, ou un texte se poursuit à la ligne",
        _QUOTES,
    ),
    "cannot start any token": ("un signe qui ne peut pas commencer un texte", _QUOTES),
    "expected alphabetic or numeric": ("un signe qui ne peut pas commencer un texte", _QUOTES),
    "sequence entries are not allowed": ("un tiret qui ne commence pas une ligne", _QUOTES),
    "undefined alias": ("un signe qui ne peut pas commencer un texte", _QUOTES),
    "<block end>": ("un guillemet ou un retrait qui n'est pas à sa place", _QUOTES),
    "end of stream": ("un guillemet qui n'est pas refermé", _QUOTES),
    "expected ',' or": ("un crochet ou une accolade qui n'est pas refermé", _QUOTES),
    "duplicate key": ("une clé écrite deux fois", "Gardez une seule des deux lignes."),
    "too deep": ("des listes ou des clés trop emboîtées", REMEDY),
    "date impossible": (
        "une date impossible",
        "Corrigez-la, ou mettez-la entre guillemets si c'est un texte.",
    ),
}


def load(path: Path) -> Any:
    """Read the content of a YAML file: the containers of ruamel, which know their lines.

    Raises:
        ParameterError: it is missing or unreadable; names the line, shows it, and says what to do.
    """
    text = _read_text(path)
    if mark := find_merge(text):
        raise _refuse(path, text, line=mark, fault="des marques de fusion de git", remedy=MERGED)
    reader = YAML(typ="rt", pure=True)
    reader.Composer, reader.Constructor = _Composer, _Constructor
    try:
        return reader.load(text)
    except MarkedYAMLError as error:
        known = (said for words, said in _PROBLEMS.items() if words in str(error.problem))
        fault, remedy = next(known, (f"YAML illisible, {error.problem}", REMEDY))
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise _refuse(path, text, line=line, fault=fault, remedy=remedy) from error
    except YAMLError as error:
        raise ParameterError(f"Fichier de paramètres illisible : {path} ({error}).", remedy=REMEDY) from error


def find_merge(text: str) -> int:
    """Find the first mark that git has left of a merge: its line, 0 where there is none."""
    found = _MERGE.search(text) if "<" * 7 in text else None
    return text.count("\n", 0, found.start()) + 1 if found else 0


def _read_text(path: Path) -> str:
    """Read a text written in UTF-8, or in UTF-16 as its first bytes say."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ParameterError(
            f"Fichier de paramètres absent : {path}.",
            remedy="Vérifiez le chemin, ou donnez le nom de la commune : make commune=Hem.",
        ) from None
    except OSError as error:
        raise ParameterError(f"Fichier de paramètres illisible : {path} ({error}).", remedy=REMEDY) from error
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if b"\0" in content and not marked:
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        fault = "ce n'est pas un texte en UTF-8 (UTF-16, sans doute)"
        raise _refuse(path, "", line=line, fault=fault, remedy=_ENCODED)
    try:
        return content.decode("utf-16" if marked else "utf-8")
    except UnicodeDecodeError as error:
        if marked:
            raise _refuse(path, "", line=0, fault="de l'UTF-16 tronqué", remedy=_ENCODED) from error
        # Nearly every file that is not of UTF-8 comes from Windows: its line is then shown as it was typed.
        line = content.count(b"\n", 0, error.start) + 1
        typed = content.decode("cp1252", errors="replace")
        fault = f"un caractère qui n'est pas de l'UTF-8 ({typed[error.start]!r} de Windows, sans doute)"
        raise _refuse(path, typed, line=line, fault=fault, remedy=_ENCODED) from error


def _refuse(path: Path, text: str, *, line: int, fault: str, remedy: str) -> ParameterError:
    """Make the error of a line, which it shows as it is written."""
    lines = text.splitlines()
    # What is left open is found out at the end of the file, after its last line.
    line = min(line, len(lines)) if lines else line
    shown = f"\n  {lines[line - 1].strip()[:_SHOWN]}" if lines and line else ""
    where = f"{path}, ligne {line}" if line else str(path)
    return ParameterError(f"{where} : YAML illisible : {fault}.{shown}", remedy=remedy)


class _Composer(Composer):
    """What puts lists and keys in one another: too many say their line before all of them are read."""

    _depth = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise MarkedYAMLError(problem="too deep", problem_mark=self.parser.peek_event().start_mark)
        node: Node | None = super().compose_node(parent, index)
        self._depth -= 1
        return node


class _Constructor(RoundTripConstructor):
    """What makes values of the texts of a file: an impossible date says its line."""

    def construct_yaml_timestamp(self, node: ScalarNode, values: Any = None) -> Any:
        try:
            return super().construct_yaml_timestamp(node, values)
        except ValueError as error:
            raise MarkedYAMLError(problem="date impossible", problem_mark=node.start_mark) from error


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", _Constructor.construct_yaml_timestamp)
