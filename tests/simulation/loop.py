"""An event loop that a seed owns: virtual time, and callbacks in a drawn order.

Nothing waits for real time: when no callback is ready, the time moves on to the next timer. Each
callback belongs to a simulated process, the one in whose context it was scheduled. A process is
drawn, then runs its oldest callback, or any of them.
"""

import asyncio
import contextvars
import gc
import random
import selectors
import sys
import warnings
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from heapq import heappop
from typing import Any, NoReturn, cast

Handle = asyncio.Handle


class Deadlock(AssertionError):  # noqa: N818 - it is a finding of the simulation
    """No callback is ready and no timer runs: nothing will ever happen again."""


class Process:
    """Callbacks that live and stop together.

    `disconnected` is called when servers end its silent connections, `killed` when it is gone.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.alive, self.stopped = True, False
        self.ready: deque[Handle] = deque()
        self.disconnected: Callable[[], None] = _nothing
        self.killed: Callable[[], None] = _nothing

    def kill(self) -> None:
        """Abandon the process: none of its callbacks is ever called again, no `finally` runs."""
        if self.alive:
            self.alive = False
            self.ready.clear()
            self.killed()


def _nothing() -> None:
    """Nobody has to know."""


PARTNERS = Process("partners")
PROCESS: contextvars.ContextVar[Process] = contextvars.ContextVar("process", default=PARTNERS)


class _Ready:
    """Ready callbacks by process, in place of the deque of the standard loop."""

    def __init__(self, rng: random.Random, shuffle: float) -> None:
        self._rng, self._shuffle = rng, shuffle
        self.processes: dict[Process, None] = {}

    def append(self, handle: Handle) -> None:
        process = handle._context.get(PROCESS, PARTNERS)  # type: ignore[attr-defined]
        if process.alive:
            process.ready.append(handle)
            self.processes[process] = None

    def clear(self) -> None:
        self.processes.clear()

    def draw(self) -> Handle | None:
        runnable = [p for p in self.processes if p.ready and not p.stopped]
        if not runnable:
            return None
        process = runnable[int(self._rng.random() * len(runnable))]
        if len(process.ready) > 1 and self._rng.random() < self._shuffle:
            process.ready.rotate(-int(self._rng.random() * len(process.ready)))
        handle = process.ready.popleft()
        if not process.ready:
            del self.processes[process]
        return handle


class _NoSelector(selectors.SelectSelector):
    """A selector without files."""

    def select(self, timeout: float | None = None) -> NoReturn:
        raise AssertionError(timeout)


class VirtualLoop(asyncio.SelectorEventLoop):
    """`shuffle` is the probability that a process runs another callback than its oldest one."""

    _ready: _Ready
    _scheduled: list[asyncio.TimerHandle]

    def __init__(self, rng: random.Random, shuffle: float = 0.0) -> None:
        super().__init__(_NoSelector())
        self._ready = _Ready(rng, shuffle)
        self._virtual_s = 0.0
        self.tasks: dict[asyncio.Task[Any], Process] = {}
        self.set_task_factory(self._make_task)  # type: ignore[arg-type]

    def time(self) -> float:
        """Return the virtual time in seconds, 0 at the start."""
        return self._virtual_s

    def spawn(self, process: Process, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Start a task in a process; the tasks and callbacks that it makes are of that process."""
        context = contextvars.copy_context()
        context.run(PROCESS.set, process)
        return self.create_task(work, context=context)

    def run_in_executor(self, *args: Any, **_: Any) -> NoReturn:  # type: ignore[override]
        """Refuse: a thread has no place in virtual time."""
        raise AssertionError(args)

    def call_soon_threadsafe(  # type: ignore[override]
        self, callback: Callable[..., Any], *_: Any, **__: Any
    ) -> NoReturn:
        """Refuse: a thread has no place in virtual time."""
        raise AssertionError(callback)

    def _make_task(
        self,
        loop: asyncio.AbstractEventLoop,
        work: Coroutine[Any, Any, Any],
        **options: Any,
    ) -> asyncio.Task[Any]:
        """Keep every task: one of a killed process must not be collected, or its `finally` runs."""
        task = asyncio.Task(work, loop=loop, **options)
        context = options.get("context") or contextvars.copy_context()
        self.tasks[task] = context.get(PROCESS, PARTNERS)
        return task

    def _run_once(self) -> None:
        while (handle := self._ready.draw()) is None:
            self._move_on()
        if not handle._cancelled:
            handle._run()

    def _move_on(self) -> None:
        """Move time on to the next timer, and make ready all that are due then."""
        if not self._scheduled:
            raise Deadlock(self.waiting())
        self._virtual_s = max(self._virtual_s, self._scheduled[0].when())
        while self._scheduled and self._scheduled[0].when() <= self._virtual_s:
            timer = heappop(self._scheduled)
            timer._scheduled = False  # type: ignore[attr-defined]
            if not timer.cancelled():
                self._ready.append(timer)

    def faults(self) -> list[BaseException]:
        """Return the exceptions with which tasks of living processes ended."""
        ended = [task for task, process in self.tasks.items() if process.alive and task.done()]
        return [e for task in ended if not task.cancelled() and (e := task.exception())]

    def discard(self) -> None:
        """Close the loop and forget its tasks, without a word about those that never ended."""
        self.set_exception_handler(lambda *_: None)
        for task in self.tasks:
            task._log_destroy_pending = False  # type: ignore[attr-defined]
        self.tasks.clear()
        self._scheduled.clear()
        self._ready.clear()
        self.close()

    def waiting(self, *processes: Process) -> str:
        """Say where each unfinished task of some processes, or of all living ones, waits."""
        living = [(t, p) for t, p in self.tasks.items() if p.alive and not t.done()]
        waiting = [(t, p) for t, p in living if not processes or p in processes]
        return "; ".join(f"{process.name}: {_place(task)}" for task, process in waiting)

    def _make_self_pipe(self) -> None:
        """Make none: no signal and no thread wakes this loop."""

    def _close_self_pipe(self) -> None:
        """There is none."""


@contextmanager
def collected_silently() -> Iterator[None]:
    """Collect what the block leaves behind; coroutines that are abandoned may complain."""
    complain, sys.unraisablehook = sys.unraisablehook, lambda *_: None
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
            yield
            gc.collect()
    finally:
        sys.unraisablehook = complain


def _place(task: asyncio.Task[Any]) -> str:
    """Return where a task waits, from the outermost to the innermost coroutine."""
    names, work = list[str](), cast(Any, task.get_coro())
    while frame := getattr(work, "cr_frame", None) or getattr(work, "ag_frame", None):
        names.append(f"{frame.f_code.co_qualname}:{frame.f_lineno}")
        work = getattr(work, "cr_await", None)
    return " > ".join(names)
