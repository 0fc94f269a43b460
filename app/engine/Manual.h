// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCommandLineOption>
#include <QList>
#include <QPair>
#include <QString>

/// Manual pages out of the tables that the programs read their arguments by.
namespace cairn::app {

/// Terms with what they mean.
struct ManualSection {
    QString title; ///< "COMMANDS"
    QString text;  ///< a paragraph above the terms; may be empty
    QList<QPair<QString, QString>> terms;
};

struct Manual {
    QString program;  ///< "cairnctl"
    QString summary;  ///< for apropos: no full stop
    QString synopsis; ///< what follows the program's name
    QString description;
    QList<ManualSection> before; ///< stand above the options
    QList<QCommandLineOption> options;
    QList<ManualSection> after;
    QString seeAlso; ///< "kubectl(1)"
};

/// The page in section 1, as man(7) macros in UTF-8. Its date is that of SOURCE_DATE_EPOCH; without it there is none, so that
/// two builds of one source are alike.
QString toRoff(const Manual &manual);

} // namespace cairn::app
