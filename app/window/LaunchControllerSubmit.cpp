// SPDX-License-Identifier: GPL-3.0-or-later
// What LaunchController does of a job that can be read: asks the server about it, looks whether it could start, and submits it.
#include "LaunchController.h"

#include "Drafts.h"
#include "SchemaProvider.h"
#include "base/Text.h"
#include "dialogs/AskDialog.h"
#include "engine/LaunchFolder.h"
#include "pages/LaunchPage.h"

#include <QElapsedTimer>
#include <QFileDialog>
#include <QJsonDocument>
#include <QTimer>
#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

using pages::LaunchReview;

/// How old the cluster may get while somebody looks at whether the job can start.
constexpr std::chrono::seconds fitAge{15};
/// A look may take at most this part of the time: on a large cluster all nodes and pods are a heavy list.
constexpr int fitShare = 10;

/// Removes the draft of this launch: on a thread of the pool, for its window may be gone. One that was begun since stays.
void dropDraftOf(const QString &file, const QString &id)
{
    const Result<QByteArray> draft = readDraft(file);
    if (draft && QJsonDocument::fromJson(*draft).object().value("id"_L1).toString() == id)
        (void)dropDraft(file); // a draft that stays is found to be launched at its next review
}

LaunchReview reviewOf(const LaunchPreview &preview)
{
    LaunchReview review;
    review.state = LaunchReview::State::Done;
    review.points = preview.points;
    review.net = preview.net;
    for (const change::Note &gap : preview.gaps)
        review.gaps.append(text::safe(gap.text));
    review.refused = preview.refused;
    review.made = preview.made;
    if (preview.ground.readAt.secsTo(QDateTime::currentDateTimeUtc()) > 1)
        review.groundAt = preview.ground.readAt;
    return review;
}

} // namespace

void LaunchController::showSchemas()
{
    QMap<int, std::shared_ptr<const manifest::Schema>> schemas;
    for (auto it = m_documents.cbegin(); it != m_documents.cend(); ++it)
        schemas.insert(it.key() - 1, m_schemas.value(*it));
    m_provider->setSchemas(schemas);
}

/// Each is asked for once, and only when nobody is typing: a kind is written letter by letter.
void LaunchController::readSchemas()
{
    if (!m_session || !m_read)
        return;
    for (const QString &key : std::as_const(m_documents)) {
        const QString apiVersion = key.section(u' ', 0, 0), kind = key.section(u' ', 1);
        if (m_schemas.contains(key) || apiVersion.isEmpty() || kind.isEmpty())
            continue;
        m_schemas.insert(key, nullptr);
        m_scope.run(
            this,
            [cluster = m_session->sharedCluster(), apiVersion, kind](std::stop_token stop) { return readObjectSchema(*cluster, apiVersion, kind, stop); },
            [this, key](const Result<manifest::Schema> &schema) {
                if (!schema)
                    return; // the review says so
                m_schemas.insert(key, std::make_shared<const manifest::Schema>(*schema));
                workOut();
            });
    }
}

/// Only where somebody looks at what it says.
void LaunchController::askServer()
{
    if (!m_session || !m_read || m_working || m_soon->isActive() || m_run || m_create || !m_page->isReviewing())
        return;
    LaunchReview running;
    running.state = LaunchReview::State::Running;
    m_page->setReview(running);
    m_asking.cancel();
    struct Answer {
        Result<LaunchPreview> preview;
        std::chrono::milliseconds took;
    };
    m_asking.run(
        this,
        [cluster = m_session->sharedCluster(), text = m_page->text(), ns = m_ns,
            options = PreviewOptions{m_framework, m_started.id, m_ground, m_page->costs()}](std::stop_token stop) {
            QElapsedTimer clock;
            clock.start();
            Result<LaunchPreview> preview = previewLaunch(*cluster, text, ns, options, stop);
            return Answer{std::move(preview), std::chrono::milliseconds(clock.elapsed())};
        },
        [this](const Answer &answer) {
            LaunchReview review;
            if (answer.preview) {
                review = reviewOf(*answer.preview);
                m_ground = answer.preview->ground;
                if (answer.preview->feasible()) {
                    m_needs = answer.preview->needs;
                    m_create = answer.preview->create;
                    m_accepted = std::make_shared<const LaunchPreview>(*answer.preview);
                }
            } else {
                review.state = LaunchReview::State::Failed;
                review.refused = answer.preview.error();
            }
            review.took = answer.took;
            m_page->setReview(review);
        });
}

void LaunchController::saveFolder()
{
    if (!m_session)
        return;
    auto *dialog = new QFileDialog(m_page->window(), tr("Save as a kustomize folder"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        m_scope.run(
            this,
            [path, cluster = m_session->sharedCluster(), text = m_page->text(), ns = m_ns,
                options = PreviewOptions{m_framework, m_started.id, m_ground, m_page->costs()}](std::stop_token stop) -> Result<LaunchFolder> {
                const Result<LaunchPreview> preview = previewLaunch(*cluster, text, ns, options, stop);
                if (!preview)
                    return fail(preview.error());
                Result<LaunchFolder> folder = launchFolder(*cluster, *preview, path, stop);
                if (folder) {
                    if (const Result<> saved = saveLaunchFolder(path, *folder, stop); !saved)
                        return fail(saved.error());
                }
                return folder;
            },
            [this, path](const Result<LaunchFolder> &folder) {
                if (!folder) {
                    emit notice(kit::Tone::Err, tr("The folder was not saved"), text::safe(folder.error().oneLine()));
                    return;
                }
                QStringList said{tr("Apply it with kubectl apply -k %1").arg(text::safe(path + u'/' + folder->tree.entry))};
                for (const change::Note &note : folder->notes)
                    said.append(note.fix.isEmpty() ? note.text : note.text + u' ' + note.fix);
                emit notice(folder->notes.isEmpty() ? kit::Tone::Ok : kit::Tone::Warn, tr("The folder is saved"), said.join(u'\n'));
            });
    });
    dialog->open();
}

/// One that will never start is launched only where somebody wants that.
void LaunchController::submit()
{
    if (!m_session || !m_create || m_run || m_asked)
        return;
    const bool known = m_fit.state == pages::LaunchFitView::State::Done && m_fitted == m_job;
    const QString why = m_accepted ? neverTrains(*m_accepted, known ? m_fit.fit.get() : nullptr) : QString();
    if (why.isEmpty()) {
        launchIt();
        return;
    }
    auto *dialog = new dialogs::AskDialog(u"never"_s, {tr("Launch a job that will not train?"), why, {}, tr("Launch it all the same"), true}, m_page->window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    m_asked = dialog;
    connect(dialog, &dialogs::AskDialog::actRequested, this, [this, dialog] {
        dialog->accept();
        launchIt();
    });
    dialog->open();
}

void LaunchController::launchIt()
{
    if (!m_session || !m_create || m_run)
        return;
    const QString id = LaunchRun::idOf(*m_create);
    if (const auto running = LaunchRun::find(m_changes, id)) {
        follow(running);
        return;
    }
    const auto run = std::make_shared<LaunchRun>(
        m_changes, m_session->sharedCluster(), m_needs + QList{*m_create}, [file = m_draft, id] { dropDraftOf(file, id); });
    follow(run);
    // The id is written down first: whatever happens to this window or to Cairn, the draft then knows its job.
    m_scope.run(
        this, [file = m_draft, make = draftMaker()](std::stop_token) { return writeDraft(file, make()); },
        [run](const Result<> &) { run->execute(); });
}

void LaunchController::follow(const std::shared_ptr<LaunchRun> &run)
{
    unfollow();
    m_run = run;
    m_keepSoon->stop();
    run->setShown(true);
    m_page->setSubmitting(true);
    connect(run.get(), &RunningChange::ended, this, &LaunchController::ended);
}

void LaunchController::unfollow()
{
    if (!m_run)
        return;
    m_run->disconnect(this);
    m_run->setShown(false); // whoever is left is told how it ended
    m_run.reset();
}

void LaunchController::ended()
{
    // It stays shown: what came of it is told here.
    const std::shared_ptr<LaunchRun> run = std::exchange(m_run, nullptr);
    run->disconnect(this);
    m_page->setSubmitting(false);
    if (!run->outcome())
        return;
    const RunningChange::Ending ending = run->ending();
    if (const QString uid = run->uid(); !uid.isEmpty()) {
        discard();
        const QStringList watched = m_session->watched();
        const QString ns = run->target().ns;
        emit notice(kit::Tone::Ok, ending.title,
            watched.isEmpty() || watched.contains(ns) ? QString() : tr("Namespace %1 is not shown; choose it on the Jobs page to see the job.").arg(text::safe(ns)));
        emit launched(uid);
        return;
    }
    m_keepSoon->start();
    LaunchReview review;
    review.state = LaunchReview::State::Done;
    if (run->isUnsure()) {
        review.unsure = ending.text; // the very same may be submitted again
    } else {
        m_create.reset();
        review.refused = run->outcome()->error();
    }
    m_page->setReview(review);
}

/// All that decides it, from the cluster.
void LaunchController::readFit()
{
    if (m_fitReading)
        return;
    m_fitReading = true;
    m_looking.cancel();
    struct Answer {
        Result<FitRead> read;
        std::chrono::milliseconds took;
    };
    m_looking.run(
        this,
        [cluster = m_session->sharedCluster(), ns = m_ns, job = m_job](std::stop_token stop) {
            QElapsedTimer clock;
            clock.start();
            Result<FitRead> read = readFitFacts(*cluster, ns, job, stop);
            return Answer{std::move(read), std::chrono::milliseconds(clock.elapsed())};
        },
        [this, ns = m_ns](const Answer &answer) {
            m_fitReading = false;
            m_clusterTook = answer.took;
            if (!answer.read) {
                m_fit.state = pages::LaunchFitView::State::Failed;
                m_fit.error = answer.read.error();
                m_cluster.reset();
                m_fitFailed = QDateTime::currentDateTimeUtc();
                showFit();
                return;
            }
            m_cluster = std::make_shared<const FitRead>(*answer.read);
            m_clusterNs = ns;
            m_fitted = {};
            workOutFit();
        });
}

void LaunchController::workOutFit()
{
    using State = pages::LaunchFitView::State;
    if (!m_session || !m_read || m_working || m_soon->isActive() || !m_page->wantsFit())
        return; // it is asked for again when that is done
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const std::chrono::milliseconds keeps = std::max<std::chrono::milliseconds>(fitAge, m_clusterTook * fitShare);
    const bool ours = m_cluster && m_clusterNs == m_ns;
    const QDateTime last = ours ? m_cluster->readAt : m_fit.state == State::Failed ? m_fitFailed : QDateTime();
    if (!last.isValid() || last.msecsTo(now) > keeps.count()) {
        if (!ours || !m_fit.fit)
            m_fit.state = State::Running;
        readFit();
        showFit();
    }
    if (!ours || (m_fitted == m_job && m_fit.state == State::Done))
        return;
    struct Answer {
        std::shared_ptr<const FitRead> read;
        std::shared_ptr<const launch::Fit> fit; ///< null: it was stopped
    };
    m_fitting.cancel();
    m_fitting.run(
        this,
        [cluster = m_session->sharedCluster(), ns = m_ns, job = m_job, read = m_cluster](std::stop_token stop) -> Answer {
            // What this edit names is looked at by itself: the whole cluster is read seldom.
            auto more = std::make_shared<FitRead>(*read);
            if (!readNamed(*cluster, ns, job, *more, stop))
                return {};
            return {more, std::make_shared<const launch::Fit>(fitOf(job, *more))};
        },
        [this, job = m_job, before = m_cluster](const Answer &answer) {
            if (!answer.fit)
                return;
            if (m_cluster == before)
                m_cluster = answer.read;
            m_fitted = job;
            m_fit = {State::Done, answer.fit, {}, answer.read->readAt, {}};
            for (const Gap &gap : answer.read->gaps)
                m_fit.gaps.append(u"%1: %2"_s.arg(text::safe(gap.what), text::safe(gap.error.oneLine())));
            showFit();
        });
}

void LaunchController::showFit()
{
    m_page->setFit(m_fit);
}

} // namespace cairn::app
