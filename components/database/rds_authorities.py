"""The authorities that sign certificates of RDS, by region.

A client needs the roots alone: the server sends what lies between. They are public and hold for decades; each file has
the three of one region, as AWS publishes them at https://truststore.pki.rds.amazonaws.com/REGION/REGION-bundle.pem
(https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html, 2026-11-24).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pulumi

_FOLDER: Final = Path(__file__).parent / "rds_ca"


def authorities(region: str, ca_file: str | None) -> str:
    """PEM certificates of the region, or those in `ca_file`.

    Raises pulumi.RunError where there are none.
    """
    if ca_file is None:
        known = _FOLDER / f"{region}.pem"
        if not known.is_file():
            raise pulumi.RunError(
                f"The authorities of RDS in {region} are not known here: download "
                f"https://truststore.pki.rds.amazonaws.com/{region}/{region}-bundle.pem and name it in "
                "jarvis:database.caFile."
            )
        return known.read_text(encoding="ascii")
    given = Path(ca_file).expanduser()
    text = given.read_text(encoding="utf-8", errors="replace") if given.is_file() else ""
    if "-----BEGIN CERTIFICATE-----" not in text:
        raise pulumi.RunError(f"jarvis:database.caFile {ca_file} is no file with PEM certificates.")
    return text
