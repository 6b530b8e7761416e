#!/usr/bin/python3
"""A client of TrackFit in Python: streams a video or a folder of pictures to the gateway and prints each response as a line of
JSON, in the form of `trackfit analyze --json -`.

    analyze_client.py [--gateway HOST:PORT] [--fps HZ] [--expected EXERCISE] VIDEO|FOLDER

Needs python3-grpcio and python3-grpc-tools (Debian); a video also needs ffmpeg.
"""

import argparse
import importlib
import pathlib
import subprocess
import sys
import tempfile

import grpc
from google.protobuf import json_format
from grpc_tools import protoc

PROTO = pathlib.Path(__file__).resolve().parents[2] / "proto"
PICTURES = {".jpg", ".jpeg", ".png", ".webp"}


def compile_contract(folder):
    """Compiles the contract to Python in the folder, and gives its messages and stubs for the gateway."""
    files = [str(path.relative_to(PROTO)) for path in sorted(PROTO.glob("trackfit/v1/*.proto"))]
    arguments = ["protoc", f"-I{PROTO}", f"--python_out={folder}", f"--grpc_python_out={folder}", *files]
    if protoc.main(arguments) != 0:
        raise RuntimeError("the contract does not compile")
    sys.path.insert(0, str(folder))
    return (importlib.import_module("trackfit.v1.gateway_pb2"),
            importlib.import_module("trackfit.v1.gateway_pb2_grpc"))


def frame_rate(video):
    probe = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=avg_frame_rate",
         "-of", "default=nokey=1:noprint_wrappers=1", video], check=True, capture_output=True, text=True)
    numerator, denominator = probe.stdout.strip().split("/")
    return float(numerator) / float(denominator)


def split_video(video, folder):
    subprocess.run(["ffmpeg", "-v", "error", "-i", video, "-q:v", "2", f"{folder}/%06d.jpg"], check=True)


def requests(gateway_pb2, folder, fps, expected):
    """The configuration, then one frame per picture."""
    yield gateway_pb2.AnalyzeRequest(config={"expected_exercise": expected})
    pictures = sorted(path for path in pathlib.Path(folder).iterdir() if path.suffix.lower() in PICTURES)
    for number, picture in enumerate(pictures):
        yield gateway_pb2.AnalyzeRequest(frame={
            "sequence": number,
            "timestamp_us": int(number * 1e6 / fps + 0.5),
            "encoded": picture.read_bytes(),
        })


def analyze(gateway, folder, fps, expected, contract):
    """The gateway's responses."""
    gateway_pb2, gateway_pb2_grpc = contract
    with grpc.insecure_channel(gateway) as channel:
        stub = gateway_pb2_grpc.GatewayServiceStub(channel)
        yield from stub.Analyze(requests(gateway_pb2, folder, fps, expected))


def json_line(response):
    return json_format.MessageToJson(response, including_default_value_fields=True,
                                     preserving_proto_field_name=True, indent=None)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("input", help="a video, or a folder of pictures in the order of their names")
    parser.add_argument("--gateway", default="localhost:8000", help="host:port (default %(default)s)")
    parser.add_argument("--fps", type=float, help="frames per second (default: the video's, or 30)")
    parser.add_argument("--expected", default="", help="judge the form as this exercise")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as scratch:
        contract = compile_contract(scratch)
        folder, fps = options.input, options.fps or 30
        if not pathlib.Path(folder).is_dir():
            fps = options.fps or frame_rate(options.input)
            folder = pathlib.Path(scratch) / "frames"
            folder.mkdir()
            split_video(options.input, folder)
        try:
            for response in analyze(options.gateway, folder, fps, options.expected, contract):
                print(json_line(response), flush=True)
        except grpc.RpcError as error:
            sys.exit(f"the gateway ended the stream: {error.code().name}: {error.details()}")


if __name__ == "__main__":
    main()
