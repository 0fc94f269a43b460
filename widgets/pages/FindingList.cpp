// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/FindingList.h"

#include "kit/Label.h"
#include "kit/Paint.h"
#include "kit/Theme.h"

#include <QCoreApplication>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QStyledItemDelegate>
#include <QToolTip>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using audit::Severity;
using items::FindingListModel;
using Row = FindingListModel::Row;
using Kind = FindingListModel::Kind;

namespace {

paint::Glyph signOf(Severity severity)
{
    switch (severity) {
    case Severity::Critical: return paint::Glyph::Cross;
    case Severity::High: return paint::Glyph::Triangle;
    case Severity::Medium: return paint::Glyph::Bang;
    case Severity::Low: break;
    }
    return paint::Glyph::Dot;
}

const QString dot = u" · "_s;

class RowDelegate : public QStyledItemDelegate
{
public:
    explicit RowDelegate(FindingList *list)
        : QStyledItemDelegate(list)
        , m_list(list)
    {
    }

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &index) const override
    {
        const auto *model = static_cast<const FindingListModel *>(index.model());
        return {0, m_list->rowHeight(*model->rowAt(index.row()))};
    }

    void paint(QPainter *p, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        QPainter &painter = *p;
        const auto *model = static_cast<const FindingListModel *>(index.model());
        const Row &row = *model->rowAt(index.row());
        const FindingList::Parts parts = m_list->parts(option.rect, row);
        const bool current = m_list->currentIndex() == index;
        const bool old = m_list->isStale();
        const auto ink = [old](Token token) { return color(old && token != Token::Dim ? Token::Dim : token); };
        if (row.kind == Kind::Section)
            painter.fillRect(option.rect, color(current ? Token::Sel : Token::Bg));
        else if (current)
            painter.fillRect(option.rect, color(Token::Sel));
        paint::hairline(painter, option.rect, Qt::BottomEdge, color(Token::Line));
        const Token severity = foreground(items::tone(row.severity));
        if (row.kind == Kind::Fold)
            paint::glyph(painter, parts.sign, row.open ? paint::Glyph::Down : paint::Glyph::Right, ink(severity), 1.7);
        else
            paint::glyph(painter, row.severity == Severity::Low ? QRectF(parts.sign).adjusted(3, 3, -3, -3) : QRectF(parts.sign), signOf(row.severity), ink(severity), 1.7);
        if (row.kind == Kind::Section) {
            const QString head = QCoreApplication::translate("cairn::pages::FindingList", "%1 %2", "severity, how many").arg(model->title(row)).arg(row.findings.size());
            const QFont strong = typeFont(Type::MetaStrong);
            paint::text(painter, parts.title, head, strong, ink(severity == Token::Idle ? Token::Text : severity));
            const int used = qRound(paint::textWidth(head, strong)) + 10;
            paint::text(painter, parts.title.adjusted(used, 0, 0, 0), model->consequence(row), typeFont(Type::Meta), color(Token::Dim));
            paint::glyph(painter, parts.button, row.open ? paint::Glyph::Up : paint::Glyph::Down, color(Token::Dim), 1.5);
        } else {
            paint::text(painter, parts.title, model->title(row), typeFont(Type::BodyStrong), ink(Token::Text));
            paint::text(painter, parts.consequence, model->consequence(row), typeFont(Type::Body), color(Token::Dim));
            const QList<FindingListModel::Link> links = model->links(row);
            const QFont mono = typeFont(Type::MonoSmall);
            int right = parts.consequence.left();
            for (qsizetype i = 0; i < parts.links.size(); ++i) {
                if (i > 0)
                    paint::text(painter, QRect(right, parts.links[i].top(), parts.links[i].left() - right, parts.links[i].height()), dot, mono, color(Token::Dim));
                paint::text(painter, parts.links[i], links[i].text, mono, ink(Token::Accent), Qt::AlignLeft | Qt::AlignVCenter, Qt::ElideMiddle);
                right = parts.links[i].right() + 1;
            }
            const int more = static_cast<int>(links.size() - parts.links.size()) + model->moreLinks(row);
            if (more > 0 && !parts.links.isEmpty())
                paint::text(painter, QRect(right, parts.links.first().top(), parts.consequence.right() - right, parts.links.first().height()),
                            dot + QCoreApplication::translate("cairn::pages::FindingList", "%n more", nullptr, more), mono, color(Token::Dim));
            paint::text(painter, parts.rule, model->ruleOf(row), typeFont(Type::Mono), color(Token::Dim));
            if (const QString action = model->action(row); !action.isEmpty()) {
                paint::box(painter, parts.button, radius::control, color(Token::Panel), color(Token::Line));
                paint::text(painter, parts.button, action, typeFont(Type::MetaMedium), ink(Token::Text), Qt::AlignCenter);
            }
        }
        if (current && m_list->hasFocus())
            paint::box(painter, QRectF(option.rect).adjusted(1, 1, -1, -2), 4, Qt::transparent, color(Token::Accent), 2);
    }

private:
    FindingList *m_list;
};

} // namespace

FindingList::FindingList(FindingListModel *model, QWidget *parent)
    : QListView(parent)
    , m_model(model)
{
    setObjectName(u"ha.findings"_s);
    setAccessibleName(tr("Findings"));
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setTabKeyNavigation(false);
    setMouseTracking(true);
    setProperty("focusRing", false);
    setItemDelegate(new RowDelegate(this));
    setModel(model);
    bindTheme(this, [this] {
        QPalette palette = this->palette();
        palette.setColor(QPalette::Base, color(Token::Panel));
        setPalette(palette);
        verticalScrollBar()->setSingleStep(scaled(20));
        // Asked for by every row of every layout.
        m_headHeight = scaled(27);
        m_rowHeight = 8 + lineHeight(Type::Body) * 2 + lineHeight(Type::MonoSmall) + 9;
        scheduleDelayedItemsLayout();
    });
    connect(model, &QAbstractItemModel::modelAboutToBeReset, this, [this] {
        m_restoring = true;
        m_scrolled = verticalScrollBar()->value();
    });
    connect(model, &QAbstractItemModel::modelReset, this, &FindingList::restore);
}

void FindingList::restore()
{
    const int row = m_model->rowOf(m_currentKey);
    if (row >= 0) {
        setCurrentIndex(m_model->index(row));
        executeDelayedItemsLayout();
        verticalScrollBar()->setValue(m_scrolled);
        m_restoring = false;
    } else {
        m_restoring = false;
        if (!std::exchange(m_currentKey, QString()).isEmpty())
            emit currentKeyChanged(QString());
    }
}

QString FindingList::currentKey() const
{
    return m_currentKey;
}

void FindingList::setCurrentKey(const QString &key)
{
    if (m_model->rowOf(key) < 0)
        m_model->reveal(key);
    const int row = m_model->rowOf(key);
    if (row < 0)
        return;
    setCurrentIndex(m_model->index(row));
    scrollTo(m_model->index(row));
}

void FindingList::focusRow()
{
    setFocus(Qt::OtherFocusReason);
    if (currentIndex().isValid())
        return;
    for (int row = 0; row < m_model->rowCount(); ++row) {
        if (m_model->rowAt(row)->kind != Kind::Section) {
            setCurrentIndex(m_model->index(row));
            return;
        }
    }
}

void FindingList::setStale(bool stale)
{
    if (std::exchange(m_stale, stale) != stale)
        viewport()->update();
}

int FindingList::rowHeight(const Row &row) const
{
    return row.kind == Kind::Section ? m_headHeight : m_rowHeight;
}

FindingList::Parts FindingList::parts(const QRect &rect, const Row &row) const
{
    Parts parts;
    const int side = scaled(10);
    const int indent = row.child ? scaled(16) : 0;
    const int left = rect.left() + scaled(34) + indent;
    if (row.kind == Kind::Section) {
        parts.sign = QRect(rect.left() + 14, rect.center().y() - side / 2, side, side);
        parts.button = QRect(rect.right() - 14 - side, rect.center().y() - side / 2, side, side);
        parts.title = QRect(left, rect.top(), parts.button.left() - 8 - left, rect.height());
        return parts;
    }
    parts.sign = QRect(rect.left() + 14 + indent, rect.center().y() - side / 2, side, side);
    // The rules stand in one column whether their rows have a button or not.
    const int rule = qRound(paint::textWidth(u"HA00"_s, typeFont(Type::Mono))) + 4;
    parts.rule = QRect(rect.right() - 12 - rule, rect.top(), rule, rect.height());
    int right = parts.rule.left() - 12;
    if (const QString action = m_model->action(row); !action.isEmpty()) {
        const int width = qRound(paint::textWidth(action, typeFont(Type::MetaMedium))) + 20;
        parts.button = QRect(right - width, rect.center().y() - scaled(24) / 2, width, scaled(24));
        right = parts.button.left() - 12;
    }
    int y = rect.top() + 8;
    parts.title = QRect(left, y, right - left, lineHeight(Type::Body));
    y += lineHeight(Type::Body);
    parts.consequence = QRect(left, y, right - left, lineHeight(Type::Body));
    y += lineHeight(Type::Body);
    const QFont mono = typeFont(Type::MonoSmall);
    const int gap = qRound(paint::textWidth(dot, mono));
    const int more = qRound(paint::textWidth(u" · 000 more"_s, mono));
    int x = left;
    const QList<FindingListModel::Link> links = m_model->links(row);
    for (qsizetype i = 0; i < links.size(); ++i) {
        const bool last = i == links.size() - 1 && m_model->moreLinks(row) == 0;
        const int room = right - x - (last ? 0 : more);
        int width = qRound(paint::textWidth(links[i].text, mono)) + 1;
        if (width > room) {
            // One that is cut still tells something; what is left out is counted.
            if (i > 0 && room < scaled(140))
                break;
            width = qMax(room, 0);
        }
        parts.links.append(QRect(x, y, width, lineHeight(Type::MonoSmall)));
        x += width + gap;
        if (x >= right - more)
            break;
    }
    return parts;
}

void FindingList::setOpen(const QModelIndex &index, bool open)
{
    const Row *row = m_model->rowAt(index.row());
    if (row && row->kind != Kind::Finding)
        m_model->setOpen(QString(row->key), open);
}

void FindingList::toggle(const QModelIndex &index)
{
    if (const Row *row = m_model->rowAt(index.row()))
        setOpen(index, !row->open);
}

void FindingList::keyPressEvent(QKeyEvent *event)
{
    const QModelIndex index = currentIndex();
    const Row *row = index.isValid() ? m_model->rowAt(index.row()) : nullptr;
    switch (event->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (row && row->kind == Kind::Finding && event->modifiers() == Qt::NoModifier)
            emit opened(row->key);
        else if (row)
            toggle(index);
        event->accept();
        return;
    case Qt::Key_Left:
    case Qt::Key_Right:
        if (row)
            setOpen(index, event->key() == Qt::Key_Right);
        event->accept();
        return;
    case Qt::Key_Escape:
        emit escaped();
        event->accept();
        return;
    default: break;
    }
    if ((event->modifiers() == Qt::NoModifier || event->modifiers() == Qt::ShiftModifier) && event->text().size() == 1
        && (event->text().front().isLetter() || event->text() == "/"_L1)) {
        emit keyTyped(event->text());
        event->accept();
        return;
    }
    if (event->key() == Qt::Key_F5 || event->key() == Qt::Key_F6) {
        event->ignore();
        return;
    }
    QListView::keyPressEvent(event);
}

void FindingList::mousePressEvent(QMouseEvent *event)
{
    QListView::mousePressEvent(event);
    const QModelIndex index = indexAt(event->position().toPoint());
    const Row *row = index.isValid() ? m_model->rowAt(index.row()) : nullptr;
    if (!row || event->button() != Qt::LeftButton)
        return;
    const Parts where = parts(visualRect(index), *row);
    const QPoint at = event->position().toPoint();
    if (row->kind == Kind::Section || where.button.contains(at)) {
        toggle(index);
        return;
    }
    const QList<FindingListModel::Link> links = m_model->links(*row);
    for (qsizetype i = 0; i < where.links.size(); ++i) {
        if (where.links[i].contains(at)) {
            emit objectRequested(links[i].object);
            return;
        }
    }
}

void FindingList::mouseMoveEvent(QMouseEvent *event)
{
    QListView::mouseMoveEvent(event);
    const QPoint at = event->position().toPoint();
    const QModelIndex index = indexAt(at);
    bool hand = false;
    if (const Row *row = index.isValid() ? m_model->rowAt(index.row()) : nullptr) {
        const Parts where = parts(visualRect(index), *row);
        hand = row->kind == Kind::Section || where.button.contains(at)
            || std::ranges::any_of(where.links, [&](const QRect &link) { return link.contains(at); });
    }
    viewport()->setCursor(hand ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

void FindingList::mouseDoubleClickEvent(QMouseEvent *event)
{
    const QModelIndex index = indexAt(event->position().toPoint());
    const Row *row = index.isValid() ? m_model->rowAt(index.row()) : nullptr;
    if (row && row->kind == Kind::Finding)
        emit opened(row->key);
    else if (row && row->kind == Kind::Fold)
        toggle(index);
}

void FindingList::currentChanged(const QModelIndex &current, const QModelIndex &previous)
{
    QListView::currentChanged(current, previous);
    viewport()->update();
    if (m_restoring)
        return;
    const Row *row = current.isValid() ? m_model->rowAt(current.row()) : nullptr;
    const QString key = row ? row->key : QString();
    if (std::exchange(m_currentKey, key) != key)
        emit currentKeyChanged(key);
}

bool FindingList::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        // Only what is cut has to be said again.
        const auto *help = static_cast<QHelpEvent *>(event);
        const QModelIndex index = indexAt(help->pos());
        const Row *row = index.isValid() ? m_model->rowAt(index.row()) : nullptr;
        if (row && row->kind != Kind::Section) {
            const Parts where = parts(visualRect(index), *row);
            const bool cut = paint::textWidth(m_model->title(*row), typeFont(Type::BodyStrong)) > where.title.width()
                || paint::textWidth(m_model->consequence(*row), typeFont(Type::Body)) > where.consequence.width();
            if (cut) {
                QToolTip::showText(help->globalPos(), index.data(Qt::ToolTipRole).toString(), this);
                return true;
            }
        }
        QToolTip::hideText();
        return true;
    }
    if (event->type() == QEvent::Resize)
        scheduleDelayedItemsLayout();
    return QListView::viewportEvent(event);
}

} // namespace cairn::pages
