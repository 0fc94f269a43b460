// SPDX-License-Identifier: GPL-3.0-or-later
#include "PodsController.h"

#include "ActionRegistry.h"
#include "LogStart.h"
#include "manifest/Prune.h"
#include "manifest/Yaml.h"
#include "pages/LogPane.h"
#include "pages/PodsPage.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {

using pages::PodsPage;

PodsController::PodsController(QObject *parent)
    : ListController({u"pods"_s, u"pods"_s, tr("Pods")}, new PodsPage, parent)
    , m_page(static_cast<PodsPage *>(page()))
{
    connect(m_page, &PodsPage::logsRequested, this, &PodsController::startLogs);
    connect(m_page, &PodsPage::yamlRequested, this, &PodsController::readYaml);
    connect(m_page, &PodsPage::detailClosed, this, [this] {
        m_shown.clear();
        m_logs.reset();
        m_logsAwaited = false;
        m_scope.cancel();
    });
    connect(m_page, &PodsPage::ownerRequested, this, [this](const QString &key) {
        const Pod *pod = m_session ? m_session->pods().find(key) : nullptr;
        if (const QString uid = pod ? m_session->jobs().jobOf(*pod) : QString(); !uid.isEmpty())
            goToJob(uid);
    });
}

void PodsController::addActions(ActionRegistry &actions)
{
    actions.addKeys(tr("Pods"), {{u"L"_s, tr("Logs of the pod")}, {u"Y"_s, tr("YAML of the pod")}});
}

void PodsController::refresh()
{
    if (m_session)
        m_session->retryNow();
}

void PodsController::setSession(ClusterSession *session)
{
    if (m_session)
        m_session->pods().disconnect(this);
    m_logsAwaited = false;
    m_page->setModel(nullptr);
    m_page->setFeed({});
    m_session = session;
    m_open = false;
}

void PodsController::open()
{
    if (m_open || !m_session)
        return;
    m_open = true;
    m_page->setModel(&m_session->pods());
    m_page->setFeed(m_session->jobs().podsState());
    connect(&m_session->pods(), &QAbstractItemModel::rowsRemoved, this, [this] {
        if (!m_shown.isEmpty() && !m_session->pods().find(m_shown)) {
            m_page->setDetailGone();
            m_shown.clear();
        }
    });
}

void PodsController::setNow(const QDateTime &now)
{
    if (!m_open)
        return;
    m_page->setFeed(m_session->jobs().podsState());
    m_page->setNow(now);
    if (!m_logsAwaited)
        return;
    if (const Pod *pod = m_session->pods().find(m_shown); pod && hasStarted(*pod))
        startLogs(m_shown);
}

void PodsController::startLogs(const QString &key)
{
    pages::LogPane *pane = m_page->logs();
    m_logs.reset();
    m_shown = key;
    m_logsAwaited = false;
    const Pod *pod = m_session ? m_session->pods().find(key) : nullptr;
    if (!pod) {
        pane->setNothing(tr("The pod is gone"), tr("Its logs went with it."));
        return;
    }
    const bool restarted = pod->restarts() > 0;
    pane->setPreviousPossible(restarted, restarted ? QString() : tr("No container of this pod was restarted."));
    if (pod->containers.isEmpty()) {
        pane->begin({});
        pane->setNothing(tr("No lines yet"), tr("No container of this pod has started. The log begins here as soon as one has."));
        m_logsAwaited = true;
        return;
    }
    QStringList names;
    for (const ContainerState &container : pod->containers)
        names.append(container.name);
    pane->begin(names);
    pane->setLoading();
    m_logs = std::make_unique<LogStreamer>(m_session->sharedCluster(), pane->isPrevious());
    connect(m_logs.get(), &LogStreamer::lines, pane, [pane](std::vector<logs::LogBuffer::Raw> batch) {
        pane->setContent();
        pane->append(std::move(batch));
    });
    connect(m_logs.get(), &LogStreamer::ended, pane, [this, pane, alone = names.size() == 1](int source, const std::optional<Error> &error) {
        if (error && error->kind != Error::Kind::Cancelled && alone && pane->lineCount() == 0) {
            const Pod *shown = m_session ? m_session->pods().find(m_shown) : nullptr;
            m_logsAwaited = shown && !hasStarted(*shown);
            if (error->kind == Error::Kind::Forbidden)
                pane->setForbidden(error->what, error->why, {});
            else
                pane->setError(*error);
            return;
        }
        pane->setContent();
        pane->setPodEnded(source, error ? error->what : QString());
    });
    for (int i = 0; i < names.size() && i < LogStreamer::maxPods; ++i)
        m_logs->follow(i, *pod, names[i]);
}

void PodsController::readYaml(const QString &key)
{
    m_scope.cancel();
    m_logsAwaited = false;
    m_shown = key;
    const Pod *pod = m_session ? m_session->pods().find(key) : nullptr;
    if (!pod) {
        m_page->setYamlError(Error::make(Error::Kind::NotFound, tr("The pod is gone")));
        return;
    }
    m_page->setYamlLoading();
    m_scope.run(
        this,
        [cluster = m_session->sharedCluster(), ref = ObjectRef{kinds::pods(), pod->ns, pod->name, pod->uid}](std::stop_token stop) -> Result<QString> {
            const Result<QJsonObject> object = cluster->get(ref, stop);
            if (!object)
                return fail(object.error());
            return manifest::toYaml(manifest::forDisplay(*object));
        },
        [this](const Result<QString> &yaml) {
            if (yaml)
                m_page->setYaml(*yaml);
            else
                m_page->setYamlError(yaml.error());
        });
}

} // namespace cairn::app
