// SPDX-License-Identifier: GPL-3.0-or-later
#include "items/CellText.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <QTimeZone>
#include <cmath>

namespace cairn::items {

using namespace Qt::StringLiterals;

namespace {
// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::items)
};
} // namespace

QString exactTime(const QDateTime &when)
{
    if (!when.isValid())
        return {};
    const QDateTime local = when.toLocalTime();
    return Words::tr("%1 local, %2 UTC")
        .arg(local.toString(u"yyyy-MM-dd HH:mm:ss"_s), when.toUTC().toString(u"yyyy-MM-dd HH:mm:ss"_s));
}

QString plainNumber(double value)
{
    if (std::abs(value - std::round(value)) < 0.05)
        return text::number(std::llround(value));
    return QString::number(value, 'f', 1);
}

QString formatLabel(const QString &format)
{
    if (format == "torch-zip"_L1)
        return Words::tr("torch zip");
    if (format == "dcp"_L1)
        return Words::tr("DCP");
    if (format == "hf-trainer"_L1)
        return Words::tr("HF Trainer");
    if (format == "accelerate"_L1)
        return Words::tr("Accelerate");
    if (format == "safetensors"_L1)
        return Words::tr("safetensors");
    return text::safe(format);
}

} // namespace cairn::items
