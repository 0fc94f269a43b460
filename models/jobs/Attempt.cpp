// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/Attempt.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <QDir>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace cairn::jobs {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::jobs)
};

/// Longest of "-<role>-<index>" and MPI's "-config" and "-launcher".
qsizetype longestSuffix(const Job &job)
{
    qsizetype longest = job.facts().isMpi() ? 9 : 0;
    // The host names of a JobSet's pods: "-<replicated job>-<job>-<pod>".
    const qsizetype jobSet = job.facts().isTrainJob() ? 2 : 0;
    for (const ReplicaGroup &group : job.replicas) {
        const qsizetype digits = QString::number(std::max(0, group.desired - 1)).size();
        longest = std::max(longest, group.role.size() + digits + 2 + jobSet);
    }
    return longest;
}

constexpr qsizetype kLongestLabel = 63; // RFC 1035, and Services are named like pods

} // namespace

QString attemptName(const Job &job, int attempt, const QSet<QString> &taken)
{
    static const QRegularExpression earlier(u"-r\\d+$"_s);
    QString base = job.name;
    base.remove(earlier);
    for (int n = attempt;; ++n) {
        const QString suffix = u"-r%1"_s.arg(n);
        QString stem = base.left(std::max<qsizetype>(1, kLongestLabel - longestSuffix(job) - suffix.size()));
        while (stem.endsWith(u'-'))
            stem.chop(1);
        const QString name = stem + suffix;
        if (!taken.contains(name) && name != job.name)
            return name;
    }
}

Result<> checkJobName(const QString &name, const Job &job, const QSet<QString> &taken)
{
    static const QRegularExpression label(u"^[a-z]([-a-z0-9]*[a-z0-9])?$"_s);
    const QString what = Words::tr("“%1” cannot be the name of the new job.").arg(text::safe(name));
    if (!label.match(name).hasMatch())
        return fail(Error::Kind::Invalid, what,
                    Words::tr("A job's name has lower-case letters, digits and “-”, begins with a letter and ends with a letter or digit."),
                    Words::tr("Choose another name."));
    const qsizetype longest = kLongestLabel - longestSuffix(job);
    if (name.size() > longest)
        return fail(Error::Kind::Invalid, what, Words::tr("Its pods and services would have names of more than 63 characters."),
                    Words::tr("Use at most %1 characters.").arg(longest));
    if (taken.contains(name))
        return fail(Error::Kind::Invalid, what, Words::tr("A job of this name already exists in the namespace."), Words::tr("Choose another name."));
    return {};
}

bool isBucketPath(const QString &path)
{
    return path.startsWith("s3://"_L1);
}

QString attemptBase(const QString &dir)
{
    static const QRegularExpression suffix(u"/attempt-\\d+-[0-9a-f]{6}$"_s);
    QString base = joinPath(dir, {});
    // More than one suffix means somebody nested attempts by hand; all of them go.
    for (auto m = suffix.match(base); m.hasMatch() && m.capturedStart() > 0; m = suffix.match(base))
        base.truncate(m.capturedStart());
    return base;
}

QString attemptDirectory(const QString &saveDir, int attempt, const QString &id)
{
    return joinPath(attemptBase(saveDir), u"attempt-%1-%2"_s.arg(attempt).arg(id.left(6)));
}

QString newRunDirectory(const Job &job, const QString &saveDir, const QString &name, int attempt, const QString &id)
{
    const QString base = attemptBase(saveDir);
    const QString beside = joinPath(joinPath(base, u".."_s), name);
    const VolumeMount *mount = mountOf(job, base);
    const bool reaches = isBucketPath(base) ? joinPath(base, u".."_s) != base : mount && mountOf(job, beside) == mount;
    if (reaches)
        return beside;
    return attemptDirectory(saveDir, attempt, id);
}

int attemptOf(const QString &relative)
{
    static const QRegularExpression folder(u"^attempt-(\\d{1,9})-[0-9a-f]{6}(/|$)"_s);
    const QRegularExpressionMatch match = folder.match(relative);
    return match.hasMatch() ? match.captured(1).toInt() : 0;
}

const VolumeMount *mountOf(const Job &job, const QString &path)
{
    const VolumeMount *best = nullptr;
    if (isBucketPath(path))
        return nullptr;
    const QString clean = QDir::cleanPath(path);
    for (const VolumeMount &mount : job.mounts) {
        const QString at = QDir::cleanPath(mount.mountPath);
        const bool above = clean == at || at == u"/" || clean.startsWith(at + u'/');
        if (above && (!best || at.size() > QDir::cleanPath(best->mountPath).size()))
            best = &mount;
    }
    return best;
}

QString joinPath(const QString &base, const QString &relative)
{
    if (isBucketPath(base)) {
        // Keys are plain text: "a//b" and "a/./b" are other objects than "a/b".
        constexpr qsizetype scheme = 5;
        QString uri = base;
        while (uri.size() > scheme && uri.endsWith(u'/'))
            uri.chop(1);
        if (relative == u"..")
            return uri.indexOf(u'/', scheme) < 0 ? uri : uri.left(uri.lastIndexOf(u'/'));
        return relative.isEmpty() || relative == u"." ? uri : uri + u'/' + relative;
    }
    return relative.isEmpty() || relative == u"." ? QDir::cleanPath(base) : QDir::cleanPath(base + u'/' + relative);
}

} // namespace cairn::jobs
