// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/QuotasPage.h"

#include "base/Text.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "pages/SidePanel.h"

#include <QVBoxLayout>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using items::QuotaTableModel;

namespace {

constexpr qsizetype mostLines = 12; ///< of defaults and of queues in the panel

/// Lines one below the other, the rest counted.
QString lines(QStringList all)
{
    const qsizetype more = all.size() - mostLines;
    if (more > 0) {
        all = all.mid(0, mostLines);
        all.append(QuotasPage::tr("and %n more", nullptr, static_cast<int>(more)));
    }
    return all.join(u'\n');
}

} // namespace

QuotasPage::QuotasPage(QWidget *parent)
    : ListPage(u"quotas"_s, {tr("Quotas"), tr("Resource, namespace, quota, or used:>80"), tr("Filter quotas"), tr("No quota matches the filter")}, parent)
    , m_model(new QuotaTableModel(this))
    , m_views(addViews(tr("Show"), {tr("All"), tr("GPUs"), tr("Nearly full")}))
{
    using views::CellKind;
    setRows(m_model,
            {{QuotaTableModel::Resource, CellKind::Text, 210, 320, true},
             {QuotaTableModel::Namespace, CellKind::Text, 90, 180},
             {QuotaTableModel::Name, CellKind::Text, 100, 200},
             {QuotaTableModel::Used, CellKind::Progress, 150, 230},
             {QuotaTableModel::Free, CellKind::Number, 70, 110, false, true, true},
             {QuotaTableModel::State, CellKind::Tag, 120, 160}},
            QuotaTableModel::Resource, Qt::AscendingOrder);
    showFrom(QuotaTableModel::Free, 1200); // the panel says it too
    m_panel = makePanel();
    arrange(inStates(beside(tableCard({{u"/"_s, tr("filter")}, {u"F5"_s, tr("refresh")}}), m_panel)));
    connect(m_views, &Segment::currentChanged, this, [this](int index) { setView(static_cast<View>(index)); });
    settle();
}

SidePanel *QuotasPage::makePanel()
{
    auto *panel = new SidePanel(u"quotas.panel"_s, tr("The selected quota"));
    m_alarm = panel->addNote(Tone::Warn, u"quotas.alarm"_s);
    panel->addSection(tr("Details"));
    m_facts = panel->addFacts({tr("Used"), tr("Limit"), tr("Free"), tr("Counts"), tr("Flavor"), tr("Cohort"), tr("May borrow"), tr("Workloads")});
    m_rangesTitle = panel->addSection(tr("Defaults and bounds"));
    m_ranges = panel->addParagraph(u"quotas.ranges"_s);
    m_queuesTitle = panel->addSection(tr("Local queues"));
    m_queues = panel->addParagraph(u"quotas.queues"_s);
    m_source = panel->addSource();
    return panel;
}

void QuotasPage::setQuotas(const QList<Quota> &quotas, const Around &around)
{
    m_around = around;
    m_model->setQuotas(quotaRows(quotas));
    settle();
}

void QuotasPage::setView(View view)
{
    m_views->setCurrent(static_cast<int>(view));
    QHash<int, QSet<QString>> facets;
    if (view == View::Gpus)
        facets.insert(QuotaTableModel::GpuFacet, {u"gpu"_s});
    else if (view == View::Tight)
        facets.insert(QuotaTableModel::TightFacet, {u"tight"_s});
    filter()->setFacets(facets);
}

void QuotasPage::updateAnswer()
{
    const QuotaTableModel::Sums sums = m_model->sums();
    m_views->setLabel(2, sums.tight > 0 ? tr("Nearly full (%1)", "number").arg(text::number(sums.tight)) : tr("Nearly full"));
    if (sums.quotas == 0) {
        header()->setAnswer({});
        return;
    }
    QStringList parts;
    if (sums.gpusHard > 0)
        parts.append(tr("%1 of %2 GPUs of the namespaces' quotas used").arg(QuotaTableModel::amount({}, sums.gpusUsed), QuotaTableModel::amount({}, sums.gpusHard)));
    parts.append(sums.full > 0 ? tr("%n limit(s) reached", nullptr, sums.full) : tr("no limit reached"));
    header()->setAnswer(parts.join(u" · "_s));
}

QString QuotasPage::defaultsIn(const QString &ns) const
{
    QStringList all;
    for (const LimitRange &range : m_around.ranges) {
        if (range.ns != ns)
            continue;
        for (const LimitRange::Item &item : range.items) {
            QStringList parts;
            if (!item.request.isEmpty())
                parts.append(tr("requests %1").arg(text::safe(item.request)));
            if (!item.limit.isEmpty())
                parts.append(tr("limit %1").arg(text::safe(item.limit)));
            if (!item.least.isEmpty())
                parts.append(tr("at least %1").arg(text::safe(item.least)));
            if (!item.most.isEmpty())
                parts.append(tr("at most %1").arg(text::safe(item.most)));
            all.append(tr("%1, %2: %3", "Container or Pod, resource, its defaults and bounds")
                           .arg(text::safe(item.type), text::safe(item.resource), parts.join(u", "_s)));
        }
    }
    if (all.isEmpty())
        return m_around.rangesRead ? tr("No LimitRange: a container without a request or limit gets none, and a quota on the resource rejects it.")
                                   : tr("Not known: the LimitRanges of the namespace were not read.");
    return lines(all);
}

QString QuotasPage::queuesOf(const Quota &quota) const
{
    QStringList all;
    for (const Quota &local : m_around.localQueues) {
        if (local.queue != quota.name)
            continue;
        const QString name = text::safe(local.ns + u'/' + local.name);
        const QString waits = local.pending < 0 ? tr("waiting workloads not known") : tr("%n waiting", nullptr, local.pending);
        all.append(local.stopped ? tr("%1: %2, stopped", "queue, workloads").arg(name, waits) : tr("%1: %2", "queue, workloads").arg(name, waits));
    }
    return all.isEmpty() ? tr("No visible LocalQueue points here.") : lines(all);
}

void QuotasPage::updatePanel()
{
    const QuotaRow *row = m_model->find(currentKey());
    m_panel->setVisible(row != nullptr);
    if (!row)
        return;
    const Quota &quota = row->quota;
    const QuotaLimit &limit = row->limit;
    const bool isQueue = quota.kind == "ClusterQueue"_L1;
    m_panel->setHead(text::safe(requestedResource(limit.resource)), QuotaTableModel::tag(*row),
                     quota.ns.isEmpty() ? tr("%1 %2", "kind, name").arg(quota.kind, text::safe(quota.name))
                                        : tr("%1 · %2 %3", "namespace, kind, name").arg(text::safe(quota.ns), quota.kind, text::safe(quota.name)));
    QString alarm;
    if (quota.stopped)
        alarm = tr("The queue is stopped: it admits no workload until its stopPolicy is None.");
    else if (row->fraction() >= 1 && limit.hard == 0)
        alarm = tr("None of this resource is allowed here: pods that request it are rejected.");
    else if (row->fraction() >= 1 && !isQueue)
        alarm = tr("New pods that request it are rejected until others end. A job resumed in place reuses what it freed itself.");
    else if (row->fraction() >= 1)
        alarm = quota.cohort.isEmpty() ? tr("New workloads wait until others finish.")
                                       : tr("New workloads wait until others finish, or until cohort %1 lends more.").arg(text::safe(quota.cohort));
    m_alarm->setText(alarm);
    m_alarm->setVisible(!alarm.isEmpty());

    QStringList scopes;
    for (const QString &scope : quota.scopes)
        scopes.append(text::safe(scope));
    const QString cohort = quota.cohort.isEmpty() ? u"–"_s : text::safe(quota.cohort);
    const QString borrows = quota.cohort.isEmpty()  ? u"–"_s
        : limit.borrowing >= 0 ? tr("at most %1").arg(QuotaTableModel::amount(limit.resource, limit.borrowing))
                               : tr("what is idle");
    const QString workloads = quota.pending < 0 && quota.admitted < 0
        ? u"–"_s
        : tr("%1 admitted, %2 waiting").arg(quota.admitted < 0 ? u"–"_s : text::number(quota.admitted), quota.pending < 0 ? u"–"_s : text::number(quota.pending));
    m_facts->setValues({QuotaTableModel::amount(limit.resource, limit.used), QuotaTableModel::amount(limit.resource, limit.hard),
                        QuotaTableModel::amount(limit.resource, row->free()),
                        isQueue          ? tr("reservations")
                        : scopes.isEmpty() ? tr("all pods")
                                           : tr("pods with %1").arg(scopes.join(u", "_s)),
                        limit.flavor.isEmpty() ? u"–"_s : text::safe(limit.flavor), cohort, borrows, workloads});
    m_rangesTitle->setVisible(!isQueue);
    m_ranges->setVisible(!isQueue);
    m_queuesTitle->setVisible(isQueue);
    m_queues->setVisible(isQueue);
    if (isQueue)
        m_queues->setText(queuesOf(quota));
    else
        m_ranges->setText(defaultsIn(quota.ns));
    const QString source = isQueue ? tr("From the ClusterQueue's status, as Kueue counts.") : tr("From the ResourceQuota's status, as the server counts.");
    m_source->setText((QStringList{source} + m_around.missing).join(u' '));
}

ListPage::FeedWords QuotasPage::feedWords(const QString &why) const
{
    FeedWords words;
    words.reading = tr("Reading quotas…");
    words.stale = tr("%1 Quotas are shown as of then.").arg(why);
    words.forbidden = tr("You don't have permission to list quotas");
    words.failed = tr("The quotas could not be read");
    words.emptyTitle = tr("No quotas here");
    words.emptyText = tr("No ResourceQuota limits the watched namespaces, and there is no Kueue ClusterQueue: only node capacity limits what can start.");
    words.counted = false;
    return words;
}

} // namespace cairn::pages
