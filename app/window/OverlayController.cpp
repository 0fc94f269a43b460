// SPDX-License-Identifier: GPL-3.0-or-later
#include "OverlayController.h"

#include "Drafts.h"
#include "base/Text.h"
#include "dialogs/AskDialog.h"
#include "dialogs/MergeDialog.h"
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
using Row = kit::CheckItem::State;

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
    m_session = session;
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
    m_draft = session ? draftFile(u"overlay"_s, session->server()) : QString();
    m_page->setWaiting(tr("Reading what the cluster runs…"));
}

void OverlayController::open()
{
    if (m_session && !m_scene)
        readScene();
    else
        readWhatIsOld();
}

/// Somebody else may have applied it meanwhile: what is worked out from an old look at the cluster is told as if it were so now.
void OverlayController::readWhatIsOld()
{
    const bool old = m_scene && m_scene->now().secsTo(QDateTime::currentDateTimeUtc()) > kOldSeconds;
    if (m_session && old && !(m_run && m_run->isRunning()))
        readScene(true);
}

void OverlayController::refresh()
{
    if (m_session)
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
        [cluster = m_session->sharedCluster(), draft = m_draft](std::stop_token stop) -> Result<Read> {
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

void OverlayController::compare(const QString &path)
{
    if (!m_result)
        return;
    const auto found = std::ranges::find(m_result->edited, path, &overlay::FileStep::path);
    if (found == m_result->edited.end())
        return;
    const bool lost = found->act == overlay::FileStep::Act::Keep;
    m_merging.cancel();
    m_merging.run(
        this,
        [step = *found, lost, choice = m_settlements.value(path)](std::stop_token) {
            dialogs::MergeView view;
            view.step = step;
            view.choice = choice.of == overlay::editOf(step) ? choice : overlay::Settlement();
            const QString base = QString::fromUtf8(lost ? step.before : step.base);
            if (!lost)
                view.mine = manifest::diffText(base, QString::fromUtf8(step.before));
            if (!step.generated.isEmpty())
                view.generated = manifest::diffText(base, QString::fromUtf8(step.generated));
            return view;
        },
        [this](const dialogs::MergeView &view) {
            auto *dialog = new dialogs::MergeDialog(view, m_page->window());
            dialog->setAttribute(Qt::WA_DeleteOnClose);
            const auto show = [this, step = view.step, shown = QPointer<dialogs::MergeDialog>(dialog)](const overlay::Settlement &choice) {
                m_merging.cancel();
                m_merging.run(
                    this, [step, choice](std::stop_token) { return overlay::settled(step, choice); },
                    [shown](const overlay::FileStep &settled) {
                        if (shown)
                            shown->setResult(settled);
                    });
            };
            connect(dialog, &dialogs::MergeDialog::chosen, this, show);
            connect(dialog, &dialogs::MergeDialog::useRequested, this, [this, dialog, path = view.step.path](const overlay::Settlement &choice) {
                m_settlements.insert(path, choice);
                dialog->accept();
                workOut();
            });
            dialog->open();
            show(dialog->choice());
        });
}

/// A name in a person's own file that nothing has, after it was shown what becomes of the file.
void OverlayController::correct(qsizetype at)
{
    if (!m_result || at < 0 || at >= m_result->built.landings.size() || m_result->folder.isEmpty())
        return;
    struct Preview {
        QByteArray before, after;
        QList<manifest::DiffLine> diff;
    };
    const overlay::Landing landing = m_result->built.landings[at];
    m_merging.cancel();
    m_merging.run(
        this,
        [result = m_result, landing](std::stop_token) -> Result<Preview> {
            const Result<QByteArray> after = overlay::corrected(result->files, landing);
            if (!after)
                return fail(after.error());
            const QByteArray before = result->files.value(landing.nameFile);
            return Preview{before, *after, manifest::diffText(QString::fromUtf8(before), QString::fromUtf8(*after))};
        },
        [this, landing, folder = m_result->folder](const Result<Preview> &preview) {
            if (!preview) {
                emit notice(kit::Tone::Err, text::safe(preview.error().what), text::safe(preview.error().oneLine()));
                return;
            }
            auto *dialog = new dialogs::AskDialog(u"correct"_s,
                                                  {tr("Correct the name in %1?", "file").arg(text::safe(landing.nameFile)),
                                                   tr("“%1” becomes “%2”. The file is yours; nothing else in it changes.").arg(text::safe(landing.missing), text::safe(landing.nearest)), preview->diff,
                                                   tr("Correct the name"), false},
                                                  m_page->window());
            dialog->setAttribute(Qt::WA_DeleteOnClose);
            connect(dialog, &dialogs::AskDialog::actRequested, this, [this, dialog, landing, folder, preview = *preview] {
                overlay::FileStep step;
                step.path = landing.nameFile;
                step.act = overlay::FileStep::Act::Replace;
                step.text = preview.after;
                step.before = preview.before; // whatever somebody wrote meanwhile stays
                m_scope.run(
                    this, [folder, step](std::stop_token stop) { return overlay::writeFolder(folder, {}, {step}, stop); },
                    [this, step, shown = QPointer<dialogs::AskDialog>(dialog)](const Result<> &written) {
                        if (!written) {
                            if (shown)
                                shown->setError(written.error());
                            return;
                        }
                        if (shown)
                            shown->accept();
                        emit notice(kit::Tone::Ok, tr("Name corrected"), text::safe(step.path));
                        workOut();
                    });
            });
            dialog->open();
        });
}

/// The same for what the settings say of a workload.
void OverlayController::correctChoice(const audit::ObjectName &workload, const audit::ObjectName &nearest)
{
    if (!m_result)
        return;
    overlay::Settings after = m_page->settings();
    const overlay::Row *row = m_result->proposal.find(nearest);
    const auto choice = std::ranges::find_if(after.choices, [&](const overlay::Choice &one) { return one.kind == workload.kind && one.ns == workload.ns && one.name == workload.name; });
    if (!row || choice == after.choices.end())
        return;
    overlay::Choice corrected = *choice;
    corrected.kind = row->workload.kind;
    corrected.ns = row->workload.ns;
    corrected.name = row->workload.name;
    after.choices.erase(choice);
    if (!after.choiceOf(row->workload)) // what was chosen for that one counts
        after.choices.append(corrected);
    std::ranges::sort(after.choices, {}, [](const overlay::Choice &one) { return std::tie(one.kind, one.ns, one.name); });
    const Result<QByteArray> was = overlay::settingsText(m_page->settings());
    const Result<QByteArray> becomes = overlay::settingsText(after);
    if (!was || !becomes)
        return;
    auto *dialog = new dialogs::AskDialog(u"correct"_s,
                                          {tr("Correct the name in the settings?"), tr("What was chosen for %1 is then meant for %2.").arg(audit::shown(workload), audit::shown(row->workload)),
                                           manifest::diffText(QString::fromUtf8(*was), QString::fromUtf8(*becomes)), tr("Correct the name"), false},
                                          m_page->window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &dialogs::AskDialog::actRequested, this, [this, dialog, after] {
        dialog->accept();
        m_page->setSettings(after);
        m_keepSoon->start();
        workOut();
    });
    dialog->open();
}

void OverlayController::updateApply()
{
    if (m_run && m_run->isRunning())
        m_page->setApplyRefusal(tr("It is being applied"));
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
    if (!m_session || !m_result)
        return;
    m_scope.run(
        this,
        [cluster = m_session->sharedCluster(), scene = m_scene, result = m_result](std::stop_token stop) -> Result<QStringList> {
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

void OverlayController::apply()
{
    if (!m_session || !m_result || (m_run && m_run->isRunning()))
        return;
    QMap<QString, bool> tested;
    QList<overlay::Outside> outsides = overlay::outsideOf(*m_scene, m_page->settings());
    outsides.removeIf([](const overlay::Outside &one) { return one.isStore(); }); // switched by a person
    for (const overlay::Outside &one : outsides)
        tested.insert(one.id, m_page->services()->isTested(one.id));
    m_scope.run(
        this,
        [cluster = m_session->sharedCluster(), scene = m_scene, result = m_result, outsides, tested, passwords = m_page->services()->passwords()](std::stop_token stop) -> Result<Planned> {
            const Result<RestMapper> mapper = cluster->mapper(stop);
            if (!mapper)
                return fail(mapper.error());
            QList<overlay::Switch> switches;
            for (const overlay::Outside &one : outsides) {
                overlay::Switch made{one, {}, passwords.contains(one.id), tested.value(one.id)};
                if (const Result<overlay::SecretFacts> facts = secretFacts(*cluster, one, stop))
                    made.secret = *facts;
                switches.append(made);
            }
            const QString id = QUuid::createUuid().toString(QUuid::Id128).left(16);
            auto apply = std::make_shared<overlay::Apply>(overlay::planOf(*scene, result->proposal, result->built, *mapper, id, switches));
            refuseWhileOpen(*cluster, apply->plan, stop);
            dropVainProofs(*cluster, apply->plan, stop);
            return Planned{std::move(apply), secretsFor(outsides, passwords)};
        },
        [this](const Result<Planned> &planned) {
            if (planned)
                showPlan(*planned);
            else
                emit notice(kit::Tone::Err, tr("The overlay cannot be applied"), text::safe(planned.error().oneLine()));
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
    if (!m_session || !wanted || !m_tested.isEmpty())
        return;
    if (!fromCluster)
        return runTest(id, false, {});
    // What would be created is shown first.
    m_tested = id;
    m_page->services()->setTesting(id, tr("Working out what would run in the cluster…"));
    m_testing.run(
        this, [cluster = m_session->sharedCluster(), wanted = *wanted](std::stop_token stop) { return planServicePod(*cluster, wanted, {}, stop); },
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
    if (!m_session || !wanted || !m_tested.isEmpty())
        return;
    m_tested = id;
    m_page->services()->setTesting(id, fromCluster ? tr("Testing %1 from the cluster…", "a service").arg(wanted->title) : tr("Testing %1 from this machine…", "a service").arg(wanted->title));
    m_testing.run(
        this,
        [cluster = m_session->sharedCluster(), wanted = *wanted, fromCluster, agreed, mayWrite = m_page->services()->mayWrite(id), typed = m_page->services()->passwords().value(id)](std::stop_token stop) -> Result<ServiceTest> {
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

void OverlayController::showPlan(const Planned &planned)
{
    const std::shared_ptr<const overlay::Apply> &apply = planned.apply;
    dialogs::PlanView &view = *m_view;
    view = {};
    view.title = tr("Apply the overlay to %1?", "context").arg(text::safe(m_session ? m_session->contextName() : QString()));
    view.sentence = tr("Each step waits until the one before has taken. It can be stopped and rolled back; a record of it is kept on the cluster.");
    view.act = tr("Apply %n object(s)", nullptr, static_cast<int>(apply->objects));
    QStringList order;
    QHash<QString, int> count;
    for (const change::Change &one : apply->plan.changes) {
        if (!count.contains(one.phase))
            order.append(one.phase);
        ++count[one.phase];
    }
    for (const QString &phase : std::as_const(order))
        view.phases.append({phase, Row::Waiting, phase, {}, tr("%n step(s)", nullptr, count[phase]), {}});
    for (const change::Note &note : apply->plan.problems)
        view.problems.append(note.fix.isEmpty() ? note.text : note.text + u' ' + note.fix);
    if (apply->plan.changes.isEmpty())
        view.problems.append(tr("There is nothing that Cairn may apply here."));
    for (const change::Note &note : apply->plan.warnings)
        view.warnings.append(note.fix.isEmpty() ? note.text : note.text + u' ' + note.fix);
    if (!apply->saved.isEmpty()) {
        QStringList names;
        for (const overlay::Saved &saved : apply->saved.first(qMin(qsizetype(5), apply->saved.size())))
            names.append(audit::shown(saved.object));
        view.warnings.append(tr("%n object(s) are saved, not applied, because somebody else would put them back: %1", nullptr, static_cast<int>(apply->saved.size())).arg(names.join(u", "_s)));
    }
    openDialog();
    connect(m_dialog, &dialogs::PlanDialog::actRequested, this, [this, planned] { begin(planned); });
    tryOut([cluster = m_session->sharedCluster(), apply](std::stop_token stop) { return tryOverlay(*cluster, apply->plan, {}, stop); });
}

/// Shows m_view, and the run once there is one.
void OverlayController::openDialog()
{
    m_dialog = new dialogs::PlanDialog(m_page->window());
    m_dialog->setAttribute(Qt::WA_DeleteOnClose);
    m_dialog->setView(*m_view);
    connect(m_dialog, &dialogs::PlanDialog::stopRequested, this, [this] {
        if (m_run)
            m_run->stop();
    });
    connect(m_dialog, &dialogs::PlanDialog::rollBackRequested, this, [this] {
        if (m_run)
            m_run->rollBack();
    });
    connect(m_dialog, &QDialog::finished, this, [this] {
        m_trying.cancel();
        if (m_run)
            m_run->setShown(false);
    });
    m_dialog->open();
}

/// Every write as a dry run, before anything is done.
void OverlayController::tryOut(const std::function<QList<change::Check>(std::stop_token)> &ask)
{
    m_view->checks = {{u"dry"_s, Row::Running, tr("Trying each write without doing it…"), {}, {}, {}}};
    m_dialog->setView(*m_view);
    m_trying.cancel();
    m_trying.run(
        this, ask,
        [this](const QList<change::Check> &checks) {
            if (!m_dialog)
                return;
            using State = change::Check::State;
            m_view->checked = true;
            m_view->checks.clear();
            qsizetype accepted = 0;
            for (const change::Check &check : checks) {
                if (check.state == State::Ok || check.state == State::Info)
                    ++accepted;
                else
                    m_view->checks.append({u"%1 %2"_s.arg(check.id).arg(m_view->checks.size()), check.state == State::Fail ? Row::Err : Row::Warn, check.text, check.fix, {}, {}});
            }
            m_view->checks.prepend({u"dry"_s, m_view->checks.isEmpty() ? Row::Ok : Row::Warn, tr("%1 of %n write(s) accepted", nullptr, static_cast<int>(checks.size())).arg(accepted), {}, {}, {}});
            m_dialog->setView(*m_view);
        });
}

void OverlayController::begin(const Planned &planned)
{
    if (!m_session)
        return;
    makeRun(tr("Applying the overlay to %1", "context").arg(text::safe(m_session->contextName())));
    m_run->execute(planned.apply->plan, planned.secrets);
    showProgress();
    updateApply();
}

void OverlayController::makeRun(const QString &title)
{
    m_run = std::make_shared<OverlayRun>(m_changes, m_session->sharedCluster(), title);
    m_run->setShown(true);
    connect(m_run.get(), &RunningChange::progressed, this, &OverlayController::showProgress);
    connect(m_run.get(), &RunningChange::ended, this, [this] {
        showProgress();
        if (m_session)
            readScene(); // the cluster is another now
    });
}

/// What a record would do, before it is done: whoever may write ConfigMaps in its namespace can have written it, and it is
/// carried out with the rights of this user.
void OverlayController::showRecorded(const RecordedChange &recorded, bool finish)
{
    constexpr qsizetype kNamed = 12;
    const QString title = text::safe(recorded.content.title);
    dialogs::PlanView &view = *m_view;
    view = {};
    view.title = finish ? tr("Finish “%1”?", "a change").arg(title) : tr("Roll back “%1”?", "a change").arg(title);
    view.sentence = tr("It is recorded in the ConfigMap %1.").arg(text::safe(recorded.record.ns + u'/' + recorded.record.name));
    view.warnings = {tr("Whoever may write ConfigMaps in %1 can have written this record: see that you know what it changes.").arg(text::safe(recorded.record.ns))};
    const QStringList outside = suspicious(recorded);
    if (!outside.isEmpty()) {
        QString names = outside.first(std::min(kNamed, outside.size())).join(u", "_s);
        if (outside.size() > kNamed)
            names = tr("%1 and %n more", nullptr, static_cast<int>(outside.size() - kNamed)).arg(names);
        view.warnings.prepend(tr("Suspicious: it lies in namespace %1, but changes %2.").arg(text::safe(recorded.record.ns), names));
    }
    view.act = finish ? tr("Finish") : tr("Roll back");
    const bool tries = finish && !recorded.content.undoing;
    view.checked = !tries;
    QStringList order;
    QHash<QString, QStringList> targets;
    for (const change::Record::Entry &entry : recorded.content.entries) {
        const change::Change &one = entry.change;
        if (one.act == change::Change::Act::Await)
            continue;
        if (!targets.contains(one.phase))
            order.append(one.phase);
        const QString place = one.target.ns.isEmpty() ? one.target.name : one.target.ns + u'/' + one.target.name;
        targets[one.phase].append(text::safe(one.target.kind.kind + u' ' + place));
    }
    for (const QString &phase : std::as_const(order)) {
        const QStringList &all = targets[phase];
        QString names = all.first(std::min(kNamed, all.size())).join(u", "_s);
        if (all.size() > kNamed)
            names = tr("%1 and %n more", nullptr, static_cast<int>(all.size() - kNamed)).arg(names);
        view.phases.append({phase, Row::Waiting, text::safe(phase), names, tr("%n object(s)", nullptr, static_cast<int>(all.size())), {}});
    }
    openDialog();
    const auto recover = [this, recorded, finish, title] {
        if (!m_session || !m_dialog || (m_run && m_run->isRunning()))
            return;
        makeRun(finish ? tr("Finishing: %1").arg(title) : tr("Rolling back: %1").arg(title));
        m_run->recover(recorded.record, recorded.content, finish);
        showProgress();
        updateApply();
    };
    connect(m_dialog, &dialogs::PlanDialog::actRequested, this, [this, recover, recorded, outside] {
        if (outside.isEmpty())
            return recover();
        auto *ask = new dialogs::AskDialog(u"elsewhere"_s,
                                           {tr("Change objects outside of %1?", "a namespace").arg(text::safe(recorded.record.ns)),
                                            tr("The record may have been written by somebody who may not change these objects. With your permissions it would be done."), {},
                                            tr("Change them"), true},
                                           m_dialog);
        ask->setAttribute(Qt::WA_DeleteOnClose);
        connect(ask, &dialogs::AskDialog::actRequested, this, [ask, recover] {
            ask->accept();
            recover();
        });
        ask->open();
    });
    if (tries)
        tryOut([cluster = m_session->sharedCluster(), content = recorded.content](std::stop_token stop) { return tryRecorded(*cluster, content, stop); });
}

void OverlayController::recover(const QString &key, bool finish)
{
    if (!m_session || (m_run && m_run->isRunning()))
        return;
    m_scope.run(
        this, [cluster = m_session->sharedCluster()](std::stop_token stop) { return recordedChanges(*cluster, {}, stop); },
        [this, key, finish](const Result<QList<RecordedChange>> &changes) {
            if (!m_session || (m_run && m_run->isRunning()))
                return;
            if (!changes) {
                emit notice(kit::Tone::Err, tr("The record of the change cannot be read"), text::safe(changes.error().oneLine()));
                return;
            }
            const ObjectRef wanted = recordOf(key);
            const auto it = std::ranges::find_if(*changes, [&](const RecordedChange &one) { return one.record.ns == wanted.ns && one.record.name == wanted.name; });
            if (it == changes->end()) {
                emit notice(kit::Tone::Info, tr("The change is done"), tr("Its record is gone: it was finished or rolled back meanwhile."));
                return;
            }
            if (it->unreadable) {
                emit notice(kit::Tone::Err, tr("The record of the change cannot be read"), text::safe(it->unreadable->oneLine()));
                return;
            }
            showRecorded(*it, finish);
        });
}

void OverlayController::showProgress()
{
    if (!m_dialog || !m_run)
        return;
    using State = dialogs::ChangeProgress::State;
    using Step = OverlayRun::Step;
    const auto &outcome = m_run->outcome();
    if (outcome && !*outcome && outcome->error().kind != Error::Kind::Cancelled) {
        m_dialog->setRefused(outcome->error()); // nothing was changed
        return;
    }
    dialogs::ChangeProgress view;
    view.hasLogs = false;
    view.title = m_run->title();
    view.summary = m_run->latest();
    const bool failed = outcome && (!*outcome || (*outcome)->state == change::PlanOutcome::State::Failed);
    // A row for each heading of the plan, with what its latest step does.
    const QList<Step> &steps = m_run->steps();
    for (qsizetype i = 0; i < steps.size();) {
        const QString phase = steps[i].change.phase;
        qsizetype done = 0, count = 0;
        QString latest;
        QDateTime begun, ended;
        bool running = false;
        for (; i < steps.size() && steps[i].change.phase == phase; ++i, ++count) {
            const Step &step = steps[i];
            done += step.state == Step::State::Done;
            if (step.state == Step::State::Running) {
                running = true;
                latest = step.text;
            }
            if (step.begun.isValid() && !begun.isValid())
                begun = step.begun;
            ended = step.ended;
        }
        const Row state = done == count ? Row::Ok : running ? failed ? Row::Err : Row::Running : Row::Waiting;
        const QString took = done == count && begun.isValid() && ended.isValid() ? text::duration(std::chrono::milliseconds(begun.msecsTo(ended)))
                                                                                 : tr("%1 of %2", "steps").arg(done).arg(count);
        view.steps.append({u"phase %1"_s.arg(view.steps.size()), state, phase, latest, took, {}});
    }
    view.canCancel = !outcome;
    if (outcome) {
        const bool back = *outcome && (*outcome)->state == change::PlanOutcome::State::RolledBack;
        view.state = failed ? State::Failed : back ? State::Undone : State::Done;
        if (failed)
            view.error = *outcome ? (*outcome)->error : std::optional(outcome->error());
        else
            view.summary = m_run->ending().text;
        view.canPutBack = m_run->canRollBack();
    }
    m_dialog->setProgress(view);
}

} // namespace cairn::app
