"""What the cloud that a stack lives in gives to its other components."""

from __future__ import annotations

import pulumi

from components.cloud.aws.contract import AwsCloud
from components.cloud.azure.contract import AzureFoundation

Cloud = AwsCloud | AzureFoundation


def require_aws(cloud: Cloud | None, section: str) -> AwsCloud:
    """The AWS account; raises pulumi.RunError, which names the section that needs one, where there is none."""
    if not isinstance(cloud, AwsCloud):
        raise pulumi.RunError(f"{section} needs jarvis:cloud of kind aws.")
    return cloud


def require_azure(cloud: Cloud | None, section: str) -> AzureFoundation:
    """The Azure resource group; raises pulumi.RunError, which names the section that needs one, where there is none."""
    if not isinstance(cloud, AzureFoundation):
        raise pulumi.RunError(f"{section} needs jarvis:cloud of kind azure.")
    return cloud
