// SPDX-License-Identifier: GPL-3.0-or-later
#include "LaunchController.h"

#include "Drafts.h"
#include "SchemaProvider.h"
#include "VolumeController.h"
#include "base/Text.h"
#include "engine/CheckpointReader.h"
#include "launch/Rules.h"
#include "launch/TrainerRules.h"
#include "manifest/Prune.h"

#include <QApplication>
#include <QClipboard>
#include <QJsonDocument>
#include <QTimer>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

using launch::Spec;
using pages::LaunchPage;
using pages::LaunchResult;
using pages::LaunchStart;

constexpr int mostDocuments = 30; ///< of one text that are checked

/// One way from what was changed, in form or text, to what both say.
struct Work {
    QByteArray text;
    Spec before, after; ///< of the form
    launch::Framework framework = launch::Framework::Contract;
    std::optional<launch::Framework> chosen;
    LaunchDefaults defaults;
    QHash<QString, std::shared_ptr<const manifest::Schema>> schemas; ///< as LaunchController::m_schemas
    QByteArray base;
};

struct Worked {
    std::shared_ptr<const LaunchResult> result;
    QMap<int, QString> documents; ///< as LaunchController::m_documents
};

/// What Trainer's webhooks would refuse, as far as the runtime is known here: one of the namespace is read for the review.
QList<manifest::Finding> ofTrainer(const manifest::Document &document, const launch::Draft &draft, const Work &work)
{
    const QJsonObject runtime = !draft.runtime.isEmpty() ? draft.runtime
        : draft.spec.ownRuntime                          ? QJsonObject()
                                                         : work.defaults.fields.runtimes.value(draft.spec.runtime);
    const auto schemaOf = [&](const ResourceKind &kind) { return work.schemas.value(kind.apiVersion() + u' ' + kind.kind); };
    const auto jobs = schemaOf(facts(JobKind::TrainJob).resource), runtimes = schemaOf(kinds::trainingRuntimes());
    return launch::trainerFindings(document, runtime, jobs.get(), runtimes.get());
}

Result<Worked> carryOut(const Work &work, const std::stop_token &stop)
{
    LaunchResult result;
    result.draft = launch::draftOf(work.text, work.chosen);
    if (result.draft.isJob() && work.before != work.after) {
        const Spec after = followDefaults(work.before, work.after, work.framework, work.defaults);
        Result<launch::Draft> draft =
            launch::edited(result.draft, work.before, after, work.defaults.fields, work.chosen);
        if (!draft)
            return fail(draft.error());
        if (draft->spec.kind != result.draft.spec.kind) {
            result.lost = launch::lostByKind(result.draft, after, work.defaults.fields);
            result.lostWriting = launch::hasOwnWriting(result.draft);
            if (!result.lost.isEmpty() || result.lostWriting) {
                result.former = result.draft.text;
                result.lost += launch::unsupported(after, work.defaults.fields);
            }
        }
        result.draft = *std::move(draft);
    } else if (!result.draft.isJob() && result.draft.faults.isEmpty()) {
        if (Result<launch::Incoming> incoming = launch::readIncoming(work.text); incoming && incoming->objects.size() > 1)
            result.objects = incoming->objects;
    }
    if (stop.stop_requested())
        return fail(Error::cancelled());
    QMap<int, QString> documents;
    if (result.draft.faults.isEmpty()) {
        const manifest::Document document = manifest::Document::read(result.draft.text);
        result.checked = document.count() > 0 && document.count() <= mostDocuments;
        for (int i = 0; i < std::min(document.count(), mostDocuments); ++i) {
            const manifest::Node root = document.root(i);
            const QString key = QString::fromUtf8(root.member(u"apiVersion").text() + ' ' + root.member(u"kind").text());
            documents.insert(root.line(), key);
            const auto schema = work.schemas.value(key);
            result.findings += launch::findingsOf(document, schema.get(), i);
            result.checked = result.checked && schema;
        }
        if (result.draft.isJob()) {
            result.findings += ofTrainer(document, result.draft, work);
            std::ranges::stable_sort(result.findings, {}, [](const manifest::Finding &finding) { return finding.place.offset; });
        }
    }
    if (!work.base.isEmpty() && work.base != result.draft.text)
        result.diff = manifest::diffText(QString::fromUtf8(work.base), QString::fromUtf8(result.draft.text));
    return Worked{std::make_shared<const LaunchResult>(std::move(result)), documents};
}

} // namespace

struct LaunchController::Begin {
    LaunchDefaults defaults;
    LaunchPlace place;
    QString ns;
    QByteArray blank;
    QJsonObject draft; ///< empty where there is none
    QStringList problems;
};

LaunchController::LaunchController(
    Changes &changes, CheckpointReader &reader, Preferences &preferences, VolumeController &volumes, QObject *parent)
    : PageController({u"launch"_s, u"plus"_s, tr("New job…"), Place::Where::Nowhere, u"Ctrl+N"_s,
                         tr("launch train submit create wizard", "to be found by"), true, u"jobs"_s},
        new LaunchPage, parent)
    , m_changes(changes)
    , m_reader(reader)
    , m_preferences(preferences)
    , m_volumes(volumes)
    , m_page(static_cast<LaunchPage *>(page()))
    , m_provider(std::make_unique<SchemaProvider>())
    , m_soon(new QTimer(this))
    , m_keepSoon(new QTimer(this))
    , m_askSoon(new QTimer(this))
    , m_fitSoon(new QTimer(this))
    , m_measureSoon(new QTimer(this))
{
    m_page->setProvider(m_provider.get());
    const auto later = [this](QTimer *timer, int ms, auto act) {
        timer->setSingleShot(true);
        timer->setInterval(ms);
        connect(timer, &QTimer::timeout, this, act);
    };
    // No longer: what is worked out is to be shown within 50 ms of the key, and of many keys only the last one waits.
    later(m_soon, 10, &LaunchController::workOut);
    later(m_keepSoon, 400, &LaunchController::keepDraft);
    later(m_askSoon, 300, [this] {
        readSchemas();
        askServer();
    });
    later(m_fitSoon, 250, &LaunchController::workOutFit);
    later(m_measureSoon, 800, &LaunchController::measure);
    const auto changed = [this] {
        // What the server said was about another text.
        m_asking.cancel();
        m_create.reset();
        m_soon->start();
        m_fitSoon->start();
    };
    connect(m_page, &LaunchPage::specChanged, this, [this, changed] {
        ++m_formChanges;
        changed();
    });
    connect(m_page, &LaunchPage::textEdited, this, [this, changed] {
        ++m_textChanges;
        changed();
    });
    connect(m_page, &LaunchPage::frameworkChosen, this, [this, changed](launch::Framework framework) {
        m_chosen = framework;
        ++m_formChanges;
        changed();
    });
    connect(m_page, &LaunchPage::costsChanged, this, [this] {
        if (m_run || m_page->typedCosts() == m_costs)
            return;
        m_costs = m_page->typedCosts();
        m_keepSoon->start();
        // The grace period is judged by them.
        m_asking.cancel();
        m_create.reset();
        m_page->setReview({});
        m_askSoon->start();
    });
    wireStart();
    connect(m_page, &LaunchPage::stepShown, this, [this] { m_askSoon->start(); });
    connect(m_page, &LaunchPage::fitWanted, this, [this](bool anew) {
        if (anew)
            m_cluster.reset();
        workOutFit();
    });
    connect(m_page, &LaunchPage::madeOpened, this, [this](const QString &uid) {
        discard();
        emit launched(uid);
    });
    connect(m_page, &LaunchPage::retryRequested, this, &LaunchController::refresh);
    connect(m_page, &LaunchPage::leaveRequested, this, [this] { go(u"jobs"_s); });
    connect(m_page, &LaunchPage::discardRequested, this, &LaunchController::askDiscard);
    connect(m_page, &LaunchPage::saveRequested, this, &LaunchController::save);
    connect(m_page, &LaunchPage::saveFolderRequested, this, &LaunchController::saveFolder);
    connect(m_page, &LaunchPage::submitRequested, this, &LaunchController::submit);
    connect(m_page, &LaunchPage::storageRequested, this, [this](const QString &volume) {
        const QString &job = m_page->spec().name;
        m_madeFor = volume;
        m_volumes.make(m_ns, job.isEmpty() ? volume : job + u'-' + volume);
    });
    connect(m_page, &LaunchPage::proofRequested, this, [this](const QString &claim) {
        m_volumes.prove(m_ns, claim, m_page->spec().image, m_page->spec().pullSecrets);
    });
    connect(&m_volumes, &VolumeController::made, this, &LaunchController::takeStorage);
    connect(&m_volumes, &VolumeController::provingChanged, this, [this] {
        if (m_session && m_read)
            showChoices();
    });
    connect(&m_volumes, &VolumeController::proven, this, [this](const QString &ns, const QString &) {
        if (m_session && m_read && ns == m_ns)
            readPlace();
    });
    connect(m_page, &LaunchPage::copyRequested, this, [this](const QString &text) {
        QApplication::clipboard()->setText(text);
        emit notice(kit::Tone::Ok, tr("Copied"), {});
    });
}

// The page may be gone by now, with the window; it asks its provider nothing any more.
LaunchController::~LaunchController()
{
    unfollow();
}

QWidget *LaunchController::sidebar() const
{
    return m_page->steps();
}

void LaunchController::focus()
{
    m_page->setFocus(Qt::OtherFocusReason);
}

void LaunchController::reset()
{
    m_soon->stop();
    m_keepSoon->stop();
    m_askSoon->stop();
    m_fitSoon->stop();
    m_work.cancel();
    m_asking.cancel();
    m_placing.cancel();
    m_measuring.cancel();
    m_measureSoon->stop();
    m_measured.clear();
    m_page->setMeasured({});
    m_fitting.cancel();
    m_fitted = {};
    m_create.reset();
    m_working = m_again = false;
}

void LaunchController::setSession(ClusterSession *session)
{
    if ((m_keepSoon->isActive() || m_keeping) && !m_draft.isEmpty() && m_read)
        (void)writeDraft(m_draft, draftMaker()()); // the last word is not left to a thread that may be cancelled
    reset();
    m_scope.cancel();
    m_looking.cancel();
    unfollow();
    m_session = session;
    m_read = m_reading = m_keeping = m_fitReading = false;
    m_cluster.reset();
    m_job = {};
    m_fit = {};
    m_ground = {};
    m_starting.cancel();
    m_wanted = {};
    m_former.reset();
    m_page->starts()->setFormer(std::nullopt);
    m_schemas.clear();
    m_place = {};
    m_defaults = {};
    m_chosen.reset();
    m_kept = {};
    m_jobs = -1;
    m_draft = session ? draftFile(u"launch"_s, session->server()) : QString();
    m_page->setSubmitting(false);
    m_page->setText({});
    m_costs.clear();
    m_page->setTypedCosts({});
    m_page->setWaiting(tr("Reading what the cluster offers…"));
}

void LaunchController::open()
{
    if (!m_session)
        return;
    readTemplates();
    if (!m_read)
        begin();
    else
        showChoices();
}

void LaunchController::refresh()
{
    if (!m_session)
        return;
    if (!m_read) {
        begin();
        return;
    }
    m_schemas.clear();
    m_measured.clear();
    m_ground = {};
    m_cluster.reset();
    m_create.reset();
    readPlace();
    workOut();
    workOutFit();
}

void LaunchController::setNow(const QDateTime &now)
{
    if (!m_page->isVisible())
        return;
    m_page->setDraft(m_kept, now);
    m_page->setNow(now);
    if (m_read && m_session && m_page->wantsFit())
        workOutFit();
    if (m_read && m_session && m_session->jobs().size() != m_jobs)
        showChoices();
}

void LaunchController::begin()
{
    if (m_reading)
        return;
    m_reading = true;
    m_page->setWaiting(tr("Reading what the cluster offers…"));
    const QString ns = m_session->watched().value(0, m_session->cluster().defaultNamespace());
    m_scope.run(
        this,
        [cluster = m_session->sharedCluster(), ns, file = m_draft](std::stop_token stop) -> Result<Begin> {
            Begin begin;
            begin.ns = ns;
            if (const Result<QByteArray> text = readDraft(file)) {
                begin.draft = QJsonDocument::fromJson(*text).object();
                if (!text->isEmpty() && begin.draft.isEmpty())
                    begin.problems.append(tr("The draft cannot be read: it is not in Cairn's form."));
                if (const QString own = launch::draftOf(begin.draft.value("text"_L1).toString().toUtf8()).spec.ns;
                    !own.isEmpty())
                    begin.ns = own;
            } else {
                begin.problems.append(text.error().oneLine());
            }
            Result<LaunchDefaults> defaults = readLaunchDefaults(*cluster, begin.ns, stop);
            if (!defaults)
                return fail(defaults.error());
            begin.defaults = *std::move(defaults);
            begin.place = readLaunchPlace(*cluster, begin.ns, stop);
            const Result<QByteArray> blank = blankJob(begin.ns, begin.defaults);
            if (!blank)
                return fail(blank.error());
            begin.blank = *blank;
            return begin;
        },
        [this](const Result<Begin> &begin) {
            m_reading = false;
            if (!begin) {
                m_page->setError(begin.error());
                return;
            }
            m_read = true;
            m_ns = begin->ns;
            m_defaults = begin->defaults;
            m_place = begin->place;
            showChoices();
            for (const QString &problem : begin->problems)
                emit notice(kit::Tone::Warn, tr("The draft could not be read"), text::safe(problem));
            const QJsonObject &draft = begin->draft;
            if (const QString text = draft.value("text"_L1).toString(); !text.isEmpty()) {
                takeDraft(draft);
                m_page->showStep(std::clamp(draft.value("step"_L1).toInt(), 0, 4));
            } else {
                adopt(begin->blank, {LaunchStart::Blank, {}, {}, begin->blank});
            }
            if (const auto run = LaunchRun::find(m_changes, m_started.id))
                follow(run); // submitted before this window came to it
            if (const std::function<void()> wanted = std::exchange(m_wanted, {}))
                wanted();
        });
}

void LaunchController::adopt(const QByteArray &text, const Start &start)
{
    reset();
    m_started = start;
    m_started.first = text;
    m_started.id = newLaunchId();
    m_chosen.reset();
    m_page->setStart(start.from, start.source, start.name, start.checkpoint);
    if (start.from == LaunchStart::Clone)
        showCheckpoints(start.source);
    m_page->setText(text);
    ++m_textChanges;
    m_shown = m_page->spec(); // all of the form comes from the text
    workOut();
}

void LaunchController::workOut()
{
    if (!m_session || !m_read)
        return;
    if (m_working) {
        m_again = true;
        return;
    }
    m_working = true;
    m_again = false;
    const Work work{
        m_page->text(), m_shown, m_page->spec(), m_framework, m_chosen, m_defaults, m_schemas, m_started.base};
    m_work.run(
        this, [work](std::stop_token stop) { return carryOut(work, stop); },
        [this, after = work.after, texts = m_textChanges, forms = m_formChanges](
            const Result<Worked> &worked) {
            m_working = false;
            if (texts != m_textChanges) {
                // The text went on; what the form wants is written into what it is now.
                workOut();
                return;
            }
            if (!worked) {
                m_page->setFormError(worked.error());
                return;
            }
            const std::shared_ptr<const LaunchResult> &result = worked->result;
            const launch::Draft &draft = result->draft;
            if (!result->former.isEmpty())
                keepFormer(*result);
            m_objects = result->objects;
            m_documents = worked->documents;
            showSchemas();
            m_page->setResult(result, after);
            if (draft.isJob()) {
                m_job = {draft.job, draft.runtime};
                m_shown = draft.spec;
                m_framework = draft.framework;
                if (!draft.spec.ns.isEmpty() && draft.spec.ns != m_ns) {
                    m_ns = draft.spec.ns;
                    m_page->setMeasured({});
                    readPlace();
                    m_fit = {};
                    showFit();
                }
                m_measureSoon->start();
            }
            m_keepSoon->start();
            m_fitSoon->start();
            if (m_again || forms != m_formChanges)
                workOut();
            else
                m_askSoon->start();
        });
}

} // namespace cairn::app
