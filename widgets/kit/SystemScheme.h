// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QVariant>

class QDBusVariant;

namespace cairn::kit {

/// Whether the desktop asks for dark windows. Qt 6.4 has no QStyleHints::colorScheme (6.5), so the desktop portal is
/// asked (org.freedesktop.appearance color-scheme: 0 no wish, 1 dark, 2 light) and followed; without a portal the
/// lightness of the palette the platform gave us decides. The only file that knows about Qt versions and portals.
class SystemScheme : public QObject {
    Q_OBJECT

public:
    explicit SystemScheme(QObject *parent);

    /// The answer that needs no waiting; call it before the application's palette is replaced.
    static bool isDark();

signals:
    void changed(bool dark);

private slots:
    void settingChanged(const QString &group, const QString &key, const QDBusVariant &value);

private:
    void take(const QVariant &value);
};

} // namespace cairn::kit
