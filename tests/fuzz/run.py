#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every fuzzer of a build for a while: tests/fuzz/run.py BUILD_FOLDER [SECONDS_EACH]. What it finds is kept beside
the fuzzer; the committed corpus is read, never written."""

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent


def fuzz(program, seconds):
    seeds = HERE / program.name.replace("fuzz_", "corpus_")
    with tempfile.TemporaryDirectory() as grown:
        done = subprocess.run([program, f"-max_total_time={seconds}", "-rss_limit_mb=2048", "-timeout=10", "-print_final_stats=1",
                               f"-artifact_prefix={program}-", grown, *([seeds] if seeds.is_dir() else [])],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return program.name, done.returncode, done.stdout.decode(errors="replace")


def main():
    programs = sorted(p for p in Path(sys.argv[1], "tests/fuzz").glob("fuzz_*") if p.is_file() and os.access(p, os.X_OK))
    if not programs:
        sys.exit("no fuzzers are built")
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    bad = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, code, text in pool.map(lambda p: fuzz(p, seconds), programs):
            bad += code != 0
            print(f"{name}: exit {code}")
            print("\n".join(text.splitlines()[-40 if code else -8:]))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
