"""The door to Numba: compiled once a computer, wherever a folder can be found, and never with stale code."""

import importlib.util
import logging
import os
import subprocess
import sys
import tempfile

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matgenes._core import kernels
from matgenes._core.kernels import cache_folder, njit
from matgenes._core.tasks import run, workers


@njit
def clipped_sum(values, limit):
    """Sum of the values below a limit."""
    total = 0.0
    for value in values:
        if value < limit:
            total += value
    return total


@given(st.lists(st.floats(-1e3, 1e3), max_size=20), st.floats(-1e3, 1e3))
def test_a_kernel_equals_its_plain_twin(values, limit):
    assert clipped_sum(np.array(values), limit) == clipped_sum.py_func(np.array(values), limit)


def test_kernels_run_without_the_interpreters_lock_unless_told_otherwise():
    assert clipped_sum.targetoptions["nogil"]
    assert not clipped_sum.targetoptions["fastmath"]
    assert not njit(nogil=False)(clipped_sum.py_func).targetoptions["nogil"]
    assert njit(fastmath={"reassoc"}, inline="always")(clipped_sum.py_func).targetoptions["fastmath"] == {"reassoc"}


def thread_sum(task, values):
    return clipped_sum(values, float(task))


def test_threads_and_one_worker_agree():
    values = np.random.default_rng(0).normal(size=10_000)
    alone = run(thread_sum, range(4), shared={"values": values})
    with workers(4):
        assert run(thread_sum, range(4), shared={"values": values}) == alone


@pytest.mark.parametrize(
    ("options", "message"),
    [({"parallel": True}, "split the work into tasks"), ({"cache": True}, "leave out `cache`")],
    ids=["parallel", "cache"],
)
def test_what_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        njit(**options)


# --- where compiled kernels lie -------------------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A computer with nothing but a home and a temporary folder, and a file that stands in the way."""
    (tmp_path / "file").touch()
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(numba.config, "CACHE_DIR", "")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    return tmp_path


def found_folder():
    return cache_folder.__wrapped__()  # without the memory of this process


def test_the_users_cache_folder_comes_first(place):
    assert found_folder().parents[1] == place / "home" / ".cache" / "matgenes"
    assert found_folder().name.startswith("0.1.0-")


def test_a_folder_that_is_named_is_taken(place, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(place / "xdg"))
    assert found_folder().is_relative_to(place / "xdg")
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(place / "named"))
    assert found_folder().is_relative_to(place / "named")


def test_without_a_writable_home_the_temporary_folder_is_taken(place, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(place / "file"))
    assert found_folder().parents[1].parent == place / "tmp"


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
def test_a_folder_in_which_others_can_write_is_not_taken(place):
    open_to_all = place / "home" / ".cache" / "matgenes"
    open_to_all.mkdir(parents=True)
    open_to_all.chmod(0o777)
    assert found_folder().is_relative_to(place / "tmp")


def test_without_any_writable_folder_kernels_still_run(place, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(place / "file"))
    monkeypatch.setattr(tempfile, "tempdir", str(place / "file"))
    assert found_folder() is None
    monkeypatch.setattr(kernels, "cache_folder", found_folder)
    assert loaded_kernel(place)(21) == 42
    assert not list(place.rglob("*.nb[ic]"))
    assert not list(place.rglob("__pycache__/*.nb[ic]"))


@pytest.mark.parametrize(
    ("changed", "is_new"), [("room/_callee.py", True), ("room/_constants.py", True), ("other/text.py", False)]
)
def test_a_change_beside_a_kernel_makes_a_new_folder(tmp_path, changed, is_new):
    sources = {"room/_kernels.py": "@njit", "room/_callee.py": "@njit", "room/_constants.py": "", "other/text.py": ""}
    for name, text in sources.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    before = kernels._hash_of_kernels(tmp_path)
    (tmp_path / changed).write_text("LIMIT = 2  # njit" if is_new else "LIMIT = 2")
    assert (kernels._hash_of_kernels(tmp_path) != before) == is_new


# --- what is kept ---------------------------------------------------------------------------------------------------

MODULE = """
from matgenes._core.kernels import njit
@njit
def double(value):
    return 2 * value
"""


def loaded_kernel(folder):
    """Load the kernel as a new process would."""
    file = folder / "module.py"
    if not file.exists():
        file.write_text(MODULE)
    spec = importlib.util.spec_from_file_location("module", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.double


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A cache folder of its own."""
    monkeypatch.setattr(kernels, "cache_folder", lambda: tmp_path / "kept")
    return tmp_path


def test_a_kernel_is_compiled_once(kept, caplog):
    caplog.set_level(logging.INFO)
    assert loaded_kernel(kept)(21) == 42
    assert "compiling double" in caplog.text
    assert [r.message.partition(",")[0] for r in caplog.records if r.levelno == logging.WARNING] == [
        "compiling for the first use on this computer"
    ]
    caplog.clear()
    again = loaded_kernel(kept)
    assert again(21) == 42
    assert "compiling" not in caplog.text
    assert again.stats.cache_hits


def test_a_changed_kernel_is_compiled_again(kept):
    assert loaded_kernel(kept)(21) == 42
    (kept / "module.py").write_text(MODULE.replace("2 *", "3 *"))
    assert loaded_kernel(kept)(21) == 63


def test_other_peoples_kernels_lie_where_they_did(kept, monkeypatch):
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(kept / "theirs"))
    loaded_kernel(kept)
    assert str(kept / "theirs") == numba.config.CACHE_DIR


def test_damaged_files_cost_a_compilation_only(kept, caplog):
    loaded_kernel(kept)(21)
    for path in kept.rglob("*.nb[ic]"):
        path.write_bytes(b"")
    assert loaded_kernel(kept)(21) == 42
    assert "the compiled double cannot be read" in caplog.text
    again = loaded_kernel(kept)
    assert again(21) == 42
    assert again.stats.cache_hits


def test_a_full_disk_costs_a_compilation_only(kept, monkeypatch, caplog):
    def fails(*args):
        raise OSError(28, "No space left on device")

    kernel = loaded_kernel(kept)
    monkeypatch.setattr(kernel._cache._cache, "save_overload", fails)
    assert kernel(21) == 42
    assert "the compiled double cannot be kept" in caplog.text


def test_without_compilation_the_plain_function_runs(monkeypatch):
    monkeypatch.setattr(numba.config, "DISABLE_JIT", 1)
    assert njit(clipped_sum.py_func) is clipped_sum.py_func


def test_another_process_finds_the_kernel(tmp_path):
    (tmp_path / "module.py").write_text(MODULE)
    told = "import logging, sys; logging.basicConfig(level=logging.INFO)"
    script = f"{told}; sys.path.append({str(tmp_path)!r}); import module; print(module.double(21))"
    variables = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "kept")}
    first, second = (
        subprocess.run([sys.executable, "-c", script], env=variables, capture_output=True, text=True) for _ in range(2)
    )
    assert first.stdout == second.stdout == "42\n"
    assert "compiling double" in first.stderr
    assert "compiling double" not in second.stderr
