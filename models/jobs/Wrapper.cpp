// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/Wrapper.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QMap>

using namespace Qt::StringLiterals;

namespace cairn::jobs::wrapper {
namespace {

/// `sh -c launcher program command…`: $0 is the program, "$@" the training command.
const QString &launcher()
{
    static const QString text =
        u"if command -v python3 >/dev/null 2>&1; then exec python3 -c \"$0\" \"$@\"; else exec python -c \"$0\" \"$@\"; fi"_s;
    return text;
}

QStringList prefix()
{
    return {u"sh"_s, u"-c"_s, launcher(), program()};
}

} // namespace

const QString &program()
{
    // Runs on Python 3.6 and later, imports the standard library only, and never raises: whatever it cannot judge is
    // no candidate, and the named checkpoint is always left.
    // Valid means: HF folder with a trainer_state.json that parses (rank 0 writes it last) and weights of full length;
    // DCP folder with .metadata (written last); Megatron folder its tracker file names; torch zip whose directory can
    // be read; safetensors file as long as its header says.
    static const QString text = uR"py(# cairn resume wrapper 1
import json, os, re, struct, sys, zipfile

def zip_ok(path):
    try:
        with zipfile.ZipFile(path) as z:
            return any(n.endswith("data.pkl") for n in z.namelist())
    except Exception:
        return False

def safetensors_ok(path):
    try:
        size = os.path.getsize(path)
        with open(path, "rb") as f:
            n = struct.unpack("<Q", f.read(8))[0]
            if n > 100000000 or n + 8 > size:
                return False
            head = json.loads(f.read(n).decode("utf-8"))
        ends = [t["data_offsets"][1] for k, t in head.items() if k != "__metadata__"]
        return size == 8 + n + max(ends or [0])
    except Exception:
        return False

def file_ok(path):
    if path.endswith(".safetensors"):
        return safetensors_ok(path)
    if path.endswith((".pt", ".pth", ".bin", ".ckpt", ".tar")):
        return zip_ok(path)
    return True

def folder_ok(path):
    names = set(os.listdir(path))
    if any("checkpoint-is-incomplete" in n or n.endswith(".metadata.tmp") for n in names):
        return False
    if ".metadata" in names:
        return os.path.getsize(os.path.join(path, ".metadata")) > 0
    if "trainer_state.json" in names:
        with open(os.path.join(path, "trainer_state.json"), "rb") as f:
            json.loads(f.read().decode("utf-8"))
        for n in names:
            if n.endswith(".index.json"):
                with open(os.path.join(path, n), "rb") as f:
                    shards = set(json.loads(f.read().decode("utf-8")).get("weight_map", {}).values())
                if not shards <= names:
                    return False
        weights = [n for n in names if n.endswith((".safetensors", ".bin")) and n != "training_args.bin"]
        folders = [n for n in names if re.match(r"(global_step\d+|pytorch_model_fsdp_\d+)$", n)]
        return bool(weights or folders) and all(
            file_ok(os.path.join(path, n)) for n in names if os.path.isfile(os.path.join(path, n)))
    ranks = [n for n in names if n.startswith("mp_rank_")]
    return bool(ranks) and all(zip_ok(os.path.join(path, r, f)) for r in ranks for f in os.listdir(os.path.join(path, r)))

def step_of(name):
    found = re.findall(r"(?:step|iter|checkpoint|global_step)[-_=]?(\d+)", name) or re.findall(r"\d+", name)
    return int(found[-1]) if found else None

def candidates(root):
    tracker = None
    try:
        with open(os.path.join(root, "latest_checkpointed_iteration.txt")) as f:
            tracker = int(f.read().strip())
    except Exception:
        pass
    for base, dirs, files in os.walk(root):
        depth = base[len(root):].count(os.sep)
        for name in list(dirs):
            path = os.path.join(base, name)
            try:
                m = re.match(r"iter_(\d+)$", name)
                if m and (tracker is None or int(m.group(1)) > tracker):
                    continue
                if not name.startswith("tmp-") and folder_ok(path):
                    yield step_of(name), os.path.getmtime(path), path
                    dirs.remove(name)
            except Exception:
                pass
        for name in files:
            path = os.path.join(base, name)
            try:
                if name.endswith((".pt", ".pth", ".ckpt")) and file_ok(path):
                    yield step_of(name), os.path.getmtime(path), path
            except Exception:
                pass
        if depth >= 4:
            del dirs[:]

def choose():
    path, step = os.environ.get("CAIRN_RESUME_PATH", ""), os.environ.get("CAIRN_RESUME_STEP", "")
    root = os.environ.get("CAIRN_SAVE_DIR", "")
    best = None
    if root and os.path.isdir(root):
        for s, when, p in candidates(root):
            key = (s if s is not None else -1, when)
            if best is None or key > best[0]:
                best = (key, p, s)
    if best:
        path, step = best[1], "" if best[2] is None else str(best[2])
    return path, step

def main():
    path, step = choose()
    print("cairn: starting from %r" % path, flush=True)
    words = []
    try:
        words = json.loads(os.environ.get("CAIRN_RESUME_ARGS", "[]"))
    except Exception:
        pass
    values = {"path": path, "dir": os.path.dirname(path), "name": os.path.basename(path), "step": step}
    fill = lambda w: re.sub(r"\{(path|dir|name|step)\}", lambda m: values[m.group(1)], w)
    argv = sys.argv[1:] + [fill(w) for w in words]
    if os.environ.get("CAIRN_RESUME_ENV"):
        os.environ[os.environ["CAIRN_RESUME_ENV"]] = path
    os.execvp(argv[0], argv)

main()
)py"_s;
    return text;
}

const QStringList &variableNames()
{
    static const QStringList names{u"CAIRN_RESUME_PATH"_s, u"CAIRN_RESUME_STEP"_s, u"CAIRN_SAVE_DIR"_s,
                                   u"CAIRN_RESUME_ARGS"_s, u"CAIRN_RESUME_ENV"_s};
    return names;
}

QMap<QString, QString> variables(const PathContract &contract, const QString &path, std::optional<qint64> step,
                                 const QString &saveDir)
{
    const QJsonArray args = QJsonArray::fromStringList(contract.args);
    return {{u"CAIRN_RESUME_PATH"_s, path},
            {u"CAIRN_RESUME_STEP"_s, step ? QString::number(*step) : QString()},
            {u"CAIRN_SAVE_DIR"_s, saveDir},
            {u"CAIRN_RESUME_ARGS"_s, QString::fromUtf8(QJsonDocument(args).toJson(QJsonDocument::Compact))},
            {u"CAIRN_RESUME_ENV"_s, contract.env}};
}

bool possible(const Argv &argv)
{
    return argv.command && !argv.command->isEmpty();
}

Argv wrapped(const Argv &argv)
{
    Argv out = argv;
    out.command = prefix() + argv.command.value_or(QStringList());
    return out;
}

bool isWrapped(const Argv &argv)
{
    // Recognised by its first line, so that a later version removes an earlier one.
    return argv.command && argv.command->size() > 4 && argv.command->at(0) == u"sh" && argv.command->at(1) == u"-c"
        && argv.command->at(3).startsWith(u"# cairn resume wrapper "_s);
}

Argv unwrapped(const Argv &argv)
{
    Argv out = argv;
    if (isWrapped(argv))
        out.command = argv.command->mid(4);
    return out;
}

} // namespace cairn::jobs::wrapper
