// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/KeysDialog.h"

#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Label.h"
#include "kit/Navigation.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QScrollArea>
#include <QVBoxLayout>

namespace cairn::dialogs {

using namespace Qt::StringLiterals;
using namespace cairn::kit;

KeysDialog::KeysDialog(const QList<KeySection> &sections, QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"keys"_s);
    setWindowTitle(tr("Keyboard shortcuts"));
    paintBackground(this, Token::Panel);
    auto *columns = hbox(36);
    columns->setContentsMargins(0, 0, 0, 0);
    QVBoxLayout *column = nullptr;
    const qsizetype perColumn = (sections.size() + 1) / 2;
    for (qsizetype i = 0; i < sections.size(); ++i) {
        if (i % perColumn == 0) {
            if (column)
                column->addStretch(1);
            column = vbox(6);
            columns->addLayout(column, 1);
        }
        column->addWidget(new Label(sections[i].title, Type::Section));
        auto *grid = new QGridLayout;
        grid->setHorizontalSpacing(12);
        grid->setVerticalSpacing(4);
        grid->setColumnStretch(1, 1);
        grid->setColumnMinimumWidth(0, scaled(112)); // "Ctrl Shift N": all second columns begin at one place
        for (int row = 0; row < sections[i].keys.size(); ++row) {
            const auto &[keys, what] = sections[i].keys[row];
            auto *hint = new KeyHint(keys);
            hint->setAccessibleName(tr("%1: %2", "key, what it does").arg(keys, what));
            grid->addWidget(hint, row, 0, Qt::AlignLeft | Qt::AlignVCenter);
            grid->addWidget(new Label(what), row, 1);
        }
        column->addLayout(grid);
        column->addSpacing(10);
    }
    if (column)
        column->addStretch(1);
    auto *content = new QWidget;
    content->setLayout(columns);
    QScrollArea *scroll = scrollDown(content);
    // Nothing in it takes the focus, and what does not fit must still be reached by key.
    scroll->setFocusPolicy(Qt::StrongFocus);
    scroll->setAccessibleName(windowTitle());
    auto *close = new Button(tr("Close"), ButtonVariant::Primary);
    close->setObjectName(u"keys.close"_s);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    auto *foot = hbox(10);
    foot->addStretch(1);
    foot->addWidget(close);
    auto *box = vbox(space::cards);
    box->setContentsMargins(22, 20, 22, 18);
    box->addWidget(new Label(windowTitle(), Type::PageTitle));
    box->addWidget(scroll, 1);
    box->addLayout(foot);
    setLayout(box);
    close->setFocus(Qt::OtherFocusReason);
    resize(scaled(760), scaled(560));
}

} // namespace cairn::dialogs
