#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fast lints over the tracked files: layering of includes, headers, forbidden constructs. Prints file:line: message."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Which folders a folder may include from (besides itself). docs/ARCHITECTURE.md draws this table.
LAYERS = {
    "models/base": set(),
    "models/manifest": {"base"},
    "models/net": {"base"},
    "models/domain": {"base", "manifest"},
    "models/checkpoints": {"base", "manifest", "domain"},
    "models/s3": {"base", "net", "domain", "checkpoints"},
    "models/services": {"base", "net", "domain", "s3"},
    "models/change": {"base", "manifest", "domain"},
    "models/jobs": {"base", "manifest", "domain", "checkpoints", "change"},
    "models/launch": {"base", "manifest", "domain", "checkpoints", "change", "jobs"},
    "models/components": {"base", "domain"},
    "models/storage": {"base", "manifest", "domain"},
    "models/audit": {"base", "manifest", "domain", "components"},
    "models/overlay": {"base", "manifest", "domain", "components", "change", "audit"},
    "models/kube": {"base", "manifest", "net", "domain"},
    "models/store": {"base", "domain"},
    "models/situation": {"base", "domain", "checkpoints", "change", "jobs", "components", "storage", "audit", "store"},
    "models/items": {"base", "domain", "checkpoints", "change", "jobs", "components", "storage", "audit", "overlay", "store", "situation"},
    "widgets/kit": {"base", "domain", "items"},
    "widgets/views": {"base", "domain", "items", "kit"},
    "widgets/charts": {"base", "domain", "situation", "items", "kit"},
    "widgets/logs": {"base", "domain", "items", "kit"},
    "widgets/forms": {"base", "domain", "items", "kit"},
    "widgets/editors": {"base", "domain", "manifest", "items", "kit"},
    "widgets/dialogs": {"base", "domain", "manifest", "checkpoints", "change", "jobs", "storage", "audit", "overlay", "items", "kit", "views", "charts", "logs", "forms", "editors"},
    "widgets/pages": {"base", "domain", "manifest", "checkpoints", "change", "jobs", "launch", "audit", "overlay", "components", "storage", "situation", "items", "kit", "views", "charts", "logs", "forms", "editors", "dialogs"},
    "widgets/gallery": {"base", "domain", "manifest", "checkpoints", "change", "jobs", "launch", "audit", "overlay", "components", "storage", "situation", "items", "kit", "views", "charts", "logs", "forms", "editors", "dialogs", "pages"},
}
OWN_FOLDERS = {path.split("/")[1] for path in LAYERS}

# Headers that only these folders may see, whatever the target links.
RESTRICTED = [
    (re.compile(r"^<(QtCharts/|Q\w*Chart|QLineSeries|QScatterSeries|QValueAxis|QDateTimeAxis|QAreaSeries)"), {"widgets/charts"}),
    (re.compile(r"^<curl/"), {"models/net"}),
    (re.compile(r"^<(QNetwork|QSsl|QWebSocket|QtNetwork|QtWebSockets|QTcp|QHost)"), {"models/net"}),
    (re.compile(r"^<(mysql|mariadb|errmsg|libpq|amqp|rabbitmq-c|librdkafka)"), {"models/services"}),
    (re.compile(r"^<QSql"), {"models/store"}),
    (re.compile(r"^<Qsci/"), {"widgets/editors"}),
    (re.compile(r"^<qt6keychain/"), {"app/engine"}),
    (re.compile(r"^<(QWidget|Q\w*Widget|QApplication|QPainter|QGui|QPixmap|QImage|QIcon|QFont|QColor|QPalette|QtGui/|QtWidgets/)"),
     {"widgets/*", "app/*"}),
    (re.compile(r"^<tl/expected"), {"models/base"}),
]
# A header that includes one of these is private to its folder.
PRIVATE_MARK = re.compile(r'#\s*include\s*<(simdjson|yaml-cpp|protozero|curl)', re.M)

FORBIDDEN = [
    (re.compile(r"\bco_await\b|\bco_return\b|\bco_yield\b"), "coroutines are not used: g++ 12.2 miscompiles temporaries in co_await"),
    (re.compile(r"\bTODO\b|\bFIXME\b|\bXXX\b|\bHACK\b"), "finish it or name it in an issue"),
    (re.compile(r"processEvents\s*\("), "no nested event processing"),
    (re.compile(r"QString tr\(const char"), "a free tr() is filed under another context than it is looked up in: declare Words"),
    (re.compile(r"#include <(QtCore|QtGui|QtWidgets|QtNetwork|QtTest)>"), "no umbrella headers"),
]
COLOUR = re.compile(r'QColor\(\s*(0x|\d|")|"#[0-9a-fA-F]{6}"|u"#[0-9a-fA-F]{6}"')
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"][^>"]+[>"])')

problems = []
private_headers = set()


def report(path, line, message):
    problems.append(f"{path}:{line}: {message}")


def tracked():
    out = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True).stdout
    return sorted(p for p in out.decode().split("\0") if p and (ROOT / p).is_file())


def allowed_in(folder, patterns):
    return any(folder == p or (p.endswith("/*") and folder.startswith(p[:-1])) for p in patterns)


def check_cpp(path, text):
    folder = "/".join(path.split("/")[:2])
    layer = LAYERS.get(folder)
    if not text.startswith("// SPDX-License-Identifier: GPL-3.0-or-later"):
        report(path, 1, "the SPDX line must come first")
    if path.endswith(".h") and "#pragma once" not in text:
        report(path, 1, "#pragma once is missing")
    for number, line in enumerate(text.splitlines(), 1):
        if "\t" in line:
            report(path, number, "tab")
        if line != line.rstrip():
            report(path, number, "trailing white space")
        for pattern, why in FORBIDDEN:
            if pattern.search(line):
                report(path, number, why)
        if folder.startswith("widgets/") and "tests/" not in path and COLOUR.search(line):
            report(path, number, "colour literal: use a Theme token")
        match = INCLUDE.match(line)
        if not match:
            continue
        header = match.group(1)
        if header.startswith('"') and layer is not None and "/" in header:
            target = header[1:].split("/")[0]
            if target in OWN_FOLDERS and target != folder.split("/")[1] and target not in layer:
                report(path, number, f"{folder} must not include {target}/")
            if target == "app":
                report(path, number, "nobody includes app/")
        if folder.startswith(("models/", "widgets/", "app/")):
            for pattern, where in RESTRICTED:
                if pattern.match(header) and not allowed_in(folder, where):
                    report(path, number, f"{header} belongs to {', '.join(sorted(where))} only")
            if header.strip('"<>') in private_headers and header.strip('"<>').split("/")[0] != folder.split("/")[1]:
                report(path, number, f"{header} is private to its folder: it shows a third-party library")


def main():
    files = tracked()
    for path in files:
        if path.startswith("models/") and path.endswith(".h") and PRIVATE_MARK.search((ROOT / path).read_text(encoding="utf-8")):
            private_headers.add(path.removeprefix("models/"))
    for path in files:
        if path.startswith("tests/fixtures/") or path == "LICENSE":
            continue
        full = ROOT / path
        if path.endswith((".h", ".cpp")):
            check_cpp(path, full.read_text(encoding="utf-8"))
        elif path.endswith((".py", ".sh", "CMakeLists.txt", ".cmake")):
            text = full.read_text(encoding="utf-8")
            if "SPDX-License-Identifier: GPL-3.0-or-later" not in text[:300]:
                report(path, 1, "the SPDX line is missing")
        if full.stat().st_size > 1 << 20 and not path.startswith(("resources/fonts/", "translations/")):
            report(path, 1, "larger than 1 MiB")
    for problem in problems:
        print(problem)
    print(f"lint: {len(files)} files, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
