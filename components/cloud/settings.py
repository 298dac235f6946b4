"""Which cloud a stack lives in, one model a kind."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from components.cloud.aws.settings import AwsCloudSettings
from components.cloud.azure.settings import AzureCloudSettings
from components.settings.section import Section


class NoCloud(Section):
    """None: whatever the stack needs is in a cluster that is there already."""

    kind: Literal["none"] = "none"


CloudSettings = Annotated[NoCloud | AwsCloudSettings | AzureCloudSettings, Field(discriminator="kind")]
"""A further cloud is one more model here and one more case in `kinds.py`."""
