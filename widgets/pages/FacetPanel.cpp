// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/FacetPanel.h"

#include "base/Text.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"

#include <QSignalBlocker>
#include <QVBoxLayout>

namespace cairn::pages {

using namespace cairn::kit;

FacetGroup::FacetGroup(const QString &title, int shownAtFirst, QWidget *parent)
    : QWidget(parent)
    , m_title(title)
    , m_shownAtFirst(shownAtFirst)
{
    setAccessibleName(title);
    auto *box = vbox(0);
    auto *head = new Label(title, Type::MetaStrong, Token::Dim);
    box->addWidget(head);
    box->addSpacing(4);
    m_rows = vbox(0);
    box->addLayout(m_rows);
    m_more = new Button({}, ButtonVariant::Link, Button::Size::Small);
    box->addWidget(m_more, 0, Qt::AlignLeft);
    m_more->hide();
    setLayout(box);
    connect(m_more, &QPushButton::clicked, this, [this] {
        m_all = !m_all;
        rebuild();
    });
}

void FacetGroup::setValues(const QList<FacetValue> &values)
{
    QList<FacetValue> wanted;
    for (const FacetValue &value : values)
        if (value.count > 0 || m_checked.contains(value.key))
            wanted.append(value);
    m_values = wanted;
    rebuild();
}

void FacetGroup::setChecked(const QSet<QString> &keys)
{
    m_checked = keys;
    rebuild();
}

QString FacetGroup::labelOf(const QString &key) const
{
    for (const FacetValue &value : m_values)
        if (value.key == key)
            return value.label;
    return text::safe(key);
}

QList<QWidget *> FacetGroup::tabStops() const
{
    QList<QWidget *> stops;
    for (kit::Check *check : m_checks)
        stops.append(check);
    stops.append(m_more);
    return stops;
}

void FacetGroup::rebuild()
{
    // A checked value is never hidden behind the link.
    QList<FacetValue> shown;
    int hidden = 0;
    for (const FacetValue &value : std::as_const(m_values)) {
        if (m_all || shown.size() < m_shownAtFirst || m_checked.contains(value.key))
            shown.append(value);
        else
            ++hidden;
    }
    QStringList keys;
    for (const FacetValue &value : std::as_const(shown))
        keys.append(value.key);
    if (keys != m_checkKeys) {
        // Same values keep their widgets, and with them the keyboard focus.
        qDeleteAll(m_checks);
        m_checks.clear();
        m_checkKeys = keys;
        for (const FacetValue &value : std::as_const(shown)) {
            auto *check = new Check(value.label);
            if (value.verdict)
                check->setVerdict(*value.verdict);
            const QString key = value.key;
            connect(check, &QCheckBox::toggled, this, [this, key](bool on) {
                if (on)
                    m_checked.insert(key);
                else
                    m_checked.remove(key);
                emit changed(m_checked);
            });
            m_rows->addWidget(check);
            m_checks.append(check);
        }
    }
    for (qsizetype i = 0; i < shown.size(); ++i) {
        const QSignalBlocker block(m_checks[i]);
        m_checks[i]->setCount(shown[i].count);
        m_checks[i]->setChecked(m_checked.contains(shown[i].key));
    }
    m_more->setText(m_all ? tr("Fewer") : tr("%n more…", nullptr, hidden));
    m_more->setVisible(m_all ? m_values.size() > m_shownAtFirst : hidden > 0);
    setVisible(!m_values.isEmpty());
}

} // namespace cairn::pages
