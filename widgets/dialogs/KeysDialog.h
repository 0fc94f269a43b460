// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

namespace cairn::dialogs {

/// A heading and its keys: "Ctrl K" and what it does.
struct KeySection {
    QString title;
    QList<std::pair<QString, QString>> keys;
};

/// The keyboard shortcuts at a glance. Show it with open().
class KeysDialog : public QDialog
{
    Q_OBJECT
public:
    explicit KeysDialog(const QList<KeySection> &sections, QWidget *parent = nullptr);
};

} // namespace cairn::dialogs
