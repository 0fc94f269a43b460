// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/LeaveDialog.h"

#include "kit/Announce.h"
#include "kit/Card.h"
#include "kit/Label.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace cairn::dialogs {

using namespace Qt::StringLiterals;
using namespace cairn::kit;

LeaveDialog::LeaveDialog(QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"leave"_s);
    paintBackground(this, Token::Panel);
    m_title = new Label({}, Type::PageTitle);
    m_title->setObjectName(u"leave.title"_s);
    m_title->setWordWrap(true);
    m_sentence = new Paragraph({}, Type::Body, Token::Dim);
    m_changes = new CheckList;
    m_changes->setObjectName(u"leave.changes"_s);
    m_changes->setAccessibleName(tr("Changes under way"));
    m_later = new Paragraph(tr("If left for later, a job stays as it is now, possibly suspended. Every Cairn then lists it first on the "
                               "Overview, with Finish and Roll back."),
                            Type::Meta, Token::Dim);

    m_keep = new Button(tr("Keep the window open"));
    m_keep->setObjectName(u"leave.keep"_s);
    m_leave = new Button(tr("Leave for later"));
    m_leave->setObjectName(u"leave.later"_s);
    m_rollBack = new Button(tr("Roll back"));
    m_rollBack->setObjectName(u"leave.rollBack"_s);
    m_stay = new Button(tr("Stay until done"), ButtonVariant::Primary);
    m_stay->setObjectName(u"leave.stay"_s);
    for (Button *button : {m_keep, m_leave, m_rollBack})
        button->setAutoDefault(false);
    m_stay->setDefault(true);

    auto *box = vbox(space::cards);
    box->setContentsMargins(22, 20, 22, 18);
    auto *head = vbox(2);
    head->addWidget(m_title);
    head->addWidget(m_sentence);
    box->addLayout(head);
    box->addWidget(m_changes);
    box->addWidget(m_later);
    box->addStretch(1);
    auto *foot = hbox(10);
    foot->addWidget(m_keep);
    foot->addStretch(1);
    foot->addWidget(m_leave);
    foot->addWidget(m_rollBack);
    foot->addWidget(m_stay);
    box->addLayout(foot);
    setLayout(box);
    resize(scaled(620), sizeHint().height());

    connect(m_keep, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_leave, &QPushButton::clicked, this, &LeaveDialog::leaveRequested);
    connect(m_rollBack, &QPushButton::clicked, this, &LeaveDialog::rollBackRequested);
    connect(m_stay, &QPushButton::clicked, this, &LeaveDialog::stayRequested);
    setView({});
    m_stay->setFocus(Qt::OtherFocusReason);
}

void LeaveDialog::setView(const LeaveView &view)
{
    using Stage = LeaveView::Stage;
    QString title;
    QString sentence;
    switch (view.stage) {
    case Stage::Asking:
        title = tr("%n change(s) under way", nullptr, static_cast<int>(view.changes.size()));
        sentence = view.halfDone ? tr("Closing Cairn now would leave a change half done on the cluster.")
                                 : tr("Nothing is half done on the cluster: only the effect is still being watched.");
        break;
    case Stage::Staying:
        title = tr("Closing when finished");
        sentence = tr("Cairn closes as soon as this is done.");
        break;
    case Stage::RollingBack:
        title = tr("Rolling back");
        sentence = tr("Cairn closes as soon as everything is rolled back.");
        break;
    case Stage::Leaving:
        title = tr("Stopping");
        sentence = tr("Cairn closes in a moment.");
        break;
    }
    const bool changed = m_title->text() != title;
    m_title->setText(title);
    setWindowTitle(title);
    m_sentence->setText(sentence);
    m_changes->setItems(view.changes);
    const bool mayLeave = view.stage != Stage::Leaving;
    m_later->setVisible(mayLeave && view.leavesRecords);
    m_leave->setVisible(mayLeave);
    m_leave->setText(!view.halfDone ? tr("Close now") : view.leavesRecords ? tr("Leave for later") : tr("Stop here"));
    m_rollBack->setVisible(view.canRollBack && (view.stage == Stage::Asking || view.stage == Stage::Staying));
    m_stay->setVisible(view.stage == Stage::Asking);
    m_keep->setVisible(view.stage != Stage::Leaving);
    if (changed)
        announce(m_title, title);
}

} // namespace cairn::dialogs
