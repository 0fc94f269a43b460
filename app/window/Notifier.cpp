// SPDX-License-Identifier: GPL-3.0-or-later
#include "Notifier.h"

#include "HaController.h"
#include "NodesController.h"
#include "Preferences.h"
#include "StorageController.h"
#include "engine/Changes.h"
#include "base/Text.h"
#include "checkpoints/SaveLocation.h"
#include "engine/BucketFlows.h"
#include "engine/CheckpointReader.h"
#include "kit/Messages.h"

#include <QWidget>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

constexpr qint64 lookPeriod = 3;         ///< seconds
constexpr qint64 lookAgainPeriod = 900;  ///< seconds; on a claim each look starts a pod
const auto showOffer = u"show"_s;
const auto trial = u"trial"_s;

} // namespace

Notifier::Notifier(const NodesController &nodes, HaController &ha, StorageController &storage, CheckpointReader &reader, Preferences &preferences,
                   kit::ToastHost *toasts, QWidget *window)
    : QObject(window)
    , m_nodes(nodes)
    , m_ha(ha)
    , m_storage(storage)
    , m_reader(reader)
    , m_preferences(preferences)
    , m_toasts(toasts)
    , m_window(window)
{
    connect(&m_desktop, &DesktopNotifications::activated, this, &Notifier::act);
    connect(&m_desktop, &DesktopNotifications::failed, this, [this](const QString &key, const QString &title, const QString &text) { toast(key, title, text, true); });
    connect(toasts, &kit::ToastHost::triggered, this, [this](const QString &key, const QString &offer) {
        if (offer == showOffer)
            act(key);
    });
}

void Notifier::setSession(ClusterSession *session)
{
    m_session = session;
    m_watch.reset();
    m_looked = {};
    m_lookedAgain.clear();
    m_told.clear();
    if (!session)
        return;
    // What a notification may tell of has to be watched, whatever page is in front.
    const situation::AlertRules rules = m_preferences.alerts();
    if (rules.wanted.contains(situation::AlertKind::LeaderLost) || rules.wanted.contains(situation::AlertKind::ComponentDown))
        m_ha.open();
    if (rules.wanted.contains(situation::AlertKind::ClaimFull))
        m_storage.open();
}

void Notifier::setNow(const QDateTime &now)
{
    if (!m_session || (m_looked.isValid() && m_looked.secsTo(now) < lookPeriod))
        return;
    // Old rows tell nothing new, and half a list would make the rest of it news.
    if (m_session->jobs().jobsState().phase != FeedState::Phase::Live || !m_session->link().state().isSettled())
        return;
    m_looked = now;
    situation::OverviewFacts facts;
    facts.jobs = m_reader.eachJob();
    const std::optional<QList<situation::NodeLoad>> nodes = lostNodes();
    facts.nodes = nodes ? &*nodes : nullptr;
    facts.components = m_ha.components();
    facts.claims = m_storage.accounts();
    if (m_changes)
        facts.underWay = m_changes->jobs();
    facts.now = now;
    const situation::AlertRules rules = m_preferences.alerts();
    for (const situation::Alert &alert : m_watch.update(facts, rules.claimPercent)) {
        if (rules.wanted.contains(alert.kind))
            tell(alert);
    }
    lookAgain(now);
}

/// nullopt where nodes may not be read. What runs on them is looked up only where one of them is lost.
std::optional<QList<situation::NodeLoad>> Notifier::lostNodes() const
{
    const store::ResourceStore<Node> &nodes = m_session->nodes();
    if (nodes.state().phase != FeedState::Phase::Live)
        return std::nullopt;
    bool lost = false;
    nodes.each([&](const Node &node) { lost = lost || !node.ready; });
    if (lost)
        return m_nodes.joined();
    QList<situation::NodeLoad> idle;
    nodes.each([&](const Node &node) { idle.append({node, 0, 0, {}, false}); });
    return idle;
}

void Notifier::tell(const situation::Alert &alert)
{
    const QString key = QString::number(static_cast<int>(alert.kind)) + u'/' + alert.target;
    m_told.insert(key, {alert.kind, alert.target});
    const bool quiet = m_preferences.alerts().isQuiet(QTime::currentTime());
    if (quiet || m_window->isActiveWindow())
        toast(key, alert.title, alert.text, true);
    else
        m_desktop.show(key, alert.title, tr("%1 · %2", "context, what happened").arg(text::safe(m_session->contextName()), alert.text), true);
}

void Notifier::toast(const QString &key, const QString &title, const QString &text, bool stays)
{
    m_toasts->show({key, key == trial ? kit::Tone::Info : kit::Tone::Err, title, text,
                    key == trial ? kit::Offer() : kit::Offer{showOffer, tr("Show"), kit::ButtonVariant::Normal}, stays && key != trial});
}

void Notifier::act(const QString &key)
{
    const auto told = m_told.constFind(key);
    m_window->show();
    m_window->raise();
    m_window->activateWindow();
    if (told == m_told.cend())
        return;
    const auto [kind, target] = *told;
    m_toasts->dismiss(key);
    emit showRequested(kind, target);
}

void Notifier::tryIt()
{
    // On the desktop although the window is in front: that is what there is to try.
    m_desktop.show(trial, tr("This is what a notification from Cairn looks like"), tr("Click it to come back to the window."), false);
}

void Notifier::lookAgain(const QDateTime &now)
{
    if (m_reader.left() > 0)
        return;
    QStringList due;
    m_reader.eachJob()([&](const Job &job, const CheckpointSummary *known) {
        // A fresh look right after it should have saved; then it is either there or overdue.
        if (!isRunning(job.phase) || !known || m_reader.isReading(job.uid) || !isOverdue(*known, now))
            return;
        // A bucket is only asked; a claim needs a helper pod, which nobody wants to find unasked.
        if (!m_preferences.looksAgain() && !savesToBucket(m_reader.locationOf(job)))
            return;
        const QDateTime last = std::max(m_lookedAgain.value(job.uid), known->readAt);
        if (last.isValid() && last.secsTo(now) < lookAgainPeriod)
            return;
        m_lookedAgain.insert(job.uid, now);
        due.append(job.uid);
    });
    if (!due.isEmpty())
        m_reader.read(due);
}

} // namespace cairn::app
