#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the test stages in order, two things at a time where they do not disturb each other, and counts test cases.

A case is one QtTest function, one Python unittest method or one lint. A crash, a time-out, a failed build and, in CI, a
skip count as failures. Logs stay under build/logs. The last line is "N passed, N failed".
"""

import argparse
import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
LOGS = ROOT / "build" / "logs"
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "cairn"
IN_CI = os.environ.get("CI") == "true"
JOBS = str(os.cpu_count() or 2)

QT_TOTALS = re.compile(r"^Totals: (\d+) passed, (\d+) failed, (\d+) skipped", re.M)
PY_RAN = re.compile(r"^Ran (\d+) tests? in", re.M)
PY_RESULT = re.compile(r"^(?:OK|FAILED)(?: \(([^)]*)\))?$", re.M)


class Tally:
    def __init__(self):
        self.passed = self.failed = 0
        self.times = []
        self.lock = threading.Lock()

    def add(self, passed, failed):
        with self.lock:
            self.passed += passed
            self.failed += failed


def environment():
    env = dict(os.environ)
    env["CCACHE_DIR"] = str(CACHE / "ccache")
    env["CCACHE_BASEDIR"] = str(ROOT)
    env["CCACHE_NOHASHDIR"] = "1"
    env["CCACHE_MAXSIZE"] = "4G"
    env["CCACHE_PCH_EXTSUM"] = "1"  # see cmake/with-sum
    env["CCACHE_SLOPPINESS"] = "pch_defines,time_macros"  # lets it keep what includes a precompiled header
    env["ASAN_OPTIONS"] = "detect_leaks=1:halt_on_error=1:strict_string_checks=1"
    env["LSAN_OPTIONS"] = f"suppressions={ROOT}/tests/support/lsan.supp:print_suppressions=0"
    env["UBSAN_OPTIONS"] = "print_stacktrace=1:halt_on_error=1"
    env["TSAN_OPTIONS"] = f"suppressions={ROOT}/tests/support/tsan.supp:halt_on_error=1"
    return env


def run(name, argv, env=None, timeout=None):
    """Runs argv with its output in build/logs/<name>.log; returns (exit code, text)."""
    log = LOGS / f"{name}.log"
    with open(log, "wb") as out:
        try:
            code = subprocess.run(argv, cwd=ROOT, env=env or environment(), stdout=out, stderr=subprocess.STDOUT,
                                  stdin=subprocess.DEVNULL, timeout=timeout).returncode
        except subprocess.TimeoutExpired:
            code = 124
        except OSError as error:
            out.write(f"{argv[0]}: {error}\n".encode())
            code = 127
    return code, log.read_text(encoding="utf-8", errors="replace")


def tail(text, lines=60):
    return "\n".join(text.splitlines()[-lines:])


class Runner:
    def __init__(self, tally):
        self.tally = tally
        self.kubeconfig = {}

    def stage(self, name, function, *args):
        start = time.monotonic()
        passed, failed, detail = function(name, *args)
        self.tally.add(passed, failed)
        took = time.monotonic() - start
        self.tally.times.append((name, took))
        print(f"{'ok  ' if not failed else 'FAIL'} {name}: {passed} passed, {failed} failed, {took:.0f} s", flush=True)
        if failed:
            print(detail, flush=True)
        return not failed

    # Each of these returns (passed, failed, text to show on failure).

    def command(self, name, argv, timeout=None):
        code, text = run(name, argv, timeout=timeout)
        return (1, 0, "") if code == 0 else (0, 1, f"exit {code}: {' '.join(map(str, argv))}\n{tail(text)}")

    def build(self, name, preset, targets=(), before=()):
        """`before` is put before the command, as nice would be."""
        code, text = run(name + "-configure", ["cmake", "--preset", preset])
        if code:
            return 0, 1, tail(text)
        argv = [*before, "cmake", "--build", "--preset", preset, "-j", JOBS]
        if targets:
            argv += ["--target", *targets]
        return self.command(name, argv)

    def ctest(self, name, preset, labels, extra_env=None):
        env = environment()
        env.update(extra_env or {})
        junit = LOGS / f"{name}.xml"
        code, text = run(name, ["ctest", "--preset", preset, "-j", JOBS, "-L", labels, "--no-tests=error", "-V",
                                "--output-junit", str(junit)], env=env)
        passed = failed = skipped = 0
        for match in QT_TOTALS.finditer(re.sub(r"^\d+: ", "", text, flags=re.M)):
            passed += int(match[1])
            failed += int(match[2])
            skipped += int(match[3])
        if IN_CI:
            failed += skipped
        if code and not failed:
            failed = 1  # a crash or a time-out prints no totals
        shown = "\n".join(line for line in text.splitlines()
                          if re.search(r"FAIL!|XPASS|Actual|Expected|Loc:|SKIP |\*\*\*|ERROR:|SUMMARY|runtime error|#\d+ 0x|Segm|The following", line))
        return passed, failed, tail(shown, 120)

    def tidy(self, name, files):
        plain_commands()
        return self.command(name, ["run-clang-tidy", "-quiet", "-p", "build/plain", "-extra-arg=-Wno-unknown-warning-option",
                                   *(f"^{re.escape(str(ROOT / f))}$" for f in files)])

    def clazy(self, name, files):
        plain_commands()
        code, text = run(name, ["clazy-standalone", "-p", "build/plain", "--checks=level0,no-non-pod-global-static,no-strict-iterators",
                                "--extra-arg=-Wno-error", "--extra-arg=-Wno-unknown-warning-option", "--header-filter=/(models|widgets|app)/",
                                "--ignore-dirs=/usr/|_autogen/", *files])
        found = sorted(set(re.findall(r"^.*\[-Wclazy-.*\]$", text, re.M)))
        return (0, 1, "\n".join(found) or tail(text)) if code or found else (1, 0, "")

    def unittest(self, name, path, extra_env=None, timeout=1200):
        env = environment()
        env.update(extra_env or {})
        code, text = run(name, [sys.executable, "-m", "unittest", "-v", path], env=env, timeout=timeout)
        ran = sum(int(m[1]) for m in PY_RAN.finditer(text))
        bad = skipped = 0
        for match in PY_RESULT.finditer(text):
            for key, value in re.findall(r"(\w+)=(\d+)", match[1] or ""):
                if key in ("failures", "errors", "unexpected successes"):
                    bad += int(value)
                elif key == "skipped":
                    skipped += int(value)
        if IN_CI:
            bad += skipped
        if code and not bad:
            bad = 1
        return max(0, ran - bad - (0 if IN_CI else skipped)), bad, tail(text, 120)


def plain_commands():
    """The dev build's compile commands without g++'s precompiled headers, which clang cannot read, in build/plain."""
    commands = json.loads((ROOT / "build/dev/compile_commands.json").read_text(encoding="utf-8"))
    for entry in commands:
        entry["command"] = re.sub(r" -(?:Winvalid-pch|fpch-preprocess|include \S+/cmake_pch\.hxx)(?= )", "", entry["command"])
    (ROOT / "build/plain").mkdir(exist_ok=True)
    (ROOT / "build/plain/compile_commands.json").write_text(json.dumps(commands), encoding="utf-8")


def lab_command(*args):
    return [str(ROOT / "tests/lab/lab"), *args]


def lab_kubeconfig(mode):
    out = subprocess.run(lab_command("kubeconfig", f"--{mode}"), cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    return out.stdout.strip()


def sources(*git):
    """C++ sources of the programs that a git command names and that exist."""
    out = subprocess.run(["git", *git, "--", "models/*.cpp", "widgets/*.cpp", "app/*.cpp"], cwd=ROOT, capture_output=True, text=True, check=False)
    return [p for p in out.stdout.split() if (ROOT / p).is_file()]


def glob(pattern):
    return [str(p) for p in sorted((ROOT / "installer/linux").glob(pattern))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fast", action="store_true", help="lints and the dev build's tests that need no cluster")
    parser.add_argument("--all", action="store_true", help="also tidy and clazy on the whole tree, TSan and fuzzing")
    options = parser.parse_args()
    LOGS.mkdir(parents=True, exist_ok=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    tally = Tally()
    runner = Runner(tally)

    runner.stage("lint", runner.command, [sys.executable, "tests/lint/lint.py"])
    if shutil.which("codespell"):
        runner.stage("spelling", runner.command, ["codespell", "-q", "3", "-I", "tests/lint/words.txt",
                                                  "--skip", "*.ts,*.svg,*.json,*.sum,./build,./.git,*.pt,*.pb", "README.md", "docs", "models", "widgets", "app"])

    runner.stage("desktop-file", runner.command, ["desktop-file-validate", *glob("*.desktop")])
    runner.stage("metainfo", runner.command, ["appstreamcli", "validate", "--no-net", *glob("*.metainfo.xml")])

    # The lab's Go programs take long on a machine without caches: build them while C++ compiles.
    lab_build = None
    if not options.fast:
        def build_lab():
            runner.stage("lab-build", runner.command, ["nice", "-n", "5", *lab_command("build")])
        lab_build = threading.Thread(target=build_lab)
        lab_build.start()

    built = runner.stage("build-dev", runner.build, "dev")
    if built:
        runner.stage("tests-dev", runner.ctest, "dev", "unit|model|net|campaign|gui|visual")
    if built and not options.fast:
        runner.stage("campaign-today", campaign_today, runner)
    if not options.fast:
        changed = sources("diff", "--name-only", "HEAD~1")
        if built and changed and not options.all:
            runner.stage("tidy", runner.tidy, changed)
            runner.stage("clazy", runner.clazy, changed)
        # Tests on the lab wait most of the time: the compiler gets what they leave, and nothing else.
        asan_built = []

        def build_asan():
            asan_built.append(runner.stage("build-asan", runner.build, "asan", ("cairn_sanitized_tests",), ("chrt", "--idle", "0")))
        asan_build = threading.Thread(target=build_asan)
        asan_build.start()
        lab_build.join()
        runner.stage("train", runner.unittest, "tests/lab/test_train.py")
        runner.stage("snippets", runner.unittest, "tests/lab/test_snippets.py")
        if built:
            runner.stage("tests-bucket", runner.unittest, "tests/e2e/test_bucket.py")
            runner.stage("tests-checkpoint", runner.unittest, "tests/e2e/test_checkpoint.py")
            runner.stage("tests-audit", runner.unittest, "tests/e2e/test_audit.py")
            runner.stage("tests-keychain", runner.unittest, "tests/e2e/test_keychain.py")
            runner.stage("tests-mpi", runner.unittest, "tests/e2e/test_mpi.py")
            lab_stages(runner)
        asan_build.join()
        if asan_built[0]:
            runner.stage("tests-asan", runner.ctest, "asan", "unit|net|campaign")
    if options.all:
        slow_stages(runner)

    print("\nStage times:")
    for name, took in tally.times:
        print(f"  {took:7.0f} s  {name}")
    print(f"  {time.monotonic() - start:7.0f} s  in all\n")
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed or not tally.passed else 0


def campaign_today(name, runner):
    """Fifty seeds of the fault campaign that nobody has tried before: the day (UTC) decides which."""
    day = datetime.datetime.now(datetime.timezone.utc).date()
    first = day.toordinal() * 50
    seeds = [f"CAIRN_CAMPAIGN_FIRST={first}", "CAIRN_CAMPAIGN_SEEDS=50"]
    test = "build/dev/tests/net/tst_campaign"
    print(f"     {name}: seeds {first} to {first + 49} of {day}; again: {' '.join(seeds)} {test}", flush=True)
    return runner.command(name, ["env", *seeds, test], 1200)


def lab_program(mode, name):
    code = "import sys; sys.path.insert(0, 'tests/lab'); from cairnlab import binaries, config; print(binaries.binary(config.Lab.at(sys.argv[1]), sys.argv[2]))"
    out = subprocess.run([sys.executable, "-c", code, mode, name], cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    return out.stdout.strip()


def lab_stages(runner):
    if runner.stage("lab-light-up", runner.command, lab_command("up", "--light"), 600):
        light = {"CAIRN_TEST_KUBECONFIG": lab_kubeconfig("light"), "CAIRN_TEST_MODE": "light"}
        runner.stage("tests-engine", runner.ctest, "dev", "engine", light)
        runner.stage("tests-window", runner.ctest, "dev", "window", light)
        runner.stage("tests-cairnctl", runner.unittest, "tests/e2e/test_cairnctl_light.py", light)
        runner.stage("tests-audit-light", runner.unittest, "tests/e2e/test_audit_light.py", light)
        runner.stage("tests-canaries", runner.unittest, "tests/e2e/test_canaries.py", light)
        # The lab's kubectl holds kustomize v5.8: what Cairn says of kustomize, beside it.
        kubectl = lab_program("light", "kubectl")
        for test in ("overlay/tst_overlay", "overlay/tst_serviceparts", "overlay/tst_lands", "engine/tst_overlayflows"):
            argv = ["env", f"CAIRN_KUSTOMIZE={kubectl}", f"build/dev/tests/unit/{test}"]
            runner.stage("tests-kustomize-" + test.split("_")[1], runner.command, argv, 300)
        runner.stage("tests-light", runner.unittest, "tests/lab/test_light.py", light)
    runner.stage("lab-light-down", runner.command, lab_command("down", "--light"), 300)
    if os.geteuid() != 0:
        print("The real lab needs root: its flows are left out.", flush=True)
        if IN_CI:
            runner.tally.add(0, 1)
        return
    if runner.stage("lab-real-up", runner.command, lab_command("up", "--real"), 900):
        real = {"CAIRN_TEST_KUBECONFIG": lab_kubeconfig("real"), "CAIRN_TEST_MODE": "real"}
        runner.stage("tests-real", runner.unittest, "tests/lab/test_real.py", real)
        runner.stage("tests-e2e", runner.unittest, "tests/e2e/test_cairnctl.py", real)
        runner.stage("tests-e2e-launch", runner.unittest, "tests/e2e/test_launch.py", real)
        runner.stage("tests-e2e-templates", runner.unittest, "tests/e2e/test_templates.py", real)
        runner.stage("tests-e2e-volumes", runner.unittest, "tests/e2e/test_volumes.py", real)
        runner.stage("tests-e2e-keras", runner.unittest, "tests/e2e/test_keras.py", real)
        runner.stage("tests-e2e-jobedit", runner.unittest, "tests/e2e/test_jobedit.py", real)
        runner.stage("tests-e2e-why", runner.unittest, "tests/e2e/test_why.py", real)
        runner.stage("tests-e2e-shownonly", runner.unittest, "tests/e2e/test_shownonly.py", real)
        runner.stage("tests-e2e-overlay", runner.unittest, "tests/e2e/test_overlay.py", real)
        runner.stage("tests-e2e-services", runner.unittest, "tests/e2e/test_services.py", real)
        runner.stage("tests-e2e-databases", runner.unittest, "tests/e2e/test_databases.py", real)
        runner.stage("tests-e2e-failover", runner.unittest, "tests/e2e/test_failover.py", real)
        runner.stage("tests-e2e-bucket", runner.unittest, "tests/e2e/test_bucket_resume.py", real)
        runner.stage("tests-e2e-window", runner.ctest, "dev", "e2e", real)
        # Last: trainings on the node that is lost may not come back.
        runner.stage("tests-e2e-whatif", runner.unittest, "tests/e2e/test_whatif.py", real)
    runner.stage("lab-real-down", runner.command, lab_command("down", "--real"), 300)
    runner.stage("tests-lab-clean", runner.unittest, "tests/lab/test_clean.py")


def slow_stages(runner):
    runner.stage("tidy", runner.tidy, sources("ls-files"))
    runner.stage("clazy", runner.clazy, sources("ls-files"))
    # QtTest ends a test function after five minutes unless told otherwise.
    runner.stage("campaign", runner.command, ["env", "CAIRN_CAMPAIGN_SEEDS=1000", "QTEST_FUNCTION_TIMEOUT=3600000",
                                              "build/dev/tests/net/tst_campaign"], 3600)
    if runner.stage("build-deb", runner.command, ["installer/build", "deb"]):
        runner.stage("tests-deb", runner.unittest, "tests/package/test_deb.py")
    runner.stage("deb-reproducible", runner.unittest, "tests/package/test_reproducible.py", None, 7200)
    if os.geteuid() == 0:
        runner.stage("deb-installed", runner.unittest, "tests/package/test_install.py", None, 3600)
    runner.stage("yaml-readers", runner.unittest, "tests/cross/test_yaml.py")
    runner.stage("services", runner.unittest, "tests/services/test_services.py")
    if runner.stage("build-tsan", runner.build, "tsan", ("cairn_sanitized_tests",)):
        runner.stage("tests-tsan", runner.ctest, "tsan", "net")
    if runner.stage("build-fuzz", runner.build, "fuzz", ("cairn_fuzzers",)):
        runner.stage("fuzz", runner.command, [sys.executable, "tests/fuzz/run.py", "build/fuzz"])


if __name__ == "__main__":
    sys.exit(main())
