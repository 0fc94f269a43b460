// SPDX-License-Identifier: GPL-3.0-or-later
#include "Notifier.h"

#include "HaController.h"
#include "NodesController.h"
#include "Preferences.h"
#include "StorageController.h"
#include "engine/Changes.h"
#include "base/Text.h"
#include "engine/CheckpointReader.h"
#include "engine/HaRecorder.h"
#include "kit/Messages.h"

#include <QWidget>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

constexpr qint64 lookPeriod = 3;         ///< seconds
const auto showOffer = u"show"_s;
const auto trial = u"trial"_s;

} // namespace

Notifier::Notifier(const NodesController &nodes, HaController &ha, StorageController &storage, HaRecorder &recorder, CheckpointReader &reader, Preferences &preferences,
                   kit::ToastHost *toasts, QWidget *window)
    : QObject(window)
    , m_nodes(nodes)
    , m_ha(ha)
    , m_storage(storage)
    , m_recorder(recorder)
    , m_reader(reader)
    , m_preferences(preferences)
    , m_toasts(toasts)
    , m_window(window)
{
    connect(&m_recorder, &HaRecorder::looked, this, &Notifier::lookAtComponents);
    connect(&m_recorder, &HaRecorder::leadersChanged, this, &Notifier::tellLeaders);
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
    m_told.clear();
    if (!session)
        return;
    // What a notification may tell of has to be watched, whatever page is in front.
    const situation::AlertRules rules = m_preferences.alerts();
    using Kind = situation::AlertKind;
    if (rules.wanted.intersects({Kind::LeaderLost, Kind::ComponentDown, Kind::ReplicaLost, Kind::LeaderChanged})) {
        m_ha.open();
        m_recorder.open();
    }
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
    // Components are told of as soon as the watch does: lookAtComponents().
    facts.claims = m_storage.accounts();
    if (m_changes)
        facts.underWay = m_changes->jobs();
    facts.now = now;
    tellOf(facts);
    withdrawSettled();
    if (const QStringList due = m_reader.dueAgain(now, m_preferences.looksAgain()); !due.isEmpty())
        m_reader.read(due);
}

void Notifier::tellOf(const situation::OverviewFacts &facts)
{
    const situation::AlertRules rules = m_preferences.alerts();
    for (const situation::Alert &alert : m_watch.update(facts, rules.claimPercent)) {
        if (rules.wanted.contains(alert.kind))
            tell(alert);
    }
}

/// A change that was finished or rolled back meanwhile waits for nobody: its entry would send people after nothing.
void Notifier::withdrawSettled()
{
    for (auto it = m_told.begin(); it != m_told.end();) {
        const auto &[kind, target] = *it;
        const bool stands = kind != situation::AlertKind::ChangeUnfinished || (m_watch.stands(kind, target) && m_session->jobs().find(target));
        if (!stands)
            m_toasts->withdraw(it.key());
        it = stands ? std::next(it) : m_told.erase(it);
    }
}

void Notifier::lookAtComponents()
{
    if (!m_session || !m_session->link().state().isSettled())
        return;
    situation::OverviewFacts facts;
    facts.components = m_recorder.components();
    facts.now = QDateTime::currentDateTimeUtc();
    facts.touched = touched(facts.now);
    tellOf(facts);
}

void Notifier::tellLeaders(const QList<LeaderChange> &changes)
{
    if (!m_session || !m_preferences.alerts().wanted.contains(situation::AlertKind::LeaderChanged))
        return;
    // Whoever kills a leader, or rolls it out, looks at what comes of it.
    const QSet<QString> ours = touched(QDateTime::currentDateTimeUtc());
    for (const LeaderChange &change : changes) {
        if (!ours.contains(Changes::componentMark(change.component, change.ns)))
            tell(situation::alertOf(change));
    }
}

/// Keys of components that a change of this Cairn moves.
QSet<QString> Notifier::touched(const QDateTime &now) const
{
    QSet<QString> keys;
    const QList<components::Component> *all = m_recorder.components();
    for (const components::Component &component : m_changes && m_session && all ? *all : QList<components::Component>()) {
        if (m_changes->touches(m_session->sharedCluster().get(), component, now))
            keys.insert(situation::componentKey(component));
    }
    return keys;
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
    if (m_toasts->isQuiet()) {
        m_toasts->keep(notice(key, alert.title, alert.text, true));
        return;
    }
    const bool quiet = m_preferences.alerts().isQuiet(QTime::currentTime());
    if (quiet || m_window->isActiveWindow())
        toast(key, alert.title, alert.text, true);
    else
        m_desktop.show(key, alert.title, tr("%1 · %2", "context, what happened").arg(text::safe(m_session->contextName()), alert.text), true);
}

void Notifier::toast(const QString &key, const QString &title, const QString &text, bool stays)
{
    m_toasts->show(notice(key, title, text, stays));
}

kit::Notice Notifier::notice(const QString &key, const QString &title, const QString &text, bool stays)
{
    return {key, key == trial ? kit::Tone::Info : kit::Tone::Err, title, text,
            key == trial ? kit::Offer() : kit::Offer{showOffer, tr("Show"), kit::ButtonVariant::Normal}, stays && key != trial};
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

} // namespace cairn::app
