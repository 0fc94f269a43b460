// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dialogs/AskDialog.h"

namespace cairn::forms {
class Form;
class TextField;
} // namespace cairn::forms

namespace cairn::dialogs {

/// A test of a PVC from two nodes, as it would be run. Raw.
struct ProofView {
    QString ns;
    QString claim;
    QString image; ///< "" where none is known: then it has to be typed
    qint64 user = 0;
    qint64 bytes = 0; ///< that each pod writes
};

/// Asks whether a PVC may be tested from two nodes, and what runs there. actRequested() comes only with an image and a user that can
/// be. Show it with open(). GUI thread only.
class ProofDialog : public AskDialog {
    Q_OBJECT

public:
    explicit ProofDialog(const ProofView &view, QWidget *parent = nullptr);
    QString image() const;
    qint64 user() const;

private:
    forms::TextField *m_image;
    forms::TextField *m_user;
};

} // namespace cairn::dialogs
