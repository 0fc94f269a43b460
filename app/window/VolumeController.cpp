// SPDX-License-Identifier: GPL-3.0-or-later
#include "VolumeController.h"

#include "SaveYaml.h"
#include "base/Text.h"
#include "dialogs/ProofDialog.h"
#include "dialogs/VolumeDialog.h"
#include "engine/ClusterSession.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

QString answerText(const VolumeClass &one)
{
    using A = storage::SharedAccess::Answer;
    switch (one.access.answer) {
    case A::Yes: return VolumeController::tr("several nodes");
    case A::IfSet: return VolumeController::tr("several nodes, with %1").arg(one.access.needs);
    case A::No: return VolumeController::tr("one node");
    case A::Unknown: break;
    }
    return VolumeController::tr("not known whether nodes share it");
}

dialogs::VolumeOffers offersOf(const VolumePlace &place)
{
    dialogs::VolumeOffers offers;
    offers.read = place.classesRead;
    for (const VolumeClass &one : place.classes)
        offers.classes.append({one.name, text::safe(one.name), text::safe(one.provisioner) + u" · "_s + answerText(one), {}});
    for (const storage::VolumeKind &kind : storage::volumeKinds()) {
        if (kind.existing)
            offers.obstacles.insert(kind.id, place.obstacle(kind, false));
        if (kind.byClass)
            offers.obstacles.insert(kind.id + u"/class"_s, place.obstacle(kind, true));
        if (const QString driver = place.driverFor(kind); !driver.isEmpty() && driver != kind.driver)
            offers.drivers.insert(kind.id, driver);
    }
    for (const change::Note &gap : place.gaps)
        offers.gaps.append(gap.text);
    return offers;
}

struct Tried {
    std::optional<VolumePlan> plan;
    dialogs::VolumeTrial trial;
};

Tried tried(ObjectApi &api, const storage::VolumeSpec &spec, const std::stop_token &stop)
{
    Tried result;
    Result<VolumePlan> plan = planVolume(api, spec, stop);
    if (!plan) {
        result.trial.error = plan.error();
        return result;
    }
    result.trial.refused = plan->refused;
    result.trial.problems = plan->plan.problems;
    result.trial.warnings = plan->plan.warnings;
    if (plan->feasible())
        result.trial.checks = tryVolume(api, *plan, {}, stop);
    result.trial.accepted = plan->feasible() && std::ranges::none_of(result.trial.checks, [](const change::Check &check) { return check.state == change::Check::State::Fail; });
    result.plan = *std::move(plan);
    return result;
}

/// As a pod that mounts it runs; where there is none, as `image` says. It is without an image where that alone is missing.
Result<ckpt::ProofRequest> plannedProof(ObjectApi &api, const QString &ns, const QString &claim, const QString &image, const QStringList &pullSecrets, const std::stop_token &stop)
{
    Result<ckpt::ProofRequest> planned = planSharedProof(api, ns, claim, {}, stop);
    if (planned || planned.error().kind == Error::Kind::Cancelled)
        return planned;
    // With any image it says whether something else is in the way.
    Result<ckpt::ProofRequest> given = planSharedProof(api, ns, claim, image.isEmpty() ? u"any"_s : image, stop);
    if (!given)
        return given;
    given->image = image;
    given->imagePullSecrets = pullSecrets;
    return given;
}

} // namespace

VolumeController::VolumeController(Changes &changes, Preferences &preferences, QWidget *window)
    : QObject(window)
    , m_changes(changes)
    , m_preferences(preferences)
    , m_window(window)
{
}

VolumeController::~VolumeController()
{
    if (m_run)
        m_run->setShown(false);
}

void VolumeController::setSession(ClusterSession *session)
{
    m_reading.cancel();
    m_trying.cancel();
    m_scope.cancel();
    if (m_dialog)
        m_dialog->close();
    if (m_run)
        m_run->disconnect(this);
    m_run.reset();
    m_plan.reset();
    m_proving.clear();
    m_session = session;
    emit provingChanged();
}

void VolumeController::make(const QString &ns, const QString &name)
{
    if (!m_session || m_dialog)
        return;
    m_ns = ns;
    m_plan.reset();
    m_run.reset();
    using dialogs::VolumeDialog;
    m_dialog = new VolumeDialog(ns, name, m_window);
    m_dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_dialog, &VolumeDialog::tryRequested, this, &VolumeController::tryIt);
    connect(m_dialog, &VolumeDialog::makeRequested, this, &VolumeController::makeIt);
    connect(m_dialog, &VolumeDialog::saveRequested, this, &VolumeController::save);
    connect(m_dialog, &VolumeDialog::stopRequested, this, [this] {
        if (m_run)
            m_run->stop();
    });
    connect(m_dialog, &VolumeDialog::takeBackRequested, this, [this] {
        if (m_run && m_run->canRollBack())
            m_run->putBack();
    });
    connect(m_dialog, &QObject::destroyed, this, [this] {
        m_trying.cancel();
        m_reading.cancel();
        if (m_run)
            m_run->setShown(false); // whoever closed it is told by a notice
    });
    readOffers();
    m_dialog->open();
}

void VolumeController::readOffers()
{
    m_reading.run(
        this, [cluster = m_session->sharedCluster(), ns = m_ns](std::stop_token stop) { return offersOf(readVolumePlace(*cluster, ns, stop)); },
        [this](const dialogs::VolumeOffers &offers) {
            if (m_dialog)
                m_dialog->setOffers(offers);
        });
}

void VolumeController::tryIt()
{
    m_plan.reset();
    m_dialog->setTrying();
    m_trying.cancel();
    m_trying.run(
        this, [cluster = m_session->sharedCluster(), spec = m_dialog->spec()](std::stop_token stop) { return tried(*cluster, spec, stop); },
        [this](const Tried &result) {
            if (!m_dialog)
                return;
            m_plan = result.plan;
            m_dialog->setTrial(result.trial);
        });
}

void VolumeController::makeIt()
{
    // Only what was tried: the dialog takes the button away with every change.
    if (!m_plan || !m_dialog || m_plan->spec != m_dialog->spec())
        return;
    QMap<QString, Secret> secrets;
    if (m_plan->volume.secret) {
        const QMap<QString, Secret> values = m_dialog->secrets();
        const ObjectRef ref{kinds::secrets(), m_plan->volume.secret->ns, m_plan->volume.secret->name, {}};
        for (auto it = values.cbegin(); it != values.cend(); ++it)
            secrets.insert(change::secretSlot(ref, it.key()), *it);
    }
    m_run = std::make_shared<VolumeRun>(m_changes, m_session->sharedCluster(), *m_plan);
    m_run->setShown(true);
    connect(m_run.get(), &RunningChange::progressed, this, &VolumeController::showRun);
    connect(m_run.get(), &RunningChange::ended, this, [this, ns = m_ns, claim = m_plan->volume.claim] {
        showRun();
        if (m_run->outcome() && *m_run->outcome() && (*m_run->outcome())->made.state == change::PlanOutcome::State::Done)
            emit made(ns, claim);
    });
    m_dialog->setMaking({});
    m_run->execute(secrets);
}

void VolumeController::showRun()
{
    if (!m_dialog || !m_run)
        return;
    if (m_run->isRunning()) {
        m_dialog->setMaking(m_run->latest());
        return;
    }
    const RunningChange::Ending ending = m_run->ending();
    const bool failed = ending.failed || m_run->canRollBack();
    m_dialog->setMade(ending.text, failed, m_run->canRollBack());
}

void VolumeController::save(const QString &yaml)
{
    saveYaml(this, m_scope, m_dialog, m_dialog->spec().name, [bytes = yaml.toUtf8()] { return bytes; },
        [this](kit::Tone tone, const QString &title, const QString &text) { emit notice(tone, title, text); });
}

void VolumeController::prove(const QString &ns, const QString &claim, const QString &image, const QStringList &pullSecrets)
{
    const QString key = ns + u'/' + claim;
    if (!m_session || m_proving.contains(key))
        return;
    m_proving.insert(key);
    emit provingChanged();
    m_scope.run(
        this, [cluster = m_session->sharedCluster(), ns, claim, image, pullSecrets](std::stop_token stop) { return plannedProof(*cluster, ns, claim, image, pullSecrets, stop); },
        [this, ns, claim](const Result<ckpt::ProofRequest> &request) {
            if (!request) {
                leave(ns, claim);
                emit notice(kit::Tone::Err, text::safe(request.error().what), text::safe(request.error().why + u' ' + request.error().fix));
                return;
            }
            ask(*request);
        });
}

/// It writes, so each test is asked for, and not only the first of a namespace.
void VolumeController::ask(const ckpt::ProofRequest &request)
{
    auto *dialog = new dialogs::ProofDialog({request.ns, request.claim, request.image, request.runAsUser, request.bytes}, m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::rejected, this, [this, request] { leave(request.ns, request.claim); });
    connect(dialog, &dialogs::AskDialog::actRequested, this, [this, dialog, request] {
        ckpt::ProofRequest asked = request;
        asked.image = dialog->image();
        asked.runAsUser = dialog->user();
        dialog->accept();
        if (!m_session)
            return;
        m_preferences.allowHelper(m_session->server(), asked.ns, asked.image);
        run(asked);
    });
    dialog->open();
}

void VolumeController::run(const ckpt::ProofRequest &request)
{
    m_scope.run(
        this,
        [cluster = m_session->sharedCluster(), request, consent = m_preferences.helperConsent(m_session->server())](std::stop_token stop) {
            if (const Result<> tried = trySharedProof(*cluster, request, stop); !tried)
                return Result<ProofOutcome>(fail(tried.error()));
            return proveClaim(*cluster, request, stop, {}, [&](const ckpt::HelperPod &pod) { return consent.check(pod); });
        },
        [this, request](const Result<ProofOutcome> &outcome) {
            leave(request.ns, request.claim);
            const QString name = text::safe(request.claim);
            if (!outcome)
                emit notice(kit::Tone::Err, text::safe(outcome.error().what), text::safe(outcome.error().why + u' ' + outcome.error().fix));
            else
                emit notice(outcome->proof.shared ? kit::Tone::Ok : kit::Tone::Err, outcome->proof.shared ? tr("%1 is shared").arg(name) : tr("%1 is not shared").arg(name),
                    proofText(outcome->proof) + (outcome->unwritten ? u' ' + tr("The result was not written on the PVC: %1").arg(text::safe(outcome->unwritten->oneLine())) : QString()));
            emit proven(request.ns, request.claim);
        });
}

void VolumeController::leave(const QString &ns, const QString &claim)
{
    m_proving.remove(ns + u'/' + claim);
    emit provingChanged();
}

} // namespace cairn::app
