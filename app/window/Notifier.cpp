// SPDX-License-Identifier: GPL-3.0-or-later
#include "Notifier.h"

#include "HaController.h"
#include "Preferences.h"
#include "StorageController.h"
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

Notifier::Notifier(const items::JobTableModel &jobs, HaController &ha, StorageController &storage, CheckpointReader &reader, Preferences &preferences,
                   kit::ToastHost *toasts, QWidget *window)
    : QObject(window)
    , m_jobs(jobs)
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
    const items::AlertRules rules = m_preferences.alerts();
    if (rules.wanted.contains(items::AlertKind::LeaderLost))
        m_ha.open();
    if (rules.wanted.contains(items::AlertKind::ClaimFull))
        m_storage.open();
}

void Notifier::setNow(const QDateTime &now)
{
    if (!m_session || (m_looked.isValid() && m_looked.secsTo(now) < lookPeriod))
        return;
    // Old rows tell nothing new, and half a list would make the rest of it news.
    if (m_session->jobs().jobsState().phase != FeedState::Phase::Live)
        return;
    m_looked = now;
    items::OverviewFacts facts;
    facts.jobs = &m_jobs;
    facts.components = m_ha.components();
    facts.claims = m_storage.accounts();
    facts.now = now;
    const items::AlertRules rules = m_preferences.alerts();
    for (const items::Alert &alert : m_watch.update(facts, rules.claimPercent)) {
        if (rules.wanted.contains(alert.kind))
            tell(alert);
    }
    lookAgain(now);
}

void Notifier::tell(const items::Alert &alert)
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
    m_desktop.show(trial, tr("This is what a notification of Cairn looks like"), tr("Press it to come back to the window."), false);
}

void Notifier::lookAgain(const QDateTime &now)
{
    if (m_reader.left() > 0)
        return;
    QStringList due;
    for (int i = 0; i < m_jobs.rowCount(); ++i) {
        const items::JobRow &row = *m_jobs.rowAt(i);
        // A fresh look right after it should have saved; then it is either there or overdue.
        if (!isRunning(row.job.phase) || !row.checkpoints || row.reading || !items::isOverdue(*row.checkpoints, now))
            continue;
        // A bucket is only asked; a claim needs a helper pod, which nobody wants to find unasked.
        if (!m_preferences.looksAgain() && !savesToBucket(m_reader.locationOf(row.job)))
            continue;
        const QDateTime last = std::max(m_lookedAgain.value(row.job.uid), row.checkpoints->readAt);
        if (last.isValid() && last.secsTo(now) < lookAgainPeriod)
            continue;
        m_lookedAgain.insert(row.job.uid, now);
        due.append(row.job.uid);
    }
    if (!due.isEmpty())
        m_reader.read(due);
}

} // namespace cairn::app
