// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/WizardPage.h"

#include "base/Text.h"
#include "forms/LiveSplit.h"
#include "kit/Announce.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Label.h"
#include "kit/Theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QResizeEvent>
#include <QScrollArea>
#include <QShortcut>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;

/// Title and answer. Of one width it only grows: what stands below it stays where it is.
class WizardHead : public QWidget {
public:
    WizardHead()
    {
        bindTheme(this, [this] { forget(); });
    }
    void forget()
    {
        m_least = 0;
        keep(0);
    }
    /// `spare`: px that will be needed soon.
    void keep(int spare)
    {
        const int high = layout() ? layout()->totalHeightForWidth(width()) : 0;
        m_least = std::max(m_least, high + spare);
        setMinimumHeight(m_least);
    }

protected:
    void resizeEvent(QResizeEvent *event) override
    {
        QWidget::resizeEvent(event);
        if (event->size().width() != event->oldSize().width())
            forget();
    }

private:
    int m_least = 0;
};

WizardPage::WizardPage(const QString &name, const QString &title, const QString &from, QWidget *parent)
    : QWidget(parent)
    , m_title(title)
    , m_steps(new forms::StepList(title))
    , m_top(new WizardHead)
    , m_head(new Label({}, Type::PageTitle))
    , m_subtitle(new ElidedLabel({}, Type::Body, Token::Dim, Qt::ElideRight))
    , m_answer(new Paragraph({}, Type::StateTitle))
    , m_detail(new Paragraph({}, Type::Body, Token::Dim))
    , m_forms(new QStackedWidget)
    , m_formSide(new QWidget)
    , m_whole(vbox(0))
    , m_foot(new QWidget)
    , m_discard(new Button(tr("Discard…")))
    , m_note(new ElidedLabel({}, Type::Body, Token::Dim, Qt::ElideRight))
    , m_back(new Button(tr("Back")))
    , m_next(new Button({}, ButtonVariant::Primary))
    , m_lastBox(hbox(10))
    , m_last(new QWidget)
{
    setProperty("focusRing", false); // it takes the focus for its keys alone
    setObjectName(name);
    setAccessibleName(title);
    m_steps->setObjectName(name + u".steps"_s);
    m_steps->setBack(from);
    m_answer->setObjectName(name + u".answer"_s);
    m_discard->setObjectName(name + u".discard"_s);
    m_back->setObjectName(name + u".back"_s);
    m_next->setObjectName(name + u".next"_s);

    auto *head = vbox(4);
    head->setContentsMargins(space::pageH, space::pageV, space::pageH, 10);
    auto *line = hbox(10);
    line->addWidget(m_head);
    line->addWidget(m_subtitle, 1);
    head->addLayout(line);
    head->addWidget(m_answer);
    head->addWidget(m_detail);
    head->addStretch(1);
    m_top->setLayout(head);
    auto *side = vbox(0);
    side->addWidget(m_top);
    side->addWidget(m_forms, 1);
    m_formSide->setLayout(side);

    m_last->setLayout(m_lastBox);
    m_last->hide();
    auto *footRow = hbox(10);
    footRow->setContentsMargins(space::pageH, 10, space::pageH, 10);
    footRow->addWidget(m_discard);
    footRow->addWidget(m_note, 1);
    footRow->addWidget(m_back);
    footRow->addWidget(m_next);
    footRow->addWidget(m_last);
    m_foot->setLayout(footRow);
    paintBackground(m_foot, Token::Panel);
    m_whole->addWidget(new Line);
    m_whole->addWidget(m_foot);
    setLayout(m_whole);

    connect(m_steps, &forms::StepList::stepRequested, this, &WizardPage::showStep);
    connect(m_steps, &forms::StepList::backRequested, this, &WizardPage::leaveRequested);
    connect(m_discard, &QPushButton::clicked, this, &WizardPage::discardRequested);
    connect(m_back, &QPushButton::clicked, this, [this] { showStep(currentStep() - 1); });
    connect(m_next, &QPushButton::clicked, this, &WizardPage::goOn);
    for (const Qt::Key key : {Qt::Key_Return, Qt::Key_Enter}) {
        auto *next = new QShortcut(QKeySequence(Qt::CTRL | key), this);
        next->setContext(Qt::WidgetWithChildrenShortcut);
        connect(next, &QShortcut::activated, this, &WizardPage::goOn);
    }
}

WizardPage::~WizardPage()
{
    // The sidebar may be its parent by now.
    delete m_steps.data();
}

void WizardPage::setLive(forms::LivePane *live, const QString &title, int formMost)
{
    m_live = live;
    auto *split = new forms::LiveSplit(m_formSide, live, title);
    split->setFormMost(formMost);
    m_whole->insertWidget(0, split, 1);
}

void WizardPage::addStep(const forms::Step &step, const QString &subtitle, QWidget *form)
{
    QList<forms::Step> steps = m_steps->steps();
    steps.append(step);
    m_steps->setSteps(steps);
    m_entries.append({step.title, subtitle});
    QScrollArea *scroll = scrollDown(form);
    scroll->setAccessibleName(step.title);
    m_forms->addWidget(scroll);
    if (m_entries.size() == 1)
        showStep(0);
    else
        updateFoot();
}

void WizardPage::setStepState(const QString &id, forms::Step::State state, const QString &detail)
{
    m_steps->setState(id, state, detail);
}

int WizardPage::currentStep() const
{
    return m_forms->currentIndex();
}

void WizardPage::showStep(int index)
{
    if (index < 0 || index >= m_entries.size())
        return;
    m_forms->setCurrentIndex(index);
    m_steps->setCurrent(index);
    m_head->setText(m_entries[index].title);
    m_subtitle->setText(m_entries[index].subtitle);
    m_refusal.clear();
    m_top->forget();
    updateFoot();
    shown(index);
    emit stepShown(index);
}

void WizardPage::goOn()
{
    if (m_refusal.isEmpty())
        showStep(currentStep() + 1);
}

void WizardPage::updateFoot()
{
    const int index = currentStep();
    const bool last = index == m_entries.size() - 1;
    m_back->setVisible(index > 0);
    m_next->setVisible(!last);
    m_last->setVisible(last);
    if (!last && index >= 0)
        m_next->setText(tr("Next: %1", "title of the step").arg(m_entries[index + 1].title.toLower()));
    m_next->setRefusal(m_refusal);
}

void WizardPage::setAnswer(const QString &answer, const QString &detail, bool pending)
{
    m_answer->setText(answer);
    m_detail->setText(detail);
    m_detail->setVisible(!detail.isEmpty());
    m_top->keep(pending ? lineHeight(Type::StateTitle) : 0);
}

void WizardPage::setNote(const QString &note)
{
    m_note->setText(note);
}

void WizardPage::setNextRefusal(const QString &why)
{
    m_refusal = why;
    updateFoot();
}

void WizardPage::setLastButtons(const QList<QWidget *> &buttons)
{
    while (QLayoutItem *item = m_lastBox->takeAt(0)) {
        if (item->widget())
            item->widget()->hide();
        delete item;
    }
    for (QWidget *button : buttons) {
        m_lastBox->addWidget(button);
        button->show();
    }
}

void WizardPage::setDraft(const QDateTime &saved, const QDateTime &now, const QDateTime &read)
{
    QStringList lines;
    if (read.isValid())
        lines.append(tr("Cluster read %1").arg(text::ago(read, now)));
    if (saved.isValid())
        lines.append(tr("Draft saved %1").arg(text::ago(saved, now)));
    m_steps->setFoot(lines.join(u'\n'));
}

void WizardPage::setDraftProblem(const QString &why)
{
    m_steps->setFoot(why);
}

void WizardPage::keyPressEvent(QKeyEvent *event)
{
    // Fields take their own Esc first.
    if (event->key() == Qt::Key_Escape) {
        emit leaveRequested();
        event->accept();
        return;
    }
    QWidget::keyPressEvent(event);
}

} // namespace cairn::pages
