// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "launch/Policy.h"
#include "manifest/Document.h"

#include <QJsonObject>
#include <optional>

namespace cairn::launch {

/// The text of a job and what a form shows of it, as one value. Form and text stay in step by it: the text is what
/// counts, and a form says how one Spec becomes another. Pure, any thread; a large text takes a while.
struct Draft {
    QByteArray text = {};
    QJsonObject job = {};     ///< empty where the text holds no job
    QJsonObject runtime = {}; ///< the TrainingRuntime that is made with it, the text's second document; else empty
    Spec spec = {};           ///< of both
    Framework framework = Framework::Contract;
    bool sure = false;  ///< the framework was seen, or chosen
    Policy policy = {}; ///< what the job says already
    QList<manifest::Fault> faults = {};
    QString why = {}; ///< why the text holds no job; a sentence. Empty where it does, and where there are faults
    QString fix = {}; ///< then: what to do; may be empty
    bool isJob() const { return faults.isEmpty() && why.isEmpty(); }
};

/// Why an object is no training job that can be launched, and what to do; empty where it is one.
struct NoJob {
    QString why = {};
    QString fix = {};
};
NoJob whyNoJob(const QJsonValue &object);

/// `chosen`: the framework that a person chose; empty: it is recognised.
Draft draftOf(const QByteArray &text, std::optional<Framework> chosen = {});

/// What differs between `before` and `after` written into the draft's text with as few edits as possible: comments,
/// order and fields that no form knows stay. A text that is as textOf() writes it stays so. Another kind is a new job
/// out of `after`, for nothing but what the form shows is common to two kinds. Fails where the draft holds no job.
Result<Draft> edited(const Draft &draft, const Spec &before, const Spec &after, const TrainJobFields &fields = {},
    std::optional<Framework> chosen = {});

/// What is lost when the draft's job becomes `after`, which is of another kind: places of what no form shows, and of what the new
/// kind has no place for, the outermost of each ("spec.pytorchReplicaSpecs.Worker.template.spec.initContainers"). Comments are not
/// among them.
QStringList lostByKind(const Draft &draft, const Spec &after, const TrainJobFields &fields = {});
/// True where the text says more than its values: comments, an order of its own.
bool hasOwnWriting(const Draft &draft);

/// `mine`, which came from `base`, on top of `theirs`, which did too: what differs between `base` and `mine` stays, all
/// else is as `theirs` says. A form that was typed in while its last change was being worked out takes the result by
/// it.
Spec rebased(const Spec &base, const Spec &mine, const Spec &theirs);

/// A command as one line, words that hold blanks or quotes in quotes; and back. No shell: nothing is replaced in it.
QString commandLine(const QStringList &words);
QStringList commandWords(const QString &line);

} // namespace cairn::launch
