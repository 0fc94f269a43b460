// SPDX-License-Identifier: GPL-3.0-or-later
// A job made from another one.
#include "base/Names.h"
#include "engine/LaunchFlows.h"
#include "jobs/Attempt.h"
#include "manifest/Prune.h"

#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace cairn::app {

QString folderOfCopy(const QString &folder, const QString &from, const QString &name)
{
    const QString base = jobs::attemptBase(folder);
    return (base.section(u'/', -1) == from ? base.section(u'/', 0, -2) : base) + u'/' + name;
}

Result<QByteArray> cloneOf(const QJsonObject &job, const QString &name)
{
    const Result<QJsonObject> clone = cloned(job, name);
    return clone ? Result<QByteArray>(launch::textOf(*clone)) : fail(clone.error());
}

Result<QJsonObject> cloned(const QJsonObject &job, const QString &name)
{
    QJsonObject made = manifest::forClone(job);
    QJsonObject metadata = made.value("metadata"_L1).toObject();
    const QString from = metadata.value("name"_L1).toString();
    QJsonObject annotations = metadata.value("annotations"_L1).toObject();
    // What Cairn wrote there is about the other one: its lineage, its changes.
    for (const QString &key : annotations.keys()) {
        if (key.startsWith(names::prefix))
            annotations.remove(key);
    }
    annotations.insert(names::name("cloned-from"_L1), from);
    metadata.insert(u"annotations"_s, annotations);
    made.insert(u"metadata"_s, metadata);
    QJsonObject body = made.value("spec"_L1).toObject();
    // A copy of a suspended job is meant to run.
    body.remove(u"suspend"_s);
    QJsonObject policy = body.value("runPolicy"_L1).toObject();
    if (policy.contains("suspend"_L1)) {
        policy.remove(u"suspend"_s);
        body.insert(u"runPolicy"_s, policy);
    }
    made.insert(u"spec"_s, body);

    const launch::Spec before = launch::specOf(made);
    launch::Spec after = before;
    after.name = name;
    const launch::Framework framework = launch::recognise(before);
    const launch::Policy saves = launch::policyOf(before, framework);
    if (!saves.folder.isEmpty())
        after = launch::withFolder(after, framework, folderOfCopy(saves.folder, from, name));
    // Where the other one began is not where this one does.
    after.variables.removeIf([](const launch::Variable &v) { return v.name == "RESUME_FROM_CHECKPOINT"_L1; });
    return launch::withSpec(made, before, after);
}

} // namespace cairn::app
