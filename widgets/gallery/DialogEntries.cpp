// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/ExecConsentDialog.h"
#include "dialogs/LeaveDialog.h"
#include "dialogs/ProofDialog.h"
#include "dialogs/ResumeDialog.h"
#include "gallery/PageEntries.h"

namespace cairn::gallery {

using namespace Qt::StringLiterals;
using dialogs::ChangeProgress;
using dialogs::ResumeDialog;
using dialogs::ResumeView;
using kit::CheckItem;

namespace {

using S = CheckItem::State;

/// As a plain widget, so that it can stand in a gallery window.
template <class Dialog>
Dialog *inPlace(Dialog *dialog)
{
    dialog->setWindowFlags(Qt::Widget);
    return dialog;
}

ResumeView view()
{
    ResumeView view;
    view.jobName = u"llama-ft-7"_s;
    view.newObject = true;
    view.newName = u"llama-ft-7-r3"_s;
    view.checkpoint = cannedCheckpoint(12000, 9, Verdict::Whole);
    view.checkpointPath = u"/ckpt/llama-ft-7/step-12000"_s;
    view.told = u"RESUME_FROM_CHECKPOINT=/ckpt/llama-ft-7/step-12000"_s;
    view.toldReason = u"found in the job's environment"_s;
    view.saveDir = u"/ckpt/llama-ft-7/attempt-3-1a2b3c"_s;
    view.lost = u"431 steps · 4.8 GPU-h after step 12\u202f000 must be computed again."_s;
    view.checks = {{u"checkpoint"_s, S::Ok, u"Checkpoint is whole: 32 of 32 shards, metadata readable"_s, {}, u"0.4 s"_s, {}},
                   {u"quota"_s, S::Ok, u"Quota in research: 32 of 64 GPUs free"_s, {}, u"0.1 s"_s, {}},
                   {u"nodes"_s, S::Warn, u"Node gpu-4 is not ready: 28 GPUs can be scheduled now, the job needs 32"_s, {},
                    u"0.1 s"_s, {}},
                   {u"dryrun"_s, S::Ok, u"The API server accepts the job (dry run)"_s, {}, u"0.2 s"_s, {}}};
    view.diffAgainst = u"llama-ft-7"_s;
    using K = manifest::DiffLine::Kind;
    view.diff = {{K::Context, u"metadata:"_s},
                 {K::Removed, u"  name: llama-ft-7"_s},
                 {K::Added, u"  name: llama-ft-7-r3"_s},
                 {K::Skipped, {}, 41},
                 {K::Context, u"  - name: CHECKPOINT_DIR"_s},
                 {K::Removed, u"    value: /ckpt/llama-ft-7"_s},
                 {K::Added, u"    value: /ckpt/llama-ft-7/attempt-3-1a2b3c"_s},
                 {K::Added, u"  - name: RESUME_FROM_CHECKPOINT"_s},
                 {K::Added, u"    value: /ckpt/llama-ft-7/step-12000"_s}};
    view.ready = true;
    return view;
}

ResumeDialog *dialog(const ResumeView &view)
{
    auto *dialog = new ResumeDialog;
    dialog->setView(view);
    return inPlace(dialog);
}

ResumeDialog *progress(const ChangeProgress &progress)
{
    ResumeDialog *shown = dialog(view());
    shown->setProgress(progress);
    return shown;
}

ChangeProgress running()
{
    ChangeProgress progress;
    progress.title = u"Resuming llama-ft-7 from step 12\u202f000"_s;
    progress.summary = u"You can close this; the steps continue."_s;
    progress.canCancel = true;
    progress.steps = {{u"check"_s, S::Ok, u"Checkpoint and job looked at once more"_s, {}, u"0.6 s"_s, {}},
                      {u"suspend"_s, S::Ok, u"Job suspended"_s, {}, u"0.2 s"_s, {}},
                      {u"stop"_s, S::Running, u"Waiting for 2 pods to end"_s, {}, u"11 s"_s, {}},
                      {u"patch"_s, S::Waiting, u"Environment and arguments changed"_s, {}, {}, {}},
                      {u"start"_s, S::Waiting, u"Job started"_s, {}, {}, {}},
                      {u"follow"_s, S::Waiting, u"First step after 12\u202f000"_s, {}, {}, {}}};
    return progress;
}

} // namespace

void registerDialogEntries(kit::GalleryRegistry &registry)
{
    const QList<QSize> size{QSize(780, 720)};
    registry.add({u"dialog.resume"_s, u"Resume as a new job"_s, [] { return dialog(view()); }, size});
    registry.add({u"dialog.resume.inplace"_s, u"Resume in place, wrapper offered"_s,
                  [] {
                      ResumeView shown = view();
                      shown.newObject = false;
                      shown.mayChooseObject = true;
                      shown.running = true;
                      shown.told = u"--checkpoint.load_step=12000"_s;
                      shown.toldReason = u"torchtitan, found in the job's arguments"_s;
                      shown.restartNote = u"Every restart of a pod begins again at step 12\u202f000."_s;
                      shown.wrapperOffered = true;
                      shown.warnings = {{u"priority"_s, S::Warn, u"The priority class low may be preempted"_s, {}, {}, {}}};
                      return dialog(shown);
                  },
                  size});
    registry.add({u"dialog.resume.ask"_s, u"Resume, contract unknown, checkpoint unverified"_s,
                  [] {
                      ResumeView shown = view();
                      shown.contractKnown = false;
                      shown.told.clear();
                      shown.checkpoint = cannedCheckpoint(8000, 97, Verdict::Unverified);
                      shown.diff.clear();
                      shown.checks.clear();
                      shown.ready = false;
                      return dialog(shown);
                  },
                  size});
    registry.add({u"dialog.resume.blocked"_s, u"Resume, problems"_s,
                  [] {
                      ResumeView shown = view();
                      shown.nameError = u"A job with this name exists in research."_s;
                      shown.problems = {{u"rbac"_s, S::Err, u"You don't have permission to create PyTorchJobs in research"_s,
                                         u"Ask for the role `kubeflow-edit`, or save the YAML and let someone else apply it."_s,
                                         {}, {}}};
                      shown.checks[3] = {u"dryrun"_s, S::Err, u"The API server refused the job (dry run)"_s,
                                         u"pytorchjobs.kubeflow.org is forbidden"_s, u"0.2 s"_s,
                                         {u"again"_s, u"Check again"_s, kit::ButtonVariant::Normal}};
                      shown.ready = false;
                      return dialog(shown);
                  },
                  size});
    registry.add({u"dialog.resume.running"_s, u"Resume, under way"_s, [] { return progress(running()); }, size});
    registry.add({u"dialog.resume.done"_s, u"Resume, done"_s,
                  [] {
                      ChangeProgress done = running();
                      done.state = ChangeProgress::State::Done;
                      done.title = u"llama-ft-7 trains again from step 12\u202f000"_s;
                      done.summary = u"Step 12\u202f025 was reached 14 s after the start."_s;
                      for (CheckItem &step : done.steps)
                          step.state = S::Ok;
                      return progress(done);
                  },
                  size});
    registry.add({u"dialog.resume.failed"_s, u"Resume, failed, can be rolled back"_s,
                  [] {
                      ChangeProgress failed = running();
                      failed.state = ChangeProgress::State::Failed;
                      failed.title = u"llama-ft-7 did not resume"_s;
                      failed.summary.clear();
                      failed.canPutBack = true;
                      failed.steps[2] = {u"stop"_s, S::Ok, u"Its pods ended"_s, {}, u"21 s"_s, {}};
                      failed.steps[3].state = S::Ok;
                      failed.steps[4].state = S::Ok;
                      failed.steps[5].state = S::Err;
                      failed.error = Error::make(Error::Kind::Invalid, u"The new pods crash at the start"_s,
                                                 u"worker-0 ended with exit code 1: No such file or directory: "
                                                 "/ckpt/llama-ft-7/step-12000"_s,
                                                 u"Roll the job back, or look at its log."_s);
                      return progress(failed);
                  },
                  size});
    registry.add({u"dialog.leave"_s, u"The last window is closed in the middle of a change"_s,
                  [] {
                      dialogs::LeaveView leave;
                      leave.changes = {{u"0"_s, S::Running, u"Resuming llama-ft-7 from step 12\u202f000"_s, u"Waiting for 4 pods to end; up to 30 s each."_s, {}, {}}};
                      leave.canRollBack = leave.leavesRecords = true;
                      auto *shown = new dialogs::LeaveDialog;
                      shown->setView(leave);
                      return inPlace(shown);
                  },
                  {QSize(620, 300)}});
    registry.add({u"dialog.prove"_s, u"Test of a PVC from two nodes, no image known"_s,
                  [] {
                      return inPlace(new dialogs::ProofDialog({u"nlp"_s, u"bert-xl-checkpoints"_s, {}, 65534, 256LL * 1024 * 1024}));
                  },
                  {QSize(560, 360)}});
    registerCheckpointDialogs(registry);
    registry.add({u"dialog.consent"_s, u"A program asks to run"_s,
                  [] {
                      dialogs::ExecConsentView asks;
                      asks.context = u"gke-vision"_s;
                      asks.program = u"gke-gcloud-auth-plugin"_s;
                      asks.binary = u"/opt/google-cloud-sdk/bin/gke-gcloud-auth-plugin"_s;
                      asks.command = u"/opt/google-cloud-sdk/bin/gke-gcloud-auth-plugin --use_application_default_credentials"_s;
                      asks.environment = {u"CLOUDSDK_CONFIG=/home/ana/.config/gcloud"_s};
                      asks.file = u"~/.kube/config"_s;
                      return inPlace(new dialogs::ExecConsentDialog(asks));
                  },
                  {QSize(600, 420)}});
    registry.add({u"dialog.programs"_s, u"Programs allowed to run"_s,
                  [] {
                      auto *shown = new dialogs::ProgramsDialog;
                      shown->setPrograms({{u"1"_s, u"kubelogin"_s, u"/usr/bin/kubelogin get-token"_s, u"~/.kube/config"_s, {}},
                                          {u"2"_s, u"aws"_s, u"/usr/bin/aws eks get-token --cluster-name train"_s,
                                           u"~/.kube/config"_s, {}}});
                      return inPlace(shown);
                  },
                  {QSize(600, 380)}});
}

} // namespace cairn::gallery
