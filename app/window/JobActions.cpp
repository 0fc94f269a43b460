// SPDX-License-Identifier: GPL-3.0-or-later
#include "JobActions.h"

#include "BulkController.h"
#include "base/Text.h"

#include <QSet>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

using Act = pages::SelectionBar::Act;

/// Namespaces times kinds may be many; beyond this the dialog's dry run tells.
constexpr qsizetype mostQuestions = 40;

jobs::BulkAct bulkAct(Act act)
{
    switch (act) {
    case Act::Suspend: return jobs::BulkAct::Suspend;
    case Act::Unsuspend: return jobs::BulkAct::Unsuspend;
    case Act::SaveYaml:
    case Act::Delete: break;
    }
    return jobs::BulkAct::Delete;
}

} // namespace

JobActions::JobActions(Changes &changes, CheckpointReader &reader, pages::JobsPage *page, QWidget *window)
    : QObject(window)
    , m_changes(changes)
    , m_reader(reader)
    , m_page(page)
    , m_window(window)
{
    m_ask.setSingleShot(true);
    m_ask.setInterval(150);
    connect(&m_ask, &QTimer::timeout, this, &JobActions::askRights);
    connect(page, &pages::JobsPage::actRequested, this, &JobActions::begin);
    connect(page, &pages::JobsPage::selectionChanged, this, [this] {
        m_scope.cancel(); // the answer would be about other jobs
        m_ask.start();
    });
}

void JobActions::setSession(ClusterSession *session)
{
    m_scope.cancel();
    m_session = session;
}

QList<Job> JobActions::jobsOf(const QStringList &keys) const
{
    QList<Job> found;
    for (const QString &key : keys) {
        if (const Job *job = m_session ? m_session->jobs().find(key) : nullptr)
            found.append(*job);
    }
    return found;
}

void JobActions::askRights()
{
    QList<ObjectRef> refs;
    for (const Job &job : jobsOf(m_page->selectedJobs()))
        refs.append(job.ref());
    if (refs.isEmpty())
        return;
    m_scope.run(
        this, [cluster = m_session->sharedCluster(), refs](std::stop_token stop) { return bulkRefusals(*cluster, refs, stop); },
        [this](const QHash<Act, QString> &refusals) { m_page->setRefusals(refusals); });
}

void JobActions::begin(Act act, const QStringList &keys)
{
    const QList<Job> jobs = jobsOf(keys);
    if (jobs.isEmpty())
        return;
    if (act == Act::SaveYaml) {
        QList<ObjectRef> refs;
        for (const Job &job : jobs)
            refs.append(job.ref());
        connect(new SaveYamlController(m_session->sharedCluster(), refs, m_window), &SaveYamlController::ended, this, &JobActions::notice);
        return;
    }
    QList<BulkTarget> targets;
    for (const Job &job : jobs) {
        const CheckpointReader::Known *known = m_reader.known(job.uid);
        targets.append({job.ref(), known ? std::optional(known->listing.listing) : std::nullopt});
    }
    new BulkController(m_changes, m_session->sharedCluster(), bulkAct(act), jobs, targets, m_window); // deletes itself
}

QHash<pages::SelectionBar::Act, QString> bulkRefusals(ObjectApi &api, const QList<ObjectRef> &jobs, std::stop_token stop)
{
    QHash<Act, QString> refusals;
    for (const bool deletion : {false, true}) {
        const QString verb = deletion ? u"delete"_s : u"patch"_s;
        QSet<QString> asked;
        QString why;
        for (const ObjectRef &job : jobs) {
            const QString key = job.ns + u'/' + job.kind.plural + u'.' + job.kind.group;
            if (asked.contains(key))
                continue;
            if (asked.size() >= mostQuestions) {
                why.clear();
                break;
            }
            asked.insert(key);
            const Result<AccessAnswer> answer = api.may({verb, job.kind.group, job.kind.plural, {}, job.ns, {}}, stop);
            // What cannot be asked is not refused: the dry run has the last word.
            if (!answer || answer->allowed) {
                why.clear();
                break;
            }
            why = JobActions::tr("You don't have permission to %1 %2 in namespace %3.").arg(verb, job.kind.plural, text::safe(job.ns));
        }
        if (why.isEmpty())
            continue;
        if (deletion) {
            refusals.insert(Act::Delete, why);
        } else {
            refusals.insert(Act::Suspend, why);
            refusals.insert(Act::Unsuspend, why);
        }
    }
    return refusals;
}

} // namespace cairn::app
