// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dialogs/ChangeDialog.h"

namespace cairn::dialogs {

/// What is asked before a failover test. Texts are safe to show.
struct FailoverAsk {
    QString component;
    QString warning;              ///< what the test does, and to whom
    QList<kit::CheckItem> checks; ///< as far as they were made
    bool checked = false;         ///< all of them
    bool feasible = false;
    std::optional<Error> error;   ///< the checks could not be made
};

/// Asks before the leader of a component is killed: what will happen, and what was checked. The act is off until all was checked, and
/// Enter never triggers it. GUI thread only.
class FailoverDialog : public ChangeDialog
{
    Q_OBJECT
public:
    explicit FailoverDialog(QWidget *parent = nullptr);

    void setAsk(const FailoverAsk &ask);

signals:
    /// Check again.
    void againRequested();

protected:
    void updateAct() override;

private:
    FailoverAsk m_ask;
    kit::Note *m_warning;
    kit::CheckList *m_checks;
    kit::Button *m_again;
};

} // namespace cairn::dialogs
