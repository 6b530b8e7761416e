#!/usr/bin/python3
"""A client in another language gets, bit by bit, what `trackfit analyze` gets.

    analyze_client_test.py FOLDER_OF_THE_EXECUTABLES        (run in the source tree)

Exit status 77: skipped, because something optional is missing.
"""

import contextlib
import json
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

CLIENT = pathlib.Path(__file__).with_name("analyze_client.py")


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


def start_server(binary, scratch, *flags):
    """Starts a server on free ports; gives the process and its address."""
    port_file = scratch / f"{binary.name}.json"
    process = subprocess.Popen([binary, "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0",
                                "--port-file", port_file, "--log-level", "warning", *flags])
    for _ in range(600):
        if port_file.exists():
            return process, f"127.0.0.1:{json.loads(port_file.read_text())['grpc']}"
        if process.poll() is not None:
            break
        time.sleep(0.1)
    process.kill()
    raise RuntimeError(f"{binary.name} does not start")


@contextlib.contextmanager
def servers(binaries, scratch):
    """The three servers; gives the gateway's address."""
    processes = []
    try:
        addresses = []
        for name in ("extractor", "inferencer"):
            process, address = start_server(binaries / f"trackfit-{name}", scratch)
            processes.append(process)
            addresses.append(address)
        process, gateway = start_server(binaries / "trackfit-gateway", scratch, "--http-listen", "127.0.0.1:0",
                                        "--extractor", addresses[0], "--inferencer", addresses[1])
        processes.append(process)
        yield gateway
    finally:
        for process in reversed(processes):
            process.send_signal(signal.SIGTERM)
        statuses = [process.wait(timeout=30) for process in processes]
        assert not any(statuses), f"exit statuses {statuses}"


def make_pictures(binaries, scratch):
    """A folder with the frames of a synthesised clip."""
    clip, folder = scratch / "squat.mp4", scratch / "frames"
    folder.mkdir()
    subprocess.run([binaries / "trackfit", "synthesize", "--exercise", "squat", "--repetitions", "2",
                    "--output", clip], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["ffmpeg", "-v", "error", "-i", clip, "-q:v", "2", folder / "%06d.jpg"], check=True)
    return folder


def float32(text):
    """The contract's floats have 32 bits; printers differ in how many digits they spend on them."""
    return struct.unpack("f", struct.pack("f", float(text)))[0]


def by_kind(lines):
    """The responses by kind: how frame results and assessments are interleaved is a matter of timing, and so is what a busy
    machine notices of its servers."""
    kinds = {kind: [] for kind in ("started", "frame_result", "assessment", "repetition", "advice", "hint", "summary")}
    for line in lines:
        for kind, message in json.loads(line, parse_float=float32).items():
            if kind not in ("notices", "number"):
                kinds[kind].append(message)
    for summary in kinds["summary"]:
        summary.pop("notices", None)
    for started in kinds["started"]:
        del started["session_id"]
    return kinds


def main():
    binaries = pathlib.Path(sys.argv[1]).resolve()
    if shutil.which("ffmpeg") is None:
        skip("ffmpeg is not installed")
    if not list(pathlib.Path("deploy/models/protogcn").glob("*/model.pt")):
        skip("no trained model in deploy/models/protogcn")
    if not pathlib.Path("deploy/models/blazepose/pose_detection.tflite").exists():
        skip("no BlazePose weights; run tools/setup")

    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        pictures = make_pictures(binaries, scratch)
        with servers(binaries, scratch) as gateway:
            # --raw: the same pixels that the extractor decodes from the JPEG files.
            subprocess.run([binaries / "trackfit", "analyze", pictures, "--fps", "30", "--raw", "--quiet",
                            "--gateway", gateway, "--json", scratch / "trackfit.jsonl"], check=True,
                           stdout=subprocess.DEVNULL)
            foreign = subprocess.run([sys.executable, CLIENT, "--gateway", gateway, "--fps", "30", pictures],
                                     check=True, stdout=subprocess.PIPE, text=True).stdout

        ours = by_kind((scratch / "trackfit.jsonl").read_text().splitlines())
        theirs = by_kind(foreign.splitlines())
        frames = len(list(pictures.iterdir()))
        assert [int(result["sequence"]) for result in theirs["frame_result"]] == list(range(frames))
        assert len(theirs["assessment"]) >= 1, "no assessment"
        assert len(theirs["repetition"]) >= 1, "no repetition"
        for kind, messages in ours.items():
            assert theirs[kind] == messages, f"{kind}s differ"
        print(f"{frames} frame results, {len(theirs['assessment'])} assessments: identical")


if __name__ == "__main__":
    main()
