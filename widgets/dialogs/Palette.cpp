// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/Palette.h"

#include "base/Text.h"
#include "kit/Announce.h"
#include "kit/Card.h"
#include "kit/Icons.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Navigation.h"
#include "kit/Paint.h"

#include <QApplication>
#include <QKeyEvent>
#include <QListView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QTextLayout>
#include <QVBoxLayout>

namespace cairn::dialogs {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using items::PaletteModel;

namespace {

constexpr int rowHeight = 34;
constexpr int rowsShown = 11;
constexpr int panelWidth = 640;

/// Icon, text with what was found in bold, detail, keys.
class RowDelegate : public QStyledItemDelegate
{
public:
    RowDelegate(const PaletteModel *model, QObject *parent)
        : QStyledItemDelegate(parent)
        , m_model(model)
    {
    }

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override { return {scaled(200), scaled(rowHeight)}; }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (option.state & QStyle::State_Selected)
            painter->fillRect(option.rect, color(Token::Sel));
        QRect rest = option.rect.adjusted(scaled(16), 0, -scaled(16), 0);
        const QSize icon(scaled(16), scaled(16));
        painter->drawPixmap(QRect(QPoint(rest.left(), rest.center().y() - icon.height() / 2 + 1), icon),
                            iconPixmap(index.data(PaletteModel::IconRole).toString(), color(Token::Dim), icon, painter->device()->devicePixelRatioF()));
        rest.setLeft(rest.left() + scaled(28));
        const QStringList keys = index.data(PaletteModel::KeysRole).toString().split(u' ', Qt::SkipEmptyParts);
        if (!keys.isEmpty()) {
            const int width = KeyHint::keysWidth(keys);
            KeyHint::paintKeys(*painter, QRect(rest.right() - width + 1, rest.top(), width, rest.height()), keys);
            rest.setRight(rest.right() - width - scaled(12));
        }
        const QString detail = index.data(PaletteModel::DetailRole).toString();
        const int wanted = textWidth(index);
        if (!detail.isEmpty()) {
            const QFont font = typeFont(Type::Meta);
            const int room = std::max(rest.width() - wanted - scaled(16), rest.width() / 3);
            const int width = std::min(QFontMetrics(font).horizontalAdvance(detail) + 2, room);
            paint::text(*painter, QRect(rest.right() - width + 1, rest.top(), width, rest.height()), detail, font, color(Token::Dim),
                        Qt::AlignRight | Qt::AlignVCenter, Qt::ElideMiddle);
            rest.setRight(rest.right() - width - scaled(12));
        }
        paintText(painter, rest, index);
        painter->restore();
    }

private:
    int textWidth(const QModelIndex &index) const
    {
        return QFontMetrics(typeFont(Type::BodyStrong)).horizontalAdvance(index.data().toString()) + 2;
    }

    void paintText(QPainter *painter, const QRect &rect, const QModelIndex &index) const
    {
        const QFont plain = typeFont(Type::Body);
        const QString full = index.data().toString();
        const QString shown = QFontMetrics(typeFont(Type::BodyStrong)).elidedText(full, Qt::ElideRight, rect.width());
        QTextLayout layout(shown, plain);
        QList<QTextLayout::FormatRange> formats;
        QTextCharFormat bold;
        bold.setFont(typeFont(Type::BodyStrong));
        for (const auto &[start, length] : m_model->rangesAt(index.row())) {
            if (start + length <= shown.size())
                formats.append({start, length, bold});
        }
        layout.setFormats(formats);
        layout.beginLayout();
        QTextLine line = layout.createLine();
        line.setLineWidth(1e6);
        layout.endLayout();
        painter->setPen(color(Token::Text));
        layout.draw(painter, QPointF(rect.left(), rect.center().y() - line.height() / 2 + 1));
    }

    const PaletteModel *m_model;
};

class Panel : public QWidget
{
public:
    using QWidget::QWidget;

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        paint::box(painter, rect(), radius::dialog, color(Token::Panel), color(Token::Line));
    }
    void mousePressEvent(QMouseEvent *event) override { event->accept(); } // not beside it
};

} // namespace

Palette::Palette(PaletteModel *model, QWidget *parent)
    : QWidget(parent)
    , m_model(model)
    , m_panel(new Panel(this))
    , m_field(new SearchField(tr("Go to a page, job or context, or run a command"), {}))
    , m_list(new QListView)
    , m_none(new Paragraph({}, Type::Body, Token::Dim))
{
    setObjectName(u"palette"_s);
    setAccessibleName(tr("Command palette"));
    m_field->setObjectName(u"palette.field"_s);
    m_list->setObjectName(u"palette.list"_s);
    m_list->setAccessibleName(tr("Results"));
    m_list->setModel(model);
    m_list->setItemDelegate(new RowDelegate(model, m_list));
    m_list->setUniformItemSizes(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setMouseTracking(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);

    auto *box = vbox(0);
    box->setContentsMargins(1, 1, 1, 1);
    auto *head = hbox();
    head->setContentsMargins(12, 12, 12, 10);
    head->addWidget(m_field);
    box->addLayout(head);
    box->addWidget(new Line);
    m_none->setObjectName(u"palette.none"_s);
    box->addWidget(m_none);
    box->addWidget(m_list, 1);
    box->addWidget(new Line);
    auto *foot = hbox(14);
    foot->setContentsMargins(16, 7, 16, 8);
    foot->addWidget(new KeyHint(u"↑ ↓"_s, tr("choose")));
    foot->addWidget(new KeyHint(u"Enter"_s, tr("go")));
    foot->addWidget(new KeyHint(u"Ctrl Enter"_s, tr("in a new window")));
    foot->addStretch(1);
    foot->addWidget(new KeyHint(u">"_s, tr("commands only")));
    box->addLayout(foot);
    m_panel->setLayout(box);

    m_field->installEventFilter(this);
    if (parent)
        parent->installEventFilter(this);
    connect(m_field, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_model->setQuery(text);
        showFound();
    });
    connect(m_list, &QListView::clicked, this, [this](const QModelIndex &index) { choose(index, QApplication::keyboardModifiers() & Qt::ControlModifier); });
    connect(m_list, &QListView::entered, this, [this](const QModelIndex &index) { m_list->setCurrentIndex(index); });
    bindTheme(this, [this] { layOut(); });
    hide();
}

void Palette::layOut()
{
    if (parentWidget())
        setGeometry(parentWidget()->rect());
    const int wide = std::min(scaled(panelWidth), width() - 40);
    const int wanted = m_panel->layout()->minimumSize().height() - m_list->minimumSizeHint().height() + rowsShown * scaled(rowHeight);
    const int tall = std::min(wanted, height() - 40);
    m_panel->setGeometry((width() - wide) / 2, std::min(scaled(80), (height() - tall) / 2), wide, tall);
}

void Palette::open(const QString &query)
{
    if (!isVisible())
        m_focusBefore = window()->focusWidget();
    layOut();
    m_field->setText(query);
    m_model->setQuery(query);
    showFound();
    show();
    raise();
    m_field->setFocus(Qt::ShortcutFocusReason);
    m_field->selectAll();
}

void Palette::leave()
{
    if (!isVisible())
        return;
    hide();
    if (m_focusBefore)
        m_focusBefore->setFocus(Qt::OtherFocusReason);
}

void Palette::showFound()
{
    m_field->setNote(m_field->text().isEmpty() ? QString() : tr("%1 of %2", "found, in all").arg(text::number(m_model->found()), text::number(m_model->total())));
    const bool nothing = m_model->rowCount() == 0;
    if (nothing) {
        const QString text = tr("Nothing matches “%1”.").arg(text::safe(m_field->text().trimmed()));
        m_none->setText(text);
        if (isVisible())
            announce(m_field, text);
    }
    m_none->setVisible(nothing);
    m_list->setVisible(!nothing);
    select(0);
}

void Palette::select(int row)
{
    if (m_model->rowCount() == 0)
        return;
    m_list->setCurrentIndex(m_model->index(std::clamp(row, 0, m_model->rowCount() - 1)));
    if (isVisible())
        announce(m_field, m_list->currentIndex().data(Qt::AccessibleTextRole).toString());
}

void Palette::step(int rows)
{
    select(m_list->currentIndex().row() + rows);
}

void Palette::choose(const QModelIndex &index, bool newWindow)
{
    const items::PaletteEntry *entry = m_model->entryAt(index.row());
    if (!entry)
        return;
    const QString id = entry->id; // the rows may change with what it does
    newWindow = newWindow && entry->newWindow;
    leave();
    emit chosen(id, newWindow);
}

void Palette::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), color(Token::Shade));
}

void Palette::mousePressEvent(QMouseEvent *)
{
    leave();
}

bool Palette::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == parentWidget() && event->type() == QEvent::Resize && !isHidden())
        layOut();
    if (watched != m_field || event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    const auto *key = static_cast<QKeyEvent *>(event);
    switch (key->key()) {
    case Qt::Key_Up: step(-1); return true;
    case Qt::Key_Down: step(1); return true;
    case Qt::Key_PageUp: step(-rowsShown + 1); return true;
    case Qt::Key_PageDown: step(rowsShown - 1); return true;
    case Qt::Key_Return:
    case Qt::Key_Enter: choose(m_list->currentIndex(), key->modifiers() & Qt::ControlModifier); return true;
    case Qt::Key_Escape: leave(); return true;
    case Qt::Key_Tab:
    case Qt::Key_Backtab: return true; // what lies below it is not for now
    default: return false;
    }
}

} // namespace cairn::dialogs
