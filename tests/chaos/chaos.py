#!/usr/bin/python3
"""Servers die, freeze and drain while people train: nobody loses, doubles or gets a wrong answer.

    chaos.py FOLDER_OF_THE_EXECUTABLES [--seconds S] [--seed N] [--sessions N]       (run in the source tree)

Plays clients to real servers, half of them live, some of which come, go, vanish, hardly read or have deadlines that pass (`trackfit
load`), and meanwhile does to the servers behind the gateway, one at a time, what the seed says: kills, freezes or drains them, lets
them log to a full disk, slows, stops or cuts their connections, gives the inferencer another model, steps their wall clocks (with
--clock-step, a library that is preloaded into them), the gateway's, too. The clients' own connections are
slowed, stopped and cut as well; their sessions are resumed. Then it looks at what is left: every answer came once and in order,
nobody was told of an error, the gateway's gauges are back at 0, and it has no more memory, threads or files than before. A seed of
0 draws one, and prints it.

Exit status 77: skipped, because something is missing.
"""

import argparse
import asyncio
import json
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

WEIGHTS = pathlib.Path("deploy/models/blazepose/pose_detection.tflite")
MEMORY_GROWTH_MIB = 50
MORE_THREADS = 8  # gRPC's own come and go; a thread left by each session or disturbance would be more
FPS = 4  # of a session; a core analyses 100 frames a second
START_SECONDS = 180  # LibTorch alone takes a minute when forty programs want two cores
UNTIL_ENDED = 100_000  # seconds
PATIENCE_SECONDS = 120
CALM_SECONDS = 10
RESUME_SECONDS = 20  # for which a gateway keeps the sessions of those who vanished


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def require(condition, text):
    if not condition:
        raise AssertionError(text)


class WallClock:
    """What the processes hold for the time of day; `library` shows it to them."""

    def __init__(self, path, library):
        self.path, self.library, self.step = path, library, 0
        path.write_bytes(bytes(8))

    def environment(self):
        if not self.library:
            return None
        return {**os.environ, "LD_PRELOAD": str(self.library.resolve()), "TRACKFIT_CLOCK_STEP": str(self.path)}

    def set(self, seconds):
        """Of all at once, as a machine's; it stays within a day of the real one."""
        self.step = max(-86400, min(86400, self.step + seconds))
        with self.path.open("r+b") as file:
            file.write(struct.pack("=q", round(self.step * 1e9)))


class Server:
    """A process that comes back on the ports it had before."""

    def __init__(self, binaries, scratch, name, *flags, clock=None):
        self.name, self.flags, self.binaries, self.scratch, self.clock = name, flags, binaries, scratch, clock
        self.ports = {"grpc": 0, "metrics": 0}
        self.process = None

    def start(self, log="file"):
        """What it logs goes to a file, or to a disk that is always full."""
        port_file = self.scratch / f"{self.name}.json"
        port_file.unlink(missing_ok=True)
        path = pathlib.Path("/dev/full") if log == "full" else self.scratch / f"{self.name}.log"
        log = path.open("a")
        self.process = subprocess.Popen(
            [self.binaries / f"trackfit-{self.name}", "--listen", f"127.0.0.1:{self.ports['grpc']}",
             "--metrics-listen", f"127.0.0.1:{self.ports['metrics']}", "--port-file", port_file, *self.flags],
            stdout=log, stderr=log, env=self.clock and self.clock.environment())
        deadline = time.monotonic() + START_SECONDS
        while not port_file.exists():
            require(self.process.poll() is None, f"{self.name} does not start; see its log")
            require(time.monotonic() < deadline, f"{self.name} does not start within {START_SECONDS} s")
            time.sleep(0.05)
        self.ports = json.loads(port_file.read_text())
        subprocess.run([self.binaries / "trackfit-health", "--address", self.address, "--wait",
                        str(START_SECONDS)], check=True,
                       stdout=subprocess.DEVNULL)

    @property
    def address(self):
        return f"127.0.0.1:{self.ports['grpc']}"

    def end(self, how):
        self.process.send_signal(how)
        self.process.wait(timeout=60)

    def metric(self, name):
        """The sum over all labels."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['metrics']}/metrics", timeout=10) as page:
                lines = page.read().decode().splitlines()
        except OSError:
            time.sleep(0.5)  # its end may not be known yet
            require(self.process.poll() is None, f"{self.name} ended by itself, with status {self.process.poll()}")
            raise
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.split("{")[0].split(" ")[0] == name)

    def usage(self):
        """Resident MiB, threads, open files."""
        process = pathlib.Path(f"/proc/{self.process.pid}")
        status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
        return {"MiB": int(status["VmRSS"].split()[0]) / 1024, "threads": int(status["Threads"]),
                "files": len(list((process / "fd").iterdir()))}


class Link:
    """The network before a server: a forwarder that can be slow, stop, or break."""

    def __init__(self, server):
        self.server, self.delay, self.writers, self.flowing = server, 0, set(), None
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        port = asyncio.run_coroutine_threadsafe(self._listen(), self.loop).result(10)
        self.address = f"127.0.0.1:{port}"

    async def _listen(self):
        self.flowing = asyncio.Event()
        self.flowing.set()
        listener = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        return listener.sockets[0].getsockname()[1]

    async def _connect(self, reader, writer):
        try:
            await self.flowing.wait()
            there = await asyncio.open_connection("127.0.0.1", self.server.ports["grpc"])
        except OSError:  # it is away
            writer.transport.abort()
            return
        self.writers |= {writer, there[1]}
        await asyncio.gather(self._pump(reader, there[1]), self._pump(there[0], writer))
        self.writers -= {writer, there[1]}

    async def _pump(self, reader, writer):
        try:
            while data := await reader.read(1 << 16):
                await asyncio.sleep(self.delay)
                await self.flowing.wait()
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        writer.close()

    def set_delay(self, seconds):
        self.loop.call_soon_threadsafe(setattr, self, "delay", seconds)

    def set_flowing(self, flowing):
        self.loop.call_soon_threadsafe(self.flowing.set if flowing else self.flowing.clear)

    def cut(self):
        """As a router does that forgets its connections: both ends get a reset."""
        self.loop.call_soon_threadsafe(lambda: [writer.transport.abort() for writer in self.writers])


class Models:
    """A model repository in which the same model comes as one version after another."""

    def __init__(self, folder):
        self.folder, self.version = folder, 0
        self.publish()

    def publish(self):
        newest = max(pathlib.Path("deploy/models/protogcn").glob("[0-9]*"), key=lambda path: int(path.name))
        self.version += 1
        draft = self.folder / ".draft"
        draft.mkdir(parents=True)
        shutil.copy(newest / "model.pt", draft)
        draft.rename(self.folder / str(self.version))

    def change(self, luck):
        """To a new version, or to the one before, if there is one."""
        if self.version == 1 or luck.random() < 0.5:
            return self.publish()
        shutil.rmtree(self.folder / str(self.version))
        self.version -= 1


class Clients:
    """A run of `trackfit load`."""

    def __init__(self, binaries, scratch, name, gateway, clips, sessions, seconds, seed, *flags):
        self.report, self.text = scratch / f"{name}.json", scratch / f"{name}.txt"
        self.name = name
        self.process = subprocess.Popen(
            [binaries / "trackfit", "load", *clips, "--gateway", gateway, "--sessions", str(sessions), "--fps", str(FPS),
             "--seconds", str(seconds), "--patience", str(PATIENCE_SECONDS), "--seed", str(seed), "--json", self.report, "--quiet",
             *flags],
            stdout=self.text.open("w"), stderr=subprocess.STDOUT)

    def end(self):
        """They half-close, however late it has become: on a busy machine a server takes its time to come back."""
        self.process.send_signal(signal.SIGINT)

    def check(self):
        status = self.process.wait(timeout=PATIENCE_SECONDS + 60)
        text = self.text.read_text()
        say(f"{self.name} clients:\n" + "".join(f"    {line}\n" for line in text.splitlines()))
        require(status == 0, f"{self.name} clients: not everything was as it should be (status {status})")
        report = json.loads(self.report.read_text())
        require(report["faults"] == 0 and not report["ended"], f"{self.name} clients were told of errors")
        require(report["answered"] > 0 and report["assessments"] > 0, f"{self.name} clients got nothing")


def disturb_network(kind, link, pause):
    if kind == "slow":
        link.set_delay(0.05)
        time.sleep(pause)
        link.set_delay(0)
    elif kind == "stop":
        link.set_flowing(False)
        time.sleep(pause)
        link.set_flowing(True)
    else:
        for _ in range(5 if kind == "cut again and again" else 1):
            link.cut()
            time.sleep(pause / 5)


def disturb(victim, link, models, luck, sessions):
    """Something happens to the server, and it recovers: what two servers in a row died with is rightly given up."""
    on_the_way = ["slow", "stop", "cut", "cut again and again"]
    kinds = list(on_the_way)
    if victim.name != "gateway":
        kinds += ["kill", "freeze", "drain", "fill the disk of"]
    if victim.name == "inferencer":
        kinds += ["change the model of"] * 2
    if victim.clock.library:
        kinds += ["step the clock of"]
    kind = luck.choice(kinds)
    pause = luck.uniform(0.1, 3)
    what = "the network before " if kind in on_the_way else ""
    say(f"{kind} {what}{victim.name}, {pause:.1f} s")
    if kind == "change the model of":
        models.change(luck)
        time.sleep(pause)
        return
    if kind == "step the clock of":
        seconds = luck.choice([-3600, -5, 5, 3600])
        say(f"    and of the others, by {seconds} s")
        victim.clock.set(seconds)
        time.sleep(pause)
        return
    if kind == "freeze":
        victim.process.send_signal(signal.SIGSTOP)
        time.sleep(pause)
        victim.process.send_signal(signal.SIGCONT)
        return
    if kind in on_the_way:
        return disturb_network(kind, link, pause)
    victim.end(signal.SIGTERM if kind == "drain" else signal.SIGKILL)
    time.sleep(pause)
    victim.start("full" if kind == "fill the disk of" else "file")
    done, enough = {"extractor": ("trackfit_frames_total", 3), "inferencer": ("trackfit_windows_assessed_total", 2)}[victim.name]
    deadline = time.monotonic() + 20
    while victim.metric(done) < enough * sessions and time.monotonic() < deadline:
        time.sleep(0.1)


def wait_for(what, condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        require(time.monotonic() < deadline, f"{what}: not within {seconds} s")
        time.sleep(0.2)


def run(options, scratch, servers, models):
    extractor, inferencer, gateway = servers
    links = {}
    luck = random.Random(options.seed)
    clips = []
    for exercise in ("squat", "push_up"):
        clips.append(scratch / f"{exercise}.mp4")
        subprocess.run([options.binaries / "trackfit", "synthesize", "--exercise", exercise, "--repetitions", "3",
                        "--output", clips[-1]], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for server in servers:
        if server is gateway:
            links = {behind.name: Link(behind) for behind in (extractor, inferencer)}
            server.flags += ("--extractor", links["extractor"].address, "--inferencer", links["inferencer"].address)
        server.start()
    links["gateway"] = Link(gateway)

    def clients(name, sessions, seconds, *flags):
        return Clients(options.binaries, scratch, name, links["gateway"].address, clips, sessions, seconds, options.seed, *flags)

    # What a gateway has that has served as many.
    clients("first", options.sessions, 10).check()
    before = gateway.usage()
    half = max(1, options.sessions // 2)
    crowds = [clients("lossless", half, UNTIL_ENDED, "--churn", "0.2", "--cancel", "0.4", "--slow-readers", "1",
                      "--impatient", "2", "--no-compare"),
              clients("live", options.sessions - half, UNTIL_ENDED, "--live", "--churn", "0.2", "--cancel", "0.4")]
    end = time.monotonic() + options.seconds
    disturbances = 0
    while time.monotonic() < end - CALM_SECONDS:
        time.sleep(luck.uniform(1, 4))
        victim = luck.choice([extractor, extractor, inferencer, inferencer, gateway])
        disturb(victim, links[victim.name], models, luck, options.sessions)
        disturbances += 1
    time.sleep(CALM_SECONDS)  # all is well again before the clients end
    for crowd in crowds:
        crowd.end()
    for crowd in crowds:
        crowd.check()
    # As before: what sessions get now is what one alone gets.
    clients("last", options.sessions, 10).check()
    require(gateway.process.poll() is None, "the gateway has ended")
    for server in servers:
        for gauge in ("trackfit_sessions_active", "trackfit_queued_bytes"):
            wait_for(f"{server.name}: {gauge} back at 0", lambda s=server, g=gauge: s.metric(g) == 0, RESUME_SECONDS + 30)
    after = gateway.usage()
    say(f"{disturbances} disturbances; gateway before {before}, after {after}")
    require(disturbances > 2, "too short to disturb anybody")
    require(gateway.metric("trackfit_gateway_poisoned_total") == 0, "a frame or window was given up")
    require(gateway.metric("trackfit_task_exceptions_total") == 0, "an exception ended a session")
    require(after["MiB"] < before["MiB"] + MEMORY_GROWTH_MIB, f"the gateway grew by more than {MEMORY_GROWTH_MIB} MiB")
    require(after["threads"] <= before["threads"] + MORE_THREADS, "threads are left")
    require(after["files"] <= before["files"] + 4, "files are left open")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binaries", type=pathlib.Path, help="folder of the executables")
    parser.add_argument("--seconds", type=float, default=60, help="of chaos (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="0: any (default %(default)s)")
    parser.add_argument("--clock-step", type=pathlib.Path, help="the library that steps clocks; without it they are left alone")
    parser.add_argument("--sessions", type=int, default=8, help="clients at a time (default %(default)s)")
    options = parser.parse_args()
    if options.clock_step and not options.clock_step.is_file():  # the loader would go on without it
        parser.error(f"--clock-step: there is no {options.clock_step}; build the target clock_step")
    if not WEIGHTS.exists():
        print("skipped: no BlazePose weights; run tools/setup")
        return 77
    options.seed = options.seed or random.SystemRandom().randrange(1, 1 << 31)
    say(f"seed {options.seed}, {options.seconds:.0f} s, {options.sessions} sessions")
    with tempfile.TemporaryDirectory(prefix="trackfit-chaos-") as folder:
        scratch = pathlib.Path(folder)
        models = Models(scratch / "models")
        clock = WallClock(scratch / "clock_step", options.clock_step)
        servers = [Server(options.binaries, scratch, "extractor", "--model", "lite", "--drain-grace", "1", clock=clock),
                   Server(options.binaries, scratch, "inferencer", "--drain-grace", "1", "--model-repository", models.folder,
                          "--model-poll", "1", clock=clock),
                   Server(options.binaries, scratch, "gateway", "--http-listen", "127.0.0.1:0", "--resume-seconds", str(RESUME_SECONDS),
                          "--upstream-timeout", "120", clock=clock)]  # however slow the machine is
        try:
            run(options, scratch, servers, models)
        except AssertionError as error:
            say(f"FAILED with seed {options.seed}: {error}")
            for server in servers:
                log = scratch / f"{server.name}.log"
                if log.exists():
                    lines = [line for line in log.read_text().splitlines() if "level=info" not in line]
                    print(f"-- {log.name}, without what is usual\n" + "\n".join(lines[-40:]))
            return 1
        finally:
            for server in servers:
                if server.process and server.process.poll() is None:
                    server.process.send_signal(signal.SIGCONT)
                    server.end(signal.SIGTERM)
    say("nothing lost, nothing doubled, nothing wrong")
    return 0


if __name__ == "__main__":
    sys.exit(main())
