// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <span>

/// How the training of each framework is told where to begin: one row a framework, in ResumeSwitch.cpp. Nothing else knows
/// a framework by name. Pure functions, any thread.
namespace cairn::jobs {

/// What is begun at a checkpoint: the same run goes on (optimizer, step, data), or a new run begins with its weights.
/// These are two acts with two words everywhere: "resume" and "start from these weights".
enum class Act { Resume, StartFromWeights };

/// Templates are words split at blanks, as in the annotation resume-by: {path}, {dir}, {name}, {step}, {save}. Regular
/// expressions see the words of the command line in one text, with a blank before and after each, and "_" for "-" in the
/// names of options.
struct ResumeSwitch {
    const char *framework;      ///< as people write it
    const char *formats = "";   ///< Checkpoint::format of what it saves, separated by blanks
    const char *signs = "";     ///< by these a command line shows it; "": none does
    const char *withFormat = ""; ///< these are enough where the checkpoint is of such a format
    const char *chosen = "";    ///< goes on from a chosen checkpoint; "": it cannot be told one, see `why`
    const char *newest = "";    ///< makes it take the newest of its save folder by itself; "": it does anyway, or never
    const char *weights = "";   ///< begins a new run with the weights alone; "": it cannot
    const char *save = "";      ///< where it saves
    int levels = 1;             ///< without `chosen`: the folder that `save` names is so many levels above a checkpoint, and
                                ///< may be one that holds a copy of the chosen one alone; 0: such a copy does not help
    bool restartsFromNamed = true; ///< every start of a pod begins at the named one again, even if the folder holds newer ones
    bool passedOn = false;      ///< the framework does not read it by itself: the script has to pass it on
    bool wraps = false;         ///< the wrapper knows its checkpoints (Wrapper.h)
    const char *why = "";       ///< why no checkpoint can be chosen, or what the script itself must do; to be translated
    const char *care = "";      ///< what people stumble over, told with every plan; to be translated
};

/// All, in the order in which they are asked: whoever builds on another comes before it.
std::span<const ResumeSwitch> resumeSwitches();

/// The framework that the command line shows, or that the format of the checkpoint together with it does; nullptr for none.
const ResumeSwitch *switchOf(const QStringList &words, const QString &format);
/// The framework that saves this format, whatever the command line says; nullptr for none.
const ResumeSwitch *switchByFormat(const QString &format);

QStringList templateWords(const char *text);
/// `text` of a row in the language of the user.
QString translated(const char *text);

} // namespace cairn::jobs
