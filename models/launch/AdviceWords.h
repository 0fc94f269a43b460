// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "launch/Measure.h"

#include <QStringList>

/// The advice in words, the same in both programs. Safe to show.
namespace cairn::launch {

/// One input as a row: "One save", "1 min 14 s", "41 saves of bert-xl".
struct InputRow {
    QString word;  ///< for JSON: "save", "step", "failure", "restart"
    QString name;
    QString value; ///< "–" where it is not known
    QString from;  ///< of an unknown one why
};
QList<InputRow> inputRows(const Inputs &inputs, const Spec &spec, const Costs &typed = {});

/// What the interval that is set loses, what the best does, and what is not known: one sentence each, the most important
/// first. `set`: seconds; empty where none is set, or nobody knows how long it is.
QStringList adviceSentences(const Costs &costs, const Advice &advice, std::optional<double> set);

/// What the checkpoints of this policy take up on their PVC, against the room there; "" where no size is known.
/// `interval` as of intervalOf().
QString roomSentence(const Inputs &inputs, const Policy &policy, std::optional<double> interval);

/// "12 min", rounded to what a person would say.
QString lengthText(double seconds);
/// "3.1 %".
QString shareText(double part);

} // namespace cairn::launch
