"""
Tell in a second whether this machine can run `make demo` and `make test`: one sentence and one command when it can't.

Runs on the system's python3 before there is a virtual environment: standard library only, and a syntax that Python 3.6
still reads, so that an old Python gets the sentence instead of a SyntaxError.
"""

import signal

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it without a traceback, also while it imports

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tempfile

OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
GOAL = os.environ.get("PREFLIGHT_GOAL", "demo")
FIRST_RUN_MB = 1500
LATER_RUN_MB = 300


class Fault(Exception):
    """What is missing, and the command that helps."""

    def __init__(self, sentence, command):
        super().__init__(sentence)
        self.sentence = sentence
        self.command = command


def check_platform(system, machine):
    """Linux and macOS on 64 bits have the servers' wheels."""
    if system == "Windows":
        raise Fault("plainsql's servers need Linux or macOS; Windows has it in WSL.", "wsl --install")
    if system not in ("Linux", "Darwin") or machine.lower() not in ("x86_64", "amd64", "aarch64", "arm64"):
        raise Fault(
            f"There is no embedded PostgreSQL for {system} on {machine}; another server will do.",
            "export DATABASE_URL=postgresql://user@host/dbname",
        )


def runs(name):
    """Tell whether a Python is more than a name on PATH, and can make virtual environments."""
    try:
        return (
            subprocess.call([name, "-c", "import venv, ensurepip"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) == 0
        )
    except OSError:
        return False


def check_python(version, usable=runs):
    """plainsql needs a Python that is still looked after."""
    if version >= OLDEST:
        return
    found = "python3 here is Python {}.{}, plainsql needs {}.{} or newer".format(*(version[:2] + OLDEST))
    for name in NEWER:
        if usable(name):
            raise Fault(f"{found}; {name} is installed.", f"make PYTHON={name} {GOAL}")
    raise Fault(found + ".", install("python3.12 python3.12-venv", "python3.12", "python@3.12"))


def check_venv(find_spec=importlib.util.find_spec):
    """Debian and Ubuntu put venv's other half into a package of its own."""
    if any(find_spec(name) is None for name in ("venv", "ensurepip")):
        package = "python{}.{}-venv".format(*sys.version_info[:2])
        raise Fault("Python's venv module is not installed.", install(package, "python3", "python3"))


def check_path(root):
    """A few characters mean something to venv, make or yoyo.ini; spaces and letters of any alphabet don't."""
    names = {"\n": "a line break", '"': "a double quote", "\\": "a backslash", "`": "a back quote"}
    for char in '\n:%$"\\`':
        if char in root:
            name = names.get(char, "'" + char + "'")
            raise Fault(
                f"The project's path has {name} in it, which some tools can't read: {root!r}.",
                f"cp -R . ~/plainsql && cd ~/plainsql && make {GOAL}",
            )


def check_files(root, needed_mb):
    """The folder must be writable, keep locks, run programs and have room."""
    try:
        folder = tempfile.mkdtemp(prefix=".preflight-", dir=root)
    except OSError as error:
        raise Fault(
            f"Nothing can be written in {root} ({error.strerror}).",
            f"cp -R . ~/plainsql && cd ~/plainsql && make {GOAL}",
        ) from error
    try:
        check_lock(os.path.join(folder, "lock"))
        check_program(os.path.join(folder, "program"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    free = shutil.disk_usage(root).free // 1000000
    if free < needed_mb:
        raise Fault(f"{free} MB are free in {root}, {needed_mb} MB are needed.", "df -h .")


def check_lock(path):
    """The embedded server lives as long as somebody holds a lock."""
    import fcntl

    with open(path, "w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Fault(
                f"The file system here keeps no file locks ({error.strerror}), as some network folders.",
                f"cp -R . /var/tmp/plainsql && cd /var/tmp/plainsql && make {GOAL}",
            ) from error


def check_program(path):
    """A folder mounted noexec can't hold a virtual environment."""
    with open(path, "w") as stream:
        stream.write("#!/bin/sh\nexit 0\n")
    os.chmod(path, 0o700)
    try:
        code = subprocess.call([path])
    except OSError:
        code = 1
    if code:
        raise Fault(
            "Programs can't run from this folder; it is mounted noexec.",
            f"cp -R . ~/plainsql && cd ~/plainsql && make {GOAL}",
        )


def install(apt, dnf, brew):
    """Return the command that installs a package on this machine."""
    sudo = "" if not hasattr(os, "geteuid") or os.geteuid() == 0 else "sudo "
    for tool, command in (
        ("apt-get", f"{sudo}apt-get install -y {apt}"),
        ("dnf", f"{sudo}dnf install -y {dnf}"),
        ("brew", f"brew install {brew}"),
    ):
        if shutil.which(tool):
            return command
    return f"{sudo}apt-get install -y {apt}"


def check_all(root):
    """Check everything, what can be mended most easily last."""
    made = os.path.exists(os.path.join(root, ".venv", "bin", "python"))
    check_platform(platform.system(), platform.machine())
    check_python(sys.version_info)
    if not made:
        check_venv()
    check_path(root)
    check_files(root, LATER_RUN_MB if made else FIRST_RUN_MB)


def main():
    """Print nothing and return 0, or a sentence and a command and return 1."""
    try:
        check_all(ROOT)
    except Fault as fault:
        sys.stderr.write(f"{fault.sentence}\n    {fault.command}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
