// SPDX-License-Identifier: GPL-3.0-or-later
#include "PodsController.h"

#include "ActionRegistry.h"
#include "LogStart.h"
#include "manifest/Prune.h"
#include "manifest/Yaml.h"
#include "pages/LogPane.h"
#include "pages/PodsPage.h"

#include <QTimer>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

constexpr qsizetype slice = 500; ///< pods handed to the model in one go

} // namespace

using pages::PodsPage;

PodsController::PodsController(QObject *parent)
    : ListController({u"pods"_s, u"pods"_s, tr("Pods")}, new PodsPage, parent)
    , m_page(static_cast<PodsPage *>(page()))
    , m_work(new QTimer(this))
{
    m_work->setSingleShot(true);
    m_work->setInterval(0);
    connect(m_work, &QTimer::timeout, this, &PodsController::work);
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
    m_work->stop();
    m_unread.clear();
    m_waiting.clear();
    m_model.reset();
    m_session = session;
    m_open = false;
}

void PodsController::open()
{
    if (m_open || !m_session)
        return;
    m_open = true;
    m_model = std::make_unique<items::PodTableModel>();
    m_page->setModel(m_model.get());
    m_page->setFeed(m_session->pods().state());
    m_unread = m_session->pods().uids();
    connect(&m_session->pods(), &store::StoreSignals::changed, this, &PodsController::take);
    work();
}

void PodsController::take(const store::StoreChange &change)
{
    for (const QStringList &uids : {change.added, change.changed, change.removed}) {
        for (const QString &uid : uids)
            m_waiting.insert(uid);
    }
    work();
}

/// Hands the model what it has not seen, a part at a time: of a hundred thousand pods it takes longer than one slot may.
void PodsController::work()
{
    Delta<Pod> delta;
    const auto hand = [&](const QString &uid) {
        if (const Pod *pod = m_session->pods().find(uid))
            delta.upserts.append(*pod);
        else
            delta.removed.append(uid);
    };
    qsizetype left = slice;
    for (auto it = m_waiting.begin(); it != m_waiting.end() && left > 0; --left) {
        hand(*it);
        it = m_waiting.erase(it);
    }
    for (; !m_unread.isEmpty() && left > 0; --left)
        hand(m_unread.takeLast());
    m_model->applyDelta(std::move(delta));
    if (!m_waiting.isEmpty() || !m_unread.isEmpty())
        m_work->start();
    if (!m_shown.isEmpty() && !m_session->pods().find(m_shown)) {
        m_page->setDetailGone();
        m_shown.clear();
    }
}

void PodsController::setNow(const QDateTime &now)
{
    if (!m_open)
        return;
    m_page->setFeed(m_session->pods().state());
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
