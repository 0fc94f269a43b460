// SPDX-License-Identifier: GPL-3.0-or-later
#include "HaController.h"

#include "ActionRegistry.h"
#include "HaWhatIf.h"
#include "base/Text.h"
#include "dialogs/AcceptDialog.h"
#include "dialogs/YamlDialog.h"
#include "domain/Kinds.h"
#include "engine/CheckpointReader.h"
#include "kube/Rights.h"
#include "manifest/Yaml.h"
#include "pages/HaPage.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>
#include <QTimer>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

constexpr qint64 auditPeriod = 15; ///< seconds between two audits of a cluster that changes all the time
constexpr qint64 answerPause = 2000; ///< ms between two answers to what-if that nobody asked for: all pods are gone through
constexpr qint64 auditAgain = 300; ///< seconds: what is not watched (webhooks, roles) changes too
constexpr int acceptedDays = 90;   ///< what is proposed; a quarter is soon enough to look again

} // namespace

using pages::HaPage;

HaController::HaController(const CheckpointReader &reader, Preferences &preferences, HaRecorder &recorder, QObject *parent)
    : ListController({u"ha"_s, u"availability"_s, tr("High availability")}, new HaPage, parent)
    , m_reader(reader)
    , m_preferences(preferences)
    , m_recorder(recorder)
    , m_page(static_cast<HaPage *>(page()))
    , m_soon(new QTimer(this))
{
    m_soon->setSingleShot(true);
    m_soon->setInterval(100);
    connect(m_soon, &QTimer::timeout, this, &HaController::judge);
    connect(m_page, &HaPage::overlayRequested, this, [this] { go(u"overlay"_s); });
    connect(m_page, &HaPage::auditRequested, this, [this] { beginAudit(true); });
    connect(m_page, &HaPage::auditCancelled, this, [this] {
        m_audit.cancel();
        m_auditing = false;
        m_held = true;
        m_page->setAuditError(Error::cancelled());
    });
    connect(m_page, &HaPage::acceptRequested, this, &HaController::ask);
    connect(m_page, &HaPage::renewRequested, this, &HaController::renew);
    connect(m_page, &HaPage::withdrawRequested, this, &HaController::withdraw);
    connect(m_page, &HaPage::exportRequested, this, &HaController::save);
    connect(m_page, &HaPage::objectRequested, this, &HaController::showYaml);
    connect(m_page, &HaPage::shownChanged, this, &HaController::answerWhatIf);
    connect(m_page, &HaPage::shownChanged, this, &HaController::showHistory);
    connect(m_page, &HaPage::shownChanged, this, &HaController::showOffer);
    connect(m_page, &HaPage::offerTaken, this, [this] {
        if (!m_offered.isEmpty())
            emit overlayRequested(m_offered);
    });
    connect(m_page, &HaPage::takeoversRequested, this, [this](const QString &key) { go(u"failover"_s, key); });
    connect(&m_recorder, &HaRecorder::changed, this, [this] {
        showHistory();
        showHistories();
    });
    connect(m_page, &HaPage::failoverRequested, this, &HaController::failoverRequested);
    connect(m_page, &HaPage::nodeChosen, this, [this](const QString &name) {
        m_node = name;
        m_asking = false; // an answer about another node is not waited for
        m_answered = {};
        m_question.cancel();
        answerWhatIf();
    });
    connect(m_page, &HaPage::jobRequested, this, [this](const QString &key) {
        if (!m_session)
            return;
        m_session->jobs().each([&](const Job &job) {
            if (job.ns + u'/' + job.name == key)
                goToJob(job.uid);
        });
    });
}

HaController::~HaController() = default;

void HaController::addActions(ActionRegistry &actions)
{
    using items::PaletteEntry;
    actions.addSource(u"component"_s,
                      [this] {
                          QList<PaletteEntry> list;
                          for (const components::Component &component : m_known.value_or(QList<components::Component>()))
                              list.append({u"component:"_s + items::ComponentTableModel::key(component), PaletteEntry::Kind::Object, place().icon, component.id,
                                           tr("component · %1", "namespace").arg(text::safe(component.ns)), {}, {}, false});
                          return list;
                      },
                      [this](const QString &key, bool) { go(place().id, key); });
    actions.addKeys(place().title, {{u"W"_s, tr("What if a node fails or is drained")}, {u"A"_s, tr("Accept the finding")}, {u"O"_s, tr("Add to the overlay")}});
}

void HaController::setSession(ClusterSession *session)
{
    if (m_feeds)
        m_feeds->disconnect(this);
    m_feeds = nullptr;
    m_known.reset();
    m_judgedAs.clear();
    m_soon->stop();
    m_audit.cancel();
    m_scope.cancel();
    m_audited.reset();
    m_accepted = {};
    m_question.cancel();
    m_histories.cancel();
    m_offered.clear();
    m_auditing = m_held = m_asking = false;
    m_changed = true;
    m_auditEnded = m_answered = {};
    m_node.clear();
    m_session = session;
    m_page->setWhatIfNothing(tr("The answer comes with the components."));
    m_page->clearReport();
    m_page->setAccepted({}, {});
    m_page->setHistories({}, {});
    m_page->setOffer({});
    m_page->setFeed({});
    m_page->setComponents({}, {});
    emit badgeChanged(0);
}

void HaController::open()
{
    if (!m_session)
        return;
    if (m_feeds) {
        auditSoon();
        return;
    }
    m_feeds = &m_session->components();
    m_recorder.open();
    connect(m_feeds, &ComponentFeeds::changed, this, [this] {
        if (!m_soon->isActive())
            m_soon->start();
    });
    m_soon->start();
}

void HaController::refresh()
{
    if (!m_session)
        return;
    m_session->retryNow();
    if (m_feeds && m_page->isVisible())
        beginAudit(true);
}

void HaController::select(const QString &key)
{
    if (!key.isEmpty())
        m_page->showComponent(key);
}

void HaController::setNow(const QDateTime &now)
{
    if (!m_feeds)
        return;
    m_page->setNow(now);
    if (!m_judged.isValid() || m_judged.secsTo(now) >= 5) {
        judge();
        showHistory();
    }
    auditSoon();
}

void HaController::judge()
{
    m_soon->stop();
    const QDateTime now = QDateTime::currentDateTimeUtc();
    m_judged = now;
    FeedState state = m_feeds->state();
    if (state.phase == FeedState::Phase::Loading || (state.phase == FeedState::Phase::Failed && isSilent(state))) {
        // Half of it would call everything lost.
        m_page->setFeed(state);
        return;
    }
    const components::ClusterFacts facts = m_session->componentFacts();
    QList<components::Component> list = components::judge(facts);
    const components::Summary summary = components::summarise(list);
    // Where nothing can be seen that is one sentence, and no list of all there could be.
    if (summary.observable == 0 && summary.unobservable > 0) {
        list.clear();
        if (state.phase == FeedState::Phase::Live) {
            state.phase = FeedState::Phase::Forbidden;
            state.error = facts.unread.first().error;
        }
    }
    // Leases are renewed every few seconds, and nobody needs to audit for that.
    QList<components::Component> still = list;
    for (components::Component &component : still)
        component.leader.renewed = {};
    if (std::exchange(m_judgedAs, still) != still)
        m_changed = true;
    m_known = list;
    m_page->setComponents(list, facts.now);
    m_page->setFeed(state, state.phase == FeedState::Phase::Forbidden ? manifest::toYaml(kube::roleFor(u"cairn-view-components"_s, {}, kube::needs::viewComponents())) : QString());
    showBadge();
    answerWhatIf();
    showHistories();
    showOffer();
    auditSoon();
}

void HaController::showHistory()
{
    if (!m_page->isVisible())
        return;
    const QString key = m_page->componentInFront();
    m_page->setHistory(hoursOf(m_recorder.record().readiness.value(key), QDateTime::currentDateTimeUtc()), items::changesOf(m_recorder.record(), key));
}

/// All components' days are gone through, so away from the GUI thread.
void HaController::showHistories()
{
    if (!m_known || !m_page->isVisible())
        return;
    QString problem;
    if (const Error *error = m_recorder.notice())
        problem = text::safe(error->oneLine());
    m_histories.cancel();
    m_histories.run(
        this, [record = m_recorder.record(), known = *m_known](std::stop_token) { return items::historyRows(record, known, QDateTime::currentDateTimeUtc()); },
        [this, problem](const QList<items::ComponentHistoryRow> &rows) { m_page->setHistories(rows, problem); });
}

/// What the wizard would do about what is in front.
void HaController::showOffer()
{
    m_offered.clear();
    if (!m_audited) {
        m_page->setOffer({});
        return;
    }
    const QList<audit::Finding> findings = m_page->selectedFindings();
    OverlayAdvice advice;
    if (!findings.isEmpty()) {
        advice = adviceFor(m_audited->proposal, findings);
    } else if (const components::Component *component = m_page->inFront(); component && m_page->view() == HaPage::View::Components) {
        advice = adviceFor(m_audited->proposal, QList<audit::ObjectName>{{u"apps"_s, component->kind, component->ns, component->workload}});
    } else {
        m_page->setOffer({});
        return;
    }
    m_offered = advice.workloads;
    const int count = static_cast<int>(advice.workloads.size());
    const QString act = count > 1 ? tr("Add %n to overlay…", nullptr, count) : tr("Add to overlay…");
    m_page->setOffer({advice.refusal.isEmpty() ? advice.sentence : advice.refusal, act, advice.refusal});
}

void HaController::answerWhatIf()
{
    const QDateTime now = QDateTime::currentDateTimeUtc();
    if (!m_known || !m_session || m_asking || !m_page->isVisible() || !m_page->showsWhatIf()
        || (m_answered.isValid() && m_answered.msecsTo(now) < answerPause))
        return;
    m_asking = true;
    m_answered = now;
    const auto facts = std::make_shared<const WhatIfFacts>(whatIfFacts(*m_session, m_reader, *m_known, m_node));
    m_question.run(
        this, [facts](std::stop_token stop) { return whatIfAnswer(*facts, stop); },
        [this, facts](const WhatIfAnswer &answer) {
            m_asking = false;
            m_page->setWhatIf(whatIfView(*facts, answer, QDateTime::currentDateTimeUtc()));
            // The first question found the node to ask about; what runs there is not in its answer yet.
            if (m_node.isEmpty() && !answer.lost.node.isEmpty()) {
                m_node = answer.lost.node;
                m_answered = {};
                answerWhatIf();
            }
        });
}

void HaController::showBadge()
{
    // What the Overview and the head of the page say as well: how many components do not tolerate a node failure. Findings have
    // counts of their own beside their view.
    emit badgeChanged(m_known ? components::summarise(*m_known).falling() : 0);
}

void HaController::auditSoon()
{
    // What is watched decides whether anything can have changed; the rest of the objects is read with it.
    if (!m_page->isVisible() || !m_feeds || m_auditing || m_held || !m_session->link().state().answers()
        || m_feeds->state().phase == FeedState::Phase::Loading)
        return;
    if (!m_auditEnded.isValid() || m_auditEnded.secsTo(QDateTime::currentDateTimeUtc()) >= (m_changed ? auditPeriod : auditAgain))
        beginAudit(false);
}

void HaController::beginAudit(bool asked)
{
    if (m_auditing || !m_session)
        return;
    m_auditing = true;
    m_changed = m_held = false;
    // What is known stays as it is while it is looked at again unasked.
    if (asked || !m_audited)
        m_page->setAuditing(tr("Reading what the audit judges…"), 0, -1);
    m_audit.run(
        this, [cluster = m_session->sharedCluster()](std::stop_token stop) { return auditCluster(*cluster, cluster->defaultNamespace(), stop); },
        [this](const Result<std::shared_ptr<const Audited>> &audited) {
            m_auditing = false;
            m_auditEnded = QDateTime::currentDateTimeUtc();
            if (!audited) {
                // Rights and what is served do not change by themselves.
                m_held = !audited.error().retryable();
                m_changed = true;
                m_page->setAuditError(audited.error());
                return;
            }
            m_audited = *audited;
            readAcceptedAgain();
        });
}

/// The file may be another by now: a team shares it.
void HaController::readAcceptedAgain()
{
    if (!m_audited)
        return;
    m_scope.run(
        this, [audited = m_audited, path = m_preferences.acceptedFile()](std::stop_token) { return readAccepted(path, audited->report); },
        [this, of = m_audited](const Accepted &accepted) {
            if (of != m_audited)
                return;
            m_accepted = accepted;
            showReport();
        });
}

void HaController::showReport()
{
    audit::Report counts = m_audited->report;
    counts.findings.clear();
    QHash<int, int> findings; ///< by entry
    for (qsizetype i = 0; i < m_audited->report.findings.size(); ++i) {
        const audit::Decision decision = m_accepted.decisions.value(i);
        if (decision.counts())
            counts.findings.append(m_audited->report.findings[i]);
        if (decision.entry >= 0)
            ++findings[decision.entry];
    }
    QList<items::AcceptedRow> rows;
    const QDate today = QDate::currentDate();
    const QList<audit::Acceptance> entries = m_accepted.error ? QList<audit::Acceptance>() : m_accepted.file.entries();
    for (int i = 0; i < entries.size(); ++i) {
        const audit::Acceptance &entry = entries[i];
        const QString object = entry.objects.isEmpty() ? tr("all in namespace %1").arg(text::safe(entry.ns))
            : entry.objects.size() == 1                ? text::safe(entry.objects.first())
                                                       : tr("%n object(s): %1 …", nullptr, static_cast<int>(entry.objects.size())).arg(text::safe(entry.objects.first()));
        rows.append({QString::number(i), text::safe(entry.rule), object, text::safe(entry.reason), text::safe(entry.by), entry.until, entry.endedOn(today), findings.value(i)});
    }
    const QString path = text::safe(m_accepted.path);
    QString file = tr("%1, read %2").arg(path, text::ago(m_accepted.read, QDateTime::currentDateTimeUtc()));
    if (m_accepted.error)
        file = tr("%1 is left aside: %2", "path of a file, what is wrong with it").arg(path, text::safe(m_accepted.error->oneLine()));
    else if (!m_accepted.exists)
        file = tr("%1 is made when something is accepted").arg(path);
    m_page->setReport(counts, m_audited->took);
    m_page->setAccepted(rows, file);
    showOffer();
}

void HaController::ask(const QList<audit::Finding> &findings)
{
    const audit::Finding &first = findings.first();
    dialogs::AcceptView view;
    view.title = findings.size() == 1 ? tr("Accept %1 of %2?", "rule, object").arg(first.rule, audit::shown(first.object))
                                      : tr("Accept %1 of %n object(s)?", nullptr, static_cast<int>(findings.size())).arg(first.rule);
    view.sentence = tr("What is accepted does not count, and does not fail an audit, until the day given here. The cluster stays as it is.");
    view.by = m_session ? text::safe(m_session->user()) : QString();
    view.today = QDate::currentDate();
    view.until = view.today.addDays(acceptedDays);
    view.file = m_preferences.acceptedFile();
    auto *dialog = new dialogs::AcceptDialog(view, m_page->window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &dialogs::AcceptDialog::acceptRequested, this, [this, dialog, findings] {
        audit::Acceptance entry;
        entry.rule = findings.first().rule;
        for (const audit::Finding &finding : findings)
            entry.objects.append(finding.object.kind + u' ' + (finding.object.ns.isEmpty() ? QString() : finding.object.ns + u'/') + finding.object.name);
        entry.objects.removeDuplicates();
        entry.reason = dialog->reason();
        entry.by = dialog->by();
        entry.until = dialog->until();
        change(dialog->file(), [entry](audit::AcceptanceFile &file) { return file.add(entry); }, dialog);
    });
    dialog->open();
}

const audit::Acceptance *HaController::entryOf(const QString &key) const
{
    bool ok = false;
    const qsizetype at = key.toInt(&ok);
    return ok && !m_accepted.error && at >= 0 && at < m_accepted.file.entries().size() ? &m_accepted.file.entries()[at] : nullptr;
}

void HaController::renew(const QString &key)
{
    const audit::Acceptance *found = entryOf(key);
    if (!found)
        return;
    const audit::Acceptance entry = *found;
    dialogs::AcceptView view;
    view.title = tr("Accept %1 for longer?", "rule").arg(text::safe(entry.rule));
    view.sentence = tr("It ended, and counts again. Give it another end, and say whether the reason still holds.");
    view.reason = entry.reason;
    view.by = entry.by;
    view.today = QDate::currentDate();
    view.until = view.today.addDays(acceptedDays);
    view.file = m_accepted.path;
    auto *dialog = new dialogs::AcceptDialog(view, m_page->window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setRenewal();
    connect(dialog, &dialogs::AcceptDialog::acceptRequested, this, [this, dialog, entry, path = m_accepted.path] {
        change(path, [entry, until = dialog->until(), reason = dialog->reason()](audit::AcceptanceFile &file) { return file.renew(entry, until, reason); }, dialog);
    });
    dialog->open();
}

void HaController::withdraw(const QString &key)
{
    if (const audit::Acceptance *found = entryOf(key))
        change(m_accepted.path, [entry = *found](audit::AcceptanceFile &file) { return file.remove(entry); }, nullptr);
}

void HaController::change(const QString &path, const std::function<Result<>(audit::AcceptanceFile &file)> &edit, dialogs::AcceptDialog *dialog)
{
    m_scope.run(
        this, [path, edit](std::stop_token) { return changeAccepted(path, edit); },
        [this, path, dialog = QPointer<dialogs::AcceptDialog>(dialog)](const Result<> &changed) {
            if (changed) {
                m_preferences.setAcceptedFile(path);
                if (dialog)
                    dialog->accept();
                readAcceptedAgain();
            } else if (dialog) {
                dialog->setError(changed.error());
            } else {
                emit notice(kit::Tone::Err, tr("The accepted findings were not changed"), text::safe(changed.error().oneLine()));
                readAcceptedAgain();
            }
        });
}

void HaController::save(const QString &format)
{
    if (!m_audited)
        return;
    const bool markdown = format == "markdown"_L1;
    const QString suffix = markdown ? u"md"_s : format == "sarif"_L1 ? u"sarif"_s : u"json"_s;
    // Asks before it overwrites.
    auto *dialog = new QFileDialog(m_page->window(), tr("Export the audit"), {}, markdown ? tr("Markdown (*.md)") : format == "sarif"_L1 ? tr("SARIF (*.sarif)") : tr("JSON (*.json)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(suffix);
    dialog->selectFile(u"kubeflow-audit."_s + suffix);
    connect(dialog, &QFileDialog::fileSelected, this, [this, format, audited = m_audited, accepted = m_accepted](const QString &path) {
        m_scope.run(
            this, [audited, accepted, format, path](std::stop_token) { return exportReport(*audited, accepted, format, path); },
            [this, path](const Result<> &saved) {
                if (saved)
                    emit notice(kit::Tone::Ok, tr("Audit exported"), text::safe(path));
                else
                    emit notice(kit::Tone::Err, tr("The audit was not exported"), text::safe(saved.error().oneLine()));
            });
    });
    dialog->open();
}

void HaController::showYaml(const audit::ObjectName &object)
{
    if (!m_session)
        return;
    // What has a page of its own can be seen there with all that belongs to it.
    QString page, key, words;
    if (object.group.isEmpty() && object.kind == "Node"_L1) {
        page = u"nodes"_s;
        words = tr("Show in Nodes");
        m_session->nodes().each([&](const Node &node) { key = node.name == object.name ? node.uid : key; });
    } else if (object.group.isEmpty() && object.kind == "Pod"_L1) {
        page = u"pods"_s;
        words = tr("Show in Pods");
        m_session->pods().each([&](const Pod &pod) { key = pod.ns == object.ns && pod.name == object.name ? pod.uid : key; });
    }
    auto *dialog = new dialogs::YamlDialog(audit::shown(object), key.isEmpty() ? QString() : words, m_page->window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    const auto read = [this, object, shown = QPointer<dialogs::YamlDialog>(dialog)] {
        if (!m_session)
            return;
        m_scope.run(
            this, [cluster = m_session->sharedCluster(), object](std::stop_token stop) { return yamlOf(*cluster, object, stop); },
            [shown](const Result<QString> &yaml) {
                if (shown && yaml)
                    shown->setYaml(*yaml);
                else if (shown)
                    shown->setError(yaml.error());
            });
    };
    connect(dialog, &dialogs::YamlDialog::retryRequested, this, read);
    connect(dialog, &dialogs::YamlDialog::placeRequested, this, [this, page, key] { go(page, key); });
    dialog->open();
    read();
}

} // namespace cairn::app
