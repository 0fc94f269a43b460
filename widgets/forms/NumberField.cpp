// SPDX-License-Identifier: GPL-3.0-or-later
#include "forms/NumberField.h"

#include "domain/FieldText.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Paint.h"

#include <QAbstractButton>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <cmath>

namespace cairn::forms {

using namespace Qt::StringLiterals;
using kit::color;
using kit::scaled;
using kit::Token;
using kit::Type;

/// − or +: for the pointer; the keyboard has the arrows.
class StepButton : public QAbstractButton {
public:
    explicit StepButton(bool more)
        : m_more(more)
    {
        setFocusPolicy(Qt::NoFocus);
        setAutoRepeat(true);
        setAttribute(Qt::WA_Hover);
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const bool hot = isEnabled() && (underMouse() || isDown());
        const qreal half = scaled(8) / 2.0;
        const QPointF middle = QRectF(rect()).center();
        painter.setPen(QPen(color(!isEnabled() ? Token::Faint : hot ? Token::Text : Token::Dim), 1.3, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(middle - QPointF(half, 0), middle + QPointF(half, 0));
        if (m_more)
            painter.drawLine(middle - QPointF(0, half), middle + QPointF(0, half));
    }

private:
    bool m_more;
};

NumberField::NumberField(const QString &name, const QString &unit, Look look, QWidget *parent)
    : Field(name, parent)
    , m_look(look)
    , m_input(new kit::Input(name))
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    m_input->setType(look == Look::Stepper ? Type::NumberStrong : Type::Number);
    m_input->setAlignment(look == Look::Stepper ? Qt::AlignCenter : Qt::AlignRight);
    m_input->setMaxLength(32);
    m_input->setPlaceholderText(u"–"_s);
    m_input->setAccessibleName(unit.isEmpty() ? name : tr("%1, in %2", "field, unit").arg(name, unit));
    auto *row = kit::hbox(look == Look::Stepper ? 0 : 8);
    if (look == Look::Stepper) {
        m_input->setFrame(false);
        m_less = new StepButton(false);
        m_more = new StepButton(true);
        m_less->setAccessibleName(tr("Decrease"));
        m_more->setAccessibleName(tr("Increase"));
        connect(m_less, &QAbstractButton::clicked, this, [this] { step(-m_step); });
        connect(m_more, &QAbstractButton::clicked, this, [this] { step(m_step); });
        row->addWidget(m_less);
        row->addWidget(m_input);
        row->addWidget(m_more);
    } else {
        row->addWidget(m_input);
    }
    if (!unit.isEmpty()) {
        if (look == Look::Stepper)
            row->addSpacing(8);
        row->addWidget(new kit::Label(unit, Type::Body, Token::Dim));
    }
    setLayout(row);
    setControl(m_input);
    connect(m_input, &QLineEdit::textEdited, this, [this] {
        updateButtons();
        userChanged();
    });
    kit::bindTheme(this, [this] {
        m_input->setFixedWidth(scaled(m_look == Look::Stepper ? 34 : 64));
        if (m_less) {
            m_less->setFixedSize(scaled(24), scaled(30));
            m_more->setFixedSize(scaled(24), scaled(30));
        }
    });
}

std::optional<double> NumberField::number() const
{
    return field::parseNumber(m_input->text(), locale());
}

QVariant NumberField::value() const
{
    const auto value = number();
    return value ? QVariant(*value) : QVariant();
}

QString NumberField::written(double value) const
{
    // Thin spaces between thousands, as everywhere in the window; the point is the locale's.
    QString text = QString::number(value, 'f', m_decimals);
    const qsizetype point = text.indexOf(u'.');
    QString decimals = point < 0 ? QString() : text.mid(point + 1);
    QString whole = point < 0 ? text : text.left(point);
    while (decimals.endsWith(u'0'))
        decimals.chop(1);
    for (qsizetype i = whole.size() - 3; i > (whole.startsWith(u'-') ? 1 : 0); i -= 3)
        whole.insert(i, QChar(0x202f));
    return decimals.isEmpty() ? whole : whole + locale().decimalPoint() + decimals;
}

void NumberField::setValue(const QVariant &value)
{
    const QString text = value.isValid() ? written(value.toDouble()) : QString();
    if (text != m_input->text())
        m_input->setText(text);
    updateButtons();
    updateMessage();
}

bool NumberField::isEmpty() const
{
    return m_input->text().trimmed().isEmpty();
}

void NumberField::setRange(double least, double most)
{
    m_least = least;
    m_most = most;
    updateButtons();
    updateMessage();
}

void NumberField::setDecimals(int decimals)
{
    m_decimals = decimals;
}

void NumberField::setStep(double step)
{
    m_step = step;
}

void NumberField::step(double by)
{
    // A number that cannot be read is not thrown away by a key.
    if (!isEnabled() || m_input->isReadOnly() || (!isEmpty() && !number()))
        return;
    const double from = number().value_or(by > 0 ? m_least - by : m_least);
    const QString text = written(qBound(m_least, from + by, m_most));
    if (text == m_input->text())
        return;
    m_input->setText(text);
    m_input->selectAll();
    updateButtons();
    userChanged();
}

void NumberField::updateButtons()
{
    if (!m_less)
        return;
    const auto value = number();
    m_less->setEnabled(!value || *value > m_least);
    m_more->setEnabled(!value || *value < m_most);
}

QString NumberField::ownProblem() const
{
    const auto value = number();
    if (!value)
        return tr("Enter a number.");
    if (*value < m_least)
        return tr("At least %1.").arg(written(m_least));
    if (*value > m_most)
        return tr("At most %1.").arg(written(m_most));
    if (const double scale = std::pow(10, m_decimals); std::abs(*value * scale - std::round(*value * scale)) > 1e-6 * std::max(1.0, std::abs(*value)))
        return m_decimals == 0 ? tr("Enter a whole number.") : tr("At most %n decimal digit(s).", nullptr, m_decimals);
    return {};
}

void NumberField::showBad(bool bad)
{
    m_bad = bad;
    Field::showBad(bad);
    update();
}

bool NumberField::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        const bool plain = !(key->modifiers() & ~Qt::KeypadModifier);
        switch (plain ? key->key() : 0) {
        case Qt::Key_Up: step(m_step); return true;
        case Qt::Key_Down: step(-m_step); return true;
        case Qt::Key_PageUp: step(10 * m_step); return true;
        case Qt::Key_PageDown: step(-10 * m_step); return true;
        default: break;
        }
    }
    return Field::eventFilter(watched, event);
}

void NumberField::paintEvent(QPaintEvent *)
{
    if (m_look != Look::Stepper)
        return;
    QPainter painter(this);
    const QRect frame(m_less->x(), m_less->y(), m_more->geometry().right() - m_less->x() + 1, m_less->height());
    const Token border = m_bad ? Token::Err : isEnabled() ? Token::Control : Token::Line;
    kit::paint::box(painter, frame, kit::radius::control, color(isEnabled() ? Token::Panel : Token::Bg), color(border));
    for (const int x : {m_input->x(), m_input->geometry().right() + 1})
        painter.fillRect(QRect(x, frame.y() + 1, 1, frame.height() - 2), color(Token::Line));
}

} // namespace cairn::forms
