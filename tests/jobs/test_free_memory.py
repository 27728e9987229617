"""What is left of memory, read from folders made by hand in the place of /proc and /sys."""

import pytest

from charplay.jobs.free_memory import free_memory

NO_LIMIT_OF_VERSION_1 = 9223372036854771712
GROUP_2, GROUP_1 = "sys/fs/cgroup", "sys/fs/cgroup/memory"


@pytest.fixture
def root(tmp_path):
    """Makes the files of a machine: each by its path, with its text."""

    def make(**files):
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(str(text))
        return tmp_path

    return make


def machine(root, kilobytes=8000):
    return root(proc__meminfo=f"MemTotal: 16000 kB\nMemAvailable: {kilobytes} kB\nHugePages: 0\n")


def group(root, folder, limit, usage, version=2, statistics=""):
    """The files of a group."""
    names = ("memory.max", "memory.current")
    if version == 1:
        names = ("memory.limit_in_bytes", "memory.usage_in_bytes")
    values = dict(zip(names, (limit, usage), strict=True)) | {"memory.stat": statistics}
    root(**{f"{folder}/{name}": f"{value}\n" for name, value in values.items()})


def test_a_system_that_tells_nothing_has_an_unknown_amount(tmp_path):
    assert free_memory(tmp_path) is None


def test_what_the_machine_has_available_is_free(root):
    assert free_memory(machine(root)) == 8_000 * 1024


def test_a_group_of_version_2_has_its_limit_less_its_use(root):
    machine(root)
    group(root, f"{GROUP_2}/job", 5000, 3000)
    assert free_memory(root(proc__self__cgroup="0::/job\n")) == 2000


def test_a_group_of_version_1_has_its_limit_less_its_use(root):
    machine(root)
    group(root, f"{GROUP_1}/docker/abc", 5000, 3000, 1)
    lines = "5:cpu,cpuacct:/x\n4:memory:/docker/abc\n0::/\n"
    assert free_memory(root(proc__self__cgroup=lines)) == 2000


@pytest.mark.parametrize(("version", "none"), [(2, "max"), (1, NO_LIMIT_OF_VERSION_1)])
def test_a_group_without_a_limit_leaves_what_the_machine_has(root, version, none):
    machine(root)
    group(root, f"{GROUP_2 if version == 2 else GROUP_1}/job", none, 3000, version)
    line = "0::/job\n" if version == 2 else "9:memory:/job\n"
    assert free_memory(root(proc__self__cgroup=line)) == 8_000 * 1024


def test_the_tightest_of_nested_groups_counts(root):
    machine(root)
    group(root, f"{GROUP_2}/a", 4000, 3900)
    group(root, f"{GROUP_2}/a/b", 9000, 1000)
    group(root, f"{GROUP_2}/a/b/c", "max", 1000)
    assert free_memory(root(proc__self__cgroup="0::/a/b/c\n")) == 100


@pytest.mark.parametrize(("version", "prefix"), [(2, ""), (1, "total_")])
def test_files_that_were_read_can_be_given_back(root, version, prefix):
    machine(root)
    cached = f"anon 7\n{prefix}active_file 300\n{prefix}inactive_file 500\n"
    folder = GROUP_2 if version == 2 else GROUP_1
    group(root, f"{folder}/job", 5000, 5000, version, cached)
    line = "0::/job\n" if version == 2 else "9:memory:/job\n"
    assert free_memory(root(proc__self__cgroup=line)) == 800


@pytest.mark.parametrize("path", ["/docker/unknown/here", "/", "/../../above"])
def test_in_a_container_the_group_at_the_mount_counts(root, path):
    machine(root)
    group(root, GROUP_2, 6000, 1000)
    assert free_memory(root(proc__self__cgroup=f"0::{path}\n")) == 5000


def test_a_group_over_its_limit_has_nothing_left(root):
    machine(root)
    group(root, f"{GROUP_2}/job", 1000, 3000)
    assert free_memory(root(proc__self__cgroup="0::/job\n")) == 0


@pytest.mark.parametrize("lines", ["", "nonsense\n", "0::\n", ":::\n", "x:memory\n", "\xff\n"])
def test_files_that_make_no_sense_are_passed_over(root, lines):
    machine(root)
    group(root, f"{GROUP_2}/job", "much", "more")
    assert free_memory(root(proc__self__cgroup=lines)) == 8_000 * 1024
