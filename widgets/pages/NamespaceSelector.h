// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kit/Button.h"

#include <QSet>
#include <QStringList>

class QFrame;
class QStandardItemModel;
class QSortFilterProxyModel;
class QListView;

namespace cairn::kit {
class Input;
class Paragraph;
class SearchField;
} // namespace cairn::kit

namespace cairn::pages {

/// "Namespace: all ▾": which namespaces the window watches. Opens a list with check boxes and a filter; nothing checked
/// means all. Who may not list namespaces types theirs by hand.
class NamespaceSelector : public kit::Button
{
    Q_OBJECT
public:
    explicit NamespaceSelector(QWidget *parent = nullptr);

    /// Names as the server gave them.
    void setNamespaces(const QStringList &names);
    /// Namespaces cannot be listed; `why` is a sentence for the popup. "" when they can.
    void setListRefusal(const QString &why);
    /// Empty: all. No signal.
    void setSelected(const QStringList &names);
    QStringList selected() const { return m_selected; }
    void openPopup();

    static bool isValidName(const QString &name);

signals:
    /// Sorted; empty: all.
    void selectionChanged(const QStringList &names);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void build();
    void fill();
    void updateText();
    void addTyped();
    void apply(QStringList names);

    QFrame *m_popup = nullptr;
    QStandardItemModel *m_model = nullptr;
    QSortFilterProxyModel *m_proxy = nullptr;
    QListView *m_list = nullptr;
    kit::SearchField *m_search = nullptr;
    kit::Input *m_typed = nullptr;
    kit::Paragraph *m_why = nullptr;
    kit::Paragraph *m_error = nullptr;
    kit::Button *m_all = nullptr;
    QStringList m_names;
    QStringList m_selected;
    QString m_refusal;
};

} // namespace cairn::pages
