// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/Executor.h"
#include "checkpoints/SharedProof.h"
#include "engine/HelperConsent.h"
#include "storage/Volumes.h"

/// What both programs do to make storage for jobs, and to try whether nodes share it. Blocking: run it on the flow pool or in
/// cairnctl, never on the GUI thread.
namespace cairn::app {

/// A StorageClass of the cluster, and whether several nodes can write what it makes.
struct VolumeClass {
    QString name;        ///< raw
    QString provisioner; ///< raw
    bool isDefault = false;
    bool waits = false;  ///< volumeBindingMode: WaitForFirstConsumer
    bool expands = false;
    storage::SharedAccess access;
    bool operator==(const VolumeClass &) const = default;
};

/// What there is to make storage of.
struct VolumePlace {
    QList<VolumeClass> classes; ///< by name
    QStringList drivers;        ///< CSIDrivers, raw
    bool classesRead = false;
    bool driversRead = false;
    /// What may be made here, by kind ("PersistentVolume"): false where the access review says no. What it could not tell is missing.
    QMap<QString, bool> rights;
    QList<change::Note> gaps;

    /// The driver of this kind as it is called here: Rook's has the operator's namespace before it. Empty where there is none.
    QString driverFor(const storage::VolumeKind &kind) const;
    /// Why this kind cannot be made here, a sentence; empty where nothing is in the way.
    QString obstacle(const storage::VolumeKind &kind, bool byClass) const;
};
VolumePlace readVolumePlace(ObjectApi &api, const QString &ns, std::stop_token stop);

/// Storage as it would be made, and everything that is wrong with it at once.
struct VolumePlan {
    storage::VolumeSpec spec;
    QList<storage::VolumeRefusal> refused; ///< of what was said; nothing was asked then
    storage::Volume volume;
    QByteArray text; ///< YAML, as it is saved: without what Cairn adds and without values of Secrets
    change::Plan plan;
    bool waits = false; ///< the claim is bound only when a pod uses it
    bool feasible() const { return refused.isEmpty() && plan.feasible(); }
};
/// Looks whether names are free, whether what it needs is there, and whether all of it may be made. The plan's changes carry
/// its mark, by which they are known again. An error only where the cluster cannot be asked at all.
Result<VolumePlan> planVolume(ObjectApi &api, const storage::VolumeSpec &spec, std::stop_token stop);

/// Asks the server for each object whether it would make it.
QList<change::Check> tryVolume(ObjectApi &api, const VolumePlan &plan, const std::function<void(const change::Check &)> &onCheck, std::stop_token stop);

struct VolumeOutcome {
    enum class Binding {
        None,     ///< there is no claim
        Bound,
        ForPod,   ///< it waits for its first pod, as its class says
        Pending,  ///< it was not bound in time: `made.error` says why
    };
    change::PlanOutcome made; ///< with canRollBack where it is not bound: its record stays until somebody finishes it or takes it back
    Binding binding = Binding::None;
    QString text; ///< one sentence, safe to show
};
QString bindingWord(VolumeOutcome::Binding binding); ///< "none", "bound", "waitsForPod", "pending"

/// Makes it, then follows the claim until it is bound, `patience` at most. `options.secrets` holds the values of the Secret by
/// change::secretSlot().
Result<VolumeOutcome> makeVolume(ObjectApi &api, const VolumePlan &plan, const change::Options &options, std::chrono::seconds patience, std::stop_token stop);

/// What is asked for to try a claim from two nodes: agreement, and what it would run.
Result<ckpt::ProofRequest> planSharedProof(ObjectApi &api, const QString &ns, const QString &claim, const QString &image, std::stop_token stop);
/// The server's dry run of its Job and of its annotation.
Result<> trySharedProof(ObjectApi &api, const ckpt::ProofRequest &request, std::stop_token stop);
/// Removes what a killed test left in the namespace, tries the claim, and writes what was found on it. `mayRun` as for
/// measureClaim(). Of a result that could not be written, `unwritten` says why.
struct ProofOutcome {
    ckpt::SharedProof proof;
    std::optional<Error> unwritten;
};
Result<ProofOutcome> proveClaim(ObjectApi &api, const ckpt::ProofRequest &request, std::stop_token stop, const ckpt::Progress &progress = {}, const HelperCheck &mayRun = {});
/// "Shared by node-1 and node-2: 210 MB/s written, 340 MB/s read." or why it is not; safe to show.
QString proofText(const ckpt::SharedProof &proof);

} // namespace cairn::app
