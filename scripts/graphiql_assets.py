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
import shutil
import sys
import tempfile
from pathlib import Path

from node import NodeError, find_node, run

SCRIPTS = Path(__file__).resolve().parent
SOURCES = SCRIPTS / "graphiql"
ASSETS = SCRIPTS.parent / "app" / "transport" / "graphiql" / "assets"
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


def main() -> int:
    inputs = digest_of(SOURCES) + digest_of(Path(__file__))
    if is_current(inputs):
        print("GraphiQL: the page's files are up to date.")
        return 0
    try:
        version = build(inputs)
    except NodeError as error:
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
        node.install_locked_packages(scratch)
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


if __name__ == "__main__":
    sys.exit(main())
