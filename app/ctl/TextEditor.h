// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"

#include <QByteArray>
#include <QString>

class QTemporaryFile;

namespace cairn::ctl {

/// A text in a private file (0600) that is removed in the end, unless it is kept for its author. One thread.
class DraftFile {
public:
    DraftFile();
    ~DraftFile();
    Q_DISABLE_COPY_MOVE(DraftFile)

    Result<> write(const QByteArray &text);
    /// Lets the user's editor (VISUAL, else EDITOR, else vi) change it, on the terminal; returns the text as it is then.
    /// Waits for the editor however long that takes.
    Result<QByteArray> edit();
    /// Leaves the file, and says where it is. "" where there is none.
    QString keep();

private:
    std::unique_ptr<QTemporaryFile> m_file;
};

/// Whether somebody can be asked, and use an editor: standard input, output and error are a terminal.
bool onTerminal();
/// Asks on the terminal; only "y" and "yes" are a yes.
bool agrees(const QString &question);

} // namespace cairn::ctl
