// SPDX-License-Identifier: GPL-3.0-or-later
// Whose a job is that has the name of one that is to be launched.
#include "base/Text.h"
#include "change/Executor.h"
#include "domain/Job.h"
#include "domain/ObjectDecoder.h"
#include "engine/LaunchParts.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::app)
};

/// The program that made it: the one that wrote first, but for status.
QString makerOf(const QJsonObject &object)
{
    QString maker;
    QDateTime first;
    for (const QJsonValue entry : object.value("metadata"_L1)["managedFields"_L1].toArray()) {
        const QDateTime at = QDateTime::fromString(entry["time"_L1].toString(), Qt::ISODate);
        if (!entry["subresource"_L1].toString().isEmpty() || !at.isValid() || (first.isValid() && at >= first))
            continue;
        maker = entry["manager"_L1].toString();
        first = at;
    }
    return maker;
}

/// Nothing where nobody but whoever made it has a say.
QString ownerOf(const QJsonObject &object, JobKind kind)
{
    const Result<Job> job = decodeJob(QJsonDocument(object).toJson(QJsonDocument::Compact), kind);
    if (!job)
        return {};
    const QString name = text::safe(job->manager.name);
    switch (job->manager.type) {
    case Manager::Type::Controller:
    case Manager::Type::ManagedBy: return job->manager.kind.isEmpty() ? name : text::safe(job->manager.kind) + u' ' + name;
    case Manager::Type::ArgoCd: return Words::tr("the Argo CD application %1").arg(name);
    case Manager::Type::Flux: return job->manager.kind.isEmpty() ? name : u"Flux "_s + text::safe(job->manager.kind) + u' ' + name;
    case Manager::Type::Helm: return Words::tr("the Helm release %1").arg(name);
    case Manager::Type::Kueue: // lets it in, whosever it is
    case Manager::Type::None: break;
    }
    return {};
}

} // namespace

Error launching::isAnothers(const Error &taken, const QJsonObject &there, const QJsonObject &wanted, JobKind kind)
{
    const QJsonValue metadata = there.value("metadata"_L1);
    const QDateTime made = QDateTime::fromString(metadata["creationTimestamp"_L1].toString(), Qt::ISODate);
    const QString at = made.isValid() ? made.toUTC().toString(u"yyyy-MM-dd HH:mm:ss 'UTC'"_s) : Words::tr("a time that is not known");
    const QString owner = ownerOf(there, kind);
    const QString maker = text::safe(makerOf(there));
    QStringList said;
    if (!owner.isEmpty())
        //: %1 a program or an object, %2 a time
        said.append(Words::tr("The job of that name belongs to %1, and was made at %2.").arg(owner, at));
    else if (!metadata["annotations"_L1][change::changeMark()].toString().isEmpty())
        said.append(Words::tr("The job of that name was made by another launch of Cairn's at %1.").arg(at));
    else if (!maker.isEmpty())
        //: %1 a program, %2 a time
        said.append(Words::tr("The job of that name was made by %1 at %2.").arg(maker, at));
    else
        said.append(Words::tr("The job of that name was made at %1.").arg(at));
    if (change::contains(there.value("spec"_L1), wanted.value("spec"_L1)))
        said.append(Words::tr("It holds all that this one says."));
    if (!metadata["deletionTimestamp"_L1].toString().isEmpty())
        said.append(Words::tr("It is being deleted."));
    Error error = taken;
    error.why = said.join(u' ');
    error.fix = Words::tr("Give the job another name, or delete that one first.");
    return error;
}

} // namespace cairn::app
