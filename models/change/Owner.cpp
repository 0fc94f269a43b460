// SPDX-License-Identifier: GPL-3.0-or-later
#include "change/Owner.h"

#include "base/Names.h"
#include "base/Text.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QSet>
#include <QSysInfo>
#include <mutex>

using namespace Qt::StringLiterals;

namespace cairn::change {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::change)
};

/// Processes are counted anew by each boot, and by each container: two of them may have the same machine id.
QString machine()
{
    QFile boot(u"/proc/sys/kernel/random/boot_id"_s);
    const QByteArray booted = boot.open(QIODevice::ReadOnly) ? boot.read(64) : QByteArray();
    const QByteArray counter = QFile::symLinkTarget(u"/proc/self/ns/pid"_s).toUtf8();
    return QString::fromLatin1(QCryptographicHash::hash(
        "cairn process " + QSysInfo::machineUniqueId() + booted + counter, QCryptographicHash::Sha256)
                                   .toHex()
                                   .left(12));
}

std::mutex &mutex()
{
    static std::mutex one;
    return one;
}

QSet<QString> &atWork()
{
    static QSet<QString> ids;
    return ids;
}

/// There, and not only until its parent asks how it ended (proc(5): the state stands behind the name, which may hold
/// anything).
bool isRunning(qint64 pid)
{
    QFile file(u"/proc/%1/stat"_s.arg(pid));
    if (!file.open(QIODevice::ReadOnly))
        return QFileInfo::exists(u"/proc/%1"_s.arg(pid));
    const QByteArray stat = file.read(4096);
    const QByteArray state = stat.mid(stat.lastIndexOf(')') + 1).trimmed();
    return !state.startsWith('Z') && !state.startsWith('X');
}

} // namespace

QString thisProcess()
{
    static const QString here = machine();
    return here + u'-' + QString::number(QCoreApplication::applicationPid());
}

bool isGone(const QString &process)
{
    const QString pid = process.section(u'-', 1);
    bool ok = false;
    const qint64 number = pid.toLongLong(&ok);
    return ok && number > 0 && process.section(u'-', 0, 0) == thisProcess().section(u'-', 0, 0) && !isRunning(number);
}

QString ownerAnnotation()
{
    return names::name("worked-on-by"_L1);
}

QString Owner::text() const
{
    return since.isValid() ? Words::tr("%1, since %2", "program on computer, time")
                                 .arg(text::safe(who), since.toUTC().toString(u"yyyy-MM-dd HH:mm:ss 'UTC'"_s))
                           : text::safe(who);
}

QString Owner::toText(const QDateTime &seen) const
{
    return QString::fromUtf8(QJsonDocument(
        {{u"id"_s, id}, {u"process"_s, process}, {u"who"_s, who}, {u"since"_s, since.toUTC().toString(Qt::ISODate)},
            {u"seen"_s, seen.toUTC().toString(Qt::ISODate)}})
                                 .toJson(QJsonDocument::Compact));
}

std::optional<Owner> Owner::of(const QJsonObject &record)
{
    const QString text = record.value(u"metadata"_s)[u"annotations"_s][ownerAnnotation()].toString();
    const QJsonObject json = QJsonDocument::fromJson(text.left(4000).toUtf8()).object();
    Owner owner{json.value(u"id"_s).toString(), json.value(u"process"_s).toString(),
        json.value(u"who"_s).toString().left(200),
        QDateTime::fromString(json.value(u"since"_s).toString(), Qt::ISODate)};
    return owner.id.isEmpty() ? std::nullopt : std::optional(std::move(owner));
}

Ownership::Ownership(const QString &tool, const QDateTime &now)
    : m_owner{QString::number(QRandomGenerator::system()->generate64(), 16), thisProcess(),
        Words::tr("%1 on %2", "program, computer").arg(tool, QSysInfo::machineHostName()), now}
{
    const std::lock_guard lock(mutex());
    atWork().insert(m_owner.id);
}

Ownership::~Ownership()
{
    const std::lock_guard lock(mutex());
    atWork().remove(m_owner.id);
}

AtWork isAtWork(const Owner &owner)
{
    if (owner.process == thisProcess()) {
        const std::lock_guard lock(mutex());
        return atWork().contains(owner.id) ? AtWork::Yes : AtWork::No;
    }
    return isGone(owner.process) ? AtWork::No : AtWork::Unknown;
}

} // namespace cairn::change
