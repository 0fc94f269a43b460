// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/Roles.h"

#include <QList>
#include <QString>
#include <QStringList>

namespace cairn::items {

/// One remedy of a failed step: a sentence and a button.
struct DoctorRemedy {
    enum class Act {
        CopyCommand,    ///< puts `value` on the clipboard
        AddFolder,      ///< adds the folder `value` to the PATH Cairn runs plugins with
        AllowProgram,   ///< agrees to run the exec command; `value` is what will run, shown in full
        OpenUrl,        ///< opens `value`
        ChooseFile,     ///< lets the user pick another kubeconfig file
        RunAgain        ///< repeats the check
    };
    Act act = Act::CopyCommand;
    QString id;         ///< handed back with the act; the caller's own
    QString text;       ///< "Add this folder for Cairn only"
    QString button;     ///< "" uses the usual name of the act
    QString value;      ///< command, folder or argv; shown in the code font
    bool primary = false;
};

struct DoctorStepView {
    enum class State { Done, Warning, Failed, Waiting, Running };
    State state = State::Waiting;
    QString title;      ///< "Exec plugin found"
    QString result;     ///< right-aligned: "3 ms", "failed", "waits for step 2"
    QString detail;     ///< one sentence under the title
    QString why;        ///< of a failed or warning step
    QString whyCode;    ///< path or line belonging to `why`, code font
    QList<DoctorRemedy> remedies;
};

/// The sign-in doctor's panel for one context. Texts are safe to show and hold no secret.
struct DoctorView {
    QString contextId;
    QString contextName;
    TagValue verdict;   ///< "Stopped at step 2 of 6"
    QString summary;    ///< the one sentence under the title
    QList<DoctorStepView> steps;
    QString report;     ///< plain text for "Copy report", without secrets
    bool running = false;
};

} // namespace cairn::items
