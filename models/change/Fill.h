// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "change/Run.h"

/// Change::Act::Fill: keys of a Secret. What was there is kept beside it, in a Secret of its own, until the change is
/// accepted or rolled back; so nothing of it is in a plan or a record.
namespace cairn::change {

/// "NAME-cairn-before": holds, of the keys that are written, the values from before ("before.KEY") and those that were
/// written
/// ("after.KEY").
ObjectRef keptOf(const ObjectRef &secret);

/// Writes the keys once, however often it is asked for: `id` is the plan's. Gives the Secret as it is then, without its
/// values. Error::Kind::Invalid where Options::secrets lacks a value that is still to be written.
Result<QJsonObject> fill(const Run &run, const Change &change, const QString &id);
/// Puts the former values back and removes the copy; a Secret that was made is deleted. Gives a sentence for people
/// where something was left, else an empty text. A Conflict where somebody else wrote the keys since.
Result<QString> takeBackFill(const Run &run, const Change &change, const QString &id);
/// Asks the server whether it would write it, with values that stand for the real ones.
Result<> tryFill(ObjectApi &api, const Change &change, std::stop_token stop);
/// The first key that is to be written and has no value in Options::secrets; empty: all are there.
QString lackingKey(const Change &change, const Options &options);
/// Accepts it: removes the copy.
Result<> settleFill(const Run &run, const Change &change, const QString &id);

} // namespace cairn::change
