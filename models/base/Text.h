// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QString>
#include <chrono>
#include <optional>

namespace cairn {
struct Error;
}

/// Text for people. Units and wording follow the design language: powers of 1024, thin no-break space (U+202F)
/// between thousands, at most two units in a duration, relative time below 24 h and days above.
namespace cairn::text {

/// One line that is safe to show: control, bidi and line-breaking characters become visible escapes such as
/// "\n" or "\u{202E}". Everything a server, file name or kubeconfig gives passes through here before a label.
QString safe(const QString &raw);
/// The same for bytes that ought to be UTF-8; bytes that are not become "\xNN".
QString safe(const QByteArray &raw);
/// An error with all its sentences safe to show.
Error safe(const Error &raw);

/// 12400 → "12 400" (U+202F).
QString number(qint64 value);
/// 29098500000 → "27.1 GiB"; below 1 KiB "812 B".
QString bytes(qint64 value);
/// Seconds → "2 h 10 min", "41 s", "3 d 4 h"; below 1 s "0.4 s".
QString duration(std::chrono::milliseconds value);
/// Time since `when`: "now", "9 min ago", "15 h ago", "3 d ago"; "–" where invalid.
QString ago(const QDateTime &when, const QDateTime &now);
/// GPU time in the unit that gives it a digit: "4.8 GPU-h", below an hour "48 GPU-min", below a minute "40 GPU-s" (rounded up, so
/// that something is never shown as nothing); "0 GPU-h", and "–" for nullopt.
QString gpuHours(std::optional<double> hours);
/// The same in two parts, for a tile; the number without ".0", the unit "" for nullopt.
struct Amount {
    QString number;
    QString unit;
};
Amount gpuTime(std::optional<double> hours);

} // namespace cairn::text
