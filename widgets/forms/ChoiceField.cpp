// SPDX-License-Identifier: GPL-3.0-or-later
#include "forms/ChoiceField.h"

#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Paint.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QListView>
#include <QScreen>
#include <QSortFilterProxyModel>
#include <QStandardItemModel>
#include <QStyledItemDelegate>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::forms {

using namespace Qt::StringLiterals;
using kit::color;
using kit::scaled;
using kit::Token;
using kit::Type;

namespace {

constexpr int searchFrom = 9; ///< options
constexpr int maxShown = 10;
enum Roles { DetailRole = Qt::UserRole + 1, RefusalRole, IndexRole };

int rowHeight(bool refused)
{
    return scaled(refused ? 44 : 30);
}

/// Text, then the detail dim; a refused one dim, with its reason below.
class OptionDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const QString refusal = index.data(RefusalRole).toString();
        const bool on = option.state.testFlag(QStyle::State_Selected);
        painter->fillRect(option.rect, color(on ? Token::Sel : Token::Panel));
        QRect line = option.rect.adjusted(10, 0, -10, 0);
        if (!refusal.isEmpty())
            line.setHeight(scaled(26));
        const QFont face = kit::typeFont(Type::Body);
        const QString text = index.data(Qt::DisplayRole).toString();
        const int width = qMin(line.width(), qRound(kit::paint::textWidth(text, face)) + 1);
        kit::paint::text(*painter, QRect(line.x(), line.y(), width, line.height()), text, face,
            color(refusal.isEmpty() ? Token::Text : Token::Dim));
        kit::paint::text(*painter, line.adjusted(width + 8, 0, 0, 0), index.data(DetailRole).toString(),
            kit::typeFont(Type::Meta), color(Token::Dim));
        if (!refusal.isEmpty())
            kit::paint::text(*painter, QRect(line.x(), line.bottom() - 3, line.width(), scaled(18)), refusal,
                kit::typeFont(Type::Meta), color(Token::Warn));
    }

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &index) const override
    {
        const int width = qRound(kit::paint::textWidth(index.data(Qt::DisplayRole).toString(), kit::typeFont(Type::Body))
            + kit::paint::textWidth(index.data(DetailRole).toString(), kit::typeFont(Type::Meta)));
        const int why = qRound(kit::paint::textWidth(index.data(RefusalRole).toString(), kit::typeFont(Type::Meta)));
        return {qMax(width + 8, why) + 22, rowHeight(why > 0)};
    }
};

/// The list that a box opens. Arrow keys, Enter and Esc work from the search field as from the list.
class OptionPopup : public QFrame {
    Q_OBJECT

public:
    OptionPopup(const QString &name, const QList<Option> &options, int current, QWidget *parent)
        : QFrame(parent, Qt::Popup)
        , m_model(new QStandardItemModel(this))
        , m_proxy(new QSortFilterProxyModel(this))
        , m_list(new QListView)
    {
        setAttribute(Qt::WA_DeleteOnClose);
        setObjectName(u"choice.popup"_s);
        setAccessibleName(name);
        setFrameShape(QFrame::StyledPanel);
        kit::paintBackground(this, Token::Panel);
        for (int i = 0; i < static_cast<int>(options.size()); ++i) {
            const Option &option = options[i];
            auto *item = new QStandardItem(option.text);
            item->setData(option.detail, DetailRole);
            item->setData(option.refusal, RefusalRole);
            item->setData(i, IndexRole);
            item->setData(u"%1 %2 %3"_s.arg(option.text, option.detail, option.refusal), Qt::AccessibleTextRole);
            // It can be walked to, to read why, but not taken.
            m_model->appendRow(item);
        }
        m_proxy->setSourceModel(m_model);
        m_proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
        m_proxy->setFilterRole(Qt::AccessibleTextRole);
        m_list->setModel(m_proxy);
        m_list->setItemDelegate(new OptionDelegate(m_list));
        m_list->setAccessibleName(name);
        m_list->setFrameShape(QFrame::NoFrame);
        m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
        m_list->setMouseTracking(true);
        m_list->setProperty("focusRing", false); // the chosen row is on its tint
        m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        auto *column = kit::vbox(0);
        column->setContentsMargins(1, 1, 1, 1);
        if (options.size() >= searchFrom) {
            m_search = new kit::SearchField(tr("Search"), {});
            m_search->setAccessibleName(tr("Search in %1", "name of a field").arg(name));
            m_search->installEventFilter(this);
            auto *padded = kit::vbox(0);
            padded->setContentsMargins(8, 8, 8, 6);
            padded->addWidget(m_search);
            column->addLayout(padded);
            connect(m_search, &QLineEdit::textChanged, this, [this](const QString &text) {
                m_proxy->setFilterFixedString(text.trimmed());
                m_list->setCurrentIndex(m_proxy->index(0, 0));
            });
        }
        column->addWidget(m_list);
        setLayout(column);
        m_list->installEventFilter(this);
        m_list->setCurrentIndex(m_proxy->index(qMax(0, current), 0));
        connect(m_list, &QListView::clicked, this, &OptionPopup::take);
        connect(m_list, &QListView::entered, m_list, &QListView::setCurrentIndex);
        int height = m_search ? scaled(30) + 14 : 0;
        for (int i = 0; i < qMin(maxShown, static_cast<int>(options.size())); ++i)
            height += rowHeight(!options[i].refusal.isEmpty());
        m_height = height + 2;
    }

    int wantedHeight() const { return m_height; }
    int wantedWidth() const { return m_list->sizeHintForColumn(0) + (m_model->rowCount() > maxShown ? 16 : 2); }
    void begin()
    {
        show();
        (m_search ? static_cast<QWidget *>(m_search) : m_list)->setFocus(Qt::PopupFocusReason);
        m_list->scrollTo(m_list->currentIndex());
    }

signals:
    void taken(int index);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override
    {
        if (event->type() != QEvent::KeyPress)
            return QFrame::eventFilter(watched, event);
        const auto *key = static_cast<QKeyEvent *>(event);
        switch (key->key()) {
        case Qt::Key_Return:
        case Qt::Key_Enter: take(m_list->currentIndex()); return true;
        case Qt::Key_Escape: close(); return true;
        case Qt::Key_Up: step(-1); return true;
        case Qt::Key_Down: step(1); return true;
        case Qt::Key_PageUp: step(1 - maxShown); return true;
        case Qt::Key_PageDown: step(maxShown - 1); return true;
        default: return QFrame::eventFilter(watched, event);
        }
    }

private:
    void step(int rows)
    {
        const int row = qBound(0, m_list->currentIndex().row() + rows, m_proxy->rowCount() - 1);
        m_list->setCurrentIndex(m_proxy->index(row, 0));
    }
    void take(const QModelIndex &index)
    {
        if (!index.isValid() || !index.data(RefusalRole).toString().isEmpty())
            return;
        emit taken(index.data(IndexRole).toInt());
        close();
    }

    QStandardItemModel *m_model;
    QSortFilterProxyModel *m_proxy;
    QListView *m_list;
    kit::SearchField *m_search = nullptr;
    int m_height = 0;
};

} // namespace

ChoiceBox::ChoiceBox(QWidget *parent)
    : QComboBox(parent)
{
    kit::bindTheme(this, [this] {
        setFont(kit::typeFont(Type::Body));
        setMinimumHeight(scaled(30));
        updateGeometry();
    });
}

void ChoiceBox::setOptions(const QList<Option> &options)
{
    m_options = options;
    clear();
    for (const Option &option : options)
        addItem(option.text, option.id);
    updateGeometry();
}

void ChoiceBox::showPopup()
{
    delete m_popup;
    auto *popup = new OptionPopup(accessibleName(), m_options, currentIndex(), this);
    m_popup = popup;
    connect(popup, &OptionPopup::taken, this, &ChoiceBox::chosen);
    const QRect screen = this->screen()->availableGeometry();
    const QPoint below = mapToGlobal(QPoint(0, height() + 2));
    const int high = qMin(popup->wantedHeight(), screen.height() / 2);
    const int wide = qBound(width(), popup->wantedWidth(), qMax(width(), scaled(480)));
    const bool fits = below.y() + high <= screen.bottom();
    popup->setGeometry(qMax(screen.left(), qMin(below.x(), screen.right() - wide)), fits ? below.y() : below.y() - height() - 4 - high, wide, high);
    popup->begin();
}

QSize ChoiceBox::sizeHint() const
{
    int width = scaled(72);
    for (qsizetype i = 0; i < qMin<qsizetype>(m_options.size(), 200); ++i) {
        const Option &option = m_options[i];
        int own = qRound(kit::paint::textWidth(option.text, kit::typeFont(Type::Body)));
        if (!option.detail.isEmpty())
            own += 8 + qRound(kit::paint::textWidth(option.detail, kit::typeFont(Type::Meta)));
        width = qMax(width, own);
    }
    width = qMax(width, qRound(kit::paint::textWidth(placeholderText(), kit::typeFont(Type::Body))));
    return {qMin(width + 40, scaled(420)), scaled(30)};
}

QSize ChoiceBox::minimumSizeHint() const
{
    return {qMin(sizeHint().width(), scaled(96)), scaled(30)};
}

void ChoiceBox::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    QStyleOptionComboBox option;
    initStyleOption(&option);
    style()->drawComplexControl(QStyle::CC_ComboBox, &option, &painter, this);
    if (property("error").toBool())
        kit::paint::box(painter, rect(), kit::radius::control, Qt::transparent, color(Token::Err));
    const QRect field = style()->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, this);
    const Option *chosen = currentIndex() >= 0 && currentIndex() < m_options.size() ? &m_options[currentIndex()] : nullptr;
    const QString text = chosen ? chosen->text : placeholderText();
    const QFont face = kit::typeFont(Type::Body);
    const int width = qMin(field.width(), qRound(kit::paint::textWidth(text, face)) + 1);
    kit::paint::text(painter, QRect(field.x(), field.y(), width, field.height()), text, face,
        color(!isEnabled() ? Token::Faint : chosen ? Token::Text : Token::Dim), Qt::AlignLeft | Qt::AlignVCenter, Qt::ElideMiddle);
    if (chosen)
        kit::paint::text(painter, field.adjusted(width + 8, 0, 0, 0), chosen->detail, kit::typeFont(Type::Meta),
            color(isEnabled() ? Token::Dim : Token::Faint));
}

void ChoiceBox::wheelEvent(QWheelEvent *event)
{
    // A form that is scrolled must not change what is chosen in it.
    event->ignore();
}

void ChoiceBox::step(int by)
{
    for (int i = currentIndex() + by; i >= 0 && i < m_options.size(); i += by) {
        if (m_options[i].refusal.isEmpty()) {
            emit chosen(i);
            return;
        }
    }
}

void ChoiceBox::keyPressEvent(QKeyEvent *event)
{
    const bool alt = event->modifiers().testFlag(Qt::AltModifier);
    switch (event->key()) {
    case Qt::Key_Up:
    case Qt::Key_Down:
        if (alt)
            showPopup();
        else
            step(event->key() == Qt::Key_Up ? -1 : 1);
        return;
    case Qt::Key_Space:
    case Qt::Key_F4:
    case Qt::Key_Return:
    case Qt::Key_Enter: showPopup(); return;
    default: QWidget::keyPressEvent(event);
    }
}

ChoiceField::ChoiceField(const QString &name, QWidget *parent)
    : Field(name, parent)
    , m_box(new ChoiceBox)
{
    auto *row = kit::hbox(0);
    row->addWidget(m_box);
    setLayout(row);
    m_box->setAccessibleName(name);
    setControl(m_box);
    setStretching(false);
    setPlaceholder(tr("Choose…"));
    connect(m_box, &ChoiceBox::chosen, this, [this](int index) {
        if (m_wanted == m_options.value(index).id && m_box->currentIndex() == index)
            return;
        m_wanted = m_options.value(index).id;
        m_box->setCurrentIndex(index);
        userChanged();
    });
}

void ChoiceField::setOptions(const QList<Option> &options)
{
    if (options == m_options)
        return;
    m_options = options;
    m_box->setOptions(options);
    fill();
}

void ChoiceField::fill()
{
    const auto found = std::ranges::find(m_options, m_wanted, &Option::id);
    m_box->setCurrentIndex(found == m_options.end() || m_wanted.isEmpty() ? -1 : static_cast<int>(std::distance(m_options.begin(), found)));
    updateMessage();
}

QVariant ChoiceField::value() const
{
    return isEmpty() ? QVariant() : QVariant(m_wanted);
}

void ChoiceField::setValue(const QVariant &value)
{
    m_wanted = value.toString();
    fill();
}

bool ChoiceField::isEmpty() const
{
    return m_box->currentIndex() < 0;
}

void ChoiceField::setPlaceholder(const QString &text)
{
    m_box->setPlaceholderText(text);
    m_box->updateGeometry();
}

void ChoiceField::setStretching(bool stretching)
{
    setSizePolicy(stretching ? QSizePolicy::Expanding : QSizePolicy::Fixed, QSizePolicy::Fixed);
    m_box->setSizePolicy(stretching ? QSizePolicy::Expanding : QSizePolicy::Fixed, QSizePolicy::Fixed);
}

QString ChoiceField::ownProblem() const
{
    return m_options.value(m_box->currentIndex()).refusal;
}

} // namespace cairn::forms

#include "ChoiceField.moc"
