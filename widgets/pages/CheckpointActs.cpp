// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/CheckpointActs.h"

#include "items/CheckpointTableModel.h"
#include "items/Roles.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Theme.h"
#include "views/DataTable.h"

#include <QAction>
#include <QHBoxLayout>
#include <QMenu>
#include <algorithm>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;

CheckpointActs::CheckpointActs(views::DataTable *table, QWidget *parent)
    : QWidget(parent)
    , m_table(table)
    , m_verify(new Button(tr("Verify fully…"), ButtonVariant::Link, Button::Size::Small))
    , m_compare(new Button(tr("Compare…"), ButtonVariant::Link, Button::Size::Small))
    , m_verifyAct(new QAction(tr("Verify the selected checkpoint fully…"), this))
    , m_compareAct(new QAction(tr("Compare the two checked checkpoints…"), this))
{
    m_verify->setObjectName(u"job.verify"_s);
    m_compare->setObjectName(u"job.compare"_s);
    m_verifyAct->setObjectName(u"job.verify.act"_s);
    m_compareAct->setObjectName(u"job.compare.act"_s);
    auto *row = hbox(10);
    row->addWidget(m_verify);
    row->addWidget(m_compare);
    row->setContentsMargins(10, 0, 0, 0);
    setLayout(row);
    table->installEventFilter(this);
    connect(m_verify, &QPushButton::clicked, this, &CheckpointActs::verify);
    connect(m_compare, &QPushButton::clicked, this, &CheckpointActs::compare);
    connect(m_verifyAct, &QAction::triggered, this, &CheckpointActs::verify);
    connect(m_compareAct, &QAction::triggered, this, &CheckpointActs::compare);
    connect(table, &views::DataTable::checkedChanged, this, &CheckpointActs::updateActs);
    connect(table, &views::DataTable::currentKeyChanged, this, &CheckpointActs::updateActs);
    connect(table, &views::DataTable::countsChanged, this, [this] {
        updateRoom();
        updateActs();
    });
    connect(table, &views::DataTable::menuRequested, this, &CheckpointActs::showMenu);
    bindTheme(this, [this] { updateRoom(); });
    updateActs();
}

bool CheckpointActs::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize)
        updateRoom();
    return QWidget::eventFilter(watched, event);
}

/// What is not there the menus and the keys do as well.
void CheckpointActs::updateRoom()
{
    const bool wide = m_table->width() >= scaled(760) && Theme::instance().textScale() < 1.5;
    setVisible(wide);
    if (!wide)
        m_table->setCheckedKeys({}); // nobody would see them
    m_table->setCheckable(wide);
    m_table->keepWhole(items::CheckpointTableModel::Step, 80);
}

void CheckpointActs::addTo(QMenu *menu)
{
    menu->addAction(m_verifyAct);
    menu->addAction(m_compareAct);
}

QList<QWidget *> CheckpointActs::stops() const
{
    return {m_verify, m_compare};
}

bool CheckpointActs::takeKey(const QString &key)
{
    if (key.compare(u"v"_s, Qt::CaseInsensitive) == 0)
        verify();
    else if (key.compare(u"c"_s, Qt::CaseInsensitive) == 0)
        compare();
    else
        return false;
    return true;
}

QStringList CheckpointActs::pair() const
{
    QStringList keys = m_table->checkedKeys();
    if (keys.isEmpty()) {
        const QModelIndex selected = m_table->indexOfKey(m_table->currentKey());
        const QModelIndex below = selected.siblingAtRow(selected.row() + 1);
        if (below.isValid())
            keys = {m_table->currentKey(), below.data(items::KeyRole).toString()};
    }
    if (keys.size() != 2)
        return {};
    // A is the lower one in the table, which is the older where the newest come first.
    std::ranges::sort(keys, {}, [this](const QString &key) { return -m_table->indexOfKey(key).row(); });
    return keys;
}

void CheckpointActs::updateActs()
{
    const QString none = m_table->currentKey().isEmpty() ? tr("Select a checkpoint.") : QString();
    m_verify->setRefusal(none);
    m_verifyAct->setEnabled(none.isEmpty());
    m_verifyAct->setToolTip(none.isEmpty() ? m_verifyAct->text() : none);
    const bool checked = !m_table->checkedKeys().isEmpty();
    m_compareAct->setText(checked ? tr("Compare the two checked checkpoints…") : tr("Compare with the checkpoint below it…"));
    const QString why = !pair().isEmpty() ? QString()
        : checked                         ? tr("Check exactly two checkpoints to compare them: Space checks the selected one.")
                                          : tr("There is no checkpoint below the selected one to compare it with.");
    m_compare->setRefusal(why);
    m_compareAct->setEnabled(why.isEmpty());
    m_compareAct->setToolTip(why.isEmpty() ? m_compareAct->text() : why);
}

void CheckpointActs::verify()
{
    if (const QString path = m_table->currentKey(); !path.isEmpty())
        emit verifyRequested(path);
}

void CheckpointActs::compare()
{
    if (const QStringList keys = pair(); !keys.isEmpty())
        emit compareRequested(keys[0], keys[1]);
}

void CheckpointActs::showMenu(const QPoint &at)
{
    const QString path = m_table->currentKey();
    if (path.isEmpty())
        return;
    updateActs();
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    connect(menu->addAction(tr("Resume from here…")), &QAction::triggered, this, [this, path] { emit resumeRequested(path); });
    connect(menu->addAction(tr("New job from it…")), &QAction::triggered, this, [this, path] { emit newJobRequested(path); });
    menu->addSeparator();
    addTo(menu);
    menu->popup(at);
}

} // namespace cairn::pages
