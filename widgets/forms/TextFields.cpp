// SPDX-License-Identifier: GPL-3.0-or-later
#include "forms/TextFields.h"

#include "domain/FieldText.h"
#include "domain/QuantityDecoder.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Paint.h"

#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <algorithm>

namespace cairn::forms {

using namespace Qt::StringLiterals;
using kit::Button;
using kit::Input;
using kit::scaled;
using kit::Token;
using kit::Type;

namespace {

QHBoxLayout *rowIn(Field *field)
{
    auto *row = kit::hbox(8);
    field->setLayout(row);
    return row;
}

void setQuietly(QLineEdit *edit, const QString &text)
{
    // textEdited() is the user's alone, so nothing has to be blocked.
    if (edit->text() != text)
        edit->setText(text);
}

} // namespace

TextField::TextField(const QString &name, QWidget *parent)
    : Field(name, parent)
    , m_input(new Input(name))
{
    rowIn(this)->addWidget(m_input);
    setControl(m_input);
    m_input->setMaxLength(4096);
    connect(m_input, &QLineEdit::textEdited, this, &TextField::userChanged);
    kit::bindTheme(this, [this] { setColumns(m_columns); });
}

QString TextField::text() const
{
    return m_input->text().trimmed();
}

QVariant TextField::value() const
{
    return isEmpty() ? QVariant() : QVariant(text());
}

void TextField::setValue(const QVariant &value)
{
    setQuietly(m_input, value.toString());
    updateMessage();
}

bool TextField::isEmpty() const
{
    return text().isEmpty();
}

void TextField::setPattern(const QRegularExpression &pattern, const QString &why)
{
    const QRegularExpression whole(QRegularExpression::anchoredPattern(pattern.pattern()), pattern.patternOptions());
    setRule([whole, why](const QString &text) { return whole.match(text).hasMatch() ? QString() : why; });
}

void TextField::setRule(std::function<QString(const QString &)> rule)
{
    m_rule = std::move(rule);
    updateMessage();
}

void TextField::setMaxLength(int characters)
{
    m_input->setMaxLength(characters);
}

void TextField::setPlaceholder(const QString &text)
{
    m_input->setPlaceholderText(text);
}

void TextField::setMono()
{
    m_input->setType(Type::Mono);
    setColumns(m_columns);
}

void TextField::setColumns(int columns)
{
    m_columns = columns;
    if (columns > 0) {
        setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
        m_input->setFixedWidth(QFontMetrics(m_input->font()).horizontalAdvance(u'0') * columns + 24);
    }
}

QString TextField::ownProblem() const
{
    return m_rule ? m_rule(text()) : QString();
}

SecretField::SecretField(const QString &name, QWidget *parent)
    : Field(name, parent)
    , m_input(new Input(name))
    , m_eye(new Button({}, kit::ButtonVariant::Normal))
{
    m_input->setEchoMode(QLineEdit::Password);
    m_input->setInputMethodHints(Qt::ImhHiddenText | Qt::ImhSensitiveData | Qt::ImhNoPredictiveText | Qt::ImhNoAutoUppercase);
    m_input->setContextMenuPolicy(Qt::NoContextMenu);
    m_input->setMaxLength(16384);
    auto *row = rowIn(this);
    row->addWidget(m_input, 1);
    row->addWidget(m_eye);
    setControl(m_input);
    m_eye->setCheckable(true);
    connect(m_eye, &QPushButton::toggled, this, &SecretField::updateEye);
    connect(m_input, &QLineEdit::textEdited, this, &SecretField::userChanged);
    updateEye();
}

void SecretField::updateEye()
{
    const bool shown = m_eye->isChecked();
    m_input->setEchoMode(shown ? QLineEdit::Normal : QLineEdit::Password);
    m_eye->setText(shown ? tr("Hide") : tr("Show"));
    m_eye->setAccessibleName(shown ? tr("Hide %1").arg(name()) : tr("Show %1").arg(name()));
}

QVariant SecretField::value() const
{
    return m_input->text().isEmpty() ? QVariant() : QVariant(m_input->text());
}

void SecretField::setValue(const QVariant &value)
{
    m_eye->setChecked(false);
    setQuietly(m_input, value.toString());
    updateMessage();
}

bool SecretField::isEmpty() const
{
    return !m_kept && m_input->text().isEmpty();
}

void SecretField::setKept(bool kept)
{
    m_kept = kept;
    m_input->setPlaceholderText(kept ? tr("unchanged") : QString());
    updateMessage();
}

LinesField::LinesField(const QString &name, QWidget *parent)
    : Field(name, parent)
    , m_edit(new QPlainTextEdit)
{
    rowIn(this)->addWidget(m_edit);
    setControl(m_edit);
    m_edit->setTabChangesFocus(true);
    m_edit->setLineWrapMode(QPlainTextEdit::NoWrap);
    layout()->setContentsMargins(1, 1, 1, 1);
    m_edit->setFrameShape(QFrame::NoFrame);
    m_edit->viewport()->setAutoFillBackground(false);
    m_edit->document()->setDocumentMargin(6);
    // Only what the user does counts: setValue() blocks it.
    connect(m_edit, &QPlainTextEdit::textChanged, this, &LinesField::userChanged);
    kit::bindTheme(this, [this] {
        m_edit->setFont(kit::typeFont(Type::Mono));
        setRows(m_rows);
    });
}

void LinesField::setRows(int rows)
{
    m_rows = qBound(3, rows, 20);
    m_edit->setFixedHeight(QFontMetrics(m_edit->font()).lineSpacing() * m_rows + 16);
}

void LinesField::setPattern(const QRegularExpression &pattern, const QString &why)
{
    m_pattern = QRegularExpression(QRegularExpression::anchoredPattern(pattern.pattern()), pattern.patternOptions());
    m_why = why;
    updateMessage();
}

QString LinesField::ownProblem() const
{
    const QStringList lines = m_why.isEmpty() ? QStringList() : value().toStringList();
    const auto fits = [this](const QString &line) { return line.trimmed().isEmpty() || m_pattern.match(line.trimmed()).hasMatch(); };
    return std::ranges::all_of(lines, fits) ? QString() : m_why;
}

void LinesField::showBad(bool bad)
{
    m_bad = bad;
    update();
}

void LinesField::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    kit::paint::box(painter, rect(), kit::radius::control, kit::color(isEnabled() ? Token::Panel : Token::Bg),
        kit::color(m_bad ? Token::Err : isEnabled() ? Token::Control : Token::Line));
}

QVariant LinesField::value() const
{
    QStringList lines = m_edit->toPlainText().split(u'\n');
    while (!lines.isEmpty() && lines.last().trimmed().isEmpty())
        lines.removeLast();
    return lines.isEmpty() ? QVariant() : QVariant(lines);
}

void LinesField::setValue(const QVariant &value)
{
    const QString text = value.toStringList().join(u'\n');
    if (text != m_edit->toPlainText()) {
        const QSignalBlocker quiet(m_edit);
        m_edit->setPlainText(text);
    }
    updateMessage();
}

bool LinesField::isEmpty() const
{
    return !value().isValid();
}

PathField::PathField(const QString &name, Kind kind, QWidget *parent)
    : Field(name, parent)
    , m_kind(kind)
    , m_input(new Input(name))
    , m_browse(new Button(tr("Browse…")))
{
    m_input->setType(Type::Mono);
    m_input->setMaxLength(4096);
    m_browse->setAccessibleName(tr("Browse for %1").arg(name));
    auto *row = rowIn(this);
    row->addWidget(m_input, 1);
    row->addWidget(m_browse);
    setControl(m_input);
    connect(m_input, &QLineEdit::textEdited, this, &PathField::userChanged);
    connect(m_browse, &QPushButton::clicked, this, &PathField::browse);
}

QString PathField::path() const
{
    QString path = m_input->text().trimmed();
    if (path == "~"_L1 || path.startsWith("~/"_L1))
        path.replace(0, 1, QDir::homePath());
    return path.isEmpty() ? path : QDir::cleanPath(path);
}

QVariant PathField::value() const
{
    return isEmpty() || !ownProblem().isEmpty() ? QVariant() : QVariant(path());
}

void PathField::setValue(const QVariant &value)
{
    setQuietly(m_input, value.toString());
    updateMessage();
}

bool PathField::isEmpty() const
{
    return m_input->text().trimmed().isEmpty();
}

void PathField::setFilter(const QString &filter)
{
    m_filter = filter;
}

QString PathField::ownProblem() const
{
    return QDir::isAbsolutePath(path()) ? QString() : tr("Enter the full path, starting with / or ~.");
}

void PathField::browse()
{
    auto *dialog = new QFileDialog(this, name(), path(), m_filter);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(m_kind == Kind::Folder     ? QFileDialog::Directory
            : m_kind == Kind::NewFile ? QFileDialog::AnyFile
                                      : QFileDialog::ExistingFile);
    dialog->setAcceptMode(m_kind == Kind::NewFile ? QFileDialog::AcceptSave : QFileDialog::AcceptOpen);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &file) {
        setQuietly(m_input, file);
        userChanged();
    });
    dialog->open();
}

QuantityField::QuantityField(const QString &name, const QString &unit, const QString &word, QWidget *parent)
    : Field(name, parent)
    , m_unit(unit)
    , m_input(new Input(name))
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    m_input->setAlignment(Qt::AlignRight);
    m_input->setType(Type::Number);
    m_input->setMaxLength(64);
    m_input->setAccessibleName(word.isEmpty() ? name : tr("%1, in %2", "field, unit").arg(name, word));
    auto *row = rowIn(this);
    row->addWidget(m_input);
    if (!word.isEmpty())
        row->addWidget(new kit::Label(word, Type::Body, Token::Dim));
    setControl(m_input);
    connect(m_input, &QLineEdit::textEdited, this, &QuantityField::userChanged);
    kit::bindTheme(this, [this] { m_input->setFixedWidth(scaled(76)); });
}

QVariant QuantityField::value() const
{
    const auto quantity = field::parseQuantity(m_input->text(), m_unit, locale());
    return quantity ? QVariant(quantity->canonical) : QVariant();
}

std::optional<double> QuantityField::amount() const
{
    const auto quantity = field::parseQuantity(m_input->text(), m_unit, locale());
    return quantity ? std::optional(quantity->value) : std::nullopt;
}

void QuantityField::setValue(const QVariant &value)
{
    QString text = value.toString();
    // The unit that stands behind the field need not stand in it.
    if (!m_unit.isEmpty() && text.endsWith(m_unit) && field::parseNumber(text.chopped(m_unit.size()), QLocale::c()))
        text.chop(m_unit.size());
    setQuietly(m_input, text);
    updateMessage();
}

bool QuantityField::isEmpty() const
{
    return m_input->text().trimmed().isEmpty();
}

void QuantityField::setBounds(const QString &least, const QString &most)
{
    m_least = least;
    m_most = most;
    updateMessage();
}

QString QuantityField::ownProblem() const
{
    const std::optional<double> value = amount();
    if (!value)
        return m_unit.isEmpty() ? tr("Enter a quantity, such as 8 or 500m.") : tr("Enter a quantity, such as 64 or 64Gi.");
    const auto least = decodeQuantity(m_least.toStdString());
    const auto most = decodeQuantity(m_most.toStdString());
    if (least && *value < *least)
        return tr("At least %1.").arg(m_least);
    if (most && *value > *most)
        return tr("At most %1.").arg(m_most);
    return {};
}

DurationField::DurationField(const QString &name, std::chrono::milliseconds unit, QWidget *parent)
    : Field(name, parent)
    , m_unit(unit)
    , m_input(new Input(name))
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    m_input->setMaxLength(64);
    rowIn(this)->addWidget(m_input);
    setControl(m_input);
    connect(m_input, &QLineEdit::textEdited, this, &DurationField::userChanged);
    connect(m_input, &QLineEdit::editingFinished, this, [this] {
        // As it was understood.
        if (const auto value = duration())
            setQuietly(m_input, field::durationText(*value));
    });
    kit::bindTheme(this, [this] { m_input->setFixedWidth(scaled(120)); });
}

std::optional<std::chrono::milliseconds> DurationField::duration() const
{
    return field::parseDuration(m_input->text(), m_unit, locale());
}

QVariant DurationField::value() const
{
    const auto value = duration();
    return value ? QVariant(static_cast<qint64>(value->count())) : QVariant();
}

void DurationField::setValue(const QVariant &value)
{
    setQuietly(m_input, value.isValid() ? field::durationText(std::chrono::milliseconds(value.toLongLong())) : QString());
    updateMessage();
}

bool DurationField::isEmpty() const
{
    return m_input->text().trimmed().isEmpty();
}

void DurationField::setBounds(std::chrono::milliseconds least, std::chrono::milliseconds most)
{
    m_bounds = {least, most};
    updateMessage();
}

void DurationField::setPlaceholder(const QString &text)
{
    m_input->setPlaceholderText(text);
}

QString DurationField::ownProblem() const
{
    const auto value = duration();
    if (!value)
        return tr("Enter a duration, such as 90 s, 15 min or 1 h 30 min.");
    if (m_bounds && (*value < m_bounds->first || *value > m_bounds->second))
        return tr("From %1 to %2.").arg(field::durationText(m_bounds->first), field::durationText(m_bounds->second));
    return {};
}

} // namespace cairn::forms
