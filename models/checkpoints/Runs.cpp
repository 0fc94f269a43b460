// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Runs.h"

#include "base/Text.h"
#include "checkpoints/Paths.h"
#include "checkpoints/SmallFiles.h"

#include <QHash>
#include <QRegularExpression>
#include <QSet>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

QByteArray seriesOf(const Finding &finding)
{
    return finding.run + '\n' + finding.format.toUtf8();
}

/// The path of a member within its save, without what differs from save to save (the step in the names of folders) and from
/// rank to rank, for which each format has rules of its own.
QByteArray partOf(const QByteArray &path, const Finding &finding)
{
    static const QRegularExpression ranks(u"((?<!expp_)rank|world_size|random_states|rng_state|data|ocdbt\\.process)_?\\d+(_\\d+)*"_s);
    static const QRegularExpression shards(u"\\d+-of-\\d+"_s);
    static const QRegularExpression pieces(u"__\\d+_\\d+\\.distcp"_s);
    const qsizetype begin = finding.path.isEmpty() ? 0 : finding.path.size() + 1;
    QList<QByteArray> parts = path.mid(begin).split('/');
    for (qsizetype i = 0; i + 1 < parts.size(); ++i) {
        if (factsFromName(parts[i]).explicitStep)
            parts[i] = "#";
    }
    QString text = QString::fromLatin1(parts.join('/'));
    text.replace(ranks, u"\\1#"_s).replace(shards, u"#-of-#"_s).replace(pieces, u"__#.distcp"_s);
    return text.toLatin1();
}

bool isUsable(const Finding &finding)
{
    return finding.check.state == State::Good || finding.check.state == State::Unverified;
}

/// Files of a save that are there by its members; of those below its own folder.
QSet<QByteArray> partsOf(const Finding &finding)
{
    QSet<QByteArray> parts;
    const QByteArray below = finding.path.isEmpty() ? QByteArray() : finding.path + '/';
    for (const Member &member : finding.members) {
        // What a resume does not read: the export beside the shards.
        if (member.path.startsWith(below) && member.role != Role::Marker && !member.path.contains("/huggingface/"))
            parts << partOf(member.path, finding);
    }
    return parts;
}

void judgeFiles(QList<Finding> &findings)
{
    QHash<QByteArray, QList<qsizetype>> series;
    for (qsizetype i = 0; i < findings.size(); ++i) {
        if (findings[i].savesAlike && isUsable(findings[i]))
            series[seriesOf(findings[i])] << i;
    }
    for (const QList<qsizetype> &saves : std::as_const(series)) {
        if (saves.size() < 2)
            continue;
        QList<QSet<QByteArray>> parts;
        QMap<QByteArray, qsizetype> count; // in how many saves a part is there
        for (const qsizetype i : saves) {
            parts << partsOf(findings[i]);
            for (const QByteArray &part : std::as_const(parts.last()))
                ++count[part];
        }
        for (qsizetype s = 0; s < saves.size(); ++s) {
            Check &check = findings[saves[s]].check;
            for (auto it = count.begin(); it != count.end(); ++it) {
                if (parts[s].contains(it.key()))
                    continue;
                const QString part = text::safe(pathToText(it.key()));
                if (*it == saves.size() - 1)
                    worsen(check, {State::Incomplete, Words::tr("%1 is missing, which all other saves of this run have").arg(part)});
                else if (2 * *it >= saves.size())
                    worsen(check, {State::Unverified, Words::tr("%1 is missing, which most saves of this run have").arg(part)});
            }
        }
    }
}

/// Files that count another step than the name says. Scripts may count otherwise than their framework does, in every save of
/// a run; one save that does so beside others that agree was put together.
void judgeCounters(QList<Finding> &findings)
{
    QHash<QByteArray, QList<qsizetype>> series;
    for (qsizetype i = 0; i < findings.size(); ++i) {
        if (findings[i].counted && findings[i].step)
            series[seriesOf(findings[i])] << i;
    }
    for (const QList<qsizetype> &saves : std::as_const(series)) {
        QSet<qint64> agreed;
        QHash<qint64, int> times;
        for (const qsizetype i : saves) {
            ++times[*findings[i].counted];
            if (findings[i].counted == findings[i].step)
                agreed << *findings[i].step;
        }
        for (const qsizetype i : saves) {
            Finding &finding = findings[i];
            if (finding.counted == finding.step)
                continue;
            const bool doubtful = !agreed.isEmpty() || times.value(*finding.counted) > 1 || (saves.size() == 1 && finding.format == u"deepspeed"_s);
            if (agreed.contains(*finding.counted))
                worsen(finding.check, {State::Broken, Words::tr("its model states are those of step %1, which is another save of this run").arg(*finding.counted)});
            else if (doubtful)
                worsen(finding.check, {State::Unverified, Words::tr("its model states count step %1, its name says %2: they may be of another save").arg(*finding.counted).arg(*finding.step)});
        }
    }
}

/// The random states of fewer ranks than the others have: perhaps ranks are missing, perhaps the run shrank. Only asking can
/// tell.
void judgeRandomStates(QList<Finding> &findings)
{
    QHash<QByteArray, int> most;
    for (const Finding &finding : std::as_const(findings))
        most[seriesOf(finding)] = std::max(most[seriesOf(finding)], finding.ranks);
    for (Finding &finding : findings) {
        if (finding.ranks == 0 || !finding.holdsTraining || finding.ranksKnown)
            continue;
        const int others = most[seriesOf(finding)];
        if (finding.ranks < others)
            worsen(finding.check, {State::Unverified, Words::tr("it has the random states of %1 ranks, others of this run have %2")
                                                          .arg(finding.ranks).arg(others)});
    }
}

bool isVersion(const QByteArray &name)
{
    static const QRegularExpression pattern(u"^v\\d{1,6}-\\d{8}-\\d{6}$"_s);
    return pattern.match(QString::fromLatin1(name)).hasMatch();
}

/// The version beside this one whose checkpoint it was resumed from; empty where it began anew, or nothing tells.
QByteArray resumedFrom(const Index &index, const QByteArray &version, Source &source, const Limits &limits, bool &known)
{
    const Entry *arguments = index.find(version, "args.json");
    for (const QByteArray &save : arguments ? QList<QByteArray>() : index.foldersIn(version)) {
        if (!arguments)
            arguments = index.find(save, "args.json");
    }
    if (!arguments)
        return {};
    const SmallJson json = readSmallJson(*arguments, source, limits);
    known = known && json.check.state != State::Pending;
    for (const QString &part : json.object[u"resume_from_checkpoint"_s].toString().split(u'/')) {
        const QByteArray name = part.toUtf8();
        if (isVersion(name) && name != baseName(version))
            return joined(parentPath(version), name);
    }
    return {};
}

} // namespace

void judgeAmongOthers(QList<Finding> &findings)
{
    judgeCounters(findings);
    judgeFiles(findings);
    judgeRandomStates(findings);
}

bool joinVersions(QList<Finding> &findings, const Index &index, Source &source, const Limits &limits)
{
    bool known = true;
    QMap<QByteArray, QByteArray> before; // by folder; also of those that began anew
    for (const Finding &finding : std::as_const(findings)) {
        if (isVersion(baseName(finding.run)) && !before.contains(finding.run))
            before.insert(finding.run, resumedFrom(index, finding.run, source, limits, known));
    }
    for (Finding &finding : findings) {
        // Bounded: files could say that two were resumed from each other.
        for (qsizetype i = 0; i < before.size(); ++i) {
            const QByteArray earlier = before.value(finding.run);
            if (earlier.isEmpty() || !before.contains(earlier))
                break;
            finding.run = earlier;
        }
    }
    return known;
}

} // namespace cairn::ckpt
