"""Which cloud a stack lives in."""

from __future__ import annotations

import pulumi

from components.cloud.aws.contract import AwsCloud
from components.cloud.aws.settings import AwsCloudSettings
from components.cloud.azure.settings import AzureCloudSettings
from components.cloud.contract import Cloud
from components.cloud.settings import CloudSettings, NoCloud


def create_cloud(
    settings: CloudSettings, *, environment: str, protect: bool, opts: pulumi.ResourceOptions | None = None
) -> Cloud | None:
    """The network and whatever else the stack's cloud resources stand on; None where the stack has no cloud.

    `protect` keeps the network and the keys from being deleted.
    """
    match settings:
        case NoCloud():
            return None
        case AwsCloudSettings():
            from components.cloud.aws.foundation import AwsFoundation

            return AwsFoundation("cloud", settings, environment=environment, protect=protect, opts=opts).cloud
        case AzureCloudSettings():
            from components.cloud.azure.foundation import AzureResources

            return AzureResources("cloud", settings, environment=environment, protect=protect, opts=opts).foundation


def show_cloud(cloud: Cloud | None, opts: pulumi.ResourceOptions | None = None) -> None:
    """What the cloud's own monitoring has to see of the stack, on one page; nothing where there is none.

    Called last: it shows what components have been made until then.
    """
    if isinstance(cloud, AwsCloud):
        from components.cloud.aws.dashboard import Dashboard

        Dashboard("dashboard", cloud=cloud, opts=opts)
