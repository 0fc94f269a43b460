// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/SaveLocation.h"

#include "base/Names.h"
#include "base/Text.h"
#include "checkpoints/Check.h"

#include <QProcess>
#include <QRegularExpression>
#include <array>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

using Origin = SaveLocation::Origin;

/// Options that name the folder a framework saves into, most specific first. Sources: torchtitan's CheckpointConfig,
/// Megatron-LM's arguments, Lightning's Trainer, transformers' TrainingArguments, Accelerate's ProjectConfiguration,
/// the sources named at models/jobs/ResumeSwitch.cpp; the rest is common habit.
constexpr std::array options{
    "checkpoint.folder", "checkpoint_dir", "ckpt_dir", "checkpoint_path", "save_checkpoint_path", "save", "save_dir", "save_path",
    "trainer.default_local_dir", "trainer.ckpt_path", "checkpointing.checkpoint_dir", "ckpt.path", "checkpoint.save", "checkpoint.checkpoint_dir",
    "train.checkpoint.output_dir", "output_dir", "trainer.default_root_dir", "default_root_dir", "project_dir", "model_dir", "job.dump_folder", "dump_folder",
};

/// Habitual variables beside the contract's CHECKPOINT_DIR: no promise, so a guess.
constexpr std::array habits{"CKPT_DIR", "CHECKPOINT_PATH", "AIP_CHECKPOINT_DIR", "BT_CHECKPOINT_DIR", "PL_TRAINER__DEFAULT_ROOT_DIR",
                            "OUTPUT_DIR", "SAVE_DIR", "MODEL_DIR"};

QString expanded(const QString &text, const QMap<QString, QString> &env)
{
    static const QRegularExpression variable(u"\\$(?:\\((\\w+)\\)|\\{(\\w+)\\}|(\\w+))"_s);
    QString out;
    qsizetype at = 0;
    auto it = variable.globalMatch(text);
    while (it.hasNext()) {
        const QRegularExpressionMatch match = it.next();
        const QString name = match.captured(1) + match.captured(2) + match.captured(3);
        out += QStringView(text).mid(at, match.capturedStart() - at);
        out += env.contains(name) ? env.value(name) : match.captured();
        at = match.capturedEnd();
    }
    return out + text.mid(at);
}

/// The words of the command line; shell scripts given to "-c" are split as well.
QStringList wordsOf(const Job &job)
{
    QStringList words;
    for (const QString &word : job.command + job.args) {
        const bool script = word.contains(u' ') || word.contains(u'\n');
        if (script)
            words += QProcess::splitCommand(word.simplified());
        else
            words << word;
    }
    return words;
}

/// "--output_dir" and "--output-dir" are the same option; Hydra and LightningCLI write "trainer.x=y" without dashes.
QString optionName(QString word)
{
    while (word.startsWith(u'-'))
        word.remove(0, 1);
    return word.replace(u'-', u'_').toLower();
}

struct Argument {
    QString option; ///< as written
    QString value;
};

std::optional<Argument> argument(const QStringList &words, QLatin1StringView name)
{
    std::optional<Argument> found; // the last one wins, as with argparse
    for (qsizetype i = 0; i < words.size(); ++i) {
        const qsizetype equals = words[i].indexOf(u'=');
        const QString head = words[i].left(equals < 0 ? words[i].size() : equals);
        const bool dashed = head.startsWith(u'-');
        if (optionName(head) != name || (!dashed && equals < 0))
            continue;
        if (equals >= 0)
            found = Argument{head, words[i].mid(equals + 1)};
        else if (i + 1 < words.size() && !words[i + 1].startsWith(u'-'))
            found = Argument{head, words[i + 1]};
    }
    return found;
}

SaveLocation none(const QString &reason)
{
    SaveLocation location;
    location.reason = reason;
    return location;
}

SaveLocation resolved(const Job &job, const QString &raw, Origin origin, const QString &from)
{
    SaveLocation location;
    location.origin = origin;
    location.from = from;
    QString value = expanded(raw, job.env).trimmed();
    location.value = value;
    const qsizetype scheme = value.indexOf(u"://"_s);
    constexpr qsizetype longest = 4096; // of a path, anywhere
    if (value.size() > longest || value.contains(QChar(u'\0')) || value.contains(u'\n')) {
        location.value.truncate(longest);
        location.reason = Words::tr("%1 is no path: it is too long, or holds a line break.").arg(text::safe(from));
        return location;
    }
    if (value.startsWith(u"pvc://"_s)) {
        const QString rest = value.mid(6);
        const QString claim = rest.section(u'/', 0, 0);
        static const QRegularExpression name(u"^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$"_s);
        if (!name.match(claim).hasMatch()) {
            location.reason = Words::tr("%1 is %2, and “%3” cannot be the name of a PVC.").arg(text::safe(from), text::safe(value), text::safe(claim));
            return location;
        }
        const QString path = normalisedPath(u'/' + rest.section(u'/', 1)).mid(1);
        const std::optional<QString> container = containerPathOf(job, claim, path);
        location.kind = SaveLocation::Kind::Claim;
        location.place = container ? *claimPathOf(job, *container) : ClaimPath{claim, path, {}, {}, {}, false};
        return location;
    }
    if (value.startsWith(u"file://"_s)) {
        value = value.mid(7);
    } else if (scheme > 0) {
        location.kind = SaveLocation::Kind::Remote;
        location.uri = value;
        location.reason = value.startsWith(u"s3://"_s)
            ? Words::tr("It saves to the bucket %1.").arg(text::safe(value))
            : Words::tr("It saves to %1; of object stores only S3 can be listed.").arg(text::safe(value));
        return location;
    }
    if (value.contains(u'$')) {
        location.reason = Words::tr("%1 is %2, and the variable in it is not known from the job.").arg(text::safe(from), text::safe(value));
        return location;
    }
    if (!value.startsWith(u'/')) {
        location.reason = Words::tr("%1 is the relative path %2, and the container's working folder is not known.")
                              .arg(text::safe(from), text::safe(value));
        return location;
    }
    const QString path = normalisedPath(value);
    if (const std::optional<ClaimPath> place = claimPathOf(job, path)) {
        location.kind = SaveLocation::Kind::Claim;
        location.place = *place;
    } else {
        location.reason = Words::tr("%1 is %2, which is not on a PVC: it is gone when the pod is.").arg(text::safe(from), text::safe(path));
    }
    return location;
}

/// The first option that names a claim or a bucket, else the first that names anything. torchtitan joins
/// job.dump_folder and checkpoint.folder.
std::optional<SaveLocation> fromArguments(const Job &job)
{
    const QStringList words = wordsOf(job);
    std::optional<SaveLocation> first;
    for (const char *name : options) {
        const std::optional<Argument> found = argument(words, QLatin1StringView(name));
        if (!found || found->value.isEmpty())
            continue;
        QString value = found->value;
        if (QLatin1StringView(name) == "checkpoint.folder"_L1 && !value.startsWith(u'/') && !value.contains(u"://"_s)) {
            std::optional<Argument> dump = argument(words, "job.dump_folder"_L1);
            if (!dump)
                dump = argument(words, "dump_folder"_L1);
            if (dump)
                value = dump->value + u'/' + value;
        }
        const SaveLocation location = resolved(job, value, Origin::Argument, found->option);
        if (location.kind != SaveLocation::Kind::None)
            return location;
        if (!first)
            first = location;
    }
    return first;
}

std::optional<SaveLocation> fromMounts(const Job &job)
{
    static const QRegularExpression telling(u"ckpt|checkpoint|snapshot"_s, QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression likely(u"output|result|save|model|run"_s, QRegularExpression::CaseInsensitiveOption);
    QList<VolumeMount> writable;
    for (const VolumeMount &mount : job.mounts) {
        if (!mount.claim.isEmpty() && !mount.readOnly)
            writable << mount;
    }
    for (const QRegularExpression &pattern : {telling, likely}) {
        for (const VolumeMount &mount : writable) {
            if (mount.mountPath.contains(pattern) || mount.claim.contains(pattern) || mount.subPath.contains(pattern))
                return resolved(job, mount.mountPath, Origin::Guess, mount.mountPath);
        }
    }
    if (writable.size() == 1) // the only place where anything could survive the pod
        return resolved(job, writable.first().mountPath, Origin::Guess, writable.first().mountPath);
    return std::nullopt;
}

/// Everything below "root", without it and its slash; nullopt where `path` is not below.
std::optional<QString> below(const QString &path, const QString &root)
{
    if (root == u"/"_s)
        return path.mid(1);
    if (path == root)
        return QString();
    if (path.startsWith(root + u'/'))
        return path.mid(root.size() + 1);
    return std::nullopt;
}

QString joinedPath(const QString &a, const QString &b)
{
    return a.isEmpty() ? b : b.isEmpty() ? a : a + u'/' + b;
}

} // namespace

QString normalisedPath(const QString &path)
{
    if (!path.startsWith(u'/'))
        return {};
    QStringList parts;
    for (const QString &part : path.split(u'/', Qt::SkipEmptyParts)) {
        if (part == u".."_s) {
            if (!parts.isEmpty())
                parts.removeLast();
        } else if (part != u"."_s) {
            parts << part;
        }
    }
    return u'/' + parts.join(u'/');
}

std::optional<ClaimPath> claimPathOf(const Job &job, const QString &containerPath)
{
    const QString path = normalisedPath(containerPath);
    const VolumeMount *best = nullptr;
    QString bestMount;
    QString rest;
    if (path.isEmpty())
        return std::nullopt;
    for (const VolumeMount &mount : job.mounts) {
        const QString mountPath = normalisedPath(mount.mountPath);
        const std::optional<QString> inside = mountPath.isEmpty() ? std::nullopt : below(path, mountPath);
        // The deepest mount is the one the container sees, also where it is no claim.
        if (inside && (!best || mountPath.size() > bestMount.size())) {
            best = &mount;
            bestMount = mountPath;
            rest = *inside;
        }
    }
    if (!best || best->claim.isEmpty())
        return std::nullopt;
    const QString subPath = normalisedPath(u'/' + best->subPath).mid(1);
    return ClaimPath{best->claim, joinedPath(subPath, rest), bestMount, subPath, path, best->readOnly};
}

std::optional<QString> containerPathOf(const Job &job, const QString &claim, const QString &pathInClaim)
{
    const QString path = normalisedPath(u'/' + pathInClaim);
    std::optional<QString> best;
    bool bestReadOnly = true;
    qsizetype bestDepth = 0;
    for (const VolumeMount &mount : job.mounts) {
        if (mount.claim != claim)
            continue;
        const QString subPath = normalisedPath(u'/' + mount.subPath);
        const std::optional<QString> rest = below(path, subPath);
        if (!rest)
            continue;
        const QString candidate = normalisedPath(mount.mountPath + u'/' + *rest);
        // Another mount may lie over this place in the container.
        const std::optional<ClaimPath> seen = claimPathOf(job, candidate);
        if (!seen || seen->claim != claim || u'/' + seen->path != path)
            continue;
        const bool better = !best || (bestReadOnly && !mount.readOnly)
            || (bestReadOnly == mount.readOnly && subPath.size() < bestDepth);
        if (better) {
            best = candidate;
            bestReadOnly = mount.readOnly;
            bestDepth = subPath.size();
        }
    }
    return best;
}

QString howToCorrect(const SaveLocation &location)
{
    if (location.origin == Origin::Annotation)
        return Words::tr("Correct or remove the annotation %1 of the job; it takes the folder as the container sees it, such as /ckpt/my-run").arg(location.from);
    return Words::tr("Enter where it saves: the folder inside its container, kept in the annotation %1 of the job").arg(names::name("checkpoint-dir"_L1));
}

SaveLocation locate(const Job &job)
{
    const QString annotation = names::name("checkpoint-dir"_L1);
    if (const QString corrected = job.annotations.value(annotation); !corrected.isEmpty())
        return resolved(job, corrected, Origin::Annotation, annotation);
    const QString contract = u"CHECKPOINT_DIR"_s;
    if (const QString folder = job.env.value(contract); !folder.isEmpty())
        return resolved(job, folder, Origin::Contract, contract);
    if (job.envFrom.contains(contract)) {
        SaveLocation guess = fromMounts(job).value_or(SaveLocation{});
        if (guess.kind == SaveLocation::Kind::None)
            guess.reason = Words::tr("CHECKPOINT_DIR comes from a Secret or ConfigMap, whose contents are not read.");
        return guess;
    }
    const std::optional<SaveLocation> named = fromArguments(job);
    if (named && named->kind != SaveLocation::Kind::None)
        return *named;
    for (const char *name : habits) {
        const QString variable = QString::fromLatin1(name);
        const QString value = job.env.value(variable);
        const SaveLocation guess = value.isEmpty() ? SaveLocation{} : resolved(job, value, Origin::Guess, variable);
        if (guess.kind != SaveLocation::Kind::None)
            return guess;
    }
    // An absolute path on no claim is certain knowledge, which a mount's name does not outweigh. A relative path may
    // well lie on a claim.
    const bool lost = named && named->value.startsWith(u'/');
    if (const std::optional<SaveLocation> guess = fromMounts(job); guess && !lost)
        return *guess;
    if (named)
        return *named;
    return none(job.mounts.isEmpty() ? Words::tr("The job mounts no PVC, so its checkpoints do not outlive its pods.")
                                     : Words::tr("Nothing in the job tells where it saves."));
}

} // namespace cairn::ckpt
