// SPDX-License-Identifier: GPL-3.0-or-later
#include "OverlayController.h"

#include "Drafts.h"
#include "base/Text.h"
#include "dialogs/AskDialog.h"
#include "dialogs/PlanDialog.h"
#include "engine/BulkFlows.h"
#include "engine/OverlayFlows.h"
#include "engine/OverlayRun.h"
#include "engine/ServiceFlows.h"
#include "manifest/Diff.h"
#include "manifest/Yaml.h"
#include "overlay/Folder.h"
#include "overlay/Services.h"
#include "overlay/Tree.h"
#include "pages/OverlayPage.h"
#include "pages/OverlayServices.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QTimer>
#include <QUuid>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

using pages::OverlayDiff;
using pages::OverlayPage;
using pages::OverlayResult;
using pages::OverlayServices;

constexpr qint64 kOldSeconds = 30; ///< so old may be what the cluster was read as

/// Pure but for the look at the folder.
Result<std::shared_ptr<const OverlayResult>> resultOf(const audit::Scene &scene, const overlay::Settings &settings, const QString &folder,
                                                      const QHash<QString, overlay::Settlement> &settlements, std::stop_token stop)
{
    OverlayResult result;
    result.folder = folder;
    overlay::Folder there;
    if (!folder.isEmpty()) {
        Result<overlay::Folder> read = overlay::readFolder(folder, stop);
        if (!read)
            return fail(read.error());
        there = *std::move(read);
    }
    if (stop.stop_requested())
        return fail(Error::cancelled());
    // A person's own files are judged with what Cairn would write.
    OverlayDraft draft = draftOverlay(scene, settings, there, settlements);
    result.proposal = std::move(draft.proposal);
    result.tree = std::move(draft.tree);
    result.steps = std::move(draft.steps);
    result.edited = std::move(draft.edited);
    result.files = std::move(draft.files);
    result.built = std::move(draft.built);
    for (const overlay::Changed &changed : std::as_const(result.built.changed)) {
        if (stop.stop_requested())
            return fail(Error::cancelled());
        OverlayDiff diff;
        diff.name = changed.name;
        diff.act = changed.before.isEmpty() ? items::OverlayObjectRow::Act::New : changed.after.isEmpty() ? items::OverlayObjectRow::Act::Removed : items::OverlayObjectRow::Act::Changed;
        diff.lines = manifest::diff(changed.before, changed.after);
        for (const manifest::DiffLine &line : std::as_const(diff.lines)) {
            diff.added += line.kind == manifest::DiffLine::Kind::Added;
            diff.removed += line.kind == manifest::DiffLine::Kind::Removed;
        }
        result.changed.append(diff);
    }
    for (const overlay::Outside &outside : overlay::outsideOf(scene, settings)) {
        if (outside.isDatabase() && !outside.target.host.isEmpty() && !outside.store.name.isEmpty())
            result.moves.insert(outside.id, overlay::moveText(scene, outside));
    }
    return std::make_shared<const OverlayResult>(std::move(result));
}

pages::KustomizeVerdict verdictOf(const KustomizeRun &run)
{
    using State = pages::KustomizeVerdict::State;
    pages::KustomizeVerdict verdict;
    const QString name = text::safe(QFileInfo(run.program).fileName());
    verdict.program = run.version.isEmpty() ? name : name + u' ' + run.version;
    verdict.took = run.took;
    verdict.objects = run.objects;
    verdict.differences = run.differences;
    verdict.file = run.file;
    verdict.line = run.line;
    verdict.state = run.program.isEmpty() ? State::Absent : !run.error ? State::Builds : run.error->kind == Error::Kind::Invalid ? State::Fails : State::NotRun;
    if (run.error) {
        verdict.why = text::safe(run.error->why.isEmpty() ? run.error->what : run.error->why);
        verdict.fix = text::safe(run.error->fix);
    }
    return verdict;
}

} // namespace

OverlayController::OverlayController(Changes &changes, QObject *parent)
    : PageController({u"overlay"_s, u"availability"_s, tr("Make highly available"), Place::Where::Nowhere, {}, tr("overlay kustomize replicas wizard", "to be found by")}, new OverlayPage, parent)
    , m_changes(changes)
    , m_page(static_cast<OverlayPage *>(page()))
    , m_soon(new QTimer(this))
    , m_keepSoon(new QTimer(this))
    , m_view(std::make_unique<dialogs::PlanView>())
{
    m_soon->setSingleShot(true);
    m_soon->setInterval(60);
    m_keepSoon->setSingleShot(true);
    m_keepSoon->setInterval(400);
    connect(m_soon, &QTimer::timeout, this, &OverlayController::workOut);
    connect(m_keepSoon, &QTimer::timeout, this, &OverlayController::keepDraft);
    connect(m_page, &OverlayPage::settingsChanged, this, [this] {
        m_soon->start();
        m_keepSoon->start();
    });
    connect(m_page, &OverlayPage::leaveRequested, this, [this] { go(u"ha"_s); });
    connect(m_page, &OverlayPage::discardRequested, this, &OverlayController::askDiscard);
    connect(m_page, &OverlayPage::stepShown, this, [this] {
        if (m_page->isReviewing())
            readWhatIsOld();
        askKustomize();
    });
    connect(m_page, &OverlayPage::compareRequested, this, &OverlayController::compare);
    connect(m_page, &OverlayPage::correctRequested, this, &OverlayController::correct);
    connect(m_page, &OverlayPage::correctChoiceRequested, this, &OverlayController::correctChoice);
    connect(m_page, &OverlayPage::retryRequested, this, &OverlayController::refresh);
    connect(m_page, &OverlayPage::saveRequested, this, &OverlayController::chooseFolder);
    connect(m_page, &OverlayPage::copyRequested, this, &OverlayController::copy);
    connect(m_page, &OverlayPage::applyRequested, this, &OverlayController::apply);
    const OverlayServices *services = m_page->services();
    connect(services, &OverlayServices::testWanted, this, &OverlayController::test);
    connect(services, &OverlayServices::testAgreed, this, [this](const QString &id) {
        if (m_asked)
            runTest(id, true, m_asked->image);
    });
    connect(services, &OverlayServices::cancelWanted, this, [this](const QString &id) {
        if (id != m_tested)
            return;
        m_testing.cancel();
        m_tested.clear();
        m_page->services()->setTesting(id, {});
    });
    connect(services, &OverlayServices::copyWanted, this, [this](const QString &text) {
        QApplication::clipboard()->setText(text);
        emit notice(kit::Tone::Ok, tr("Checklist copied"), tr("Read each command before you run it."));
    });
}

OverlayController::~OverlayController() = default;

QWidget *OverlayController::sidebar() const
{
    return m_page->steps();
}

void OverlayController::focus()
{
    m_page->setFocus(Qt::OtherFocusReason);
}

void OverlayController::setSession(ClusterSession *session)
{
    if (session)
        setCluster(session->sharedCluster(), session->server(), session->contextName());
    else
        setCluster(nullptr, {}, {});
}

void OverlayController::setCluster(std::shared_ptr<ObjectApi> cluster, const QString &server, const QString &context)
{
    if ((m_keepSoon->isActive() || m_keeping) && !m_draft.isEmpty()) {
        // The last word before the session ends is not left to a thread that may be cancelled.
        if (const Result<QByteArray> text = overlay::settingsText(m_page->settings()))
            (void)writeDraft(m_draft, *text);
    }
    m_keepSoon->stop();
    m_soon->stop();
    m_working.cancel();
    m_trying.cancel();
    m_building.cancel();
    m_merging.cancel();
    m_testing.cancel();
    if (!m_tested.isEmpty())
        m_page->services()->setTesting(std::exchange(m_tested, {}), {});
    m_asked.reset();
    m_page->setSettings({}); // passwords go with the cluster
    m_scope.cancel();
    m_cluster = std::move(cluster);
    m_context = context;
    m_wanted.clear();
    m_settlements.clear();
    m_warned = false;
    m_page->setFolder({});
    m_page->setKustomize({});
    m_scene.reset();
    m_result.reset();
    m_reading = m_saves = m_keeping = false;
    m_folder.clear();
    m_kept = {};
    m_draft = m_cluster ? draftFile(u"overlay"_s, server) : QString();
    m_page->setWaiting(tr("Reading what the cluster runs…"));
}

void OverlayController::open()
{
    if (m_cluster && !m_scene)
        readScene();
    else
        readWhatIsOld();
}

/// Somebody else may have applied it meanwhile: what is worked out from an old look at the cluster is told as if it were so now.
void OverlayController::readWhatIsOld()
{
    const bool old = m_scene && m_scene->now().secsTo(QDateTime::currentDateTimeUtc()) > kOldSeconds;
    if (m_cluster && old && !(m_run && m_run->isRunning()))
        readScene(true);
}

void OverlayController::refresh()
{
    if (m_cluster)
        readScene();
}

void OverlayController::setNow(const QDateTime &now)
{
    if (m_page->isVisible())
        m_page->setDraft(m_kept, now, m_scene ? m_scene->now() : QDateTime());
}

void OverlayController::readScene(bool quietly)
{
    if (m_reading)
        return;
    m_reading = true;
    if (!quietly)
        m_page->setWaiting(tr("Reading what the cluster runs…"));
    struct Read {
        std::shared_ptr<const audit::Scene> scene;
        overlay::Settings settings;
        std::optional<Error> draftError;
    };
    m_scope.run(
        this,
        [cluster = m_cluster, draft = m_draft](std::stop_token stop) -> Result<Read> {
            Result<audit::Scene> scene = readOverlayScene(*cluster, {}, stop);
            if (!scene)
                return fail(scene.error());
            Read read;
            read.scene = std::make_shared<const audit::Scene>(*std::move(scene));
            read.settings = overlay::defaultsFor(*read.scene);
            const Result<QByteArray> text = readDraft(draft);
            if (!text) {
                read.draftError = text.error();
            } else if (!text->isEmpty()) {
                if (const Result<overlay::Settings> settings = overlay::readSettings(*text, {}))
                    read.settings = *settings;
                else
                    read.draftError = settings.error();
            }
            return read;
        },
        [this, quietly](const Result<Read> &read) {
            m_reading = false;
            if (!read) {
                // What is there stays, with its age.
                if (!quietly)
                    m_page->setError(read.error());
                return;
            }
            const bool first = !m_scene;
            m_scene = read->scene;
            // What was chosen since stays; of a cluster that is read again only the facts are new.
            if (first)
                m_page->setSettings(read->settings);
            if (read->draftError)
                emit notice(kit::Tone::Warn, tr("The draft could not be read"), text::safe(read->draftError->oneLine()));
            takeWanted();
            workOut();
        });
}

void OverlayController::workOut()
{
    if (!m_scene)
        return;
    m_working.cancel();
    m_building.cancel();
    m_working.run(
        this,
        [scene = m_scene, settings = m_page->settings(), folder = m_folder, settlements = m_settlements](std::stop_token stop) { return resultOf(*scene, settings, folder, settlements, stop); },
        [this](const Result<std::shared_ptr<const OverlayResult>> &result) {
            if (!result) {
                m_saves = false;
                m_page->setError(result.error());
                return;
            }
            m_result = *result;
            m_page->setKustomize({});
            m_page->setResult(m_result);
            updateApply();
            askKustomize();
            if (!std::exchange(m_saves, false))
                return;
            using Act = overlay::FileStep::Act;
            const auto open = std::ranges::count_if(m_result->steps, [](const overlay::FileStep &step) { return step.act == Act::Conflict || step.act == Act::Keep; });
            if (open == 0 || m_warned) {
                save();
                return;
            }
            m_warned = true;
            m_page->setFolder(m_folder);
            m_page->showEdited();
            emit notice(kit::Tone::Warn, tr("Nothing is saved yet"),
                        tr("%n file(s) there were edited by hand otherwise. Compare them, or save now: those lines stay as they are.", nullptr, static_cast<int>(open)));
        });
}

void OverlayController::include(const QList<audit::ObjectName> &workloads)
{
    m_wanted = workloads;
    go(u"overlay"_s);
    takeWanted();
}

void OverlayController::takeWanted()
{
    if (m_scene && !m_wanted.isEmpty())
        m_page->include(std::exchange(m_wanted, {}));
}

/// Only where somebody looks at what it says.
void OverlayController::askKustomize()
{
    m_building.cancel();
    if (!m_result || !m_scene || !m_page->isReviewing())
        return;
    m_page->setKustomize(pages::KustomizeVerdict());
    m_building.run(
        this,
        [scene = m_scene, result = m_result](std::stop_token stop) {
            const QString entry = result->tree.entry;
            return verdictOf(runKustomize(result->files, entry, *scene, result->built, {}, stop));
        },
        [this](const pages::KustomizeVerdict &verdict) { m_page->setKustomize(verdict); });
}

void OverlayController::keepDraft()
{
    if (m_draft.isEmpty() || !m_scene)
        return;
    if (m_keeping) {
        m_keepSoon->start(); // two writers would race for the last word
        return;
    }
    m_keeping = true;
    m_scope.run(
        this,
        [file = m_draft, settings = m_page->settings()](std::stop_token) -> Result<> {
            const Result<QByteArray> text = overlay::settingsText(settings);
            return text ? writeDraft(file, *text) : Result<>(fail(text.error()));
        },
        [this](const Result<> &kept) {
            m_keeping = false;
            if (kept) {
                m_kept = QDateTime::currentDateTimeUtc();
                m_page->setDraft(m_kept, m_kept, m_scene ? m_scene->now() : QDateTime());
            } else {
                m_page->setDraftProblem(tr("The draft could not be saved: %1").arg(text::safe(kept.error().oneLine())));
            }
        });
}

void OverlayController::askDiscard()
{
    auto *dialog = new dialogs::AskDialog(u"discard"_s,
                                          {tr("Discard the draft?"),
                                           tr("All choices go back to what Cairn proposes, which cannot be undone. The cluster and what was saved in folders stay as they are."), {},
                                           tr("Discard the draft"), true},
                                          m_page->window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &dialogs::AskDialog::actRequested, this, [this, dialog] {
        dialog->accept();
        discard();
    });
    dialog->open();
}

void OverlayController::discard()
{
    m_keepSoon->stop();
    m_settlements.clear();
    m_warned = false;
    m_page->setFolder({});
    if (const Result<> dropped = dropDraft(m_draft); !dropped)
        emit notice(kit::Tone::Warn, tr("The draft was not removed"), text::safe(dropped.error().oneLine()));
    m_kept = {};
    m_folder.clear();
    if (m_scene)
        m_page->setSettings(overlay::defaultsFor(*m_scene));
    m_page->showStep(0);
    workOut();
    go(u"ha"_s);
}

void OverlayController::chooseFolder()
{
    if (m_warned) {
        m_saves = true;
        workOut();
        return;
    }
    auto *dialog = new QFileDialog(m_page->window(), tr("Folder of the overlay"), m_folder);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        // What is there decides what is written, so it is looked at first.
        m_folder = path;
        m_saves = true;
        workOut();
    });
    dialog->open();
}

void OverlayController::save()
{
    m_scope.run(
        this,
        [result = m_result, settings = m_page->settings()](std::stop_token stop) -> Result<int> {
            if (const Result<> written = overlay::writeFolder(result->folder, result->tree, result->steps, stop); !written)
                return fail(written.error());
            const QString file = result->folder + u'/' + overlay::settingsFile();
            const Result<QByteArray> before = readDraft(file);
            if (!before)
                return fail(before.error());
            const Result<QByteArray> text = overlay::settingsText(settings, *before);
            if (!text)
                return fail(text.error());
            if (const Result<> saved = saveFile(file, *text); !saved)
                return fail(saved.error());
            int count = 0;
            for (const overlay::FileStep &step : result->steps)
                count += step.act != overlay::FileStep::Act::Same && step.act != overlay::FileStep::Act::Leave && step.act != overlay::FileStep::Act::Keep;
            return count;
        },
        [this](const Result<int> &written) {
            if (written) {
                emit notice(kit::Tone::Ok, tr("Overlay saved"), tr("%n file(s) written in %1", nullptr, *written).arg(text::safe(m_folder)));
                m_warned = false;
                m_settlements.clear();
                m_page->setFolder({});
            } else {
                emit notice(kit::Tone::Err, tr("The overlay was not saved"), text::safe(written.error().oneLine()));
            }
            workOut();
        });
}

void OverlayController::copy()
{
    if (!m_cluster || !m_result)
        return;
    m_scope.run(
        this,
        [cluster = m_cluster, scene = m_scene, result = m_result](std::stop_token stop) -> Result<QStringList> {
            const Result<RestMapper> mapper = cluster->mapper(stop);
            if (!mapper)
                return fail(mapper.error());
            const QString id = QUuid::createUuid().toString(QUuid::Id128).left(16);
            return overlay::commandsOf(overlay::planOf(*scene, result->proposal, result->built, *mapper, id).plan);
        },
        [this](const Result<QStringList> &commands) {
            if (!commands) {
                emit notice(kit::Tone::Err, tr("The commands could not be made"), text::safe(commands.error().oneLine()));
                return;
            }
            QApplication::clipboard()->setText(commands->join(u'\n') + u'\n');
            emit notice(kit::Tone::Ok, tr("Commands copied"), tr("They do the same in the same order; read them before you run them."));
        });
}

std::optional<overlay::Outside> OverlayController::outside(const QString &id) const
{
    if (!m_scene)
        return std::nullopt;
    for (const overlay::Outside &one : overlay::outsideOf(*m_scene, m_page->settings())) {
        if (one.id == id)
            return one;
    }
    return std::nullopt;
}

void OverlayController::test(const QString &id, bool fromCluster)
{
    const std::optional<overlay::Outside> wanted = outside(id);
    if (!m_cluster || !wanted || !m_tested.isEmpty())
        return;
    if (!fromCluster)
        return runTest(id, false, {});
    // What would be created is shown first.
    m_tested = id;
    m_page->services()->setTesting(id, tr("Working out what would run in the cluster…"));
    m_testing.run(
        this, [cluster = m_cluster, wanted = *wanted](std::stop_token stop) { return planServicePod(*cluster, wanted, {}, stop); },
        [this, id](const Result<ckpt::HelperPod> &pod) {
            m_tested.clear();
            m_page->services()->setTesting(id, {});
            if (!pod) {
                m_page->services()->setTestError(id, pod.error());
                return;
            }
            m_asked = *pod;
            m_page->services()->setConsent(id, text::safe(pod->image) + u"\n"_s + manifest::toYaml(servicePodJob(*pod)));
        });
}

void OverlayController::runTest(const QString &id, bool fromCluster, const QString &agreed)
{
    const std::optional<overlay::Outside> wanted = outside(id);
    if (!m_cluster || !wanted || !m_tested.isEmpty())
        return;
    m_tested = id;
    m_page->services()->setTesting(id, fromCluster ? tr("Testing %1 from the cluster…", "a service").arg(wanted->title) : tr("Testing %1 from this machine…", "a service").arg(wanted->title));
    m_testing.run(
        this,
        [cluster = m_cluster, wanted = *wanted, fromCluster, agreed, mayWrite = m_page->services()->mayWrite(id), typed = m_page->services()->passwords().value(id)](std::stop_token stop) -> Result<ServiceTest> {
            Secret password = typed;
            if (wanted.given && wanted.needsPassword()) {
                Result<Secret> read = passwordFromSecret(*cluster, wanted, wanted.secret, {}, stop);
                if (!read)
                    return fail(read.error());
                password = *std::move(read);
            }
            ServiceTestOptions options;
            options.here = !fromCluster;
            options.cluster = fromCluster;
            options.mayWrite = mayWrite;
            options.mayRun = [agreed](const ckpt::HelperPod &pod) -> Result<> {
                if (pod.image == agreed)
                    return {};
                return fail(Error::Kind::Consent, tr("The image of the pod is another one now."), tr("It would run %1.").arg(text::safe(pod.image)), tr("Test again, and look at the Job."));
            };
            return testService(cluster.get(), wanted, password, options, stop);
        },
        [this, id, fromCluster](const Result<ServiceTest> &test) {
            m_tested.clear();
            m_page->services()->setTesting(id, {});
            if (!test) {
                m_page->services()->setTestError(id, test.error());
                return;
            }
            for (const services::Report &report : test->reports)
                m_page->services()->setReport(id, report, fromCluster);
            if (test->error)
                m_page->services()->setTestError(id, *test->error);
        });
}

} // namespace cairn::app
