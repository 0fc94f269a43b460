// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/PodsPage.h"

#include "base/Text.h"
#include "editors/CodeEditor.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/StateView.h"
#include "logs/LogView.h"
#include "pages/LogPane.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using items::PodTableModel;

PodsPage::PodsPage(QWidget *parent)
    : ListPage(u"pods"_s, {tr("Pods"), tr("Pod, job, node, state, or restarts:>3"), tr("Filter pods"), tr("No pod matches the filter")}, parent)
    , m_none(new PodTableModel(this))
    , m_model(m_none)
    , m_views(addViews(tr("Show"), {tr("All"), tr("Failing")}))
{
    using views::CellKind;
    setRows(m_model,
            {{PodTableModel::Name, CellKind::Text, 150, 420, true},
             {PodTableModel::Namespace, CellKind::Text, 80, 150},
             {PodTableModel::Owner, CellKind::Text, 100, 200},
             {PodTableModel::State, CellKind::Tag, 110, 220},
             {PodTableModel::Ready, CellKind::Number, 48, 70},
             {PodTableModel::Restarts, CellKind::Number, 62, 80},
             {PodTableModel::Node, CellKind::Text, 70, 160},
             {PodTableModel::Gpus, CellKind::Number, 44, 60, false, true, true},
             {PodTableModel::Age, CellKind::Text, 64, 100}},
            PodTableModel::State, Qt::AscendingOrder);
    auto *split = new QWidget;
    auto *column = vbox(12);
    column->addWidget(tableCard({{u"Enter"_s, tr("open its job")}, {u"L"_s, tr("logs")}, {u"Y"_s, tr("YAML")}, {u"/"_s, tr("filter")}}), 5);
    m_lower = makeDetail();
    m_lower->hide();
    column->addWidget(m_lower, 6);
    split->setLayout(column);
    arrange(inStates(split));

    connect(m_views, &Segment::currentChanged, this, [this](int index) { setTroubleOnly(index == 1); });
    connect(table(), &views::DataTable::opened, this, &PodsPage::ownerRequested);
    connect(table(), &views::DataTable::escaped, this, [this] { showDetail(Detail::None); });
    connect(m_tabs, &Segment::currentChanged, this, [this](int index) {
        // Of the pod that is shown, not of the one that is selected by now.
        m_detail = index == 0 ? Detail::Logs : Detail::Yaml;
        m_stack->setCurrentIndex(index);
        if (index == 0)
            emit logsRequested(m_detailPod);
        else
            emit yamlRequested(m_detailPod);
    });
    connect(m_close, &QPushButton::clicked, this, [this] { showDetail(Detail::None); });
    connect(m_yamlState, &StateView::triggered, this, [this] { emit yamlRequested(m_detailPod); });
    connect(m_logs, &LogPane::previousToggled, this, [this] { emit logsRequested(m_detailPod); });
    connect(m_logs, &LogPane::retryRequested, this, [this] { emit logsRequested(m_detailPod); });
    settle();
}

QWidget *PodsPage::makeDetail()
{
    m_title = new ElidedLabel({}, Type::PanelTitle);
    m_tabs = new Segment(tr("Show"), {tr("Logs"), tr("YAML")});
    m_tabs->setObjectName(u"pods.tabs"_s);
    m_close = Button::icon(u"close"_s, tr("Close (Esc)"));
    m_close->setObjectName(u"pods.close"_s);
    auto *head = hbox();
    head->addWidget(m_title, 1);
    head->addWidget(m_tabs);
    head->addWidget(m_close);

    m_logs = new LogPane;
    m_yaml = new editors::CodeEditor(tr("YAML of the pod"));
    m_yaml->setObjectName(u"pods.yaml"_s);
    m_yamlState = new StateView(m_yaml);
    auto *yaml = new Card(Card::Padding::Flush);
    yaml->body()->addWidget(m_yamlState);
    m_stack = new QStackedWidget;
    m_stack->addWidget(m_logs);
    m_stack->addWidget(yaml);

    auto *lower = new QWidget;
    auto *box = vbox(8);
    box->addLayout(head);
    box->addWidget(m_stack, 1);
    lower->setLayout(box);
    return lower;
}

void PodsPage::showDetail(Detail detail)
{
    if (detail == Detail::None) {
        if (m_detail == Detail::None)
            return;
        const bool inside = m_lower->isAncestorOf(focusWidget());
        m_detail = Detail::None;
        m_detailPod.clear();
        m_lower->hide();
        emit detailClosed();
        if (inside)
            focusTable();
        return;
    }
    const Pod *pod = m_model->find(currentKey());
    if (!pod)
        return;
    m_detailPod = currentKey();
    m_detail = detail;
    m_title->setText(text::safe(pod->ns + u" / "_s + pod->name));
    const int tab = detail == Detail::Logs ? 0 : 1;
    {
        const QSignalBlocker block(m_tabs);
        m_tabs->setCurrent(tab);
    }
    m_stack->setCurrentIndex(tab);
    if (detail == Detail::Yaml)
        m_yaml->setText({});
    m_lower->show();
    if (tab == 0) {
        emit logsRequested(m_detailPod);
        m_logs->view()->setFocus(Qt::OtherFocusReason);
    } else {
        emit yamlRequested(m_detailPod);
        m_yaml->setFocus(Qt::OtherFocusReason);
    }
}

void PodsPage::setYaml(const QString &yaml)
{
    m_yaml->setText(yaml);
    m_yamlState->setContent();
}

void PodsPage::setYamlLoading()
{
    m_yamlState->setLoading(tr("Reading the object…"), 0, -1, !m_yaml->text().isEmpty());
}

void PodsPage::setYamlError(const Error &error)
{
    Error safe = error;
    safe.what = text::safe(error.what);
    safe.why = text::safe(error.why);
    safe.fix = text::safe(error.fix);
    m_yamlState->setError(safe, {{u"again"_s, tr("Try again"), ButtonVariant::Primary}}, now());
}

void PodsPage::setDetailGone()
{
    if (m_detail != Detail::None)
        m_title->setText(tr("%1 (gone)", "name of a pod").arg(m_title->text()));
}

void PodsPage::setModel(PodTableModel *model)
{
    m_model = model ? model : m_none;
    setSource(m_model);
    showDetail(Detail::None);
    settle();
}

void PodsPage::updateAnswer()
{
    const int total = m_model->rowCount();
    const int trouble = m_model->troubled();
    header()->setAnswer(total == 0 ? QString()
                        : trouble > 0 ? tr("%1 of %n pod(s) failed, or not ready", nullptr, total).arg(text::number(trouble))
                                      : tr("%n pod(s), none failing", nullptr, total));
    m_views->setLabel(1, trouble > 0 ? tr("Failing (%1)", "number").arg(text::number(trouble)) : tr("Failing"));
}

ListPage::FeedWords PodsPage::feedWords(const QString &why) const
{
    FeedWords words;
    words.reading = tr("Reading pods…");
    words.stale = tr("%1 Pods are shown as of then.").arg(why);
    words.forbidden = tr("You don't have permission to list pods");
    words.failed = tr("The pods could not be read");
    words.emptyTitle = tr("No pods");
    words.emptyText = tr("Nothing is running in the watched namespaces.");
    return words;
}

void PodsPage::setNow(const QDateTime &now)
{
    m_model->setNow(now);
    ListPage::setNow(now);
}

void PodsPage::setTroubleOnly(bool on)
{
    m_views->setCurrent(on ? 1 : 0);
    filter()->setFacet(PodTableModel::TroubleFacet, on ? QSet<QString>{u"trouble"_s} : QSet<QString>());
}

void PodsPage::keyTyped(const QString &key)
{
    if (key == "l"_L1 && !currentKey().isEmpty())
        showDetail(Detail::Logs);
    else if (key == "y"_L1 && !currentKey().isEmpty())
        showDetail(Detail::Yaml);
    else
        ListPage::keyTyped(key);
}

void PodsPage::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && m_detail != Detail::None) {
        showDetail(Detail::None);
        event->accept();
        return;
    }
    ListPage::keyPressEvent(event);
}

} // namespace cairn::pages
