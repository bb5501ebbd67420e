"""What calls to the producers' servers share: which faults may pass, how long to wait, what stands in the way."""

from __future__ import annotations

import os
import re
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import InvalidHeader, ProtocolError, ReadTimeoutError
from urllib3.util import Retry

from helpers.errors import NetworkError

AGENT = "diagnostic-communal"
# Seconds: the longest wait agreed to when a server says how long.
PATIENCE = 120.0
# Where requests reads the authorities that it trusts.
_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_EXAMPLE = "http://proxy:8080"
_MEANWHILE = (
    "Les données embarquées continuent de fonctionner sans réseau ; un miroir (HELPERS_MIRROR) ou des fichiers "
    "déposés à la main remplacent le téléchargement, et ce qui est déjà téléchargé n'est pas perdu."
)


class Session(requests.Session):
    """What asks the producers' servers: sent on by an encrypted address, it follows no address that is not."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Return the address that an answer sends on to, None when it does not.

        Raises:
            requests.exceptions.InvalidSchema: it is not encrypted, after one that was.
        """
        target = super().get_redirect_target(resp)
        if target and resp.url.startswith("https:") and urljoin(resp.url, target).startswith("http:"):
            raise requests.exceptions.InvalidSchema(
                f"renvoie à une adresse qui n'est pas chiffrée, {target[:80]}"
            )
        return target


def was_cut(error: requests.RequestException) -> bool:
    """Tell a connection that was cut, which may pass, from one that was never made."""
    cut = (requests.ReadTimeout, requests.exceptions.ChunkedEncodingError)
    return isinstance(error, cut) or any(
        isinstance(cause, (ProtocolError, ReadTimeoutError)) for cause in error.args
    )


def asked_wait(answer: requests.Response) -> float | None:
    """Read the seconds to wait, which a server gives as a number or as a date; None when it asks for nothing."""
    try:
        return Retry().get_retry_after(answer.raw)
    except (InvalidHeader, ValueError):
        return None


def unreachable(url: str, error: Exception) -> NetworkError:
    """Make the error of an address that a call did not reach: what stands in the way, and what to set."""
    host, said = urlsplit(url).netloc, _innermost(error)
    proxy, variable = _find_proxy(url)
    if isinstance(error, requests.exceptions.SSLError):
        return _distrusted(host, said)
    if proxy and "407" in said:
        return asks_password(url)
    if not proxy or not isinstance(error, requests.exceptions.ProxyError | requests.exceptions.InvalidURL):
        fault = f"{host} ne répond pas ({said})"
        remedy = f"Vérifiez la connexion et, si votre réseau a un proxy, donnez-le : HTTPS_PROXY={_EXAMPLE}."
    elif "Tunnel connection failed" in said or "HTTP code" in said:
        fault = f"le proxy {proxy} refuse d'aller à {host} ({said})"
        remedy = f"Demandez à qui tient le proxy d'ouvrir {host}, ou corrigez {variable}."
    else:
        fault = f"le proxy {proxy} ne répond pas ({said})"
        remedy = f"Corrigez {variable} ({variable}={_EXAMPLE}), ou, sans proxy, videz-la : unset {variable}."
    return NetworkError(f"Le réseau est injoignable : {fault}.", remedy=f"{remedy} {_MEANWHILE}")


def asks_password(url: str) -> NetworkError:
    """Make the error of a proxy that asks for a name and a password (answer 407)."""
    proxy, variable = _find_proxy(url)
    return NetworkError(
        f"Le réseau est injoignable : le proxy {proxy} demande un mot de passe, ou refuse celui qu'il reçoit "
        "(réponse 407).",
        remedy=f"Mettez votre nom et votre mot de passe dans {variable} : {variable}=http://nom:motdepasse@proxy:8080 "
        f"(un signe du mot de passe s'y écrit %40 pour @, %3A pour :). {_MEANWHILE}",
    )


def _distrusted(host: str, said: str) -> NetworkError:
    """Make the error of a certificate that is refused."""
    if "certificate verify failed" not in said.lower():
        fault, remedy = (
            f"la connexion chiffrée à {host} échoue ({said})",
            "Vérifiez HTTPS_PROXY et REQUESTS_CA_BUNDLE.",
        )
    elif "issuer" in said or "self-signed" in said or "self signed" in said:
        fault = f"le certificat que présente {host} vient d'une autorité inconnue ({said})"
        remedy = (
            "Un proxy le signe sans doute à sa place : demandez le fichier .pem de son autorité à qui tient le "
            "réseau, et donnez-le par REQUESTS_CA_BUNDLE=/chemin/autorite.pem."
        )
    else:
        fault = f"le certificat de {host} est refusé ({said})"
        remedy = "Vérifiez la date de la machine ; s'il est périmé ou au nom d'un autre site, attendez sa réparation."
    return NetworkError(f"Le réseau est injoignable : {fault}.", remedy=f"{remedy} {_MEANWHILE}")


def missing_authorities(error: OSError) -> NetworkError | None:
    """Make the error of a missing bundle of authorities, which requests reports as an error of the disk."""
    if "TLS CA certificate bundle" not in str(error):
        return None
    variable = next((name for name in _BUNDLES if os.environ.get(name)), _BUNDLES[0])
    return NetworkError(
        f"Le réseau est injoignable : {variable}={os.environ.get(variable, '')!r} ne désigne aucun fichier.",
        remedy=f"Corrigez {variable} : le chemin d'un fichier .pem, ou rien. {_MEANWHILE}",
    )


def _find_proxy(url: str) -> tuple[str, str]:
    """Find the proxy on the way to an address, its password left out, and the variable that gives it."""
    proxy = requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url))
    if not proxy:
        return "", "HTTPS_PROXY"
    names = [f"{urlsplit(url).scheme}_proxy", "all_proxy"]
    known = [name for lower in names for name in (lower, lower.upper()) if os.environ.get(name) == proxy]
    return proxy.rpartition("@")[2].removeprefix("http://"), known[0] if known else names[0].upper()


def _innermost(error: BaseException) -> str:
    """Say the first cause of a fault, rather than the whole call."""
    while True:
        inner = getattr(error, "reason", None) or next(
            (cause for cause in error.args if isinstance(cause, BaseException)), None
        )
        if not isinstance(inner, BaseException):
            said = str(error.args[-1] if isinstance(error, OSError) and error.args else error)
            # urllib3 names the connection first, as Python writes it.
            return re.sub(r"^\w+\(host=[^)]*\): ", "", said)
        error = inner
