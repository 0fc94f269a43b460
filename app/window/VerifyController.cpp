// SPDX-License-Identifier: GPL-3.0-or-later
#include "VerifyController.h"

#include "base/Text.h"
#include "dialogs/CompareDialog.h"
#include "dialogs/VerifyDialog.h"
#include "pages/JobPage.h"

using namespace Qt::StringLiterals;

namespace cairn::app {
VerifyController::VerifyController(net::HttpClient &http, Keychain &keychain, Preferences &preferences, CheckpointReader &reader, pages::JobPage *page,
                                   const QString &file, QObject *parent)
    : QObject(parent)
    , m_http(http)
    , m_keychain(keychain)
    , m_preferences(preferences)
    , m_reader(reader)
    , m_page(page)
    , m_store(std::make_shared<store::VerificationStore>(file))
{
    connect(page, &pages::JobPage::verifyRequested, this, &VerifyController::ask);
    connect(page, &pages::JobPage::compareRequested, this, &VerifyController::compare);
    connect(&reader, &CheckpointReader::changed, this, [this](const QString &uid) {
        if (uid == m_uid)
            readKept();
    });
}

void VerifyController::setSession(ClusterSession *session)
{
    m_scope.cancel();
    m_compareScope.cancel();
    m_running.reset();
    if (m_dialog)
        m_dialog->close();
    setJob({});
    m_session = session;
}

void VerifyController::setJob(const QString &uid)
{
    m_keptScope.cancel();
    m_uid = uid;
    m_page->setVerifications({});
    m_page->setVerifying({}, {});
    if (uid.isEmpty())
        return;
    readKept();
    if (m_running)
        told(m_running->state);
}

const Job *VerifyController::job(const QString &uid) const
{
    return m_session ? m_session->jobs().find(uid) : nullptr;
}

QString VerifyController::nameOf(const Checkpoint &checkpoint)
{
    return checkpoint.step ? tr("step %1").arg(text::number(*checkpoint.step)) : checkpoint.path;
}

void VerifyController::readKept()
{
    const Job *shown = job(m_uid);
    const CheckpointReader::Known *known = m_reader.known(m_uid);
    if (!shown || !known)
        return;
    m_keptScope.cancel();
    m_keptScope.run(
        this,
        [cluster = m_session->sharedCluster(), server = m_session->server(), store = m_store, job = *shown, listing = known->listing](std::stop_token stop) {
            return store->read(placeOfJob(clusterName(*cluster, server, stop), job, listing), listing.listing);
        },
        [this](const Result<QHash<QString, Verification>> &kept) {
            // Without the file the list is as good as without results; saving one will tell.
            if (kept)
                m_page->setVerifications(*kept);
        });
}

OpenShelf VerifyController::shelfOf(const QString &uid) const
{
    const Job *shown = job(uid);
    const CheckpointReader::Known *known = m_reader.known(uid);
    if (!shown || !known)
        return {};
    const QString server = m_session->server();
    const std::shared_ptr<kube::Cluster> cluster = m_session->sharedCluster();
    if (known->via == ListVia::Bucket) {
        const QStringList allowed = m_preferences.allowedBuckets();
        return agreedShelf(m_http, m_keychain, *cluster, server, QSet<QString>(allowed.begin(), allowed.end()), *shown);
    }
    return [cluster, job = *shown, pods = m_session->jobs().podsOf(uid), via = known->via, consent = m_preferences.helperConsent(server)](const std::stop_token &stop) {
        return openClaim(*cluster, job, pods, via, holdHelper(cluster), stop, [&](const ckpt::HelperPod &request) { return consent.check(request); });
    };
}

dialogs::VerifyDialog *VerifyController::dialogFor(const QString &uid, const QString &path) const
{
    return m_dialog && m_dialogUid == uid && m_dialog->path() == path ? m_dialog.data() : nullptr;
}

QString VerifyController::refusal() const
{
    return m_running ? tr("%1 is being verified; one checkpoint is read at a time.").arg(text::safe(m_running->name)) : QString();
}

void VerifyController::ask(const QString &path)
{
    const CheckpointReader::Known *known = m_reader.known(m_uid);
    const Checkpoint *checkpoint = known ? known->listing.find(path) : nullptr;
    const Job *shown = job(m_uid);
    if (!checkpoint || !shown)
        return;
    if (m_dialog)
        m_dialog->close();
    const bool runs = m_running && m_running->uid == m_uid && m_running->path == path;
    dialogs::VerifyView view;
    view.name = nameOf(*checkpoint);
    view.path = path;
    view.bytes = checkpoint->bytes;
    view.files = checkpoint->files;
    view.how = known->via == ListVia::Bucket ? tr("It reads the bucket: all of it comes to this computer.")
        : known->via == ListVia::Exec        ? tr("It runs commands in a pod of the job that mounts the PVC, which takes one of its cores meanwhile. It only reads.")
                                             : tr("A helper Job mounts the PVC read-only and is gone a minute later. What needs no look at single bytes is summed up there.");
    view.refusal = runs ? QString() : refusal();
    m_dialog = new dialogs::VerifyDialog(view, m_page->window());
    m_dialog->setAttribute(Qt::WA_DeleteOnClose);
    m_dialogUid = m_uid;
    connect(m_dialog, &dialogs::VerifyDialog::verifyRequested, this, [this, uid = m_uid, path, name = view.name] { begin(uid, path, name); });
    connect(m_dialog, &dialogs::VerifyDialog::cancelRequested, this, [this] {
        m_scope.cancel();
        end(fail(Error::cancelled()), std::nullopt);
    });
    if (runs) {
        told(m_running->state);
    } else {
        m_keptScope.run(
            this,
            [cluster = m_session->sharedCluster(), server = m_session->server(), store = m_store, job = *shown, listing = known->listing, checkpoint = *checkpoint](std::stop_token stop) {
                return store->find(placeOfJob(clusterName(*cluster, server, stop), job, listing), checkpoint);
            },
            [this, uid = m_uid, path](const Result<std::optional<Verification>> &kept) {
                dialogs::VerifyDialog *dialog = dialogFor(uid, path);
                if (dialog && kept && *kept && !m_running)
                    dialog->setResult(**kept, QDateTime::currentDateTimeUtc());
            });
    }
    m_dialog->open();
}

void VerifyController::begin(const QString &uid, const QString &path, const QString &name)
{
    const OpenShelf openShelf = shelfOf(uid);
    const Job *shown = job(uid);
    if (m_running || !openShelf || !shown)
        return;
    m_running = Running{uid, path, name, {}, {}};
    m_running->since.start();
    told({});
    struct Outcome {
        Result<Verification> result;
        std::optional<Error> trouble;
    };
    ckpt::RecogniseOptions options;
    options.writerMayBeAlive = mayBeWriting(*shown, m_session->jobs().podsOf(uid));
    const auto progress = m_scope.sink<ckpt::VerifyState>(this, [this](const ckpt::VerifyState &state) { told(state); });
    m_scope.run(
        this,
        [openShelf, cluster = m_session->sharedCluster(), server = m_session->server(), store = m_store, job = *shown, listing = m_reader.known(uid)->listing, path, options,
         progress](std::stop_token stop) -> Outcome {
            const Result<std::unique_ptr<ckpt::Shelf>> shelf = openShelf(stop);
            if (!shelf)
                return {fail(shelf.error()), {}};
            const QString place = placeOfJob(clusterName(*cluster, server, stop), job, listing);
            std::optional<Error> trouble;
            Result<Verification> result = verifyAndKeep(**shelf, path, options, *store, place, stop, progress, trouble);
            return {std::move(result), trouble};
        },
        [this](const Outcome &outcome) { end(outcome.result, outcome.trouble); });
}

void VerifyController::told(const ckpt::VerifyState &state)
{
    if (!m_running)
        return;
    m_running->state = state;
    const std::chrono::milliseconds since(m_running->since.elapsed());
    if (m_running->uid == m_uid) {
        const QString percent = state.total > 0 ? tr("%1 %").arg(state.done * 100 / state.total) : tr("listing its files");
        m_page->setVerifying(m_running->path, percent);
    }
    if (dialogs::VerifyDialog *dialog = dialogFor(m_running->uid, m_running->path))
        dialog->setRunning(state, since);
}

void VerifyController::end(const Result<Verification> &result, const std::optional<Error> &trouble)
{
    if (!m_running)
        return;
    const Running was = *std::exchange(m_running, std::nullopt);
    if (was.uid == m_uid) {
        m_page->setVerifying(was.path, {});
        readKept();
    }
    if (const CheckpointReader::Known *known = m_reader.known(was.uid); known && result && result->result == FullRead::Damaged) {
        CheckpointReader::Known now = *known;
        cairn::addFoundDamage(now.listing.listing, {{was.path, *result}});
        m_reader.put(was.uid, now); // the Overview and a resume go by it
    }
    if (trouble)
        emit notice(trouble->what, trouble->why + u' ' + trouble->fix, true);
    if (m_dialog)
        m_dialog->setRefusal({});
    dialogs::VerifyDialog *dialog = dialogFor(was.uid, was.path);
    if (dialog && result)
        dialog->setResult(*result, QDateTime::currentDateTimeUtc());
    else if (dialog)
        dialog->setFailed(result.error());
    else if (result)
        emit notice(result->result == FullRead::Damaged ? tr("%1 is damaged").arg(text::safe(was.name)) : tr("%1 was verified fully").arg(text::safe(was.name)),
                    text::safe(result->reason), result->result == FullRead::Damaged);
    else if (result.error().kind != Error::Kind::Cancelled)
        emit notice(tr("%1 could not be verified").arg(text::safe(was.name)), text::safe(result.error().oneLine()), true);
}

void VerifyController::compare(const QString &a, const QString &b)
{
    const CheckpointReader::Known *known = m_reader.known(m_uid);
    const Checkpoint *first = known ? known->listing.find(a) : nullptr;
    const Checkpoint *second = known ? known->listing.find(b) : nullptr;
    if (!first || !second || !m_session)
        return;
    auto *dialog = new dialogs::CompareDialog(nameOf(*first), nameOf(*second), m_page->window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    const QPointer<dialogs::CompareDialog> guard(dialog);
    connect(dialog, &dialogs::CompareDialog::retryRequested, this, [this, uid = m_uid, a, b, guard] { runComparison(uid, a, b, guard); });
    connect(dialog, &QDialog::finished, this, [this] { m_compareScope.cancel(); });
    dialog->open();
    runComparison(m_uid, a, b, guard);
}

void VerifyController::runComparison(const QString &uid, const QString &a, const QString &b, const QPointer<dialogs::CompareDialog> &dialog)
{
    const OpenShelf openShelf = shelfOf(uid);
    const Job *shown = job(uid);
    if (!dialog || !openShelf || !shown)
        return;
    dialog->setLoading(tr("Reading headers…"), 0);
    ckpt::RecogniseOptions options;
    options.writerMayBeAlive = mayBeWriting(*shown, m_session->jobs().podsOf(uid));
    m_compareScope.cancel();
    const ckpt::Progress progress = m_compareScope.sink<QString, qint64>(this, [dialog](const QString &what, qint64 done) {
        if (dialog)
            dialog->setLoading(what, done);
    });
    m_compareScope.run(
        this,
        // The shelf may refer to the cluster.
        [openShelf, cluster = m_session->sharedCluster(), a, b, options, progress](std::stop_token stop) -> Result<ckpt::Comparison> {
            const Result<std::unique_ptr<ckpt::Shelf>> shelf = openShelf(stop);
            if (!shelf)
                return fail(shelf.error());
            const Result<ckpt::Contents> first = ckpt::readContents(**shelf, a, options, stop, progress);
            if (!first)
                return fail(first.error());
            const Result<ckpt::Contents> second = ckpt::readContents(**shelf, b, options, stop, progress);
            if (!second)
                return fail(second.error());
            return ckpt::compare(*first, *second);
        },
        [dialog](const Result<ckpt::Comparison> &comparison) {
            if (!dialog)
                return;
            if (comparison)
                dialog->setComparison(*comparison, QDateTime::currentDateTimeUtc());
            else
                dialog->setError(comparison.error());
        });
}

} // namespace cairn::app
