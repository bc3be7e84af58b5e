"""Build the sdist and the wheel, install each into an environment of its own, and run `graft` from there."""

import os
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """Run a command away from the source tree and give what it printed; a failure ends the check."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run([str(c) for c in command], cwd=cwd, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def check(artefact: Path, folder: Path) -> None:
    """Install one artefact beside this environment's libraries, then run the installed command."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    purelib = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", artefact)
    # the libraries graft needs come from the environment that runs this check, without its editable graft
    others = f"import sys; sys.path.append({sysconfig.get_path('purelib')!r})"
    (purelib / "zz-libraries.pth").write_text(others + "\n", encoding="utf-8")
    where = run(python, "-c", "import graft; print(graft.__file__)", cwd=folder).strip()
    if str(purelib) not in where:
        sys.exit(f"the installed graft is not the one that is imported: {where}")
    data = folder / "data"
    print(artefact.name, run(folder / "bin" / "graft", "--version", cwd=folder).strip())
    run(folder / "bin" / "graft", "example", "digits", data, cwd=folder)


def main() -> None:
    """Check the wheel, the sdist, and an install from the source folder."""
    with tempfile.TemporaryDirectory() as temporary:
        out = Path(temporary)
        run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out / "dist", ROOT)
        artefacts = [*sorted((out / "dist").iterdir()), ROOT]
        for number, artefact in enumerate(artefacts):
            check(artefact, out / f"environment-{number}")
    print("the wheel, the sdist and the source folder install and run")


if __name__ == "__main__":
    main()
