// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/KeyHintBar.h"

#include "kit/Navigation.h"

#include <algorithm>

namespace cairn::pages {

namespace {
constexpr int gap = 14;
}

KeyHintBar::KeyHintBar(const QList<std::pair<QString, QString>> &hints, QWidget *parent)
    : QWidget(parent)
{
    for (const auto &[keys, text] : hints)
        m_hints.append(new kit::KeyHint(keys, text, this));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

QSize KeyHintBar::sizeHint() const
{
    QSize size;
    for (const kit::KeyHint *hint : m_hints) {
        const QSize one = hint->sizeHint();
        size = QSize(size.width() + one.width() + gap, std::max(size.height(), one.height()));
    }
    return size;
}

QSize KeyHintBar::minimumSizeHint() const
{
    return {0, sizeHint().height()};
}

void KeyHintBar::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    qsizetype fitting = 0;
    int used = 0;
    for (const kit::KeyHint *hint : std::as_const(m_hints)) {
        const int next = used + hint->sizeHint().width() + (fitting > 0 ? gap : 0);
        if (next > width())
            break;
        used = next;
        ++fitting;
    }
    int x = width() - used;
    for (qsizetype i = 0; i < m_hints.size(); ++i) {
        m_hints[i]->setVisible(i < fitting);
        if (i >= fitting)
            continue;
        const QSize size = m_hints[i]->sizeHint();
        m_hints[i]->setGeometry(x, (height() - size.height()) / 2, size.width(), size.height());
        x += size.width() + gap;
    }
}

} // namespace cairn::pages
