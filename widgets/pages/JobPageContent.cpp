// SPDX-License-Identifier: GPL-3.0-or-later
// What the Checkpoints and YAML tabs of the Job page show: the list, what keeps it from being read, and what it asks for.
#include "pages/JobPage.h"

#include "base/Text.h"
#include "editors/CodeEditor.h"
#include "jobs/ShownOnly.h"
#include "kit/Button.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Messages.h"
#include "kit/StateView.h"
#include "views/DataTable.h"

#include <QUrl>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using items::CheckpointTableModel;

namespace {

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
    // Where it saves is kept as an annotation of the job.
    const QString only = jobs::shownOnly(m_job.kind).text;
    const QString why = only.isEmpty() ? m_patchRefusal : only;
    const QList<Offer> correct = why.isEmpty() ? QList<Offer>{{u"correct"_s, tr("Correct…"), ButtonVariant::Normal}} : QList<Offer>();
    const QString reason = QString(m_location.reason + u' ' + why).trimmed();
    if (m_location.corrected || (!m_location.guessed && !m_location.path.isEmpty())
        || m_location == items::SaveLocation{}) {
        m_guess->clear();
        m_correction->hide();
    } else if (m_location.path.isEmpty()) {
        m_guess->set(Tone::Warn, tr("Where this job saves is not known"), reason, correct);
    } else {
        m_guess->set(Tone::Info, tr("Cairn guesses that this job saves to %1").arg(m_location.path), reason, correct);
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

void JobPage::setListing(const Listing &listing, const QString &proposed)
{
    m_listing = listing;
    m_proposed = proposed;
    m_listed = true;
    m_again->setEnabled(true);
    m_table->setSkeleton(false);
    m_checkpoints->setListing(listing);
    m_table->keepWhole(CheckpointTableModel::Step, 80); // "12 000 attempt 2"
    const int count = m_checkpoints->rowCount();
    if (count == 0) {
        m_listState->setEmpty(listing.partial ? tr("No checkpoints among what was read") : tr("No checkpoints yet"),
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
        m_table->setCurrentKey(this->proposed());
    }
    selectCheckpoint(m_table->currentKey());
}

void JobPage::setVerifications(const QHash<QString, Verification> &verifications)
{
    m_checkpoints->setVerifications(verifications);
    selectCheckpoint(m_table->currentKey());
}

void JobPage::setVerifying(const QString &path, const QString &progress)
{
    m_checkpoints->setVerifying(path, progress);
    selectCheckpoint(m_table->currentKey());
}

void JobPage::setListingError(const Error &error, Ask ask)
{
    m_again->setEnabled(true);
    m_table->setSkeleton(false);
    const Error safe = safeError(error);
    if (m_listed && m_checkpoints->rowCount() > 0)
        m_listState->setStale(safe.what, safe.why.isEmpty() ? safe.fix : safe.why,
                              {{u"again"_s, tr("Refresh"), ButtonVariant::Normal}});
    else if (ask == Ask::Folder && jobs::shownOnly(m_job.kind).id.isEmpty() && m_patchRefusal.isEmpty())
        m_listState->setError(safe, {{u"again"_s, tr("Refresh"), ButtonVariant::Normal}, {u"folder"_s, tr("Enter the folder…"), ButtonVariant::Primary}}, m_now);
    else if (ask == Ask::Server)
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

} // namespace cairn::pages
