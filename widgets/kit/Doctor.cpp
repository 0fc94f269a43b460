// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/Label.h"
#include "kit/Messages.h"
#include "kit/Paint.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace cairn::kit {

namespace {

/// One step: the numbered disc and the joining line are painted at the left of its content.
class StepRow : public QWidget {
public:
    StepRow(int number, bool last, DoctorStep::State state)
        : m_number(number)
        , m_last(last)
        , m_state(state)
    {
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const int side = scaled(22);
        const QRectF disc(0, 0, side, side);
        if (!m_last)
            painter.fillRect(QRectF(side / 2.0 - 1, side, 2, height() - side), color(Token::Line));
        const qreal inset = side * 0.31;
        const QRectF sign = disc.adjusted(inset, inset, -inset, -inset);
        switch (m_state) {
        case DoctorStep::State::Done:
            paint::box(painter, disc, side / 2.0, color(Token::OkBg), Qt::transparent);
            paint::glyph(painter, sign, paint::Glyph::Tick, color(Token::Ok), 1.7);
            break;
        case DoctorStep::State::Failed:
            paint::box(painter, disc, side / 2.0, color(Token::Err), Qt::transparent);
            paint::glyph(painter, sign, paint::Glyph::Cross, color(Token::Panel), 1.7);
            break;
        case DoctorStep::State::Warn:
            paint::box(painter, disc, side / 2.0, color(Token::WarnBg), Qt::transparent);
            paint::glyph(painter, sign, paint::Glyph::Bang, color(Token::Warn), 1.7);
            break;
        case DoctorStep::State::Running:
            paint::box(painter, disc, side / 2.0, color(Token::AccentBg), Qt::transparent);
            paint::glyph(painter, sign, paint::Glyph::Spinner, color(Token::Accent), 1.7);
            break;
        case DoctorStep::State::Waiting:
            paint::box(painter, disc, side / 2.0, color(Token::IdleBg), Qt::transparent);
            paint::text(painter, disc.toRect(), QString::number(m_number), typeFont(Type::MetaStrong),
                color(Token::Idle), Qt::AlignCenter);
            break;
        }
    }

private:
    int m_number;
    bool m_last;
    DoctorStep::State m_state;
};

} // namespace

DoctorSteps::DoctorSteps(QWidget *parent)
    : QWidget(parent)
{
    setLayout(vbox(0));
}

QWidget *DoctorSteps::makeFixes(const DoctorStep &step)
{
    auto *card = new Card;
    card->setTokens(step.state == DoctorStep::State::Failed ? Token::Err : Token::Warn, Token::Bg);
    card->setRadius(radius::inner);
    card->body()->setContentsMargins(13, 10, 13, 10);
    card->body()->setSpacing(2);
    if (!step.why.isEmpty()) {
        card->body()->addWidget(new Label(tr("Why"), Type::BodyStrong));
        card->body()->addWidget(new Paragraph(step.why, Type::Body, Token::Dim));
    }
    if (!step.whyCode.isEmpty())
        card->body()->addWidget(new ElidedLabel(step.whyCode, Type::Mono, Token::Text));
    if (!step.fixes.isEmpty()) {
        card->body()->addSpacing(6);
        card->body()->addWidget(new Label(tr("Fix"), Type::BodyStrong));
    }
    bool first = true;
    for (const DoctorStep::Fix &fix : step.fixes) {
        auto *row = hbox(10);
        row->addWidget(new Paragraph(fix.text, Type::Body, first ? Token::Text : Token::Dim), 1, Qt::AlignVCenter);
        if (!fix.button.isEmpty()) {
            auto *button = new Button(
                fix.button, fix.primary ? ButtonVariant::Primary : ButtonVariant::Normal, Button::Size::Small);
            connect(button, &QPushButton::clicked, this,
                [this, id = step.id, fixId = fix.id] { emit triggered(id, fixId); });
            row->addWidget(button, 0, Qt::AlignTop);
        }
        card->body()->addLayout(row);
        if (!fix.code.isEmpty())
            card->body()->addWidget(new ElidedLabel(fix.code, Type::MonoSmall, Token::Dim));
        if (&fix != &step.fixes.last())
            card->body()->addSpacing(3);
        first = false;
    }
    return card;
}

void DoctorSteps::setSteps(const QList<DoctorStep> &steps)
{
    for (QWidget *row : std::as_const(m_rows)) {
        layout()->removeWidget(row);
        row->hide();
        row->deleteLater();
    }
    m_rows.clear();
    for (qsizetype i = 0; i < steps.size(); ++i) {
        const DoctorStep &step = steps[i];
        auto *row = new StepRow(static_cast<int>(i) + 1, i + 1 == steps.size(), step.state);
        auto *column = vbox(1);
        column->setContentsMargins(scaled(36), 1, 0, i + 1 == steps.size() ? 0 : 12);
        auto *head = hbox(10);
        const bool waits = step.state == DoctorStep::State::Waiting;
        head->addWidget(
            new Label(step.title, waits ? Type::Body : Type::BodyStrong, waits ? Token::Dim : Token::Text), 1);
        const bool failed = step.state == DoctorStep::State::Failed;
        head->addWidget(new Label(step.aside, Type::Meta, failed ? Token::Err : Token::Dim));
        column->addLayout(head);
        if (!step.detail.isEmpty())
            column->addWidget(new Paragraph(step.detail, Type::Meta, Token::Dim));
        if ((failed || step.state == DoctorStep::State::Warn) && (!step.why.isEmpty() || !step.fixes.isEmpty())) {
            column->addSpacing(7);
            column->addWidget(makeFixes(step));
        }
        row->setLayout(column);
        row->setAccessibleName(tr("Step %1, %2: %3", "number, title, result").arg(i + 1).arg(step.title, step.aside));
        layout()->addWidget(row);
        m_rows.append(row);
    }
}

} // namespace cairn::kit
