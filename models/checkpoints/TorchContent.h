// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "checkpoints/Pickle.h"

#include <QByteArray>
#include <QList>

/// What a pickle that torch.save wrote holds, by its values: a key's name alone proves nothing.
namespace cairn::ckpt {

enum class Content {
    Unknown,  ///< the pickle could not be followed
    Training, ///< optimizer state or counters; to go on from it takes `weights` too
    Weights,  ///< a model or its state dict alone
    Stripped, ///< weights with an empty place for the optimizer: what a finished training leaves
    Other     ///< tensors, lists, settings: no checkpoint
};

/// Step and epoch, of the saved mapping itself or of one inside it that holds the training state ("state").
struct Counters {
    std::optional<qint64> step;
    std::optional<double> epoch;
};

struct TorchContent {
    Content content = Content::Unknown;
    bool optimizer = false; ///< a state that an optimizer can be given
    bool weights = false; ///< tensors that are no optimizer's and no random generator's
    Counters counters;
};
TorchContent contentOf(const Pickle &pickle);
Counters countersOf(const Pickle &pickle);

/// True for keys that hold more than weights: optimizer state, counters, scheduler.
bool isTrainingKey(const QByteArray &key);

/// A torch.nn.Module saved whole: an object whose state has parameters and submodules.
bool isModule(const Pickle &pickle, Pickle::Id id);

/// Classes and functions that a pickle names and that loading it would import or call. Cairn does neither; but a file that
/// runs somebody's code when a training loads it is no checkpoint to trust.
struct PickleGlobals {
    QList<QByteArray> unknown;      ///< "module.name", by first appearance, each once: not known to be harmless
    QList<QByteArray> modelClasses; ///< the user's own classes of modules saved whole, which loading only fills with state
};
PickleGlobals globalsOf(const Pickle &pickle);

} // namespace cairn::ckpt
