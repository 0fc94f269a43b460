// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/JobPage.h"

#include "base/Text.h"
#include "charts/TimelineChart.h"
#include "editors/CodeEditor.h"
#include "items/CellText.h"
#include "items/Vocabulary.h"
#include "jobs/ShownOnly.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Messages.h"
#include "kit/StateView.h"
#include "pages/CheckpointActs.h"
#include "pages/LogPane.h"
#include "pages/TabChain.h"
#include "pages/WhyPanel.h"
#include "situation/JobWords.h"
#include "situation/WhyItDied.h"
#include "views/DataTable.h"

#include <QAction>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using items::CheckpointTableModel;

namespace {

/// "Attempt 2": caption in dim, value after it.
QWidget *fact(const QString &caption, const QString &value, Type type = Type::Body, Token token = Token::Text)
{
    auto *widget = new QWidget;
    auto *row = hbox(6);
    row->addWidget(new Label(caption, Type::Body, Token::Dim));
    row->addWidget(new ElidedLabel(value, type, token), 1);
    widget->setLayout(row);
    widget->setAccessibleName(caption + u' ' + value);
    return widget;
}

/// As high as the tab in front needs at least: the rest of the page has the room that is left, and scrolls where there is none.
class Tabs : public QStackedWidget {
public:
    using QStackedWidget::QStackedWidget;
    bool hasHeightForWidth() const override { return false; }
    QSize minimumSizeHint() const override
    {
        const QWidget *front = currentWidget();
        return {QStackedWidget::minimumSizeHint().width(), front ? std::max(120, front->minimumSizeHint().height()) : 120};
    }
    QSize sizeHint() const override { return {QStackedWidget::sizeHint().width(), minimumSizeHint().height()}; }
};

} // namespace

JobPage::JobPage(QWidget *parent)
    : QWidget(parent)
    , m_now(QDateTime::currentDateTimeUtc())
    , m_checkpoints(new CheckpointTableModel(this))
    , m_pods(new items::PodTableModel(this))
    , m_events(new items::EventTableModel(this))
{
    setObjectName(u"job"_s);
    setAccessibleName(tr("Job"));

    m_tabs = new Segment(tr("Show"), {tr("Checkpoints"), tr("Logs"), tr("YAML"), tr("Events")}, Segment::Size::Normal);
    m_tabs->setObjectName(u"job.tabs"_s);
    m_partial = new Tag(tr("partial"), Tone::Warn);
    m_partial->hide();
    m_age = new ElidedLabel({}, Type::Meta, Token::Dim, Qt::ElideRight);
    m_again = new Button(tr("Refresh"), ButtonVariant::Normal, Button::Size::Small);
    m_again->setObjectName(u"job.readAgain"_s);
    m_search = new SearchField(tr("Filter"));
    m_search->setObjectName(u"job.filter"_s);
    m_search->setAccessibleName(tr("Filter this tab"));
    m_search->setMinimumWidth(scaled(112));
    m_search->setMaximumWidth(scaled(200));
    auto *tabRow = hbox(10);
    tabRow->addWidget(m_tabs);
    tabRow->addWidget(m_age, 2);
    tabRow->addWidget(m_partial);
    tabRow->addWidget(m_search, 1);
    tabRow->addWidget(m_again);

    m_logs = new LogPane;
    m_stack = new Tabs;
    m_stack->addWidget(makeCheckpoints());
    m_stack->addWidget(m_logs);
    m_stack->addWidget(makeYaml());
    m_stack->addWidget(makeEvents());

    auto *content = new QWidget;
    auto *box = vbox(12);
    box->addWidget(makeHeader());
    box->addWidget(makeBanners());
    box->addLayout(tabRow);
    box->addWidget(m_stack, 1);
    content->setLayout(box);

    QScrollArea *scroll = scrollDown(content);
    scroll->setAccessibleName(accessibleName());
    m_none = new StateView(scroll);
    m_none->setObjectName(u"job.state"_s);
    auto *outer = vbox(0);
    outer->addWidget(m_none);
    setLayout(outer);

    connect(m_tabs, &Segment::currentChanged, this, [this](int index) { showTab(static_cast<Tab>(index)); });
    connect(m_again, &QPushButton::clicked, this, &JobPage::readAgainRequested);
    connect(m_search, &SearchField::changed, this, &JobPage::applyFilter);
    const auto intoTab = [this] {
        QWidget *const views[] = {m_table, m_logs, m_yaml, m_eventTable};
        views[static_cast<size_t>(tab())]->setFocus(Qt::OtherFocusReason);
    };
    connect(m_search, &SearchField::left, this, intoTab);
    connect(m_search, &SearchField::moveDown, this, intoTab);
    connect(m_search, &QLineEdit::returnPressed, m_yaml, [this] {
        if (tab() == Tab::Yaml)
            m_yaml->nextHit();
    });
    updateTabOrder();
    setNoJob(tr("Choose a job to see its checkpoints."));
}

JobPage::~JobPage() = default;

void JobPage::updateBanners()
{
    // An empty box would still cost its spacing.
    bool any = false;
    for (int i = 0; i < m_banners->layout()->count(); ++i)
        any = any || !m_banners->layout()->itemAt(i)->widget()->isHidden();
    m_banners->setVisible(any);
    updateTabOrder();
}

void JobPage::setJob(const Job &job, const std::optional<items::CheckpointSummary> &summary)
{
    const QString key = items::jobKey(job);
    const bool other = key != m_key;
    if (!other && job == m_job && summary == m_summary && m_none->state() == StateView::State::Content)
        return;
    m_job = job;
    m_summary = summary;
    if (other) {
        m_key = key;
        m_listing = {};
        m_proposed.clear();
        m_listed = false;
        m_chosen = false;
        m_podList.clear();
        m_parentKey.clear();
        m_refusal.clear();
        m_checkpoints->setResumeRefusal({});
        m_checkpoints->setListing({});
        m_checkpoints->setActiveKey({});
        m_table->setCurrentKey({});
        m_pods->setPods({});
        m_events->setEvents({});
        m_yaml->setText({});
        m_logs->begin({});
        m_logs->setContent();
        setPendingResume(std::nullopt);
        setWhy(nullptr);
        setListingConsent(std::nullopt);
        setSaveLocation({});
        m_correction->hide();
        m_listState->setContent();
        m_table->setSkeleton(true);
        m_footText.clear();
        m_listFoot->setText({});
        updateAge();
    }
    m_none->setContent();
    updateHeader();
    updateDied();
    updateFacts();
    updateTimeline();
    updateResume();
    if (other)
        emit tabShown(tab());
}

void JobPage::setPatchRefusal(const QString &why)
{
    m_patchRefusal = why;
    updateActs();
    updateGuess();
}

void JobPage::updateActs()
{
    for (auto it = m_acts.begin(); it != m_acts.end(); ++it) {
        const QString why = jobActRefusal(it.key(), m_job, m_patchRefusal);
        it.value()->setEnabled(why.isEmpty());
        it.value()->setToolTip(why.isEmpty() ? it.value()->text() : why);
    }
}

void JobPage::updateTabOrder()
{
    QList<QWidget *> stops{m_toLogs, m_toYaml, m_clone, m_more, m_resume, m_lineageLink};
    for (const QWidget *banner : QList<const QWidget *>{m_pending, m_died, m_why, m_guess})
        for (Button *button : banner->findChildren<Button *>())
            stops.append(button);
    stops.append({m_correctionPath, m_correctionCancel, m_correctionUse});
    for (Button *button : m_consentBanner->findChildren<Button *>())
        stops.append(button);
    stops.append({m_consentCode, m_tabs, m_search, m_again, m_timeline, m_table, m_newJob});
    stops.append(m_checkpointActs->stops());
    tabChain(stops);
}

void JobPage::applyFilter(const QString &text)
{
    m_table->filter()->setText(text);
    m_podTable->filter()->setText(text);
    m_eventTable->filter()->setText(text);
    const int hits = m_yaml->setSearch(text);
    m_search->setNote(tab() == Tab::Yaml && !text.isEmpty() ? tr("%n match(es)", nullptr, hits) : QString());
}

void JobPage::focusFilter()
{
    if (tab() == Tab::Logs) {
        m_logs->focusSearch();
        return;
    }
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void JobPage::setNoJob(const QString &why)
{
    m_key.clear();
    m_none->setEmpty(tr("No job to show"), why);
}

void JobPage::setNow(const QDateTime &now)
{
    m_now = now;
    m_checkpoints->setNow(now);
    m_pods->setNow(now);
    m_events->setNow(now);
    m_why->setNow(now);
    for (views::DataTable *table : {m_table, m_podTable, m_eventTable})
        table->viewport()->update();
    if (m_key.isEmpty())
        return;
    updateFacts();
    updateAge();
}

void JobPage::updateHeader()
{
    m_name->setText(text::safe(m_job.name));
    m_phase->set(items::tag(m_job.phase));
    QStringList cause;
    if (const QString detail = items::JobTableModel::stateDetail(m_job); !detail.isEmpty())
        cause.append(detail);
    // The banner below says more than the operator.
    if (!m_job.message.isEmpty() && !m_job.died && (m_job.phase == JobPhase::Failed || m_job.phase == JobPhase::Restarting))
        cause.append(text::safe(m_job.message));
    if (m_job.finished.isValid())
        cause.append(text::ago(m_job.finished, m_now));
    m_cause->setText(cause.join(u" · "_s));
    placeCause();

    const Lineage &lineage = m_job.lineage;
    const bool resumed = lineage.attempt > 1 || !lineage.parentName.isEmpty();
    m_lineage->setVisible(resumed);
    if (resumed) {
        const QString from = lineage.parentName.isEmpty() ? text::safe(m_job.name) : text::safe(lineage.parentName);
        QString line;
        if (lineage.step)
            line = tr("Attempt %1, from %2 step %3", "number, job, step")
                       .arg(QString::number(lineage.attempt), from, text::number(*lineage.step));
        else if (!lineage.checkpoint.isEmpty())
            line = tr("Attempt %1, from %2, checkpoint %3", "number, job, path")
                       .arg(QString::number(lineage.attempt), from, text::safe(lineage.checkpoint));
        else
            line = tr("Attempt %1, from %2", "number, job").arg(QString::number(lineage.attempt), from);
        m_lineageText->setText(line);
        m_lineageLink->setText(tr("Open %1").arg(from));
        m_lineageLink->setVisible(!m_parentKey.isEmpty());
    }

    const change::Note shownOnly = jobs::shownOnly(m_job.kind);
    m_clone->setRefusal(shownOnly.text);
    QString managed;
    switch (m_job.manager.type) {
    case Manager::Type::None: break;
    case Manager::Type::Kueue: managed = tr("Queued by Kueue through `%1`."); break;
    case Manager::Type::ManagedBy: managed = tr("Run by another controller: `%1`."); break;
    case Manager::Type::Controller:
    case Manager::Type::ArgoCd:
    case Manager::Type::Flux:
    case Manager::Type::Helm: managed = tr("Managed by `%1`, which would undo a change made here."); break;
    }
    if (!managed.isEmpty()) {
        const QString who = QString(text::safe(m_job.manager.kind) + u' ' + text::safe(m_job.manager.name)).trimmed();
        managed = managed.arg(who);
    }
    if (!shownOnly.id.isEmpty())
        managed = QString(managed + u' ' + shownOnly.text + u' ' + shownOnly.fix).trimmed();
    m_manager->setText(managed);
    m_manager->setVisible(!managed.isEmpty());
}

void JobPage::updateDied()
{
    if (m_job.died) {
        const DeathCause &died = *m_job.died;
        // A quote within marks of code would end them.
        const QString line = text::safe(died.line).replace(u'`', u'\'');
        const QString fix = situation::fixText(died);
        m_died->set(m_job.phase == JobPhase::Failed ? Tone::Err : Tone::Warn, situation::sentence(died),
                    line.isEmpty() ? fix : tr("%1 says: `%2`\n%3", "pod, line of its log, what to do").arg(text::safe(died.pod), line, fix), {{u"log"_s, tr("Show log")}});
    } else if (m_job.phase == JobPhase::NodeLost) {
        m_died->set(Tone::Warn, tr("A node with a pod of this job does not answer"),
                    tr("Whether the job is still training is not known. Its pods are replaced once the node is back, or once they are deleted."));
    } else {
        m_died->clear();
    }
    updateBanners();
}

void JobPage::updateFacts()
{
    QLayout *flow = m_facts->layout();
    while (QLayoutItem *item = flow->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const ReplicaGroup &group : m_job.replicas) {
        auto *widget = new QWidget;
        auto *row = hbox(6);
        row->addWidget(new Label(text::safe(group.role), Type::Body, Token::Dim));
        if (group.unknown > 0)
            row->addWidget(new Label(situation::readyText(group), Type::Body, Token::Warn));
        else
            row->addWidget(new ReplicaDots(group.ready, group.desired));
        widget->setLayout(row);
        flow->addWidget(widget);
    }
    if (m_job.gpus() > 0)
        flow->addWidget(fact(tr("GPUs"), items::plainNumber(m_job.gpus())));
    if (!m_job.runtime.name.isEmpty())
        flow->addWidget(fact(tr("Runtime"), text::safe(m_job.runtime.name), Type::Mono));
    if (m_job.progress)
        flow->addWidget(fact(tr("Progress"), tr("%1 % (reported by Trainer)").arg(*m_job.progress)));
    flow->addWidget(fact(tr("Attempt"), QString::number(m_job.lineage.attempt)));
    if (m_job.restarts > 0)
        flow->addWidget(fact(tr("Restarts"), text::number(m_job.restarts), Type::Body, Token::Warn));
    if (!m_location.path.isEmpty())
        flow->addWidget(fact(tr("Saves to"), m_location.path, Type::Mono));
    const items::LostWork lost = items::lostWork({m_job, m_summary, false}, m_now);
    if (lost.gpuHours && lost.time.count() > 0) {
        const QString amount = m_job.gpus() > 0 ? text::gpuHours(lost.gpuHours) : text::duration(lost.time);
        flow->addWidget(fact(lost.already ? tr("Lost work") : tr("Unsaved work"),
                             lost.atMost ? tr("at most %1").arg(amount) : amount));
    }
}

void JobPage::updateTimeline()
{
    charts::TimelineData timeline;
    for (const Run &run : std::as_const(m_listing.runs)) {
        for (const Checkpoint &checkpoint : run.checkpoints) {
            if (!checkpoint.step || !checkpoint.savedAt.isValid())
                continue;
            charts::TimelinePoint point;
            point.time = checkpoint.savedAt;
            point.step = static_cast<double>(*checkpoint.step);
            point.verdict = checkpoint.verdict;
            point.key = checkpoint.path;
            point.run = run.path;
            point.title = tr("Step %1 · %2", "step, trust")
                              .arg(text::number(*checkpoint.step), items::tag(checkpoint.verdict).text.toLower());
            point.detail = checkpoint.loss ? tr("%1 · loss %2", "size, loss")
                                                 .arg(text::bytes(checkpoint.bytes), QString::number(*checkpoint.loss, 'f', 3))
                                           : text::bytes(checkpoint.bytes);
            timeline.points.append(point);
        }
    }
    int restart = 0;
    for (const Pod &pod : std::as_const(m_podList)) {
        for (const ContainerState &container : pod.containers) {
            if (container.restarts == 0 || !container.lastFinished.isValid())
                continue;
            // The next start is not recorded; until the next save nothing shows that work went on.
            QDateTime next = m_now;
            for (const charts::TimelinePoint &point : std::as_const(timeline.points))
                if (point.time > container.lastFinished && point.time < next)
                    next = point.time;
            ++restart;
            timeline.restarts.append({container.lastFinished, next,
                                  container.lastReason.isEmpty()
                                      ? tr("restart %1").arg(restart)
                                      : tr("restart %1: %2", "number, reason")
                                            .arg(QString::number(restart), text::safe(container.lastReason))});
        }
    }
    if (m_job.phase == JobPhase::Failed && m_job.finished.isValid())
        timeline.failures.append({m_job.finished, tr("failed")});
    timeline.from = m_job.started.isValid() ? m_job.started : m_job.created;
    for (const charts::TimelinePoint &point : std::as_const(timeline.points))
        if (point.time < timeline.from)
            timeline.from = point.time;
    timeline.to = m_job.finished.isValid() ? m_job.finished : m_now;
    m_timeline->setData(timeline);
    // Without a point the room belongs to what explains it.
    m_timelineCard->setVisible(!timeline.points.isEmpty());
    m_timeline->setSelectedKey(m_table->currentKey());
}

void JobPage::setWhy(const JobWhyView *why)
{
    const bool shown = !m_why->isHidden();
    if (why)
        m_why->set(*why);
    m_why->setVisible(why != nullptr);
    if (shown != (why != nullptr))
        updateBanners();
}

void JobPage::setParentKey(const QString &key)
{
    m_parentKey = key;
    if (!m_key.isEmpty())
        updateHeader();
}

void JobPage::setPods(const QList<Pod> &pods)
{
    m_podList = pods;
    m_pods->setPods(pods);
    m_podTitle->setText(tr("Pods") + u"  "_s + text::number(pods.size()));
    bool restarted = false;
    for (const Pod &pod : pods)
        restarted = restarted || pod.restarts() > 0;
    m_logs->setPreviousPossible(restarted, tr("No container in these pods has restarted."));
    if (!m_key.isEmpty())
        updateTimeline();
}

void JobPage::setEvents(const QList<Event> &events)
{
    m_events->setEvents(events);
    const int warnings = m_events->warnings();
    m_eventTitle->setText(warnings > 0 ? tr("Events: %1, %n warning(s)", nullptr, warnings).arg(events.size())
                                       : tr("Events: %1").arg(events.size()));
    m_tabs->setLabel(static_cast<int>(Tab::Events),
                     warnings > 0 ? tr("Events (%1)", "number of warnings").arg(warnings) : tr("Events"));
}

void JobPage::setEventsRefusal(const QString &why)
{
    m_eventRefusal->setText(why);
    m_eventRefusal->setVisible(!why.isEmpty());
}

JobPage::Tab JobPage::tab() const
{
    return static_cast<Tab>(m_stack->currentIndex());
}

void JobPage::showTab(Tab tab)
{
    const bool same = tab == this->tab();
    m_tabs->setCurrent(static_cast<int>(tab));
    m_stack->setCurrentIndex(static_cast<int>(tab));
    m_stack->updateGeometry();
    m_search->setVisible(tab != Tab::Logs);
    m_search->setPlaceholderText(tab == Tab::Yaml ? tr("Search") : tr("Filter"));
    applyFilter(m_search->text());
    updateAge();
    if (!same && !m_key.isEmpty())
        emit tabShown(tab);
}

void JobPage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    const int room = width();
    m_table->setColumnShown(CheckpointTableModel::Reason, room >= scaled(920));
    m_table->setColumnShown(CheckpointTableModel::Loss, room >= scaled(740));
    m_table->setColumnShown(CheckpointTableModel::Epoch, room >= scaled(680));
    m_eventTable->setColumnShown(items::EventTableModel::Object, room >= scaled(860));
    m_podTable->setColumnShown(items::PodTableModel::Role, room >= scaled(760));
    m_podTable->setColumnShown(items::PodTableModel::Gpus, room >= scaled(700));
    selectCheckpoint(m_table->currentKey());
    placeCause();
}

void JobPage::keyPressEvent(QKeyEvent *event)
{
    // Letters get here only when no text field had the focus.
    if (event->modifiers() == Qt::NoModifier && event->text() == "/"_L1) {
        focusFilter();
    } else if (event->modifiers() == Qt::NoModifier && event->key() == Qt::Key_L) {
        showTab(Tab::Logs);
    } else if (event->modifiers() == Qt::NoModifier && event->key() == Qt::Key_R) {
        requestResume(selectedCheckpoint());
    } else if (event->key() == Qt::Key_F5) {
        emit readAgainRequested();
    } else {
        QWidget::keyPressEvent(event);
        return;
    }
    event->accept();
}

} // namespace cairn::pages
