// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/HaPage.h"

#include "base/Text.h"
#include "charts/AvailabilityStrip.h"
#include "kit/Button.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/StateView.h"
#include "pages/FindingList.h"
#include "pages/FindingPanel.h"
#include "pages/GroupTiles.h"
#include "pages/SidePanel.h"

#include <QActionGroup>
#include <QKeyEvent>
#include <QStackedWidget>
#include <algorithm>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using audit::Finding;
using components::Component;
using components::Standing;
using items::ComponentTableModel;
using items::FindingListModel;

/// Of components 0 by area, 1 not at all; of findings 0 by severity, 1 by area.
void HaPage::group(int by)
{
    if (view() == View::Findings) {
        m_findingsByArea = by == 1;
        m_findingModel->setSections(m_findingsByArea ? FindingListModel::Sections::Area : FindingListModel::Sections::Severity);
    } else {
        m_byArea = by == 0;
        // Heads go before nobody asks for them, and come before somebody does.
        if (m_byArea)
            m_model->setSectioned(true);
        table()->setSectioned(m_byArea);
        if (!m_byArea)
            m_model->setSectioned(false);
        settle();
    }
    updateGrouping();
}

void HaPage::updateGrouping()
{
    const bool findings = view() == View::Findings;
    m_grouping->setVisible(findings || view() == View::Components);
    const QStringList words = findings ? QStringList{tr("By severity"), tr("By area")} : QStringList{tr("By area"), tr("Not grouped")};
    const int current = findings ? (m_findingsByArea ? 1 : 0) : (m_byArea ? 0 : 1);
    const QList<QAction *> actions = m_groupings->actions();
    for (int i = 0; i < actions.size(); ++i)
        actions[i]->setText(words[i]);
    actions[current]->setChecked(true);
    m_grouping->setText(findings ? (m_findingsByArea ? tr("Group: area") : tr("Group: severity")) : (m_byArea ? tr("Group: area") : tr("Group: none")));
}

HaPage::View HaPage::view() const
{
    return static_cast<View>(m_lists->currentIndex());
}

bool HaPage::showsWhatIf() const
{
    return m_details->currentWidget() == m_whatIf;
}

/// The list in front alone: the others follow when they are shown.
void HaPage::filterShown()
{
    const QString text = filter()->text();
    switch (view()) {
    case View::Components: break; // the base's
    case View::Findings:
        m_findingModel->setFilter(text);
        updateFindings();
        break;
    case View::Accepted: m_accepted->filter()->setText(text); break;
    case View::History: m_history->filter()->setText(text); break;
    }
}

void HaPage::showView(View view)
{
    m_lists->setCurrentIndex(static_cast<int>(view));
    m_views->setCurrent(static_cast<int>(view));
    m_aspect->setLabel(0, view == View::Components || view == View::History ? tr("Component") : tr("Finding"));
    filterShown();
    updateGrouping();
    showWhatIf(showsWhatIf());
}

void HaPage::showWhatIf(bool show)
{
    m_aspect->setCurrent(show ? 1 : 0);
    m_details->setCurrentWidget(show                            ? static_cast<QWidget *>(m_whatIf)
                                : view() == View::Components ? m_componentPanel
                                : view() == View::History    ? static_cast<QWidget *>(m_historySide)
                                                             : static_cast<QWidget *>(m_findingPanel));
    // An entry of the list says all there is; its columns need the room.
    m_panel->setVisible(show || view() != View::Accepted);
    updatePanel();
    emit shownChanged();
}

void HaPage::showComponent(const QString &key)
{
    const Component *component = m_model->component(key);
    if (component && !m_groups->current().isEmpty() && component->entry().group != m_groups->current())
        setGroup({});
    showView(View::Components);
    showWhatIf(false);
    setCurrentKey(key);
}

void HaPage::showFinding(const QString &key)
{
    const Finding *finding = m_findingModel->find(key);
    if (!finding)
        return;
    if (!m_groups->current().isEmpty() && items::groupOf(*finding) != m_groups->current())
        setGroup({});
    showView(View::Findings);
    showWhatIf(false);
    m_findings->setCurrentKey(key);
}

QString HaPage::currentFinding() const
{
    return m_findingModel->find(m_findings->currentKey()) ? m_findings->currentKey() : QString();
}

void HaPage::setGroup(const QString &group)
{
    m_groups->setCurrent(group);
    updateGroups();
    filter()->setFacet(ComponentTableModel::GroupRole, group.isEmpty() ? QSet<QString>() : QSet<QString>{group});
    m_history->filter()->setFacet(items::ComponentHistoryModel::GroupRole, group.isEmpty() ? QSet<QString>() : QSet<QString>{group});
    m_findingModel->setGroup(group);
    updateFindings();
}

const Component *HaPage::inFront() const
{
    return view() == View::Components ? m_model->component(currentKey()) : view() == View::History ? m_model->component(m_history->currentKey()) : nullptr;
}

QString HaPage::componentInFront() const
{
    const Component *component = inFront();
    return component ? ComponentTableModel::key(*component) : QString();
}

views::DataTable *HaPage::activeTable() const
{
    return view() == View::Accepted ? m_accepted : view() == View::History ? m_history : table();
}

QWidget *HaPage::activeList() const
{
    return view() == View::Findings ? static_cast<QWidget *>(m_findings) : activeTable();
}

void HaPage::focusRow()
{
    if (view() == View::Findings)
        m_findings->focusRow();
    else
        activeTable()->focusRow();
}

void HaPage::openFound()
{
    if (view() == View::Findings)
        m_findings->focusRow();
    else
        activeTable()->openFound();
}

void HaPage::keyTyped(const QString &key)
{
    if (key.compare("w"_L1, Qt::CaseInsensitive) == 0)
        showWhatIf(!showsWhatIf());
    else if (key.compare("a"_L1, Qt::CaseInsensitive) == 0)
        accept();
    else if (key.compare("o"_L1, Qt::CaseInsensitive) == 0)
        takeOffer();
    else
        ListPage::keyTyped(key);
}

void HaPage::keyPressEvent(QKeyEvent *event)
{
    // From a tile or the panel; fields keep their letters to themselves.
    if (event->modifiers() == Qt::NoModifier && (event->key() == Qt::Key_W || event->key() == Qt::Key_A || event->key() == Qt::Key_O)) {
        keyTyped(event->text());
        event->accept();
        return;
    }
    ListPage::keyPressEvent(event);
}

void HaPage::setComponents(const QList<Component> &components, const QDateTime &now)
{
    m_read = now;
    m_model->setComponents(components);
    updateGroups();
    settle();
}

void HaPage::setFeed(const FeedState &feed, const QString &roleRequest)
{
    ListPage::setFeed(feed, roleRequest);
    m_history->setStale(feed.phase == FeedState::Phase::Stale);
    m_findings->setStale(feed.phase == FeedState::Phase::Stale);
}

void HaPage::setAuditing(const QString &text, qint64 done, qint64 total)
{
    m_auditing = true;
    m_auditState->setLoading(text, done, total, m_report.has_value(), tr("Cancel"));
}

void HaPage::setReport(const audit::Report &report, std::chrono::milliseconds took)
{
    m_auditing = false;
    m_auditError.reset();
    m_report = report;
    m_took = took;
    m_findingModel->setFindings(report.findings);
    m_release->setVisible(!report.release.isEmpty());
    m_release->set(tr("Kubeflow %1, found", "release").arg(text::safe(report.release)), Tone::Idle);
    updateViews();
    updateFindings();
    updatePanel();
}

void HaPage::setAuditError(const Error &error)
{
    m_auditing = false;
    m_auditError = error;
    updateFindings();
}

void HaPage::clearReport()
{
    m_auditing = false;
    m_auditError.reset();
    m_report.reset();
    m_findingModel->setFindings({});
    m_release->hide();
    updateViews();
    updateFindings();
    updatePanel();
}

void HaPage::setAccepted(const QList<items::AcceptedRow> &rows, const QString &file)
{
    m_acceptedModel->setAccepted(rows);
    m_acceptedFile->setText(file);
    if (rows.isEmpty())
        m_acceptedState->setEmpty(tr("Nothing is accepted"),
                                  tr("A finding that you can live with is accepted with a reason and an end date; from then on it counts again."));
    else if (m_acceptedState->state() != StateView::State::Content)
        m_acceptedState->setContent();
    updateViews();
}

void HaPage::setAcceptRefusal(const QString &why)
{
    m_acceptRefusal = why;
    m_findingPanel->setAcceptRefusal(why);
}

QList<Finding> HaPage::selectedFindings() const
{
    QList<Finding> list;
    const FindingListModel::Row *row = m_findingModel->rowAt(m_findingModel->rowOf(m_findings->currentKey()));
    if (view() != View::Findings || !row || row->kind == FindingListModel::Kind::Section)
        return list;
    for (const qsizetype at : row->findings)
        list.append(m_findingModel->findingAt(at));
    return list;
}

void HaPage::accept()
{
    const QList<Finding> findings = selectedFindings();
    if (!findings.isEmpty() && m_acceptRefusal.isEmpty())
        emit acceptRequested(findings);
}

void HaPage::takeOffer()
{
    if (!m_offer.act.isEmpty() && m_offer.refusal.isEmpty() && (view() == View::Components || view() == View::Findings) && !showsWhatIf())
        emit offerTaken();
}

void HaPage::settle()
{
    updateViews();
    ListPage::settle();
}

void HaPage::updateGroups()
{
    QList<GroupCount> groups{{{}, tr("All"), 0, 0, 0, 0}};
    for (const components::Group &group : components::catalogue().groups)
        groups.append({group.id, components::translated(group.name), 0, 0, 0, 0});
    for (const Component &component : m_model->components()) {
        const auto own = std::ranges::find(groups, component.entry().group, &GroupCount::id);
        for (GroupCount *count : {&groups.first(), own == groups.end() ? nullptr : &*own}) {
            if (!count)
                continue;
            if (component.standing == Standing::NotObservable)
                ++count->unknown;
            else if (component.survivesNode())
                ++count->survives;
            else if (component.standing == Standing::SinglePoint || component.standing == Standing::Down || component.standing == Standing::NoLeader)
                ++count->falls;
            else
                ++count->hurts;
        }
    }
    // What is not installed takes no room.
    groups.removeIf([this](const GroupCount &count) {
        return !count.id.isEmpty() && count.id != m_groups->current() && count.observable() + count.unknown == 0;
    });
    m_groups->setGroups(groups);
    m_groups->setVisible(m_model->count() > 0);
}

void HaPage::updateViews()
{
    const auto counted = [](const QString &word, qint64 count) { return tr("%1 %2", "view, how many rows").arg(word, text::number(count)); };
    m_views->setLabel(0, m_model->count() > 0 ? counted(tr("Components"), m_model->count()) : tr("Components"));
    m_views->setLabel(1, m_report ? counted(tr("Findings"), m_report->findings.size()) : tr("Findings"));
    m_views->setLabel(2, m_acceptedModel->rowCount() > 0 ? counted(tr("Accepted"), m_acceptedModel->rowCount()) : tr("Accepted"));
    m_export->setRefusal(m_report ? QString() : tr("There is no audit yet"));
}

void HaPage::updateFindings()
{
    QStringList unread;
    int rules = 0;
    if (m_report) {
        rules = static_cast<int>(m_report->notEvaluated.size());
        for (const audit::NotEvaluated &rule : std::as_const(m_report->notEvaluated))
            unread.append(tr("%1: %2", "rule, why it was not evaluated").arg(rule.rule, rule.why));
        for (const Gap &gap : std::as_const(m_report->gaps))
            unread.append(tr("%1: %2", "what could not be read, why").arg(gap.what, text::safe(gap.error.why.isEmpty() ? gap.error.what : gap.error.why)));
    }
    m_unread->setText(unread.join(u'\n'));
    m_unreadButton->setVisible(!unread.isEmpty());
    m_unreadButton->setText(rules > 0 ? tr("%n rule(s) not evaluated", nullptr, rules) : tr("%n list(s) not read", nullptr, static_cast<int>(unread.size())));
    if (unread.isEmpty())
        m_unreadButton->setChecked(false);
    if (!m_report) {
        m_auditFoot->setText({});
    } else {
        const int all = static_cast<int>(m_report->findings.size());
        const QString shown = m_findingModel->isFiltering() ? tr("%1 of %n finding(s)", nullptr, all).arg(text::number(m_findingModel->shownCount()))
                                                            : tr("%n finding(s)", nullptr, all);
        m_auditFoot->setText(tr("%1 · %2 objects, audited %3 in %4", "findings, objects, age, duration")
                                 .arg(shown, text::number(m_report->objects), text::ago(m_report->asOf, now()), text::duration(m_took)));
    }
    if (m_auditing)
        return;
    // Who stopped an audit knows that what is shown is that of the one before.
    if (m_auditError && !(m_report && m_auditError->kind == Error::Kind::Cancelled)) {
        Error error = *m_auditError;
        error.what = text::safe(error.what);
        error.why = text::safe(error.why);
        error.fix = text::safe(error.fix);
        const QList<Offer> again{{u"again"_s, tr("Audit again"), ButtonVariant::Primary}};
        if (error.kind == Error::Kind::Cancelled)
            m_auditState->setEmpty(tr("The audit was cancelled"), tr("Nothing is known of what it would have found."), again);
        else if (m_report)
            m_auditState->setStale(tr("The last audit failed"), error.why.isEmpty() ? error.what : error.why, again);
        else
            m_auditState->setError(error, again, now());
    } else if (!m_report) {
        m_auditState->setEmpty(tr("Not audited yet"), tr("The audit begins as soon as this page has read the cluster."), {{u"again"_s, tr("Audit now"), ButtonVariant::Primary}});
    } else if (m_findingModel->rowCount() > 0) {
        m_auditState->setContent();
    } else if (m_findingModel->isFiltering()) {
        m_auditState->setEmpty(tr("No finding matches"), tr("%n finding(s) are hidden by the filter or the group.", nullptr, static_cast<int>(m_report->findings.size())),
                               {{u"all"_s, tr("All groups"), ButtonVariant::Normal}, {u"clear"_s, tr("Clear the filter"), ButtonVariant::Normal}});
    } else {
        m_auditState->setEmpty(tr("No findings"),
                               unread.isEmpty() ? tr("Every rule was evaluated, and none found a reason to worry.")
                                                : tr("What was read gives no reason to worry; not everything was read."));
    }
}

void HaPage::updateAnswer()
{
    const components::Summary summary = components::summarise(m_model->components());
    if (summary.observable == 0) {
        header()->setAnswer({});
        return;
    }
    QString answer = tr("%1 of %n component(s) tolerate a node failure", nullptr, summary.observable).arg(summary.surviving);
    if (summary.unobservable > 0)
        answer = tr("%1 · %2", "answer, what is not known").arg(answer, tr("%n not observable", nullptr, summary.unobservable));
    header()->setAnswer(answer);
}

void HaPage::currentChanged()
{
    updatePanel();
    emit shownChanged();
}

void HaPage::setHistories(const QList<items::ComponentHistoryRow> &rows, const QString &notice)
{
    m_historyModel->setRows(rows, now());
    m_historyFoot->setText(notice.isEmpty() ? tr("Every takeover that Cairn saw, kept on this computer") : notice);
    if (m_history->currentKey().isEmpty() && m_history->rowCount() > 0)
        m_history->setCurrentKey(m_history->model()->index(0, 0).data(items::KeyRole).toString());
}

bool HaPage::hasContent() const
{
    return ListPage::hasContent() || (m_report && !m_report->findings.isEmpty());
}

ListPage::FeedWords HaPage::feedWords(const QString &why) const
{
    FeedWords words;
    words.reading = tr("Reading components…");
    words.stale = tr("%1 The verdicts are as old; they are renewed as soon as the server answers.").arg(why);
    words.forbidden = tr("You don't have permission to list Kubeflow's components");
    words.failed = tr("The components could not be read");
    words.emptyTitle = tr("No Kubeflow components found");
    words.emptyText = tr("None of the namespaces that Kubeflow is usually installed in contains its components.");
    words.counted = false;
    return words;
}

} // namespace cairn::pages
