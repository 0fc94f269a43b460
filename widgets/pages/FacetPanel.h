// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/Checkpoint.h"

#include <QHash>
#include <QList>
#include <QSet>
#include <QWidget>
#include <optional>

class QVBoxLayout;

namespace cairn::kit {
class Button;
class Check;
} // namespace cairn::kit

namespace cairn::pages {

/// One value of a facet: what is filtered by, what is shown, how many rows have it.
struct FacetValue {
    QString key;
    QString label;   ///< safe to show
    int count = 0;
    std::optional<Verdict> verdict; ///< mark before the label
};

/// A group of check boxes with counts. Unchecked everywhere means no restriction. Values with no row are left out
/// unless they are checked; long groups show the first few and a link for the rest.
class FacetGroup : public QWidget
{
    Q_OBJECT
public:
    FacetGroup(const QString &title, int shownAtFirst, QWidget *parent = nullptr);

    void setValues(const QList<FacetValue> &values);
    QSet<QString> checked() const { return m_checked; }
    /// No signal.
    void setChecked(const QSet<QString> &keys);
    QString title() const { return m_title; }
    /// The words of a value; the key itself when it is not among the values.
    QString labelOf(const QString &key) const;
    /// Its controls in the order of Tab.
    QList<QWidget *> tabStops() const;

signals:
    void changed(const QSet<QString> &checked);

private:
    void rebuild();
    QString m_title;
    int m_shownAtFirst;
    bool m_all = false;
    QList<FacetValue> m_values;
    QSet<QString> m_checked;
    QVBoxLayout *m_rows;
    QList<kit::Check *> m_checks;
    QStringList m_checkKeys;
    kit::Button *m_more;
};

} // namespace cairn::pages
