// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/Executor.h"
#include "change/Owner.h"
#include "change/Suspicion.h"
#include "overlay/Folder.h"
#include "overlay/Plan.h"
#include "situation/Overview.h"

/// What both programs do with an overlay. Blocking: run it on the flow pool or in cairnctl, never on the GUI thread.
namespace cairn::app {

/// What readScene() reads, and what the files name beside it (Secrets never). What may not be read is a gap of the scene.
Result<audit::Scene> readOverlayScene(ObjectApi &api, const overlay::Files &files, std::stop_token stop);

/// An overlay that is generated for a folder, and what becomes of the folder.
struct OverlayDraft {
    overlay::Proposal proposal;
    overlay::Tree tree;
    QList<overlay::FileStep> steps;
    QList<overlay::FileStep> edited; ///< those of them that somebody edited by hand, before anything was chosen for them
    overlay::Files files;  ///< as they will be, foreign ones too
    overlay::Built built;  ///< of these
};
/// `settlements` are by path what a person chose for files that were edited by hand. Looks on the disk only whether a base
/// beside the folder is there.
OverlayDraft draftOverlay(const audit::Scene &scene, const overlay::Settings &settings, const overlay::Folder &folder,
                          const QHash<QString, overlay::Settlement> &settlements = {});

/// The folder of kustomization that is built of these files: `wanted` where there is one ("prod" stands for "overlays/prod"),
/// else overlays/prod, patches, or the first that nobody leads to. NotFound where there is none.
Result<QString> overlayEntry(const overlay::Files &files, const QString &wanted);

/// What kustomize says of the same folder.
struct KustomizeRun {
    QString program;        ///< absolute path; empty: neither kustomize nor kubectl was found
    QString version;        ///< "v5.8.1", "kubectl v1.34"; empty where it does not tell
    std::chrono::milliseconds took{0};
    std::optional<Error> error; ///< it does not build, or was not run: why
    QString file;               ///< where it does not build: the patch that its words are about, as far as that can be told
    int line = 0;               ///< in it
    qsizetype objects = 0;      ///< that it built
    QStringList differences;    ///< objects that it makes otherwise than Cairn says; safe to show
};
/// Builds in a folder of its own, with the objects of the scene in place of a base that would be fetched, so without a network;
/// at most a minute. `program` empty: kustomize, else kubectl, in PATH.
KustomizeRun runKustomize(const overlay::Files &files, const QString &entry, const audit::Scene &scene, const overlay::Built &built, const QString &program,
                          std::stop_token stop);

/// Asks the server for each write whether it would do it, without doing it. A change of an object whose earlier change is not
/// made yet is asked as the plan has it.
QList<change::Check> tryOverlay(ObjectApi &api, const change::Plan &plan, const std::function<void(const change::Check &)> &onCheck, std::stop_token stop);

/// Takes out of the plan what would prove nothing: what the server refuses before anything is changed, because the user may not create
/// it or its webhook fails already. Each becomes a warning of the plan.
void dropVainProofs(ObjectApi &api, change::Plan &plan, std::stop_token stop);

/// A recorded change that is not finished, or that is done and can be taken back.
struct RecordedChange {
    ObjectRef record;
    change::Record content;             ///< of one that cannot be read: empty but for what it says of itself
    std::optional<change::Owner> owner; ///< who works on it now, as far as the record says
    std::optional<Error> unreadable;    ///< why it can neither be finished nor rolled back
    /// How many of its changes are done: content.next, and the one after it where whoever was at work was killed between making the
    /// object and recording that.
    qsizetype done = 0;
    QList<ObjectRef> older; ///< change::notMadeBy()
    bool isOpen() const { return unreadable || !content.isDone(); }
};
/// What asks for consent before it is finished or rolled back.
QList<change::Suspicion> suspicious(const RecordedChange &recorded);
/// What finishing would still write, tried without doing it, with the permissions of whoever asks: one check each. What is done already
/// although nobody knows counts as accepted.
QList<change::Check> tryRecorded(ObjectApi &api, const change::Record &record, std::stop_token stop);
/// Of a namespace, or of all (empty; where that is forbidden, of Kubeflow's), those begun first in front.
Result<QList<RecordedChange>> recordedChanges(ObjectApi &api, const QString &ns, std::stop_token stop);
/// Puts a problem into the plan while another change of that kind is under way or unfinished: two would take each other's half-done
/// state for what was there before.
void refuseWhileOpen(ObjectApi &api, change::Plan &plan, std::stop_token stop);
/// Those of them that are open, for the overview.
Result<QList<situation::OpenChange>> openChanges(ObjectApi &api, std::stop_token stop);
/// The record behind OpenChange::key.
ObjectRef recordOf(const QString &key);

} // namespace cairn::app
