// SPDX-License-Identifier: GPL-3.0-or-later
#include "editors/CodeFoot.h"

#include "base/Text.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Paint.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace cairn::editors {

using namespace Qt::StringLiterals;
using kit::color;
using kit::Token;
using kit::Type;

namespace {

/// A row on its own ground with a hairline above.
class FootRow : public QWidget {
public:
    FootRow(Token ground, int vertical)
        : m_ground(ground)
    {
        auto *row = kit::hbox(8);
        row->setContentsMargins(14, vertical + 1, 14, vertical);
        setLayout(row);
    }
    QHBoxLayout *row() const { return static_cast<QHBoxLayout *>(layout()); }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.fillRect(rect(), color(m_ground));
        kit::paint::hairline(painter, rect(), Qt::TopEdge, color(Token::Line));
    }

private:
    Token m_ground;
};

} // namespace

CodeFoot::CodeFoot(QWidget *parent)
    : QWidget(parent)
    , m_sign(new kit::Sign(kit::Tone::Err))
    , m_place(new kit::Button({}, kit::ButtonVariant::Link, kit::Button::Size::Small))
    , m_message(new kit::ElidedLabel({}, Type::Body, Token::Text, Qt::ElideRight))
    , m_source(new kit::Label({}, Type::Meta, Token::Dim))
    , m_layers(new kit::SignLine)
    , m_cursor(new kit::Label({}, Type::MetaNumber, Token::Dim))
{
    auto *problem = new FootRow(Token::Panel, 3);
    problem->row()->addWidget(m_sign);
    problem->row()->addWidget(m_place);
    problem->row()->addWidget(m_message, 1);
    problem->row()->addWidget(m_source);
    auto *status = new FootRow(Token::Bg, 4);
    status->row()->addWidget(m_layers, 1);
    status->row()->addWidget(m_cursor);
    m_problemRow = problem;
    m_statusRow = status;
    auto *column = kit::vbox(0);
    column->addWidget(m_problemRow);
    column->addWidget(m_statusRow);
    setLayout(column);
    m_problemRow->hide();
    connect(m_place, &QPushButton::clicked, this, &CodeFoot::problemPressed);
    setCursor(CodePlace());
}

void CodeFoot::setProblem(const std::optional<CodeProblem> &problem, int index, int count)
{
    m_problemRow->setVisible(problem.has_value());
    if (!problem)
        return;
    m_sign->set(problem->tone);
    const QString place = QStringLiteral("%1:%2").arg(problem->place.line + 1).arg(problem->place.column + 1);
    m_place->setText(place);
    const QString message = text::safe(problem->message);
    m_place->setAccessibleName(
        tr("Problem %1 of %2, line %3: %4").arg(index + 1).arg(count).arg(problem->place.line + 1).arg(message));
    m_message->setText(message);
    QStringList aside;
    if (count > 1)
        aside.append(tr("%1 of %2", "number of a problem, how many").arg(index + 1).arg(count));
    if (!problem->source.isEmpty())
        aside.append(text::safe(problem->source));
    m_source->setText(aside.join(u" · "_s));
}

void CodeFoot::setLayers(const QList<CodeLayer> &layers)
{
    QList<std::pair<kit::Tone, QString>> findings;
    for (const CodeLayer &layer : layers)
        findings.append({layer.tone, text::safe(layer.text)});
    m_layers->set(findings);
}

void CodeFoot::setCursor(CodePlace place)
{
    m_cursor->setText(tr("Ln %1, Col %2", "line and column of the cursor").arg(place.line + 1).arg(place.column + 1));
}

void CodeFoot::setStatusShown(bool shown)
{
    m_statusRow->setVisible(shown);
}

} // namespace cairn::editors
