// SPDX-License-Identifier: GPL-3.0-or-later
#include "NodesController.h"

#include "manifest/Yaml.h"
#include "pages/NodesPage.h"

#include <QJsonArray>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

/// The least a person needs to see nodes, as a ClusterRole to ask an administrator for.
QString nodesRole()
{
    return manifest::toYaml(QJsonObject{{u"apiVersion"_s, u"rbac.authorization.k8s.io/v1"_s},
                                        {u"kind"_s, u"ClusterRole"_s},
                                        {u"metadata"_s, QJsonObject{{u"name"_s, u"cairn-view-nodes"_s}}},
                                        {u"rules"_s, QJsonArray{QJsonObject{{u"apiGroups"_s, QJsonArray{u""_s}},
                                                                            {u"resources"_s, QJsonArray{u"nodes"_s}},
                                                                            {u"verbs"_s, QJsonArray{u"get"_s, u"list"_s, u"watch"_s}}}}}});
}

} // namespace

NodesController::NodesController(const items::JobTableModel &jobs, pages::NodesPage *page, QObject *parent)
    : QObject(parent)
    , m_jobs(jobs)
    , m_page(page)
{
    connect(page, &pages::NodesPage::retryRequested, this, [this] {
        if (m_session)
            m_session->retryNow();
    });
}

void NodesController::setSession(ClusterSession *session)
{
    m_session = session;
    m_page->setFeed({});
    m_page->setNodes({});
}

void NodesController::open()
{
    if (m_session)
        show();
}

void NodesController::setNow(const QDateTime &now)
{
    if (!m_session || !m_page->isVisible())
        return;
    m_page->setNow(now);
    show();
}

QList<items::NodeRow> NodesController::joined() const
{
    if (!m_session)
        return {};
    const FeedState &pods = m_session->jobs().podsState();
    const bool partial = !m_session->watched().isEmpty() || m_session->isNarrowed() || pods.phase == FeedState::Phase::Forbidden
        || pods.phase == FeedState::Phase::Failed;
    const items::PodTableModel &all = m_session->pods();
    return items::joinNodes(
        m_session->nodes().values(), [&](const std::function<void(const Pod &)> &visit) { all.visit(visit); },
        [this](const Pod &pod) -> const items::JobRow * {
            const QString uid = m_session->jobs().jobOf(pod);
            return uid.isEmpty() ? nullptr : m_jobs.find(uid);
        },
        partial, QDateTime::currentDateTimeUtc());
}

void NodesController::show()
{
    const FeedState &state = m_session->nodes().state();
    m_page->setNodes(joined());
    m_page->setFeed(state, state.phase == FeedState::Phase::Forbidden ? nodesRole() : QString());
}

} // namespace cairn::app
