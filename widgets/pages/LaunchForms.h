// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Text.h"
#include "domain/Kinds.h"
#include "forms/ChoiceField.h"
#include "kit/Card.h"
#include "kit/Theme.h"

#include <QVBoxLayout>
#include <QVariant>

/// What the steps of LaunchPage share. Private to them.
namespace cairn::pages {

inline const QString none = QStringLiteral("-"); ///< a choice that is the lack of one

inline QWidget *column(const QList<QWidget *> &parts)
{
    auto *widget = new QWidget;
    auto *box = kit::vbox(kit::space::cards);
    box->setContentsMargins(kit::space::pageH, 0, kit::space::pageH, kit::space::pageV);
    for (QWidget *part : parts)
        box->addWidget(part);
    box->addStretch(1);
    widget->setLayout(box);
    return widget;
}

inline QString kindWord(JobKind kind)
{
    return kind == JobKind::MPIJobV2 ? QStringLiteral("MPIJob v2beta1") : facts(kind).resource.kind;
}

inline QList<forms::Option> named(const QStringList &names, const QString &noneText)
{
    QList<forms::Option> options;
    if (!noneText.isEmpty())
        options.append({none, noneText, {}, {}});
    for (const QString &name : names)
        options.append({name, text::safe(name), {}, {}});
    return options;
}

inline QVariant orNone(const QString &text)
{
    return text.isEmpty() ? none : text;
}

inline QString unlessNone(const QVariant &value)
{
    return value.toString() == none ? QString() : value.toString();
}

} // namespace cairn::pages
