// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDebug>

namespace cairn {

/// Bytes that must never be shown, logged or written: it has no stream operator on purpose. `reveal()` marks every
/// place that needs the bytes themselves.
class Secret
{
public:
    Secret() = default;
    explicit Secret(QByteArray value) : m_value(std::move(value)) {}
    bool isEmpty() const { return m_value.isEmpty(); }
    const QByteArray &reveal() const { return m_value; }
    bool operator==(const Secret &) const = default;
    friend QDebug operator<<(QDebug, const Secret &) = delete;

private:
    QByteArray m_value;
};

} // namespace cairn
