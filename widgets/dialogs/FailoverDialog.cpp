// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/FailoverDialog.h"

#include "kit/Label.h"

#include <QVBoxLayout>

namespace cairn::dialogs {

using namespace Qt::StringLiterals;
using namespace cairn::kit;

FailoverDialog::FailoverDialog(QWidget *parent)
    : ChangeDialog(u"failoverTest"_s, ButtonVariant::DangerPrimary, parent)
{
    auto *content = vbox(space::cards);
    m_warning = new Note(Tone::Err, {});
    m_warning->setObjectName(u"failoverTest.warning"_s);
    content->addWidget(m_warning);
    content->addWidget(new Label(tr("Checks"), Type::Section));
    m_checks = new CheckList;
    m_checks->setObjectName(u"failoverTest.checks"_s);
    m_checks->setAccessibleName(tr("Checks"));
    content->addWidget(m_checks);
    content->addWidget(new Paragraph(tr("How long nobody leads is measured, and until the component works and has a standby again. The result is kept on this computer."),
                                     Type::Meta, Token::Dim));
    content->addStretch(1);
    m_again = addButton(u"again"_s, tr("Check again"));
    connect(m_again, &QPushButton::clicked, this, &FailoverDialog::againRequested);
    setContent(content, true);
    resize(scaled(620), scaled(560));
    setAsk({});
}

void FailoverDialog::setAsk(const FailoverAsk &ask)
{
    m_ask = ask;
    setHead(tr("Failover test of %1").arg(ask.component), tr("Kills the pod that leads, for real."));
    m_warning->setVisible(!ask.warning.isEmpty());
    m_warning->setText(ask.warning);
    QList<CheckItem> items = ask.checks;
    if (ask.error)
        items.append({u"error"_s, CheckItem::State::Err, ask.error->what, ask.error->why + (ask.error->fix.isEmpty() ? QString() : u' ' + ask.error->fix), {}, {}});
    else if (!ask.checked)
        items.append({u"checking"_s, CheckItem::State::Running, tr("Checking…"), {}, {}, {}});
    m_checks->setItems(items);
    m_again->setRefusal(ask.checked || ask.error ? QString() : tr("Checking…"));
    setAnswered();
    updateAct();
}

void FailoverDialog::updateAct()
{
    const QString why = m_ask.error                        ? tr("The checks could not be made.")
        : !m_ask.checked                                   ? tr("Checking…")
        : !m_ask.feasible                                  ? tr("A check failed.")
                                                           : QString();
    setAct(tr("Kill the leader"), why);
}

} // namespace cairn::dialogs
