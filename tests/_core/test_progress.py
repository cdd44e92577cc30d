"""Progress: what is told, when, and how it is drawn."""

import io
import threading

import pytest
from rich import console as rich_console

from matgenes._core import progress
from matgenes._core.progress import Event, Meter, silent, terminal, track


class Clock:
    """A clock that is moved by hand."""

    def __init__(self):
        self.now = 100.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    return clock


def test_seconds_left_follow_from_the_steps_made_here(clock):
    events = []
    meter = Meter("fits", 10, events.append, done=4)
    clock.now += 6.0
    meter.step(2)
    assert events == [Event("fits", 4, 10, None), Event("fits", 6, 10, 12.0)]


def test_steps_in_quick_succession_are_told_together(clock):
    events = []
    meter = Meter("fits", 1000, events.append)
    for _ in range(1000):
        clock.now += 0.011
        meter.step()
    assert [event.done for event in events[:3]] == [0, 10, 20]
    assert events[-1] == Event("fits", 1000, 1000, 0.0)


def test_messages_are_told_at_once(clock):
    events = []
    Meter("fits", None, events.append).tell("a worker was replaced")
    assert events[-1] == Event("fits", 0, None, None, "a worker was replaced")


def test_no_step_is_lost_between_threads():
    events = []
    meter = Meter("fits", 4000, events.append)
    threads = [threading.Thread(target=lambda: [meter.step() for _ in range(1000)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert events[-1].done == 4000
    assert [event.done for event in events] == sorted(event.done for event in events)


def test_track_gives_the_items_and_counts_them(clock):
    events = []
    assert list(track([3, 1, 2], "items", events.append)) == [3, 1, 2]
    assert [(event.done, event.total) for event in (events[0], events[-1])] == [(0, 3), (3, 3)]
    assert list(track(iter("ab"), "letters", events.append)) == ["a", "b"]
    assert (events[-1].done, events[-1].total) == (2, None)
    assert list(track("ab", "letters")) == list(track("ab", "letters", silent)) == ["a", "b"]


def test_an_error_in_progress_stops_the_work():
    def stop(event):
        if event.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(track(range(2), "items", stop))


def test_without_a_terminal_there_are_plain_lines_now_and_then(clock, capsys):
    with terminal() as tell:
        for done in range(13):
            tell(Event("cross-validation", done, 12, seconds_left=20.0 * (12 - done)))
            clock.now += 2.0
        tell(Event("report", 1, None, None, "[bold] text as it is"))
    assert capsys.readouterr().err.splitlines() == [
        "cross-validation: 0 of 12 done, about 4 min left",
        "cross-validation: 5 of 12 done, about 2 min left",
        "cross-validation: 10 of 12 done, about 40 s left",
        "cross-validation: 12 of 12 done",
        "report: 1 done, [bold] text as it is",
    ]


def test_a_terminal_gets_one_bar_a_stage(monkeypatch):
    screen = io.StringIO()
    real = rich_console.Console

    def on_screen(**options):
        return real(file=screen, force_terminal=True, width=80, color_system=None)

    monkeypatch.setattr(rich_console, "Console", on_screen)
    with terminal() as tell:
        tell(Event("fits", 1, 4, 7200.0))
        tell(Event("fits [eV]", 2, None, None, "slow [x]"))
        tell(Event("fits", 3, 4, 90.0))
    text = screen.getvalue()
    assert "fits [eV]: slow [x]" in text
    assert "3/4" in text
    assert "about 90 s left" in text
    assert "2/?" in text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (119.0, "119 s"), (120.0, "2 min"), (7100.0, "118 min"), (9000.0, "2 h"), (3e5, "3 d")],
)
def test_how_long_it_takes_in_words(seconds, text):
    assert progress._left(Event("fits", 1, 2, seconds)) == f"about {text} left"
