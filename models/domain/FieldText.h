// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLocale>
#include <QString>
#include <chrono>
#include <optional>

/// What people type into fields for numbers, quantities and durations. Pure functions; any text is an input, and what is no
/// such value, or could be two, is nullopt: nothing is guessed.
namespace cairn::field {

/// A number as `locale` writes it, or with a point. Between its digits spaces of any width and the locale's group separator may
/// stand where it puts them: "12 400", "12,400" (en), "1.234,5" (de). At most 64 characters.
std::optional<double> parseNumber(const QString &text, const QLocale &locale);

/// A Kubernetes quantity as typed, and as a manifest holds it.
struct Quantity {
    QString canonical; ///< "64Gi", "500m", "1.5"
    double value = 0;  ///< in bytes, cores or pieces
    bool operator==(const Quantity &) const = default;
};
/// Takes Kubernetes' own writing ("64Gi", "500m", "1e3") and what people write for it ("64 GiB", "1,5 GiB" in a locale with a
/// comma). A number alone is counted in `unit`, a suffix of Kubernetes ("Gi", "m", "" for pieces). Negative ones are none.
std::optional<Quantity> parseQuantity(const QString &text, const QString &unit, const QLocale &locale);

/// "90 s", "1h30m" (Go's way), "1 h 30 min", "2 d", "1.5 h", "250 ms"; each unit at most once, the greater first. A number alone
/// is counted in `unit`. At most 10,000 days.
std::optional<std::chrono::milliseconds> parseDuration(
    const QString &text, std::chrono::milliseconds unit, const QLocale &locale);
/// The same without loss: "1 h 30 min 5 s", "0 s". parseDuration() reads it again in every locale.
QString durationText(std::chrono::milliseconds value);

} // namespace cairn::field
