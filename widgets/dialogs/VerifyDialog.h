// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Error.h"
#include "checkpoints/Verify.h"

#include <QDialog>
#include <chrono>
#include <optional>

namespace cairn::kit {
class Button;
class Label;
class Paragraph;
class StateView;
class UsageBar;
} // namespace cairn::kit
namespace cairn::items {
class VerificationTableModel;
}
namespace cairn::views {
class DataTable;
}

namespace cairn::dialogs {

/// A checkpoint that may be read to its last byte. Texts are raw.
struct VerifyView {
    QString name;        ///< "step 4 000", or its path where the step is unknown
    QString path;
    qint64 bytes = 0;
    int files = 0;
    QString how;         ///< a sentence: where it is read, and what that costs; safe to show
    QString refusal;     ///< why it cannot be begun now; "" where it can
};

/// Asks whether a checkpoint is read fully, shows how far that is, and what came of it, file by file. Closing it does not stop what runs.
/// Show it with open(). GUI thread only.
class VerifyDialog : public QDialog
{
    Q_OBJECT
public:
    explicit VerifyDialog(const VerifyView &view, QWidget *parent = nullptr);

    QString path() const { return m_view.path; }
    void setRefusal(const QString &why);
    void setRunning(const ckpt::VerifyState &state, std::chrono::milliseconds since);
    void setResult(const Verification &verification, const QDateTime &now);
    /// `error` of Kind::Cancelled says that alone.
    void setFailed(const Error &error);
    /// "49.1 of 119.7 GiB · 402 MiB/s · 3 min left", as far as it can be told.
    static QString progressText(const ckpt::VerifyState &state, std::chrono::milliseconds since);

signals:
    void verifyRequested();
    void cancelRequested();

private:
    void setRunningNow(bool running);

    const VerifyView m_view;
    kit::Paragraph *m_sentence;
    kit::UsageBar *m_bar;
    kit::Label *m_progress;
    kit::StateView *m_state;
    views::DataTable *m_table;
    items::VerificationTableModel *m_files;
    kit::Button *m_close;
    kit::Button *m_cancel;
    kit::Button *m_verify;
};

} // namespace cairn::dialogs
