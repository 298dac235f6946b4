"""The pinned Go tools of `tools/`, built once a version into a cache outside the clone.

Needs the standard library only, so that a build can start before the Python packages are installed:
`python -m sandbox.toolchain pulumi etcd ...`.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sandbox.errors import SandboxError

Say = Callable[[str], None]
TOOLS_FOLDER: Final = Path(__file__).resolve().parents[1] / "tools"
PROGRESS_SECONDS: Final = 15.0


@dataclass(frozen=True)
class Tool:
    """One program: the package that `go build` makes it from and the module whose version it has."""

    package: str
    module: str
    folder: str = "."
    """The folder under `tools/` whose go.mod pins it."""
    tags: str = ""
    """Go build tags."""
    page: str = ""
    """Web page that the program embeds and the module's zip lacks: a copy of the module with an empty one is built."""

    @property
    def built_name(self) -> str:
        """What `go build` calls the program: the last part of its path that is not a major version."""
        parts = [part for part in self.package.split("/") if not re.fullmatch(r"v\d+", part)]
        return parts[-1]


_KUBERNETES: Final = "k8s.io/kubernetes"
_PULUMI: Final = "github.com/pulumi/pulumi/pkg/v3"
_PROMETHEUS: Final = "github.com/prometheus/prometheus"
_ALERTMANAGER: Final = "github.com/prometheus/alertmanager"
_OTELCOL: Final = "go.opentelemetry.io/collector/otelcol"
_DISCOVERY: Final = "remove_all_sd,enable_kubernetes_sd"
"""Of Prometheus' discoveries only the one that is used: the others are most of its size."""
_PAGE: Final = "ui/app/dist/index.html"
TOOLS: Final[dict[str, Tool]] = {
    "pulumi": Tool(f"{_PULUMI}/cmd/pulumi", _PULUMI),
    "etcd": Tool("go.etcd.io/etcd/server/v3", "go.etcd.io/etcd/server/v3"),
    "kube-apiserver": Tool(f"{_KUBERNETES}/cmd/kube-apiserver", _KUBERNETES),
    "kube-controller-manager": Tool(f"{_KUBERNETES}/cmd/kube-controller-manager", _KUBERNETES),
    "kube-scheduler": Tool(f"{_KUBERNETES}/cmd/kube-scheduler", _KUBERNETES),
    "kubectl": Tool(f"{_KUBERNETES}/cmd/kubectl", _KUBERNETES),
    "kwok": Tool("sigs.k8s.io/kwok/cmd/kwok", "sigs.k8s.io/kwok"),
    "actionlint": Tool("github.com/rhysd/actionlint/cmd/actionlint", "github.com/rhysd/actionlint", "lint"),
    "prometheus": Tool(f"{_PROMETHEUS}/cmd/prometheus", _PROMETHEUS, "observability", _DISCOVERY),
    "promtool": Tool(f"{_PROMETHEUS}/cmd/promtool", _PROMETHEUS, "observability", _DISCOVERY),
    "alertmanager": Tool(f"{_ALERTMANAGER}/cmd/alertmanager", _ALERTMANAGER, "observability/alerting", page=_PAGE),
    "amtool": Tool(f"{_ALERTMANAGER}/cmd/amtool", _ALERTMANAGER, "observability/alerting", page=_PAGE),
    "otelcol": Tool("jarvis.local/tools/observability/otelcol", _OTELCOL, "observability/otelcol"),
    "alloysyntax": Tool(
        "jarvis.local/tools/observability/alloysyntax", "github.com/grafana/alloy/syntax", "observability/alloysyntax"
    ),
    "kube-state-metrics": Tool(
        "k8s.io/kube-state-metrics/v2", "k8s.io/kube-state-metrics/v2", "observability/exporters"
    ),
    "node_exporter": Tool(
        "github.com/prometheus/node_exporter", "github.com/prometheus/node_exporter", "observability/exporters"
    ),
}
CONTROL_PLANE_TOOLS: Final = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok")


def cache_folder() -> Path:
    """Where built tools are kept: `${XDG_CACHE_HOME:-~/.cache}/jarvis/tools`."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "jarvis" / "tools"


def module_versions(folder: str) -> dict[str, str]:
    """Every module that the go.mod of a folder under `tools/` requires, and its version."""
    text = (TOOLS_FOLDER / folder / "go.mod").read_text("utf-8")
    return dict(re.findall(r"^(?:require )?\s*(\S+) (v\S+)", text, re.MULTILINE))


def link_flags(module: str, version: str) -> str:
    """Linker flags that put its real version into a program; without them kubectl cannot parse the server's."""
    variables: dict[str, str] = {}
    if module == _PULUMI:
        variables["github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"] = version
    elif module == _KUBERNETES:
        major, minor, _ = version.removeprefix("v").split(".", 2)
        package = "k8s.io/component-base/version"
        variables = {f"{package}.gitVersion": version, f"{package}.gitMajor": major, f"{package}.gitMinor": minor}
    elif module == _PROMETHEUS:
        variables["github.com/prometheus/common/version.Version"] = prometheus_version(version)
    elif module == _OTELCOL:
        variables["main.version"] = version.removeprefix("v")
    return " ".join(["-s", "-w", *(f"-X {name}={value}" for name, value in variables.items())])


def prometheus_version(module_version: str) -> str:
    """The release that a version of Prometheus' Go module is: v0.313.5 is 3.13.5.

    Source: https://github.com/prometheus/prometheus#prometheus-code-base
    """
    _, minor, patch = module_version.removeprefix("v").split(".")
    return f"{minor[0]}.{int(minor[1:])}.{patch}"


def say_on_stderr(text: str) -> None:
    """Tell people something without touching standard output."""
    print(text, file=sys.stderr, flush=True)


class Toolchain:
    """Finds the built tools and builds those that are missing."""

    def __init__(self, cache: Path | None = None, say: Say | None = None) -> None:
        self._cache = cache or cache_folder()
        self._say: Say = say or say_on_stderr

    def version(self, name: str) -> str:
        """The pinned version of a tool's module, such as `v1.36.2`."""
        tool = TOOLS[name]
        return module_versions(tool.folder)[tool.module]

    def path(self, name: str) -> Path:
        """Where the tool's program is, or would be. Its folder holds nothing else, so it may go onto PATH."""
        version = self.version(name)
        recipe = hashlib.sha256(f"{self._flags(name)} {TOOLS[name].tags}".encode())
        for source in sorted((TOOLS_FOLDER / TOOLS[name].folder).glob("*.go")):
            recipe.update(source.read_bytes())
        return self._cache / f"{name}-{version}-{recipe.hexdigest()[:8]}" / name

    def ensure(self, *names: str) -> dict[str, Path]:
        """The programs of `names`; those that are not in the cache are built now.

        Raises SandboxError where Go is missing or the build fails. A build that is killed leaves nothing half-done
        and the next one goes on from Go's own cache.
        """
        if self._missing(names):
            with self._lock():
                for group in self._groups(self._missing(names)):
                    self._build(group)
        return {name: self.path(name) for name in names}

    def _missing(self, names: tuple[str, ...]) -> list[str]:
        return [name for name in names if not self.path(name).is_file()]

    def _groups(self, names: list[str]) -> list[list[str]]:
        """The names that one `go build` can make: those of one module with one set of flags."""
        groups: dict[tuple[str, str], list[str]] = {}
        for name in names:
            groups.setdefault((TOOLS[name].folder, self._flags(name)), []).append(name)
        return list(groups.values())

    def _flags(self, name: str) -> str:
        return link_flags(TOOLS[name].module, self.version(name))

    @contextmanager
    def _lock(self) -> Generator[None]:
        """One build at a time over all processes; the kernel drops the lock of a process that dies."""
        self._cache.mkdir(parents=True, exist_ok=True)
        with (self._cache / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._say("Another process is building tools: waiting for it.")
                fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _build(self, names: list[str]) -> None:
        go = shutil.which("go")
        if go is None:
            raise SandboxError("`go` is not on PATH; it builds the pinned tools: install Go 1.26 or newer.")
        for leftover in self._cache.glob("building-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix="building-", dir=self._cache) as folder:
            command = [go, "build", "-v", "-trimpath", "-tags", TOOLS[names[0]].tags]
            command += ["-ldflags", self._flags(names[0]), "-o", f"{folder}/"]
            command += [TOOLS[name].package for name in names]
            title = f"Building {', '.join(names)} (once a version; minutes on a new machine)"
            self._run(command, self._source(go, TOOLS[names[0]], Path(folder)), title)
            for name in names:
                self._publish(Path(folder) / TOOLS[name].built_name, name)

    def _source(self, go: str, tool: Tool, temporary: Path) -> Path:
        """Where `go build` runs."""
        pinned = TOOLS_FOLDER / tool.folder
        if not tool.page:
            return pinned
        command = [go, "mod", "download", "-json", tool.module]
        done = subprocess.run(command, cwd=pinned, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SandboxError(_explain(done.stdout + done.stderr))
        source = temporary / "source"
        shutil.copytree(json.loads(done.stdout)["Dir"], source, copy_function=shutil.copyfile)
        for folder in (source, *(path for path in source.rglob("*") if path.is_dir())):
            folder.chmod(0o755)  # modules are kept read-only
        page = source / tool.page
        page.parent.mkdir(parents=True)
        page.write_text("This build has no web interface.\n")
        return source

    def _publish(self, built: Path, name: str) -> None:
        target = self.path(name).parent
        ready = built.with_name(f"{target.name}.ready")
        ready.mkdir()
        built.rename(ready / name)
        shutil.rmtree(target, ignore_errors=True)
        ready.rename(target)

    def _run(self, command: list[str], folder: Path, title: str) -> None:
        """Run `go build`; its `-v` output, a line per compiled package, is the progress."""
        started = time.monotonic()
        self._say(f"{title} ...")
        with tempfile.TemporaryFile("w+") as log:
            child = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
            try:
                while (code := _wait(child, PROGRESS_SECONDS)) is None:
                    log.flush()
                    packages = _count_packages(log.fileno())
                    self._say(f"  {packages} packages compiled, {_elapsed(started)}")
            except BaseException:
                child.terminate()
                child.wait()
                raise
            log.seek(0)
            output = log.read()
        if code != 0:
            raise SandboxError(_explain(output))
        self._say(f"  built in {_elapsed(started)}")


def _wait(child: subprocess.Popen[bytes], seconds: float) -> int | None:
    try:
        return child.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return None


def _count_packages(descriptor: int) -> int:
    size = os.fstat(descriptor).st_size
    return sum(1 for line in os.pread(descriptor, size, 0).splitlines() if not line.startswith(b"go: "))


def _elapsed(started: float) -> str:
    minutes, seconds = divmod(int(time.monotonic() - started), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def _explain(output: str) -> str:
    """One sentence about a failed build, then the end of what Go said."""
    tail = "\n".join(output.splitlines()[-8:])
    causes = {
        r"no space left on device": "The disk is full: free some gigabytes and run the command again",
        r"dial tcp|no such host|i/o timeout|connection refused|TLS handshake": (
            "Go modules could not be fetched: check the network or GOPROXY, then run the command again"
        ),
        r"requires go >=|toolchain not available": "This Go is too old: install Go 1.26 or newer",
        r"checksum mismatch|SECURITY ERROR": "A module is not the one that tools/go.sum names: do not go on",
    }
    cause = next((text for pattern, text in causes.items() if re.search(pattern, output)), "Building the tools failed")
    return f"{cause}. Go's own words:\n{tail}"


def main() -> int:
    """Build the tools that are named on the command line, or all of them."""
    names = tuple(sys.argv[1:]) or tuple(TOOLS)
    unknown = [name for name in names if name not in TOOLS]
    if unknown:
        print(f"There is no tool {unknown[0]!r}; there are {', '.join(TOOLS)}.", file=sys.stderr)
        return 2
    try:
        for path in Toolchain().ensure(*names).values():
            print(path)
    except SandboxError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
