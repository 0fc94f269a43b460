// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/NamespaceSelector.h"

#include "base/Text.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"

#include <QFrame>
#include <QKeyEvent>
#include <QListView>
#include <QRegularExpression>
#include <QScreen>
#include <QSignalBlocker>
#include <QSortFilterProxyModel>
#include <QStandardItemModel>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;

namespace {
constexpr int NameRole = Qt::UserRole + 1;
}

NamespaceSelector::NamespaceSelector(QWidget *parent)
    : Button({}, ButtonVariant::Normal, Size::Normal, parent)
{
    setObjectName(u"namespaces"_s);
    connect(this, &QPushButton::clicked, this, &NamespaceSelector::openPopup);
    updateText();
}

bool NamespaceSelector::isValidName(const QString &name)
{
    // RFC 1123 label, the rule of the API server.
    static const QRegularExpression form(u"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"_s);
    return form.match(name).hasMatch();
}

void NamespaceSelector::setNamespaces(const QStringList &names)
{
    QStringList sorted = names;
    sorted.sort();
    sorted.removeDuplicates();
    if (sorted == m_names)
        return;
    m_names = sorted;
    if (m_popup)
        fill();
}

void NamespaceSelector::setListRefusal(const QString &why)
{
    m_refusal = why;
    if (m_popup)
        fill();
}

void NamespaceSelector::setSelected(const QStringList &names)
{
    m_selected = names;
    m_selected.sort();
    m_selected.removeDuplicates();
    updateText();
    if (m_popup)
        fill();
}

void NamespaceSelector::updateText()
{
    QString shown = tr("all", "every namespace");
    if (m_selected.size() == 1)
        shown = text::safe(m_selected.first());
    else if (!m_selected.isEmpty())
        shown = tr("%n selected", nullptr, static_cast<int>(m_selected.size()));
    setText(tr("Namespace: %1").arg(shown) + u" ▾"_s);
    setAccessibleName(tr("Namespace: %1").arg(shown));
    QStringList safe;
    for (const QString &name : std::as_const(m_selected))
        safe.append(text::safe(name));
    setToolTip(safe.join(u", "_s));
}

void NamespaceSelector::build()
{
    m_popup = new QFrame(this, Qt::Popup);
    m_popup->setObjectName(u"namespaces.popup"_s);
    m_popup->setAccessibleName(tr("Namespaces"));
    paintBackground(m_popup, Token::Panel);
    m_popup->setFrameShape(QFrame::StyledPanel);
    m_popup->installEventFilter(this);
    auto *box = new QVBoxLayout(m_popup);
    box->setContentsMargins(10, 10, 10, 10);
    box->setSpacing(space::row);

    m_search = new SearchField(tr("Filter namespaces"), {});
    m_search->setAccessibleName(tr("Filter namespaces"));
    box->addWidget(m_search);
    m_all = new Button(tr("All namespaces"), ButtonVariant::Link, Size::Small);
    box->addWidget(m_all, 0, Qt::AlignLeft);

    m_model = new QStandardItemModel(m_popup);
    m_proxy = new QSortFilterProxyModel(m_popup);
    m_proxy->setSourceModel(m_model);
    m_proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_list = new QListView;
    m_list->setModel(m_proxy);
    m_list->setAccessibleName(tr("Namespaces"));
    m_list->setUniformItemSizes(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setTextElideMode(Qt::ElideMiddle);
    box->addWidget(m_list, 1);

    m_why = new Paragraph({}, Type::Meta, Token::Dim);
    box->addWidget(m_why);
    auto *row = hbox();
    m_typed = new Input(tr("Namespace by name"));
    m_typed->setObjectName(u"namespaces.typed"_s);
    m_typed->setType(Type::Mono);
    m_typed->setPlaceholderText(tr("Add by name"));
    m_typed->setMaxLength(63);
    auto *add = new Button(tr("Add"));
    add->setAutoDefault(false);
    row->addWidget(m_typed, 1);
    row->addWidget(add);
    box->addLayout(row);
    m_error = new Paragraph({}, Type::Meta, Token::Err);
    m_error->hide();
    box->addWidget(m_error);

    connect(m_search, &SearchField::changed, m_proxy, [this](const QString &text) {
        m_proxy->setFilterFixedString(text.trimmed());
    });
    connect(m_search, &SearchField::moveDown, m_list, [this] { m_list->setFocus(); });
    connect(m_search, &SearchField::left, m_popup, &QWidget::hide);
    connect(m_all, &QPushButton::clicked, this, [this] {
        apply({});
        m_popup->hide();
    });
    connect(m_model, &QStandardItemModel::itemChanged, this, [this](QStandardItem *item) {
        QStringList names = m_selected;
        const QString name = item->data(NameRole).toString();
        names.removeAll(name);
        if (item->checkState() == Qt::Checked)
            names.append(name);
        apply(names);
    });
    connect(m_list, &QListView::activated, this, [this](const QModelIndex &index) {
        // Enter and double click choose this one alone.
        apply({index.data(NameRole).toString()});
        m_popup->hide();
    });
    connect(add, &QPushButton::clicked, this, &NamespaceSelector::addTyped);
    connect(m_typed, &QLineEdit::returnPressed, this, &NamespaceSelector::addTyped);
}

void NamespaceSelector::fill()
{
    const QSignalBlocker block(m_model);
    m_model->clear();
    QStringList all = m_names + m_selected;
    all.sort();
    all.removeDuplicates();
    for (const QString &name : std::as_const(all)) {
        auto *item = new QStandardItem(text::safe(name));
        item->setData(name, NameRole);
        item->setCheckable(true);
        item->setCheckState(m_selected.contains(name) ? Qt::Checked : Qt::Unchecked);
        item->setToolTip(text::safe(name));
        m_model->appendRow(item);
    }
    // Signals were blocked, so the proxy has to be told once.
    m_proxy->setSourceModel(nullptr);
    m_proxy->setSourceModel(m_model);
    m_why->setText(m_refusal);
    m_why->setVisible(!m_refusal.isEmpty());
    m_search->setVisible(m_refusal.isEmpty());
    m_all->setVisible(m_refusal.isEmpty());
    m_list->setVisible(!all.isEmpty());
}

void NamespaceSelector::addTyped()
{
    const QString name = m_typed->text().trimmed();
    if (!isValidName(name)) {
        m_typed->setBad(true);
        m_error->setText(tr("A namespace has at most 63 lower-case letters, digits and hyphens."));
        m_error->show();
        return;
    }
    m_typed->setBad(false);
    m_error->hide();
    m_typed->clear();
    QStringList names = m_selected;
    names.append(name);
    apply(names);
    fill();
}

void NamespaceSelector::apply(QStringList names)
{
    names.sort();
    names.removeDuplicates();
    if (names == m_selected)
        return;
    m_selected = names;
    updateText();
    {
        const QSignalBlocker block(m_model);
        for (int row = 0; row < m_model->rowCount(); ++row) {
            QStandardItem *item = m_model->item(row);
            item->setCheckState(names.contains(item->data(NameRole).toString()) ? Qt::Checked : Qt::Unchecked);
        }
    }
    m_list->viewport()->update();
    emit selectionChanged(m_selected);
}

void NamespaceSelector::openPopup()
{
    if (!m_popup)
        build();
    fill();
    m_popup->resize(scaled(300), scaled(m_refusal.isEmpty() ? 380 : 260));
    QPoint at = mapToGlobal(QPoint(width() - m_popup->width(), height() + 4));
    if (const QScreen *on = screen()) {
        const QRect area = on->availableGeometry();
        at.setX(std::clamp(at.x(), area.left(), std::max(area.left(), area.right() - m_popup->width())));
        at.setY(std::clamp(at.y(), area.top(), std::max(area.top(), area.bottom() - m_popup->height())));
    }
    m_popup->move(at);
    m_popup->show();
    if (m_refusal.isEmpty())
        m_search->setFocus(Qt::PopupFocusReason);
    else
        m_typed->setFocus(Qt::PopupFocusReason);
}

bool NamespaceSelector::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_popup && event->type() == QEvent::KeyPress
        && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape) {
        m_popup->hide();
        setFocus(Qt::PopupFocusReason);
        return true;
    }
    return Button::eventFilter(watched, event);
}

} // namespace cairn::pages
