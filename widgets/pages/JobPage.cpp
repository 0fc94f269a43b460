// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/JobPage.h"

#include "base/Text.h"
#include "charts/TimelineChart.h"
#include "editors/CodeEditor.h"
#include "items/CellText.h"
#include "items/Vocabulary.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Messages.h"
#include "kit/StateView.h"
#include "pages/LogPane.h"
#include "pages/TabChain.h"
#include "situation/JobWords.h"
#include "situation/WhyItDied.h"
#include "views/DataTable.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QStackedWidget>
#include <QUrl>
#include <QVBoxLayout>

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

Error safeError(const Error &error)
{
    Error safe = error;
    safe.what = text::safe(error.what);
    safe.why = text::safe(error.why);
    safe.fix = text::safe(error.fix);
    return safe;
}

qint64 totalBytes(const Listing &listing)
{
    qint64 sum = 0;
    for (const Run &run : listing.runs)
        for (const Checkpoint &checkpoint : run.checkpoints)
            sum += checkpoint.bytes;
    return sum;
}

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
    m_stack = new QStackedWidget;
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

    m_none = new StateView(content);
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

void JobPage::updateTabOrder()
{
    QList<QWidget *> stops{m_toLogs, m_toYaml, m_resume, m_lineageLink};
    for (Banner *banner : {m_pending, m_died, m_guess})
        for (Button *button : banner->findChildren<Button *>())
            stops.append(button);
    stops.append({m_correctionPath, m_correctionCancel, m_correctionUse});
    for (Button *button : m_consentBanner->findChildren<Button *>())
        stops.append(button);
    stops.append({m_consentCode, m_tabs, m_search, m_again, m_timeline, m_table});
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

void JobPage::setSaveLocation(const items::SaveLocation &location)
{
    if (location == m_location)
        return;
    m_location = location;
    updateGuess();
    if (!m_key.isEmpty())
        updateFacts();
}

void JobPage::updateGuess()
{
    const Offer correct{u"correct"_s, tr("Correct…"), ButtonVariant::Normal};
    if (m_location.corrected || (!m_location.guessed && !m_location.path.isEmpty())
        || m_location == items::SaveLocation{}) {
        m_guess->clear();
        m_correction->hide();
    } else if (m_location.path.isEmpty()) {
        m_guess->set(Tone::Warn, tr("Where this job saves is not known"), m_location.reason, {correct});
    } else {
        m_guess->set(Tone::Info, tr("Cairn guesses that this job saves to %1").arg(m_location.path), m_location.reason,
                     {correct});
    }
    updateBanners();
}

void JobPage::askForPlace(bool server)
{
    m_asksServer = server;
    m_correctionPath->setAccessibleName(server ? tr("Server of the bucket") : tr("Folder the job saves to, inside its container"));
    m_correctionPath->setPlaceholderText(server ? u"https://minio.example.org:9000"_s : u"/ckpt/my-run"_s);
    m_correctionPath->setText(server ? QString() : m_location.path);
    m_correctionPath->setBad(false);
    m_correctionError->hide();
    m_correctionUse->setText(server ? tr("Use this server") : tr("Use this folder"));
    m_correction->show();
    updateBanners();
    m_correctionPath->setFocus(Qt::OtherFocusReason);
    m_correctionPath->selectAll();
}

void JobPage::commitCorrection()
{
    const QString path = m_correctionPath->text().trimmed();
    QString wrong;
    if (m_asksServer) {
        const QUrl url(path, QUrl::StrictMode);
        if ((url.scheme() != "https"_L1 && url.scheme() != "http"_L1) || url.host().isEmpty())
            wrong = tr("The server's address must begin with “https://” or “http://” and name a host.");
    } else if (!path.startsWith(u'/'))
        wrong = tr("The path must begin with “/”: it is the folder as the training program sees it.");
    else if (path.contains(u"/../"_s) || path.endsWith("/.."_L1))
        wrong = tr("The path must not contain “..”.");
    m_correctionPath->setBad(!wrong.isEmpty());
    m_correctionError->setText(wrong);
    m_correctionError->setVisible(!wrong.isEmpty());
    if (!wrong.isEmpty())
        return;
    m_correction->hide();
    updateBanners();
    if (m_asksServer)
        emit bucketServerNamed(path);
    else
        emit saveLocationCorrected(path);
}

void JobPage::setListingRunning(const QString &what, qint64 done, qint64 total)
{
    m_again->setEnabled(false);
    m_table->setSkeleton(!m_listed);
    m_listState->setLoading(what, done, total, true, tr("Stop"));
}

void JobPage::setListing(const Listing &listing)
{
    m_listing = listing;
    m_table->setColumnMinimum(CheckpointTableModel::Step, listing.runs.size() > 1 ? 128 : 80); // "12 000 attempt 2"
    m_listed = true;
    m_again->setEnabled(true);
    m_table->setSkeleton(false);
    m_checkpoints->setListing(listing);
    const int count = m_checkpoints->rowCount();
    if (count == 0) {
        m_listState->setEmpty(listing.partial ? tr("No checkpoint seen yet") : tr("No checkpoints yet"),
                              listing.notes.isEmpty()
                                  ? tr("Nothing in this folder is a checkpoint format Cairn recognises: torch files, "
                                       "DCP, Hugging Face Trainer, safetensors.")
                                  : text::safe(listing.notes.join(u' ')),
                              {{u"again"_s, tr("Refresh"), ButtonVariant::Normal}});
    } else {
        m_listState->setContent();
    }
    QString foot = tr("%n checkpoint(s) · %1", "number; total size", count).arg(text::bytes(totalBytes(listing)));
    if (listing.partial)
        foot = tr("at least %1").arg(foot);
    if (!listing.notes.isEmpty())
        foot += u" · "_s + text::safe(listing.notes.join(u' '));
    m_footText = foot;
    updateAge();
    updateTimeline();
    if (!m_chosen || !m_checkpoints->checkpoint(m_table->currentKey())) {
        m_chosen = false;
        m_table->setCurrentKey(m_checkpoints->newestWhole());
    }
    selectCheckpoint(m_table->currentKey());
}

void JobPage::setListingError(const Error &error, bool askServer)
{
    m_again->setEnabled(true);
    m_table->setSkeleton(false);
    const Error safe = safeError(error);
    if (m_listed && m_checkpoints->rowCount() > 0)
        m_listState->setStale(safe.what, safe.why.isEmpty() ? safe.fix : safe.why,
                              {{u"again"_s, tr("Refresh"), ButtonVariant::Normal}});
    else if (askServer)
        m_listState->setError(safe, {{u"again"_s, tr("Refresh"), ButtonVariant::Normal}, {u"server"_s, tr("Name the server…"), ButtonVariant::Primary}}, m_now);
    else
        m_listState->setError(safe, {{u"again"_s, tr("Refresh"), ButtonVariant::Primary}}, m_now);
}

void JobPage::setListingForbidden(const QString &title, const QString &text, const QString &roleRequest)
{
    m_again->setEnabled(true);
    m_table->setSkeleton(false);
    m_listState->setForbidden(title, text, roleRequest, {{u"again"_s, tr("Check again"), ButtonVariant::Normal}});
}

void JobPage::setListingConsent(const std::optional<items::ListingConsent> &consent)
{
    if (consent == m_consent && m_consent)
        return;
    m_consent = consent;
    m_consentCode->hide();
    if (!consent) {
        m_consentBanner->clear();
        updateBanners();
        return;
    }
    m_table->setSkeleton(false);
    if (m_checkpoints->rowCount() == 0)
        m_listState->setEmpty(tr("The checkpoints have not been read"),
                              tr("They are on the PVC %1, which only a pod in the cluster can read.")
                                  .arg(text::safe(consent->claim)));
    QList<Offer> offers;
    QString text;
    if (consent->mayCreate) {
        text = tr("It mounts the PVC %1 read-only, lists the folder, reads the file headers and removes itself.").arg(text::safe(consent->claim));
        if (!consent->agreedImages.isEmpty())
            text += u' ' + tr("The image has changed: it would run %1; in this namespace you have allowed only %2.")
                               .arg(consent->image, consent->agreedImages.join(u", "_s));
        else if (!consent->image.isEmpty())
            text += u' ' + tr("It runs the image %1.").arg(consent->image);
        text += u' ' + tr("Cairn asks once per namespace and image.");
        offers.append({u"what"_s, tr("What it runs"), ButtonVariant::Normal});
        if (consent->mayExec)
            offers.append({u"exec"_s, tr("Use exec instead"), ButtonVariant::Normal});
        offers.append({u"allow"_s, tr("Allow"), ButtonVariant::Primary});
        m_consentBanner->set(consent->agreedImages.isEmpty() ? Tone::Info : Tone::Warn,
                             tr("Listing needs a helper Job in %1").arg(text::safe(consent->ns)),
                             text, offers);
    } else {
        text = text::safe(consent->createRefusal);
        if (consent->mayExec)
            offers.append({u"exec"_s, tr("Use exec instead"), ButtonVariant::Primary});
        else
            text += u' ' + tr("Exec into a running pod is not possible either.");
        m_consentBanner->set(Tone::Warn,
                             tr("No helper Job can be created in %1").arg(text::safe(consent->ns)), text, offers);
    }
    m_consentCode->setText(consent->what);
    updateBanners();
}

void JobPage::setBucketConsent(const items::BucketConsent &consent)
{
    setListingConsent(std::nullopt);
    m_table->setSkeleton(false);
    m_again->setEnabled(true);
    const QString server = text::safe(consent.server);
    if (m_checkpoints->rowCount() == 0)
        m_listState->setEmpty(tr("The checkpoints have not been read"), tr("They are in the bucket %1.").arg(text::safe(consent.uri)));
    QString text = consent.secrets.isEmpty()
        ? tr("The job names no credentials: requests go to %1 unsigned.").arg(server)
        : tr("It reads the Secret %1 and uses the credentials in it for %2 and nowhere else; they stay in memory.")
              .arg(text::safe(consent.secrets.join(u", "_s)), server);
    if (!consent.encrypted)
        text += u' ' + tr("This connection is not encrypted: anyone on the network path can read and change what is sent.");
    if (!consent.sources.isEmpty())
        text += u' ' + tr("It uses %1.", "list of: variable, key and Secret").arg(consent.sources.join(u"; "_s));
    text += u' ' + tr("Cairn asks again when the server, the bucket or one of these credentials changes.");
    m_consentBanner->set(consent.encrypted ? Tone::Info : Tone::Warn,
                         consent.secrets.isEmpty() ? tr("Listing contacts a server that the job names")
                                                   : tr("Listing needs a Secret in %1").arg(text::safe(consent.ns)),
                         text, {{u"bucket"_s, tr("Allow"), ButtonVariant::Primary}});
    updateBanners();
}

void JobPage::updateAge()
{
    m_partial->setVisible(m_listed && m_listing.partial && tab() == Tab::Checkpoints);
    m_partial->setToolTip(text::safe(m_listing.notes.join(u'\n')));
    const bool relevant = tab() == Tab::Checkpoints;
    m_again->setVisible(relevant);
    if (!relevant) {
        m_age->setText({});
        return;
    }
    if (!m_listed || !m_listing.readAt.isValid()) {
        m_age->setText(tr("never read"));
        return;
    }
    const QString ago = text::ago(m_listing.readAt, m_now);
    QString source = m_listing.source;
    if (source == "helper job"_L1)
        source = tr("by a helper Job");
    else if (source == "exec"_L1)
        source = tr("by exec");
    else if (source == "bucket"_L1)
        source = tr("from the bucket");
    else
        source.clear();
    m_age->setText(source.isEmpty() ? tr("Read %1", "time ago").arg(ago) : tr("Read %1 %2", "time ago, by what").arg(ago, source));
    m_age->setToken(m_listing.readAt.secsTo(m_now) > 900 ? Token::Warn : Token::Dim);
}

void JobPage::setResumeRefusal(const QString &why)
{
    m_refusal = why;
    m_checkpoints->setResumeRefusal(why);
    updateResume();
}

void JobPage::updateResume()
{
    QString why = m_refusal;
    if (const Checkpoint *checkpoint = m_checkpoints->checkpoint(selectedCheckpoint()); checkpoint && why.isEmpty()) {
        if (checkpoint->verdict == Verdict::Damaged)
            why = tr("The selected checkpoint is damaged. Select another one.");
        else if (checkpoint->verdict == Verdict::Writing)
            why = tr("The selected checkpoint is still being written. Select another one.");
    } else if (!checkpoint && why.isEmpty()) {
        why = m_listed ? tr("There is no checkpoint to resume from.") : tr("The checkpoints have not been read yet.");
    }
    m_resume->setRefusal(why);
}

void JobPage::setPendingResume(const std::optional<items::PendingResume> &pending)
{
    if (!pending) {
        m_pending->clear();
        updateBanners();
        return;
    }
    QList<Offer> offers;
    if (pending->refusal.isEmpty()) {
        if (pending->canUndo)
            offers.append({u"undo"_s, tr("Roll back"), ButtonVariant::Normal});
        if (pending->canFinish)
            offers.append({u"finish"_s, tr("Finish"), ButtonVariant::Primary});
    }
    m_pending->set(Tone::Warn, pending->text,
                   pending->refusal.isEmpty() ? pending->detail
                                              : tr("%1 %2", "two sentences").arg(pending->detail, pending->refusal),
                   offers);
    updateBanners();
}

void JobPage::setYaml(const QString &yaml)
{
    m_yaml->setText(yaml);
    m_yamlState->setContent();
}

void JobPage::setYamlLoading()
{
    m_yamlState->setLoading(tr("Reading the object…"), 0, -1, !m_yaml->text().isEmpty());
}

void JobPage::setYamlError(const Error &error)
{
    m_yamlState->setError(safeError(error), {{u"again"_s, tr("Try again"), ButtonVariant::Primary}}, m_now);
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
    m_search->setVisible(tab != Tab::Logs);
    m_search->setPlaceholderText(tab == Tab::Yaml ? tr("Search") : tr("Filter"));
    applyFilter(m_search->text());
    updateAge();
    if (!same && !m_key.isEmpty())
        emit tabShown(tab);
}

QString JobPage::selectedCheckpoint() const
{
    const QString current = m_table->currentKey();
    return current.isEmpty() ? m_checkpoints->newestWhole() : current;
}

void JobPage::selectRow(const QString &path)
{
    m_chosen = true;
    m_table->setCurrentKey(path);
}

void JobPage::selectCheckpoint(const QString &path)
{
    m_checkpoints->setActiveKey(path);
    m_timeline->setSelectedKey(path);
    // The narrow table leaves its reason column out; the selected one's reason is always here.
    const Checkpoint *checkpoint = m_checkpoints->checkpoint(path);
    if (checkpoint && !checkpoint->reason.isEmpty() && !m_table->isColumnShown(CheckpointTableModel::Reason))
        m_listFoot->setText(tr("%1 · selected: %2", "count and size, reason").arg(m_footText, text::safe(checkpoint->reason)));
    else
        m_listFoot->setText(m_footText);
    updateResume();
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
}

void JobPage::requestResume(const QString &path)
{
    if (!m_refusal.isEmpty() || m_key.isEmpty())
        return;
    const Checkpoint *checkpoint = m_checkpoints->checkpoint(path);
    if (checkpoint && (checkpoint->verdict == Verdict::Damaged || checkpoint->verdict == Verdict::Writing))
        return;
    emit resumeRequested(path);
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
