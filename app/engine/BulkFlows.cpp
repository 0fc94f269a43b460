// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/BulkFlows.h"

#include "base/Text.h"
#include "engine/JobFlows.h"
#include "jobs/BulkExecutor.h"
#include "manifest/Prune.h"
#include "manifest/Yaml.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QSaveFile>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::app)
};

Error goneError(const ObjectRef &ref)
{
    return Error::make(Error::Kind::NotFound, Words::tr("The job %1 is gone.").arg(text::safe(ref.name)));
}

/// As the server has it; NotFound also where another job took its name.
Result<JobDetail> readTarget(ObjectApi &api, const ObjectRef &ref, std::stop_token stop)
{
    Result<JobDetail> detail = readJob(api, ref, stop);
    if ((detail && !ref.uid.isEmpty() && detail->job.uid != ref.uid) || (!detail && detail.error().kind == Error::Kind::NotFound))
        return fail(goneError(ref));
    return detail;
}

jobs::BulkItem preview(ObjectApi &api, jobs::BulkAct act, const BulkTarget &target, std::stop_token stop)
{
    const Result<JobDetail> detail = readTarget(api, target.ref, stop);
    if (!detail) {
        Job unread;
        if (const JobKindFacts *kind = jobKindOf(target.ref.kind))
            unread.kind = kind->id;
        unread.ns = target.ref.ns;
        unread.name = target.ref.name;
        unread.uid = target.ref.uid;
        return jobs::refusedBulk(act, unread, detail.error().kind == Error::Kind::NotFound ? u"gone"_s : u"unread"_s, detail.error());
    }
    const Listing *listing = target.checkpoints ? &*target.checkpoints : nullptr;
    const jobs::BulkItem item = jobs::planBulk(act, detail->job, listing, QDateTime::currentDateTimeUtc());
    if (item.fate != jobs::BulkItem::Fate::Act)
        return item;
    const Result<> tried = jobs::tryBulk(api, item, stop);
    if (tried)
        return item;
    return jobs::refusedBulk(act, detail->job, tried.error().kind == Error::Kind::Forbidden ? u"forbidden"_s : u"dry-run"_s, tried.error());
}

} // namespace

Result<QList<jobs::BulkItem>> previewBulk(ObjectApi &api, jobs::BulkAct act, const QList<BulkTarget> &targets,
                                          const std::function<void(int, const jobs::BulkItem &)> &onItem, std::stop_token stop)
{
    QList<jobs::BulkItem> items;
    for (const BulkTarget &target : targets) {
        const jobs::BulkItem item = preview(api, act, target, stop);
        if (stop.stop_requested())
            return fail(Error::cancelled());
        if (onItem)
            onItem(static_cast<int>(items.size()), item);
        items.append(item);
    }
    return items;
}

Result<QString> yamlOfJobs(ObjectApi &api, const QList<ObjectRef> &jobs, bool whole, std::stop_token stop)
{
    QString text;
    for (const ObjectRef &ref : jobs) {
        const Result<QJsonObject> object = api.get(ref, stop);
        if (!object)
            return fail(object.error().kind == Error::Kind::NotFound ? goneError(ref) : object.error());
        if (!ref.uid.isEmpty() && object->value(u"metadata"_s)[u"uid"_s].toString() != ref.uid)
            return fail(goneError(ref));
        if (!text.isEmpty())
            text += u"---\n"_s;
        text += manifest::toYaml(whole ? *object : manifest::forApply(*object));
    }
    return text;
}

Result<> saveFile(const QString &path, const QByteArray &bytes)
{
    // QSaveFile would write through the link to whatever it names.
    if (QFileInfo(path).isSymLink())
        return fail(Error::Kind::Io, Words::tr("The file could not be written"), Words::tr("%1 is a symbolic link.").arg(text::safe(path)),
                    Words::tr("Choose another name"));
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        return fail(Error::Kind::Io, Words::tr("The file could not be written"), file.errorString(), Words::tr("Choose another folder"));
    return {};
}

} // namespace cairn::app
