"""How much memory may be taken: what the system and the container leave, and what it is called."""

import pytest

from matgenes._core import memory, tasks


def test_quadruples_take_a_matrix_a_worker():
    with tasks.workers(3):
        assert memory.n_workers(None) == 3
    assert memory.n_workers(None) == 1


def made(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.mark.parametrize(
    ("count", "text"), [(3.6e9, "3.6 GB"), (2.51e11, "251 GB"), (4.2e8, "0.42 GB"), (6e7, "60 MB"), (123, "0.12 kB")]
)
def test_bytes_as_text(count, text):
    assert memory.shown(count) == text


def test_free_memory_of_the_system(tmp_path):
    made(tmp_path, {"proc/meminfo": "MemTotal: 8000000 kB\nMemAvailable: 6000000 kB\n"})
    assert memory.free(tmp_path) == 6e6 * 1024


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(
            {
                "proc/self/cgroup": "0::/queue/job7\n",
                "sys/fs/cgroup/queue/job7/memory.max": "max\n",
                "sys/fs/cgroup/queue/job7/memory.current": "900\n",
                "sys/fs/cgroup/queue/memory.max": "5000\n",
                "sys/fs/cgroup/queue/memory.current": "3000\n",
                "sys/fs/cgroup/queue/memory.stat": "anon 2500\ninactive_file 500\n",
            },
            id="version 2, limit above",
        ),
        pytest.param(
            {
                "proc/self/cgroup": "5:cpu:/x\n4:memory:/job\n0::/\n",
                "sys/fs/cgroup/memory/job/memory.limit_in_bytes": "5000\n",
                "sys/fs/cgroup/memory/job/memory.usage_in_bytes": "3000\n",
                "sys/fs/cgroup/memory/job/memory.stat": "total_inactive_file 500\n",
            },
            id="version 1",
        ),
    ],
)
def test_free_memory_of_a_container(tmp_path, files):
    made(tmp_path, {"proc/meminfo": "MemAvailable: 6000000 kB\n", **files})
    assert memory.free(tmp_path) == 2500


def test_allowed_is_a_share_of_what_is_free():
    assert memory.allowed(7) == 7.0
    assert 0 < memory.allowed() < memory.free() * 1.5
