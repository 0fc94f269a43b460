// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "items/BulkTableModel.h"

#include <QList>
#include <QString>

namespace cairn::dialogs {

/// Everything the bulk dialog shows. Texts are safe to show.
struct BulkView {
    enum class Stage {
        Checking, ///< jobs are read and the server tries each change
        Ready,    ///< the act may be asked for, if any job would be acted on
        Running,
        Ended,
    };
    Stage stage = Stage::Checking;
    jobs::BulkAct act = jobs::BulkAct::Suspend;
    QList<items::BulkRow> rows;
    int total = 0;
    int looked = 0;      ///< while Checking
    int acting = 0;      ///< jobs that will be acted on
    int leftOut = 0;     ///< jobs with nothing to do, or refused
    int losing = 0;      ///< of those that will be acted on: train now and would lose work
    QString lost;        ///< "61.2 GPU-h of 3 jobs …"; "" where nothing is lost
    QString stays;       ///< what is not deleted; "" when not deleting
    int done = 0;        ///< while Running and after
    int failed = 0;
    int stopped = 0;
};

} // namespace cairn::dialogs
