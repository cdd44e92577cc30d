"""Streams: what is flagged, since when, what the journal keeps; a watched folder; a process that is killed."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes.data import Arrival, Dataset, Handbook, Quantity, Stream, samples
from matgenes.data.streams import _stream as stream_module

START = datetime(2024, 1, 1, tzinfo=UTC)
HANDBOOK = Handbook.parse("""
handbook = 1
name = "films"
[rows]
time = "t"
[[metadata]]
name = "sample"
[[metadata]]
name = "t"
kind = "time"
role = "time"
[[steps]]
name = "growth"
[[steps.quantities]]
name = "x"
unit = "nm"
role = "target"
bounds = [-50, 50]
[[steps.standards]]
name = "silicon"
quantity = "x"
where = { sample = "S" }
accepted = [-9, 9]
value = 0.0
sigma = 1.0
required = false
""")


def batch(seed, rows=40, day=0, shift=0.0, after=0, sample="a", unit="nm"):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=rows)
    x[after:] += shift
    times = [START + timedelta(days=day, hours=i) for i in range(rows)]
    columns = {
        Quantity("sample"): [sample] * rows,
        Quantity("t", role="time"): times,
        Quantity("x", unit=unit, role="target"): x,
    }
    return Dataset.from_columns(columns)


REFERENCE = batch(0, rows=300)


@pytest.fixture
def opened(tmp_path):
    streams = []

    def make(**settings):
        streams.append(Stream(tmp_path / "a.journal", REFERENCE, **settings))
        return streams[-1]

    yield make
    for stream in streams:
        stream.close()


def test_batches_of_the_reference_are_left_in_peace(opened):
    stream = opened(handbook=HANDBOOK, alpha=0.001)
    arrivals = [stream.append(batch(seed, day=seed)) for seed in range(1, 11)]
    assert not any(arrival.suspicious for arrival in arrivals)
    assert [arrival.number for arrival in arrivals] == list(range(1, 11))
    assert stream.arrivals == tuple(arrivals)


def test_a_shift_is_flagged_with_its_first_suspicious_time(opened):
    arrival = opened(alpha=0.001).append(batch(1, rows=60, shift=3.0, after=30))
    (flag,) = arrival.flags
    assert (flag.kind, flag.column) == ("shift", "x")
    since = datetime.fromisoformat(flag.since)
    assert abs(since - (START + timedelta(hours=30))) <= timedelta(hours=2)
    assert str(flag).startswith("shift, column 'x', since 2024-01-0")


def test_rows_are_dated_whatever_their_order(opened):
    later = batch(1, rows=60, shift=3.0, after=30)
    stream = opened(alpha=0.001)
    shuffled = later.take(np.random.default_rng(0).permutation(60))
    assert stream.append(shuffled).flags == stream.append(later).flags


def test_a_drifting_standard_is_flagged_and_dated(opened):
    stream = opened(handbook=HANDBOOK, columns=(), run_length=1000.0)
    flags = []
    for day in range(30):
        moved = 0.0 if day < 15 else 1.5
        flags.append(stream.append(batch(day, rows=1, day=day, shift=moved, sample="S")).flags)
    first = next(i for i, flag in enumerate(flags) if flag)
    assert 15 <= first <= 24
    (flag,) = flags[first]
    assert (flag.kind, flag.column) == ("drift", "x")
    assert START + timedelta(days=13) <= datetime.fromisoformat(flag.since) <= START + timedelta(days=first)


def test_rules_of_the_handbook_are_flagged_with_the_time_of_the_first_row(opened):
    rows = batch(1, rows=20)
    x = rows.numpy("x")
    x[[7, 12]] = [90.0, 95.0]
    (flag,) = opened(handbook=HANDBOOK, alpha=1e-6).append(rows.with_column(rows.quantity("x"), x)).flags
    assert (flag.kind, flag.column, flag.since) == ("handbook", "x", "2024-01-01T07:00:00Z")
    assert flag.message.startswith("bounds (2 rows): 90 nm is outside of -50 to 50 nm")


def test_steps_and_standards_may_come_in_other_batches(tmp_path):
    whole = samples.oxidation_tests()
    with Stream(tmp_path / "a.journal", whole, handbook=Handbook.named("oxidation_catalysts"), columns=()) as stream:
        for start in range(0, len(whole), 13):
            part = whole.take(np.arange(start, min(start + 13, len(whole))))
            assert not stream.append(part).suspicious


def test_the_schema_of_the_reference_must_hold(opened):
    stream = opened(alpha=1e-6)
    assert [str(flag) for flag in stream.append(batch(1).drop(["sample"])).flags] == [
        "schema, column 'sample': this column of the reference is missing."
    ]
    assert "its unit is 'eV', and 'nm'" in stream.append(batch(1, unit="eV")).flags[0].message
    extra = batch(1).with_column(Quantity("note"), ["n"] * 40)
    assert "the reference does not have: note" in stream.append(extra).flags[0].message
    texts = batch(1).with_column(Quantity("x"), ["n"] * 40)
    assert "it holds large_string, and double" in stream.append(texts).flags[0].message
    assert not stream.append(batch(2).converted("x", "angstrom")).suspicious


def test_the_same_content_is_answered_from_the_journal_and_opening_it_goes_on(tmp_path):
    arrivals = []
    for day in range(12):  # a new process, so to say, for every batch
        with Stream(tmp_path / "a.journal", REFERENCE, handbook=HANDBOOK, columns=()) as stream:
            arrivals.append(stream.append(batch(day, rows=1, day=day, shift=0.9, sample="S")))
            assert stream.append(batch(day, rows=1, day=day, shift=0.9, sample="S")) == arrivals[-1]
            charts = stream.charts
    with Stream(tmp_path / "b.journal", REFERENCE, handbook=HANDBOOK, columns=()) as stream:
        assert [stream.append(batch(d, rows=1, day=d, shift=0.9, sample="S")) for d in range(12)] == arrivals
        assert stream.charts == charts
    with Stream(tmp_path / "a.journal", REFERENCE, handbook=HANDBOOK, columns=()) as stream:
        assert stream.arrivals == tuple(arrivals)
    assert Arrival.from_dict(arrivals[0].to_dict()) == arrivals[0]


def test_bad_settings_are_named(tmp_path, opened):
    for settings, message in [
        ({"alpha": 0.0}, "alpha is 0"),
        ({"run_length": 1.0}, "a run length of 1 cannot be had"),
        ({"columns": ["sample"]}, "column 'sample': it holds no numbers"),
        ({"columns": ["z"]}, "column 'z': there is no such column"),
    ]:
        with pytest.raises(InputError, match=message):
            Stream(tmp_path / "z.journal", REFERENCE, **settings)
    opened().append(batch(1))
    with pytest.raises(InputError, match="another process is writing this journal"):
        opened()


def test_a_journal_of_other_settings_is_refused(tmp_path):
    Stream(tmp_path / "a.journal", REFERENCE).close()
    with pytest.raises(InputError, match="the journal of another computation"):
        Stream(tmp_path / "a.journal", REFERENCE, alpha=0.02)


# --- a watched folder ---


def test_a_folder_is_watched(tmp_path, opened):
    folder = tmp_path / "in"
    folder.mkdir()
    batch(1).write(folder / "a.csv")
    batch(2, shift=3.0).write(folder / "b.parquet")
    (folder / "c.csv").write_text("x [nm]\n1\n1,2\n")
    (folder / ".hidden.csv").write_text("x\n1\n")
    (folder / "notes.md").write_text("no table")
    (folder / "link.csv").symlink_to(folder / "a.csv")
    for i, name in enumerate(("a.csv", "b.parquet", "c.csv")):
        os.utime(folder / name, (1000 + i, 1000 + i))
    stream = opened(alpha=0.001)
    arrivals = list(stream.watch(folder, every=0.01, seconds=0.2))
    assert [arrival.file[0] for arrival in arrivals] == ["a.csv", "b.parquet", "c.csv"]
    assert [[flag.kind for flag in arrival.flags] for arrival in arrivals] == [[], ["shift"], ["unreadable"]]
    assert arrivals[2].flags[0].message.startswith("row 3: 2 fields found")
    assert list(stream.watch(folder, every=0.01, seconds=0.05)) == []


def test_a_file_is_taken_when_it_has_stopped_to_grow(tmp_path, opened):
    folder = tmp_path / "in"
    folder.mkdir()
    whole = batch(1)
    whole.write(tmp_path / "whole.csv")
    text = (tmp_path / "whole.csv").read_text()
    (folder / "a.csv.toml").write_text((tmp_path / "whole.csv.toml").read_text())
    script = (
        "import sys, time\n"
        f"text = open({str(tmp_path / 'whole.csv')!r}).read()\n"
        f"with open({str(folder / 'a.csv')!r}, 'w') as file:\n"
        "    for start in range(0, len(text), 200):\n"
        "        file.write(text[start:start + 200]); file.flush(); time.sleep(0.02)\n"
    )
    writer = subprocess.Popen([sys.executable, "-S", "-c", script])
    arrival = next(opened(alpha=0.001).watch(folder, every=0.5, seconds=30.0))
    assert writer.wait() == 0
    assert len(text) > 1000
    assert (arrival.rows, arrival.flags, arrival.id) == (40, (), whole.id)


def test_a_file_that_is_too_large_is_flagged(tmp_path, opened, monkeypatch):
    monkeypatch.setattr(stream_module, "MOST_BYTES", 10)
    batch(1).write(tmp_path / "a.csv")
    (arrival,) = opened().watch(tmp_path, every=0.01, seconds=0.05)
    assert "too long for a batch" in arrival.flags[0].message


def test_what_cannot_be_watched_is_named(tmp_path, opened):
    stream = opened()
    with pytest.raises(InputError, match="no such folder to watch"):
        next(stream.watch(tmp_path / "nowhere"))
    with pytest.raises(InputError, match="times above zero"):
        next(stream.watch(tmp_path, every=0.0))


# --- a killed process ---

WRITER = """
import sys
import numpy as np
from matgenes.data import Dataset, Quantity, Stream

x = Quantity("x", unit="nm")
with Stream(sys.argv[1], Dataset.from_columns({x: np.arange(5.0)}), columns=()) as stream:
    for i in range(100_000):
        print(stream.append(Dataset.from_columns({x: [float(i)]})).id, flush=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_nothing_that_was_acknowledged_is_lost_when_the_process_is_killed(tmp_path):
    known = Dataset.from_columns({Quantity("x", unit="nm"): np.arange(5.0)})
    acknowledged = set()
    for pause in np.random.default_rng(0).uniform(0.05, 0.4, 5):
        command = [sys.executable, "-c", WRITER, tmp_path / "a.journal"]
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        first = writer.stdout.readline()
        time.sleep(pause)
        writer.send_signal(signal.SIGKILL)
        rest = writer.communicate()[0]
        acknowledged |= {line for line in (first + rest).split("\n")[:-1] if line}
        with Stream(tmp_path / "a.journal", known, columns=()) as stream:
            kept = {arrival.id for arrival in stream.arrivals}
            assert acknowledged <= kept
            assert [arrival.number for arrival in stream.arrivals] == list(range(1, len(kept) + 1))
    assert len(acknowledged) > 5
