"""Run everything with no cloud and no network: toolchain, Kubernetes control plane, offline providers."""
