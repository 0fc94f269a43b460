// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <optional>

/// What a training's log says about where it is. Pure functions, any thread.
namespace cairn::jobs {

struct StepLine {
    qint64 step = 0;
    bool named = false; ///< a word says that it is a step; false for a bare progress bar ("120/4000 [00:10<…")
};

/// The step a log line reports. Understood, whatever stands around it, colours left out:
///   step 120 · step=120 · step: 120 · "step": 120 · [step 120/400] · global_step=120 · global step 120
///   iteration 120/ 1000 · iter 120 · iter: 120        (Megatron-LM, nanoGPT, XGBoost's [120] is not)
///   120/4000 [00:10<05:20, …                           (tqdm, Hugging Face Trainer)
/// Numbers that are durations or settings are not taken: "max_steps=400", "total steps: 400", "time per step: 250 ms",
/// "step: 0.25". Of several steps in a line the first one counts. Lines are read up to 4 KiB.
std::optional<StepLine> stepOf(const QByteArray &line);

/// The line says that a checkpoint was loaded: "resumed from …", "Continuing training from global step …",
/// "Loading the checkpoint from …", "loaded checkpoint …", "restored …".
bool saysResumed(const QByteArray &line);

/// The line says that the training found nothing to go on from: "Training from scratch", "… does not exist. Starting a new
/// training run", "will start from random", "Unable to find latest file". Some say so of the model alone, and then load a
/// checkpoint: taken together with steps only.
bool saysFresh(const QByteArray &line);

/// The line names the checkpoint: by the last part of its path, or by its step.
bool namesCheckpoint(const QByteArray &line, const QString &path, std::optional<qint64> step);

} // namespace cairn::jobs
