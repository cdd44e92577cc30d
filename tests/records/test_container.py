"""The environment of a record as requirements and a Containerfile; and that a stranger's record writes no commands."""

from __future__ import annotations

import json
import re

import pytest

from matgenes._core.errors import InputError
from matgenes.records import Code, Record, ask_hashes, write_environment
from matgenes.records import _container as container


@pytest.fixture
def record(folder) -> Record:
    return Record.read(folder)


def changed(record: Record, **changes) -> Record:
    return record.model_copy(update={"environment": record.environment.model_copy(update=changes)})


def test_the_versions_are_pinned_and_the_code_is_checked(record, tmp_path):
    requirements, containerfile = write_environment(record, tmp_path / "env")
    pins = [line for line in requirements.read_text().splitlines() if not line.startswith("#")]
    assert pins == [f"{name}=={version}" for name, version in sorted(record.environment.packages.items())]
    text = containerfile.read_text()
    python = record.environment.python.split()[0]
    assert f"FROM docker.io/library/python:{python}-slim" in text
    assert f"found == '{Code.here().source}'" in text
    assert 'CMD ["matgenes", "verify", "--frozen", "/record"]' in text
    assert "--require-hashes" not in text
    assert record.id in text


def test_the_check_of_the_code_is_python_that_passes_here(record, tmp_path):
    """The line that the build runs is taken out of the file and run."""
    import subprocess
    import sys

    _, containerfile = write_environment(record, tmp_path / "env")
    joined = containerfile.read_text().replace("\\\n", "")
    (program,) = re.findall(r'RUN python -c "(.*)"\n', joined)
    subprocess.run([sys.executable, "-c", program], check=True)
    wrong = program.replace("sha256:", "sha256:f")
    assert subprocess.run([sys.executable, "-c", wrong], check=False, capture_output=True).returncode == 1


def test_with_hashes_pip_accepts_nothing_else(record, tmp_path):
    hashes = {name: f"{number:064x}" for number, name in enumerate(record.environment.packages)}
    requirements, containerfile = write_environment(record, tmp_path / "env", hashes=hashes)
    version = record.environment.packages["numpy"]
    assert f"numpy=={version} --hash=sha256:{hashes['numpy']}\n" in requirements.read_text()
    assert "--no-deps --require-hashes -r" in containerfile.read_text()
    with pytest.raises(InputError, match="hash of numpy is ''"):
        write_environment(record, tmp_path / "other", hashes={k: v for k, v in hashes.items() if k != "numpy"})
    assert not (tmp_path / "other").exists()


def test_hashes_are_read_from_pips_report(record, monkeypatch):
    """pip is asked with plain versions; here a stand-in writes the report that pip's specification describes."""
    packages = record.environment.packages

    def pip(command, **_):
        with open(command[command.index("-r") + 1]) as stream:
            asked = [line.strip() for line in stream if not line.startswith("#")]
        assert asked == [f"{name}=={version}" for name, version in packages.items()]
        told = [
            {
                "metadata": {"name": name.replace("-", "_").upper(), "version": version},
                "download_info": {"archive_info": {"hashes": {"sha256": "a" * 64}}},
            }
            for name, version in packages.items()
        ]
        with open(command[command.index("--report") + 1], "w") as stream:
            json.dump({"version": "1", "install": told}, stream)
        return type("Done", (), {"returncode": 0, "stderr": ""})

    monkeypatch.setattr(container.subprocess, "run", pip)
    assert ask_hashes(record) == dict.fromkeys(packages, "a" * 64)
    monkeypatch.setattr(
        container.subprocess,
        "run",
        lambda *_, **__: type("Done", (), {"returncode": 1, "stderr": "No matching\nERROR: x"}),
    )
    with pytest.raises(InputError, match=r"these versions: ERROR: x; without hashes"):
        ask_hashes(record)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"packages": {"numpy; rm -rf /": "1.0"}}, "package is 'numpy; rm -rf /'"),
        ({"packages": {"numpy": "1.0\nRUN curl evil"}}, "version is '1.0\\\\nRUN curl evil'"),
        ({"packages": {"--index-url": "1"}}, "package is '--index-url'"),
        ({"packages": {"x": "1.0 --hash=a"}}, "version is '1.0 --hash=a'"),
        ({"python": "3.11.7\nRUN curl evil"}, "is no version"),
        ({"python": "latest"}, "Python is 'latest'"),
    ],
)
def test_what_could_be_a_command_is_refused(record, tmp_path, changes, message):
    with pytest.raises(InputError, match=message):
        write_environment(changed(record, **changes), tmp_path / "env")
    assert not (tmp_path / "env").exists()


@pytest.mark.parametrize(
    "code", [{"package": "evil"}, {"version": "1; rm"}, {"source": "sha256:'; import os; os.system('x')"}]
)
def test_the_code_of_a_stranger_is_refused(record, tmp_path, code):
    other = record.model_copy(update={"code": record.code.model_copy(update=code)})
    with pytest.raises(InputError, match="which is none; nothing was written"):
        write_environment(other, tmp_path / "env")
