// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/NodesPage.h"

#include "base/Text.h"
#include "items/CellText.h"
#include "kit/Button.h"
#include "kit/Label.h"
#include "kit/Messages.h"
#include "pages/SidePanel.h"
#include "pages/TabChain.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using items::JobOnNode;
using items::NodeRow;
using items::NodeTableModel;

namespace {

constexpr qsizetype jobsShown = 10;

} // namespace

NodesPage::NodesPage(QWidget *parent)
    : ListPage(u"nodes"_s, {tr("Nodes"), tr("Node, zone, state, or free:>0"), tr("Filter nodes"), tr("No node matches the filter")}, parent)
    , m_model(new NodeTableModel(this))
{
    using views::CellKind;
    setRows(m_model,
            {{NodeTableModel::Name, CellKind::Text, 120, 300, true},
             {NodeTableModel::Zone, CellKind::Text, 64, 140},
             {NodeTableModel::State, CellKind::Tag, 96, 240},
             {NodeTableModel::Gpus, CellKind::Progress, 110, 150},
             {NodeTableModel::Free, CellKind::Number, 44, 70},
             {NodeTableModel::Jobs, CellKind::Number, 44, 70},
             {NodeTableModel::Lost, CellKind::Number, 96, 150},
             {NodeTableModel::Pods, CellKind::Number, 44, 70, false, true, true},
             {NodeTableModel::Version, CellKind::Text, 70, 110, false, true, true},
             {NodeTableModel::Age, CellKind::Text, 56, 90, false, true, true}},
            NodeTableModel::State, Qt::AscendingOrder);
    // The panel says them too.
    for (const int column : {NodeTableModel::Pods, NodeTableModel::Version, NodeTableModel::Age})
        showFrom(column, 1400);
    m_panel = makePanel();
    arrange(inStates(beside(tableCard({{u"Enter"_s, tr("its pods")}, {u"/"_s, tr("filter")}}), m_panel)));
    connect(table(), &views::DataTable::opened, this, &NodesPage::showPods);
    connect(m_toPods, &QPushButton::clicked, this, [this] { showPods(currentKey()); });
    settle();
}

void NodesPage::showPods(const QString &key)
{
    if (const NodeRow *node = m_model->find(key))
        emit podsRequested(node->node.name);
}

SidePanel *NodesPage::makePanel()
{
    auto *panel = new SidePanel(u"nodes.panel"_s, tr("The selected node"));
    QVBoxLayout *column = panel->column();
    m_alarm = panel->addNote(Tone::Err, u"nodes.alarm"_s);
    column->addSpacing(4);
    m_lossTitle = new ElidedLabel({}, Type::Section, Token::Text, Qt::ElideRight);
    column->addWidget(m_lossTitle);
    m_loss = panel->addParagraph(u"nodes.loss"_s);
    m_jobs = vbox(2);
    column->addLayout(m_jobs);
    m_moreJobs = new Label({}, Type::Meta, Token::Dim);
    column->addWidget(m_moreJobs);
    panel->addSection(tr("Details"));
    m_facts = panel->addFacts({tr("GPUs allocatable"), tr("GPUs requested"), tr("GPUs free"), tr("Pods"), tr("Kubelet"), tr("Age")});
    m_toPods = new Button(tr("Show its pods"), ButtonVariant::Link, Button::Size::Small);
    m_toPods->setObjectName(u"nodes.pods"_s);
    auto *link = hbox();
    link->addWidget(m_toPods);
    link->addStretch(1);
    column->addLayout(link);
    m_source = panel->addSource();
    return panel;
}

void NodesPage::setNodes(const QList<NodeRow> &nodes)
{
    m_model->setNodes(nodes);
    settle();
}

void NodesPage::updateAnswer()
{
    const NodeTableModel::Sums sums = m_model->sums();
    if (sums.nodes == 0) {
        header()->setAnswer({});
        return;
    }
    const QString ready = sums.notReady > 0 ? tr("%1 of %n node(s) not ready", nullptr, sums.nodes).arg(sums.notReady)
                                            : tr("%n node(s) ready", nullptr, sums.nodes);
    header()->setAnswer(sums.gpusAllocatable > 0 ? tr("%1 · %2 of %3 GPUs free", "nodes, GPUs")
                                                       .arg(ready, items::plainNumber(sums.gpusFree), items::plainNumber(sums.gpusAllocatable))
                                                 : ready);
}

void NodesPage::updatePanel()
{
    const NodeRow *row = m_model->find(currentKey());
    m_panel->setVisible(row != nullptr);
    if (!row)
        return;
    const Node &node = row->node;
    m_panel->setHead(text::safe(node.name), NodeTableModel::tag(node), node.zone.isEmpty() ? tr("no zone label") : tr("zone %1").arg(text::safe(node.zone)));
    QStringList alarms;
    if (!node.ready)
        alarms.append(node.readySince.isValid() ? tr("Not ready for %1: its pods are usually evicted or lost after five minutes.").arg(items::age(node.readySince, now()))
                                                : tr("Not ready: its pods are usually evicted or lost after five minutes."));
    for (const QString &pressure : node.pressures)
        alarms.append(tr("The kubelet reports %1: pods may be evicted.").arg(text::safe(pressure)));
    if (row->gpusRequested > node.gpusAllocatable)
        alarms.append(tr("More GPUs are requested than are allocatable: some of the node's GPUs are gone."));
    m_alarm->setText(alarms.join(u' '));
    m_alarm->setVisible(!alarms.isEmpty());
    m_lossTitle->setText(node.ready ? tr("Lost if it fails now") : tr("What is lost"));
    updateJobs(*row);
    m_facts->setValues({items::plainNumber(node.gpusAllocatable), items::plainNumber(row->gpusRequested), items::plainNumber(row->gpusFree()),
                        text::number(row->pods), node.kubeletVersion.isEmpty() ? u"–"_s : text::safe(node.kubeletVersion), items::age(node.created, now())});
    m_source->setText(row->partial ? tr("From the node and the pods you have permission to read; pods of other namespaces may run here as well.")
                                   : tr("From the node and its pods. A GPU counts as requested until its pod has ended."));
}

void NodesPage::updateJobs(const NodeRow &row)
{
    if (row.jobs.isEmpty())
        m_loss->setText(tr("No training job has a pod here."));
    else
        m_loss->setText(tr("%n job(s) with a pod here: %1.", nullptr, static_cast<int>(row.jobs.size())).arg(situation::lostText(row)));
    // Lines are kept, and with them the focus: losses change every second.
    const qsizetype shown = std::min(jobsShown, row.jobs.size());
    while (m_jobLines.size() > shown)
        delete m_jobLines.takeLast().line;
    while (m_jobLines.size() < shown) {
        auto *line = new QWidget;
        auto *name = new Button(QString(), ButtonVariant::Link, Button::Size::Small);
        auto *lost = new Label({}, Type::Meta, Token::Dim);
        connect(name, &QPushButton::clicked, this, [this, name] { emit jobRequested(name->property("job").toString()); });
        auto *box = hbox(8);
        box->addWidget(name);
        box->addStretch(1);
        box->addWidget(lost);
        line->setLayout(box);
        m_jobs->addWidget(line);
        m_jobLines.append({line, name, lost});
        QList<QWidget *> stops{table()};
        for (const JobLine &each : std::as_const(m_jobLines))
            stops.append(each.name);
        stops.append(m_toPods);
        tabChain(stops);
    }
    for (qsizetype i = 0; i < shown; ++i) {
        const JobOnNode &job = row.jobs[i];
        m_jobLines[i].name->setText(text::safe(job.name));
        m_jobLines[i].name->setToolTip(text::safe(job.ns + u'/' + job.name));
        m_jobLines[i].name->setProperty("job", job.key);
        m_jobLines[i].lost->setText(situation::lostText(job));
    }
    m_moreJobs->setVisible(row.jobs.size() > shown);
    m_moreJobs->setText(tr("and %n more", nullptr, static_cast<int>(row.jobs.size() - shown)));
}

ListPage::FeedWords NodesPage::feedWords(const QString &why) const
{
    FeedWords words;
    words.reading = tr("Reading nodes…");
    words.stale = tr("%1 Nodes are shown as of then.").arg(why);
    words.forbidden = tr("You don't have permission to list nodes");
    words.failed = tr("The nodes could not be read");
    words.emptyTitle = tr("No nodes");
    words.emptyText = tr("The cluster has no nodes: nothing can run on it.");
    return words;
}

void NodesPage::setNow(const QDateTime &now)
{
    m_model->setNow(now);
    ListPage::setNow(now);
}

} // namespace cairn::pages
