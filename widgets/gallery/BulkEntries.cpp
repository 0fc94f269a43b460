// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/BulkDialog.h"
#include "dialogs/JobChangeDialogs.h"
#include "gallery/PageEntries.h"

namespace cairn::gallery {

using namespace Qt::StringLiterals;
using dialogs::BulkDialog;
using dialogs::BulkView;
using jobs::BulkAct;
using jobs::BulkItem;
using jobs::BulkResult;

namespace {

Job running(const QString &name, const QString &ns, double gpus, int minutes)
{
    Job job = cannedJob(name, ns, JobKind::PyTorchJob, JobPhase::Running, 1, 1, gpus);
    job.started = cannedNow().addSecs(-60 * minutes);
    job.env = {{u"CHECKPOINT_DIR"_s, u"/ckpt/"_s + name}};
    job.mounts = {VolumeMount{u"/ckpt"_s, {}, u"ckpt-shared"_s, false}};
    job.gracePeriodSeconds = 120;
    return job;
}

/// One of each fate.
QList<Job> cannedSelection()
{
    Job managed = running(u"llama-sft"_s, u"nlp"_s, 2, 90);
    managed.manager = {Manager::Type::ArgoCd, u"Application"_s, u"nlp-training"_s};
    Job trial = running(u"lr-sweep-trial-3"_s, u"research"_s, 4, 35);
    trial.manager = {Manager::Type::Controller, u"Trial"_s, u"lr-sweep-trial-3"_s};
    Job paused = cannedJob(u"gan-paused"_s, u"research"_s, JobKind::TFJob, JobPhase::Suspended, 0, 1, 8);
    paused.suspendRequested = true;
    return {running(u"mixtral-dpo-2"_s, u"research"_s, 32, 24), managed, running(u"bert-xl-mlm"_s, u"nlp"_s, 8, 130), trial, paused,
            cannedJob(u"vit-h-14"_s, u"vision"_s, JobKind::TrainJob, JobPhase::Succeeded, 0, 9, 4)};
}

QList<BulkItem> cannedItems(BulkAct act)
{
    QList<BulkItem> items;
    Listing listing;
    Run run;
    run.checkpoints = {cannedCheckpoint(12000, 24, Verdict::Whole)};
    run.checkpoints.first().resumable = true;
    listing.runs = {run};
    for (const Job &job : cannedSelection())
        items.append(jobs::planBulk(act, job, job.name.startsWith(u"bert"_s) ? nullptr : &listing, cannedNow()));
    return items;
}

BulkView ready(BulkAct act)
{
    BulkView view;
    view.stage = BulkView::Stage::Ready;
    view.act = act;
    for (const BulkItem &item : cannedItems(act)) {
        view.rows.append(items::bulkRow(item));
        ++view.total;
        (item.fate == BulkItem::Fate::Act ? view.acting : view.leftOut) += 1;
        view.losing += item.losesWork ? 1 : 0;
    }
    if (view.losing > 0)
        view.lost = act == BulkAct::Delete ? u"At most 32.5 GPU-h of 4 running jobs. The checkpoints of 1 of them were not read."_s
                                           : u"At most 30.9 GPU-h of 3 running jobs. The checkpoints of 1 of them were not read."_s;
    if (act == BulkAct::Delete)
        view.stays = u"Checkpoints and everything else on PVCs and in buckets: research/ckpt-shared, nlp/ckpt-shared."_s;
    return view;
}

BulkDialog *dialog(const BulkView &view)
{
    auto *dialog = new BulkDialog(view.act);
    dialog->setView(view);
    dialog->setWindowFlags(Qt::Widget); // so that it can stand in a gallery window
    return dialog;
}

dialogs::ScaleDialog *scaling(const dialogs::JobChangeNotes &notes, int most)
{
    auto *dialog = new dialogs::ScaleDialog(u"bert-elastic"_s);
    if (most >= 0)
        dialog->setBounds(u"Worker"_s, 2, 1, most);
    dialog->setNotes(notes);
    dialog->setWindowFlags(Qt::Widget);
    return dialog;
}

dialogs::EditDialog *editing(const dialogs::JobChangeNotes &notes)
{
    const QString before = u"apiVersion: kubeflow.org/v1\nkind: PyTorchJob\nmetadata:\n  name: bert-elastic\nspec:\n  runPolicy:\n    backoffLimit: 3\n"_s;
    const QString after = QString(before).replace(u"backoffLimit: 3"_s, u"backoffLimit: 9"_s);
    auto *dialog = new dialogs::EditDialog(u"bert-elastic"_s);
    dialog->setText(after);
    dialog->setDiff(manifest::diffText(before, after));
    dialog->setNotes(notes);
    dialog->setWindowFlags(Qt::Widget);
    return dialog;
}

} // namespace

void registerBulkEntries(kit::GalleryRegistry &registry)
{
    const QList<QSize> size{QSize(820, 600)};
    registry.add({u"dialog.scale"_s, u"Scale a job"_s,
                  [] { return scaling({{}, {u"torchrun starts all its processes again, from the newest checkpoint that the script finds."_s}, true, true}, 4); }, {QSize(600, 420)}});
    registry.add({u"dialog.scale.refused"_s, u"Scale a job that cannot be"_s,
                  [] { return scaling({{u"It belongs to Trial lr-sweep-3, which would revert it or count it as failed. Change its owner instead."_s}, {}, true, false}, -1); }, {QSize(600, 420)}});
    registry.add({u"dialog.edit"_s, u"Edit a job"_s, [] { return editing({{}, {}, true, true}); }, {QSize(900, 700)}});
    registry.add({u"dialog.edit.refused"_s, u"Edit a job, refused"_s,
                  [] { return editing({{u"spec.trainer: It stays as it was made: field is immutable. Make a copy with the change: cairnctl -n nlp job clone bert --name NEW -o yaml"_s},
                                          {u"spec.pytorchReplicaSpecs.Worker.template: Pods that run stay as they are; those that are made from now on have it."_s}, true, true}); }, {QSize(900, 700)}});
    registry.add({u"dialog.bulk.suspend"_s, u"Suspend several jobs"_s, [] { return dialog(ready(BulkAct::Suspend)); }, size});
    registry.add({u"dialog.bulk.unsuspend"_s, u"Unsuspend several jobs"_s, [] { return dialog(ready(BulkAct::Unsuspend)); }, size});
    registry.add({u"dialog.bulk.delete"_s, u"Delete several jobs"_s, [] { return dialog(ready(BulkAct::Delete)); }, size});
    registry.add({u"dialog.bulk.checking"_s, u"Several jobs, looked at"_s,
                  [] {
                      BulkView view = ready(BulkAct::Delete);
                      view.stage = BulkView::Stage::Checking;
                      view.looked = 2;
                      const QList<Job> jobs = cannedSelection();
                      for (qsizetype i = 2; i < jobs.size(); ++i)
                          view.rows[i] = items::bulkRow(jobs[i]);
                      return dialog(view);
                  },
                  size});
    registry.add({u"dialog.bulk.nothing"_s, u"Several jobs, nothing to do"_s,
                  [] {
                      BulkView view = ready(BulkAct::Unsuspend);
                      view.rows.removeAt(4);
                      --view.total;
                      view.acting = 0;
                      return dialog(view);
                  },
                  size});
    registry.add({u"dialog.bulk.running"_s, u"Several jobs, under way"_s,
                  [] {
                      BulkView view = ready(BulkAct::Suspend);
                      view.stage = BulkView::Stage::Running;
                      view.done = 1;
                      view.rows[0] = items::withResult(view.rows[0], {BulkResult::State::Done, u"Suspended."_s, {}});
                      view.rows[1] = items::withResult(view.rows[1], {BulkResult::State::Running, {}, {}});
                      return dialog(view);
                  },
                  size});
    registry.add({u"dialog.bulk.ended"_s, u"Several jobs, one failed"_s,
                  [] {
                      BulkView view = ready(BulkAct::Delete);
                      view.stage = BulkView::Stage::Ended;
                      view.done = view.acting - 2;
                      view.failed = 1;
                      view.stopped = 1;
                      for (items::BulkRow &row : view.rows)
                          row = items::withResult(row, {BulkResult::State::Done, u"Deleted."_s, {}});
                      const Error error = Error::make(Error::Kind::Conflict, u"The job was changed meanwhile."_s,
                                                      u"Its specification is not the one that was looked at."_s, u"Look at the job as it is now."_s);
                      view.rows[1] = items::withResult(view.rows[1], {BulkResult::State::Failed, error.what, error});
                      view.rows[5] = items::withResult(view.rows[5], {BulkResult::State::Stopped, u"Stopped before it started; nothing was changed."_s, {}});
                      return dialog(view);
                  },
                  size});
}

} // namespace cairn::gallery
