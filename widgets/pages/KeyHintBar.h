// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QWidget>
#include <utility>

namespace cairn::kit {
class KeyHint;
}

namespace cairn::pages {

/// Key hints at the right end of a foot line; those that do not fit are left out, the last ones first.
class KeyHintBar : public QWidget
{
    Q_OBJECT
public:
    /// Keys and what they do: {"L", tr("logs")}.
    explicit KeyHintBar(const QList<std::pair<QString, QString>> &hints, QWidget *parent = nullptr);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QList<kit::KeyHint *> m_hints;
};

} // namespace cairn::pages
