# SPDX-License-Identifier: GPL-3.0-or-later
"""The Debian packages: what is in them, what they need, how they are hardened, and that what they install works when it is
unpacked into a root of its own. Needs no cluster and changes nothing on this machine."""

import gzip
import hashlib
import json
import os
import pty
import re
import select
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from debs import PACKAGES, ROOT, deb, out  # noqa: E402

FIXTURES = ROOT / "tests/fixtures/checkpoints"
BOTH = {
    "usr/bin/cairnctl",
    "usr/share/bash-completion/completions/cairnctl",
    "usr/share/fish/vendor_completions.d/cairnctl.fish",
    "usr/share/man/man1/cairnctl.1.gz",
    "usr/share/zsh/vendor-completions/_cairnctl",
}
FILES = {
    "cairn": BOTH | {
        "usr/bin/cairn",
        "usr/share/applications/io.github.cairn_console.Cairn.desktop",
        "usr/share/doc/cairn/changelog.Debian.gz",
        "usr/share/doc/cairn/copyright",
        "usr/share/icons/hicolor/scalable/apps/io.github.cairn_console.Cairn.svg",
        "usr/share/man/man1/cairn.1.gz",
        "usr/share/metainfo/io.github.cairn_console.Cairn.metainfo.xml",
    },
    "cairnctl": BOTH | {"usr/share/doc/cairnctl/changelog.Debian.gz", "usr/share/doc/cairnctl/copyright"},
}
PROGRAMS = {"cairn": ("cairn", "cairnctl"), "cairnctl": ("cairnctl",)}
CONTEXT = "  - {name: NAME, context: {cluster: c, user: u}}\n"


def version():
    """The only place where it is written."""
    return re.search(r"^project\(Cairn VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(encoding="utf-8"), re.M)[1]


def fields(package):
    return dict(re.findall(r"^([\w-]+): (.*)$", out("dpkg-deb", "-f", deb(package)), re.M))


class Packages(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="cairn-deb-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.root = {}
        for package in ("cairn", "cairnctl", "cairn-dbgsym", "cairnctl-dbgsym"):
            cls.root[package] = cls.folder / package
            out("dpkg-deb", "-x", deb(package), cls.root[package])

    def files(self, package):
        root = self.root[package]
        return {str(p.relative_to(root)) for p in root.rglob("*") if not p.is_dir()}

    def environment(self, home, **more):
        """Nothing of this machine but its libraries: the programs come from the unpacked package."""
        return {"PATH": f"{self.root['cairn']}/usr/bin:/usr/bin:/bin", "HOME": str(home), "XDG_CONFIG_HOME": f"{home}/.config",
                "XDG_DATA_DIRS": f"{self.root['cairn']}/usr/share", "XDG_RUNTIME_DIR": str(home), "LC_ALL": "C.UTF-8", "TZ": "UTC",
                "KUBECONFIG": "/nowhere", "QT_QPA_PLATFORM": "offscreen", **more}

    def home(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return Path(folder.name)

    def kubeconfig(self, folder, names=("prod-eu", "arn:aws:eks:eu:1:cluster/a"), server="https://127.0.0.1:1", user="{token: kept-secret-token}"):
        path = folder / "kubeconfig"
        path.write_text("apiVersion: v1\nkind: Config\n"
                        f"clusters: [{{name: c, cluster: {{server: '{server}'}}}}]\nusers: [{{name: u, user: {user}}}]\ncontexts:\n"
                        + "".join(CONTEXT.replace("NAME", json.dumps(name)) for name in names), encoding="utf-8")
        return path

    # What is in them.

    def test_hold_what_they_should_and_nothing_else(self):
        for package, files in FILES.items():
            self.assertEqual(self.files(package), files, package)
            for path in self.root[package].rglob("*"):
                mode = stat.S_IMODE(path.lstat().st_mode)
                wanted = 0o755 if path.is_dir() or path.parent.name == "bin" else 0o644
                self.assertEqual(mode, wanted, path)
            owners = {line.split()[1] for line in out("dpkg-deb", "-c", deb(package)).splitlines()}
            self.assertEqual(owners, {"root/root"})

    def test_know_nothing_of_where_they_were_built(self):
        for package, root in self.root.items():
            for path in root.rglob("*"):
                if path.is_file():
                    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
                    self.assertFalse(os.fsencode(str(ROOT)) in data, f"{package}: {path}")  # not assertNotIn, which prints it all

    def test_sums_are_those_of_the_files(self):
        sums = dict(reversed(line.split("  ")) for line in (PACKAGES / "SHA256SUMS").read_text(encoding="utf-8").splitlines())
        self.assertEqual(sorted(sums), sorted(p.name for p in PACKAGES.glob("*.deb")))
        for name, digest in sums.items():
            self.assertEqual(hashlib.sha256((PACKAGES / name).read_bytes()).hexdigest(), digest)

    def test_one_version_everywhere(self):
        head = gzip.decompress((self.root["cairn"] / "usr/share/doc/cairn/changelog.Debian.gz").read_bytes()).decode().split("\n")[0]
        full = fields("cairn")["Version"]
        self.assertTrue(full.startswith(version() + "-1~"), full)
        self.assertEqual(head.split(")")[0], f"cairn ({full}")
        releases = xml.etree.ElementTree.parse(self.root["cairn"] / "usr/share/metainfo/io.github.cairn_console.Cairn.metainfo.xml").iter("release")
        self.assertEqual(next(releases).get("version"), version())
        for program in PROGRAMS["cairn"]:
            lines = out(self.root["cairn"] / "usr/bin" / program, "--version", env=self.environment(self.home(), QT_QPA_PLATFORM="none")).splitlines()
            self.assertEqual(lines[0], f"{program} {version()}")
            self.assertRegex(lines[1], r"^Qt 6\.\d+\.\d+ \(built with 6\.\d+\.\d+\)$")
            self.assertRegex(lines[2], r"^libcurl/\d")

    # What they need.

    def test_depend_on_what_they_link_and_open(self):
        window, terminal = fields("cairn"), fields("cairnctl")
        names = {package: {re.sub(r"t64$", "", re.split(r"[ :(]", part.strip())[0]) for part in control["Depends"].split(",")}
                 for package, control in (("cairn", window), ("cairnctl", terminal))}
        for package in names:
            self.assertLessEqual({"libc6", "libqt6core6", "libqt6sql6-sqlite", "libcurl4", "libssl3", "libqt6keychain1", "libpq5"}, names[package])
        self.assertLessEqual({"libqt6widgets6", "libqt6svg6", "libqt6charts6"}, names["cairn"])
        self.assertFalse({name for name in names["cairnctl"] if re.match(r"libqt6(widgets|gui|svg|charts|openglwidgets)|libqscintilla", name)}, names["cairnctl"])
        # One of them is all there is to install, and the other makes room.
        self.assertEqual(window["Provides"], f"cairnctl (= {window['Version']})")
        self.assertEqual((window["Conflicts"], window["Replaces"]), ("cairnctl", "cairnctl"))
        self.assertEqual((terminal["Conflicts"], terminal["Replaces"]), ("cairn", "cairn"))

    def test_lintian_finds_no_error(self):
        done = subprocess.run(["lintian", "--allow-root", "--no-tag-display-limit", deb("cairn"), deb("cairnctl")], capture_output=True, text=True, check=False)
        self.assertEqual([line for line in done.stdout.splitlines() if line.startswith("E:")], [], done.stdout)
        self.assertIn(done.returncode, (0, 2), done.stderr)

    def test_desktop_files_are_valid(self):
        share = self.root["cairn"] / "usr/share"
        out("desktop-file-validate", share / "applications/io.github.cairn_console.Cairn.desktop")
        out("appstreamcli", "validate-tree", "--no-net", self.root["cairn"])

    # How they are built.

    def test_programs_are_hardened_and_stripped(self):
        for package, programs in PROGRAMS.items():
            for program in programs:
                with self.subTest(package=package, program=program):
                    path = self.root[package] / "usr/bin" / program
                    text = out("readelf", "-W", "-h", "-l", "-d", "-S", path)
                    self.assertRegex(text, r"Type:\s+DYN \(Position-Independent Executable file\)")
                    self.assertIn("GNU_RELRO", text)
                    self.assertRegex(text, r"\(FLAGS(?:_1)?\)\s+.*(BIND_NOW|NOW)")
                    self.assertRegex(text, r"GNU_STACK(?:\s+0x[0-9a-f]+)+ RW ")
                    self.assertNotRegex(text, r"R(UN)?PATH")
                    self.assertNotRegex(text, r"\.symtab|\.debug_info")
                    symbols = out("readelf", "-W", "--dyn-syms", path)
                    self.assertIn("__stack_chk_fail", symbols)
                    self.assertRegex(symbols, r"__\w+_chk@")

    def test_symbols_are_in_a_package_of_their_own(self):
        for package, programs in PROGRAMS.items():
            for program in programs:
                build_id = re.search(r"Build ID: ([0-9a-f]+)", out("readelf", "-n", self.root[package] / "usr/bin" / program))[1]
                symbols = f"usr/lib/debug/.build-id/{build_id[:2]}/{build_id[2:]}.debug"
                self.assertIn(symbols, self.files(f"{package}-dbgsym"))
                self.assertIn(".debug_line", out("readelf", "-W", "-S", self.root[f"{package}-dbgsym"] / symbols))

    # What they do.

    def test_the_window_reaches_its_first_page(self):
        home = self.home()
        facts = home / "facts"
        window = subprocess.Popen([self.root["cairn"] / "usr/bin/cairn", "--kubeconfig", self.kubeconfig(home)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  env=self.environment(home, CAIRN_MEASURE=str(facts)))
        try:
            painted = []
            deadline = time.monotonic() + 60
            while not painted and window.poll() is None and time.monotonic() < deadline:
                time.sleep(0.1)
                lines = facts.read_text(encoding="utf-8").splitlines() if facts.exists() else []
                events = [json.loads(line) for line in lines if line.endswith("}")]
                painted = [e for e in events if e["event"] == "painted" and e["table"] == "connect.contexts" and e["rows"] == 2]
            self.assertTrue(painted, f"the contexts were not shown; exit {window.poll()}")
        finally:
            window.terminate()
            said, _ = window.communicate(timeout=30)
        self.assertNotIn(b"plugin", said, said.decode(errors="replace"))

    def test_cairnctl_judges_checkpoints(self):
        for package in ("cairn", "cairnctl"):
            home = self.home()
            env = self.environment(home, PATH="/usr/bin:/bin")
            program = self.root[package] / "usr/bin/cairnctl"
            whole = json.loads(out(program, "checkpoints", FIXTURES / "torch/run", "-o", "json", env=env))
            self.assertEqual([(c["step"], c["verdict"]) for run in whole["runs"] for c in run["checkpoints"]], [(step, "whole") for step in (100, 200, 300)])
            damaged = subprocess.run([program, "checkpoints", FIXTURES / "torch/damaged", "--fail-on-damaged"], capture_output=True, check=False, env=env)
            self.assertEqual(damaged.returncode, 5)

    def test_diagnostics_are_for_their_owner_and_hold_no_secret(self):
        home = self.home()
        bundle = home / "bundle.yaml"
        run = [self.root["cairn"] / "usr/bin/cairnctl", "--kubeconfig", self.kubeconfig(home), "--context", "prod-eu", "doctor", "--bundle", bundle]
        shown = out(*run, env=self.environment(home, HTTPS_PROXY="http://ada:proxy-pw@127.0.0.1:1"))
        self.assertEqual(stat.S_IMODE(bundle.stat().st_mode), 0o600)
        text = bundle.read_text(encoding="utf-8")
        self.assertEqual(shown, text)
        self.assertIn(f"cairnctl {version()}", text)
        self.assertIn("HTTPS_PROXY", text)
        for secret in ("kept-secret-token", "proxy-pw", str(home)):
            self.assertNotIn(secret, text)
        again = subprocess.run([str(word) for word in run], capture_output=True, check=False, env=self.environment(home))
        self.assertNotEqual(again.returncode, 0)
        self.assertEqual(bundle.read_text(encoding="utf-8"), text)

    def test_manuals_render_without_a_warning(self):
        for page, word in (("cairn", "--page PAGE"), ("cairnctl", "--accept-unverified")):
            path = self.root["cairn"] / f"usr/share/man/man1/{page}.1.gz"
            done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", path], capture_output=True, check=False,
                                  env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANROFFSEQ": "", "MANWIDTH": "100"})
            self.assertEqual((done.returncode, done.stderr.decode()), (0, ""))
            text = out("man", "-l", path, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANWIDTH": "100", "MANPAGER": "cat", "GROFF_NO_SGR": "1"})
            text = re.sub(r".\x08", "", text)
            self.assertIn(word, text)
            self.assertIn(f"Cairn {version()}", text)

    # Completion.

    def bash(self, line, home, library=True):
        """What bash proposes for a line that ends where it is completed, by the file of the package."""
        source = "source /usr/share/bash-completion/bash_completion; " if library else ""
        script = source + """source "$1"
        COMP_LINE=$2 COMP_POINT=${#2}
        # As readline cuts it: at blanks, and = and : are words.
        read -ra words <<< "${2//=/ = }"
        [[ $2 == *' ' ]] && words+=('')
        COMP_WORDS=("${words[@]}") COMP_CWORD=$((${#words[@]} - 1)) COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
        _cairnctl
        printf '%s\\n' "${COMPREPLY[@]}" """
        path = self.root["cairn"] / "usr/share/bash-completion/completions/cairnctl"
        lines = out("bash", "--norc", "-c", script, "bash", path, line, env=self.environment(home, KUBECONFIG=str(home / "kubeconfig")), cwd=home).splitlines()
        return [one for one in lines if one]

    def test_shells_can_read_the_completions(self):
        share = self.root["cairn"] / "usr/share"
        out("bash", "-n", share / "bash-completion/completions/cairnctl")
        out("zsh", "-n", share / "zsh/vendor-completions/_cairnctl")
        out("fish", "-n", share / "fish/vendor_completions.d/cairnctl.fish", env={**os.environ, "HOME": str(self.home())})

    def test_bash_completes_commands_options_and_names(self):
        home = self.home()
        marker = home / "was-run"
        self.kubeconfig(home, names=("prod-eu", f"$(touch {marker})", "two words", "prod-us"))
        for library in (True, False):
            self.assertEqual(self.bash("cairnctl jo", home, library), ["job", "jobs"])
            self.assertEqual(self.bash("cairnctl job res", home, library), ["resume"])
            self.assertEqual(self.bash("cairnctl job resume x --accept-u", home, library), ["--accept-unverified"])
            self.assertEqual(self.bash("cairnctl --context prod", home, library), ["prod-eu", "prod-us"])
            # A name is one word to the shell, and no command.
            self.assertEqual(self.bash("cairnctl --context ", home, library), [f"\\$\\(touch\\ {marker}\\)", "prod-eu", "prod-us", "two\\ words"])
        self.assertEqual(self.bash("cairnctl --context=prod", home), ["prod-eu", "prod-us"])
        self.assertFalse(marker.exists())
        (home / "folder").mkdir()
        self.assertEqual(self.bash("cairnctl overlay new --out fol", home), ["folder"])

    def test_fish_completes(self):
        home = self.home()
        self.kubeconfig(home)
        path = self.root["cairn"] / "usr/share/fish/vendor_completions.d/cairnctl.fish"
        env = self.environment(home, KUBECONFIG=str(home / "kubeconfig"))
        lines = out("fish", "--no-config", "-c", f"source {path}; complete -C 'cairnctl job res'", env=env, cwd=home).splitlines()
        self.assertEqual([line.split("\t")[0] for line in lines], ["resume"])
        lines = out("fish", "--no-config", "-c", f"source {path}; complete -C 'cairnctl --context prod'", env=env, cwd=home).splitlines()
        self.assertEqual(lines, ["prod-eu"])

    def zsh(self, line, home):
        """What a line in a terminal becomes when Tab is pressed at its end."""
        setup = (f"unset zle_bracketed_paste; PS1=; fpath=({self.root['cairn']}/usr/share/zsh/vendor-completions $fpath); autoload -Uz compinit; compinit -u -D; "
                 "said() { print -r -- \"<$BUFFER>\"; zle kill-buffer; }; zle -N said; bindkey '^X' said; print rea''dy\n")
        env = self.environment(home, KUBECONFIG=str(home / "kubeconfig"), TERM="dumb")
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(home)
            os.execve("/usr/bin/zsh", ["zsh", "-f", "-i"], env)

        def until(mark):
            got, end = b"", time.monotonic() + 60
            while not re.search(mark, got):
                self.assertLess(time.monotonic(), end, got)
                if select.select([terminal], [], [], 0.2)[0]:
                    got += os.read(terminal, 65536)
            return re.search(mark, got)
        try:
            os.write(terminal, setup.encode())
            until(b"ready")
            os.write(terminal, line.encode() + b"\t\x18")
            return until(rb"<(.*?)>")[1].decode()
        finally:
            os.close(terminal)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def test_zsh_completes(self):
        home = self.home()
        self.kubeconfig(home, names=("arn:aws:a b",))
        self.assertEqual(self.zsh("cairnctl job res", home), "cairnctl job resume ")
        self.assertEqual(self.zsh("cairnctl --output=js", home), "cairnctl --output=json ")
        self.assertEqual(self.zsh("cairnctl --context ar", home), "cairnctl --context arn:aws:a\\ b ")

    def complete(self, home, *words):
        start = time.monotonic()
        done = subprocess.run([self.root["cairn"] / "usr/bin/cairnctl", "__complete", *words], capture_output=True, check=False, timeout=30, env=self.environment(home))
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return done.stdout.decode(), time.monotonic() - start

    def test_completion_gives_up_in_time_and_says_nothing(self):
        home = self.home()
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            kubeconfig = self.kubeconfig(home, server=f"https://127.0.0.1:{port}")
            shown, took = self.complete(home, "--kubeconfig", str(kubeconfig), "--context", "prod-eu", "job", "resume", "")
        self.assertEqual(shown, "")
        self.assertGreater(took, 1)  # it did ask
        self.assertLess(took, 3)     # 2 s, and what starting a program takes on a busy machine
        for words in (["--kubeconfig", "/nowhere", "job", "resume", ""], ["--context", ""], []):
            self.assertNotIn("\n\n", self.complete(home, *words)[0])

    def test_completion_runs_a_sign_in_program_only_where_the_line_allows_it(self):
        home = self.home()
        marker, program = home / "was-run", home / "sign-in"
        program.write_text(f"#!/bin/sh\ntouch {marker}\nexit 1\n", encoding="utf-8")
        program.chmod(0o755)
        user = f"{{exec: {{apiVersion: client.authentication.k8s.io/v1, command: '{program}', interactiveMode: Never}}}}"
        line = ["--kubeconfig", str(self.kubeconfig(home, user=user)), "--context", "prod-eu", "-n", ""]
        self.assertEqual(self.complete(home, *line)[0], "words\n")
        self.assertFalse(marker.exists())
        self.complete(home, "--allow-exec", *line)
        self.assertTrue(marker.exists())


if __name__ == "__main__":
    unittest.main()
