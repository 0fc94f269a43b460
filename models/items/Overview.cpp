// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/Overview.h"

#include "base/Text.h"
#include "items/CellText.h"
#include "items/ClaimTableModel.h"
#include "items/ComponentTableModel.h"
#include "items/Vocabulary.h"
#include "jobs/Unfinished.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

namespace cairn::items {

using namespace Qt::StringLiterals;
using components::Component;
using components::Standing;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::items::Overview)
};

constexpr qint64 historyAfterDays = 7;
/// A job that waits shorter than this is only starting.
constexpr qint64 waitingSeconds = 600;

ActionValue show()
{
    return {u"show"_s, Words::tr("Show"), false, true, {}};
}

/// What training could go on from, and whether a resume may be offered.
QString hintOf(const JobRow &row, bool &canResume)
{
    canResume = false;
    if (!row.checkpoints)
        return Words::tr("checkpoints not read yet");
    if (row.checkpoints->none)
        return Words::tr("it never saved a checkpoint");
    if (!row.checkpoints->safeSince.isValid())
        return Words::tr("no checkpoint can be trusted");
    canResume = true;
    return row.checkpoints->safeStep ? Words::tr("newest whole checkpoint: step %1").arg(text::number(*row.checkpoints->safeStep))
                                     : Words::tr("there is a whole checkpoint");
}

class Judge
{
public:
    explicit Judge(const OverviewFacts &facts)
        : m_now(facts.now)
        , m_underWay(facts.underWay)
    {
        if (facts.jobs) {
            for (int i = 0; i < facts.jobs->rowCount(); ++i)
                job(*facts.jobs->rowAt(i));
        }
        if (facts.components)
            components(*facts.components);
        if (facts.nodes)
            nodes(*facts.nodes);
        if (facts.claims)
            claims(*facts.claims);
        std::ranges::stable_sort(m_result.problems, [](const Problem &a, const Problem &b) {
            const auto order = [](const Problem &p) { return std::make_tuple(p.about != Problem::About::Change, p.tag.tone != Tone::Err, -p.cost); };
            return order(a) < order(b);
        });
    }
    Overview take() { return std::move(m_result); }

private:
    void job(const JobRow &row)
    {
        const Job &job = row.job;
        const LostWork lost = lostWork(row, m_now);
        if (const auto unfinished = jobs::unfinishedChange(job); unfinished && !m_underWay.contains(jobKey(job)))
            hangs(row, *unfinished, lost);
        switch (job.phase) {
        case JobPhase::Running:
        case JobPhase::Restarting:
            ++m_result.running;
            m_result.gpuHoursAtRisk += lost.gpuHours.value_or(0);
            m_result.atMost |= lost.atMost;
            if (lost.gpuHours.value_or(0) > m_most || (m_most == 0 && lost.time > m_result.longest))
                m_result.costliest = text::safe(job.name);
            m_most = std::max(m_most, lost.gpuHours.value_or(0));
            m_result.longest = std::max(m_result.longest, lost.time);
            if (job.phase == JobPhase::Restarting) {
                m_result.gpusHeld += job.gpus();
                problem(row, {tag(job.phase).text, Tone::Warn}, causeText(job), {}, lost);
            } else if (row.checkpoints) {
                unsafe(row, lost);
            }
            break;
        case JobPhase::Failed:
            ++m_result.failed;
            if (!job.finished.isValid() || job.finished.daysTo(m_now) < historyAfterDays)
                problem(row, {tag(job.phase).text, Tone::Err}, causeText(job), job.finished, lost);
            break;
        case JobPhase::Pending:
        case JobPhase::Queued:
            ++m_result.waiting;
            m_result.gpusHeld += job.gpus();
            if (job.phase == JobPhase::Pending && job.created.isValid() && job.created.secsTo(m_now) > waitingSeconds)
                problem(row, {tag(job.phase).text, Tone::Warn}, causeText(job), job.created, lost);
            break;
        case JobPhase::Suspended: ++m_result.suspended; break;
        case JobPhase::Succeeded:
        case JobPhase::Unknown: break;
        }
    }

    /// Nobody works on it any longer, or somebody does elsewhere: whoever finds it can go on or back.
    void hangs(const JobRow &row, const jobs::UnfinishedChange &change, const LostWork &lost)
    {
        ++m_result.unfinished;
        problem(row, {Words::tr("Unfinished change"), Tone::Err}, change.text, change.record ? change.record->changed : QDateTime(), lost);
        Problem &problem = m_result.problems.last();
        problem.about = Problem::About::Change;
        problem.hint = change.record ? Words::tr("begun by %1; finish it, or roll it back", "a program").arg(text::safe(change.record->tool)) : change.problem;
        if (change.canAct()) {
            problem.action = {u"change.finish"_s, Words::tr("Finish"), true, true, {}};
            problem.other = {u"change.rollBack"_s, Words::tr("Roll back"), false, true, {}};
        }
    }

    /// A running job whose newest checkpoint is no good, or late.
    void unsafe(const JobRow &row, const LostWork &lost)
    {
        const CheckpointSummary &known = *row.checkpoints;
        if (known.verdict == Verdict::Damaged && !known.none) {
            problem(row, {tag(Verdict::Damaged).text, Tone::Err}, Words::tr("its newest checkpoint is damaged"), known.savedAt, lost);
            return;
        }
        // The same rule by which the Jobs page marks it, from when it was read: a list that is old tells nothing new.
        if (isOverdue(known, known.readAt))
            problem(row, {Words::tr("Overdue"), Tone::Warn},
                    Words::tr("saves every %1 as a rule, and has not for %2").arg(text::duration(known.rhythm), age(known.savedAt, m_now)), {}, lost);
    }

    void problem(const JobRow &row, const TagValue &what, const QString &why, const QDateTime &since, const LostWork &lost)
    {
        Problem problem;
        problem.target = jobKey(row.job);
        problem.tag = what;
        problem.name = text::safe(row.job.name);
        problem.text = why;
        problem.place = text::safe(row.job.ns);
        problem.since = since;
        bool canResume = false;
        problem.hint = hintOf(row, canResume);
        problem.action = canResume && row.job.phase == JobPhase::Failed ? ActionValue{u"job.resume"_s, Words::tr("Resume…"), false, true, {}} : show();
        problem.cost = lost.gpuHours.value_or(0);
        m_result.problems.append(problem);
    }

    void components(const QList<Component> &all)
    {
        m_result.componentsKnown = true;
        m_result.components = components::summarise(all);
        for (const Component &component : all) {
            if (component.standing != Standing::Down && component.standing != Standing::Degraded)
                continue;
            m_result.down += component.standing == Standing::Down ? 1 : 0;
            Problem problem;
            problem.about = Problem::About::Component;
            problem.target = ComponentTableModel::key(component);
            problem.tag = tag(component.standing);
            problem.tag.tone = component.standing == Standing::Down ? Tone::Err : Tone::Warn;
            problem.name = component.id;
            problem.text = components::consequence(component);
            problem.place = text::safe(component.ns);
            problem.hint = Words::tr("%1 replicas ready").arg(ComponentTableModel::replicas(component));
            problem.action = show();
            m_result.problems.append(problem);
        }
        // One line: fifty components with one replica each would hide everything else.
        const int falling = m_result.components.falling() - m_result.down;
        if (falling > 0) {
            Problem problem;
            problem.about = Problem::About::Availability;
            problem.tag = {Words::tr("At risk"), Tone::Warn};
            problem.name = Words::tr("High availability");
            problem.text = Words::tr("%n component(s) would stop with the loss of one node", nullptr, falling);
            problem.action = show();
            m_result.problems.append(problem);
        }
    }

    void nodes(const QList<NodeRow> &all)
    {
        m_result.gpusKnown = true;
        for (const NodeRow &row : all) {
            m_result.gpusAllocatable += row.node.gpusAllocatable;
            m_result.gpusRequested += row.gpusRequested;
            if (row.node.ready && row.node.pressures.isEmpty())
                continue;
            Problem problem;
            problem.about = Problem::About::Node;
            problem.target = NodeTableModel::key(row.node);
            problem.tag = NodeTableModel::tag(row.node);
            problem.name = text::safe(row.node.name);
            problem.text = row.node.ready ? text::safe(row.node.pressures.join(u", "_s)) : Words::tr("the node is not ready");
            problem.place = text::safe(row.node.zone);
            problem.since = row.node.ready ? QDateTime() : row.node.readySince;
            problem.hint = Words::tr("%n job(s) with a pod there: %1", nullptr, static_cast<int>(row.jobs.size())).arg(NodeTableModel::lostText(row));
            if (row.jobs.isEmpty())
                problem.hint = Words::tr("no training job there");
            problem.action = show();
            problem.cost = row.gpuHoursAtRisk();
            m_result.problems.append(problem);
        }
    }

    void claims(const QList<storage::ClaimAccount> &all)
    {
        m_result.claimsKnown = true;
        m_result.claims = storage::totals(all);
        double soonest = -1;
        for (const storage::ClaimAccount &account : all) {
            const double part = account.fraction();
            const double days = part >= 0.9995 ? 0 : account.forecast.days;
            const storage::Severity severity = storage::severity(account);
            if (part >= 0 && days >= 0 && (soonest < 0 || days < soonest)) {
                soonest = days;
                m_result.fillsFirst = text::safe(account.claim.name);
                m_result.fillsIn = days == 0 ? QString() : ClaimTableModel::fullIn(account);
                m_result.fillsTone = severity == storage::Severity::Now ? Tone::Err : severity == storage::Severity::Soon ? Tone::Warn : Tone::Idle;
            }
            if (severity == storage::Severity::Fine)
                continue;
            Problem problem;
            problem.about = Problem::About::Claim;
            problem.target = account.key();
            problem.tag = {Words::tr("Storage"), severity == storage::Severity::Now ? Tone::Err : Tone::Warn};
            problem.name = text::safe(account.claim.name);
            problem.text = storage::troubleText(account);
            if (problem.text.isEmpty()) {
                const QString full = Words::tr("%1 % full", "part of a claim").arg(static_cast<int>(part * 100));
                problem.text = days > 0 ? Words::tr("%1, with room for %2 at its pace of %3 a day", "part of a claim, time, bytes")
                                              .arg(full, ClaimTableModel::fullIn(account), text::bytes(std::llround(account.forecast.bytesPerDay)))
                                        : full;
            }
            problem.place = text::safe(account.claim.ns);
            problem.hint = usersOf(account);
            problem.action = show();
            m_result.problems.append(problem);
        }
    }

    static QString usersOf(const storage::ClaimAccount &account)
    {
        if (account.users.isEmpty())
            return Words::tr("no job uses it");
        const int others = static_cast<int>(account.users.size()) - 1;
        const QString first = text::safe(account.users.first().name);
        return others > 0 ? Words::tr("used by %1 and %n more", nullptr, others).arg(first) : Words::tr("used by %1").arg(first);
    }

    const QDateTime m_now;
    const QSet<QString> m_underWay;
    Overview m_result;
    double m_most = 0;
};

} // namespace

Overview overviewOf(const OverviewFacts &facts)
{
    return Judge(facts).take();
}

ProblemTableModel::ProblemTableModel(QObject *parent)
    : RowTableModel(parent)
    , m_now(QDateTime::currentDateTimeUtc())
{
}

int ProblemTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString ProblemTableModel::key(const Problem &problem)
{
    return QString::number(static_cast<int>(problem.about)) + u'/' + problem.target;
}

void ProblemTableModel::setProblems(const QList<Problem> &problems)
{
    QHash<QString, int> order;
    for (const Problem &problem : problems)
        order.insert(key(problem), static_cast<int>(order.size()));
    const bool moved = order != m_order;
    m_order = std::move(order);
    replaceRows(problems);
    // A row that is equal but stands elsewhere now tells nobody otherwise.
    if (moved && rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

QString ProblemTableModel::text(const Problem &problem, int column) const
{
    switch (column) {
    case What: return problem.tag.text;
    case Name: return problem.name;
    case Text: return problem.text;
    default: return {};
    }
}

QString ProblemTableModel::second(const Problem &problem, int column) const
{
    switch (column) {
    case Name: {
        const QString when = problem.since.isValid() ? text::ago(problem.since, m_now) : QString();
        return problem.place.isEmpty() ? when : when.isEmpty() ? problem.place : tr("%1 · %2", "place, age").arg(problem.place, when);
    }
    case Text: return problem.hint;
    default: return {};
    }
}

QVariant ProblemTableModel::data(const QModelIndex &index, int role) const
{
    const Problem *problem = rowAt(index);
    if (!problem)
        return {};
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole: return text(*problem, column);
    case SecondLineRole: return second(*problem, column);
    case Qt::ToolTipRole: {
        if (column == Name && problem->since.isValid())
            return tr("%1, since %2", "name, time").arg(problem->name, exactTime(problem->since));
        const QString below = second(*problem, column);
        return below.isEmpty() ? text(*problem, column) : text(*problem, column) + u'\n' + below;
    }
    case Qt::AccessibleTextRole:
        if (column == What)
            return tr("%1: %2 %3", "kind of problem, name, what happened").arg(problem->tag.text, problem->name, problem->text);
        return tr("%1: %2 %3", "column, value, more").arg(headerData(column, Qt::Horizontal).toString(), text(*problem, column), second(*problem, column)).trimmed();
    case KeyRole: return key(*problem);
    // Every column sorts by the order of urgency: that is the table's only question.
    case SortRole: return m_order.value(key(*problem));
    case StrongRole: return column == Name;
    case TagRole: return column == What ? QVariant::fromValue(problem->tag) : QVariant();
    case ActionRole: return column == Action ? QVariant::fromValue(problem->action) : column == Other ? QVariant::fromValue(problem->other) : QVariant();
    default: return {};
    }
}

QVariant ProblemTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case What: return tr("State");
    case Name: return tr("Name");
    case Text: return tr("What happened");
    default: return {};
    }
}

} // namespace cairn::items
