"""The ALB controller, which keeps an Application Gateway for Containers as the cluster's Gateways and routes say.

Source: https://learn.microsoft.com/azure/application-gateway/for-containers/quickstart-deploy-application-gateway-for-
containers-alb-controller-helm (2026-11-24).
"""

from __future__ import annotations

from typing import Final

NAMESPACE: Final = "azure-alb-system"
"""Its own, which its chart makes."""
SERVICE_ACCOUNT: Final = "alb-controller-sa"
"""As its chart names it."""
