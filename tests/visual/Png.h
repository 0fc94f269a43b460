// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHash>
#include <QImage>
#include <array>

namespace cairn::test {

/// PNG without line filters, with a palette where 256 colours are enough. Pictures of windows come out about a third
/// smaller than QImage::save makes them, and the baselines live in the repository.
inline QByteArray encodePng(const QImage &source)
{
    const QImage image = source.convertToFormat(QImage::Format_RGB32);
    const auto word = [](quint32 value) {
        return QByteArray()
            .append(static_cast<char>(value >> 24))
            .append(static_cast<char>(value >> 16))
            .append(static_cast<char>(value >> 8))
            .append(static_cast<char>(value));
    };
    static const std::array<quint32, 256> table = [] {
        std::array<quint32, 256> crc{};
        for (quint32 i = 0; i < 256; ++i) {
            quint32 value = i;
            for (int bit = 0; bit < 8; ++bit)
                value = (value & 1u) != 0 ? 0xedb88320u ^ (value >> 1) : value >> 1;
            crc[i] = value;
        }
        return crc;
    }();
    QByteArray png("\x89PNG\r\n\x1a\n", 8);
    const auto chunk = [&](const char *type, const QByteArray &data) {
        const QByteArray body = QByteArray(type, 4) + data;
        quint32 crc = 0xffffffffu;
        for (const char byte : body)
            crc = table[(crc ^ static_cast<quint8>(byte)) & 0xffu] ^ (crc >> 8);
        png += word(static_cast<quint32>(data.size())) + body + word(crc ^ 0xffffffffu);
    };

    QHash<QRgb, int> palette;
    QByteArray colors;
    for (int y = 0; y < image.height() && palette.size() <= 256; ++y) {
        for (int x = 0; x < image.width() && palette.size() <= 256; ++x) {
            const QRgb pixel = image.pixel(x, y);
            if (palette.contains(pixel))
                continue;
            palette.insert(pixel, static_cast<int>(palette.size()));
            colors.append(static_cast<char>(qRed(pixel)))
                .append(static_cast<char>(qGreen(pixel)))
                .append(static_cast<char>(qBlue(pixel)));
        }
    }
    const bool indexed = palette.size() <= 256;
    QByteArray lines;
    for (int y = 0; y < image.height(); ++y) {
        lines.append('\0');
        for (int x = 0; x < image.width(); ++x) {
            const QRgb pixel = image.pixel(x, y);
            if (indexed)
                lines.append(static_cast<char>(palette.value(pixel)));
            else
                lines.append(static_cast<char>(qRed(pixel)))
                    .append(static_cast<char>(qGreen(pixel)))
                    .append(static_cast<char>(qBlue(pixel)));
        }
    }
    chunk("IHDR",
        word(static_cast<quint32>(image.width())) + word(static_cast<quint32>(image.height())) + QByteArray(1, 8)
            + QByteArray(1, indexed ? 3 : 2) + QByteArray(3, 0));
    if (indexed)
        chunk("PLTE", colors);
    // qCompress puts the length before the zlib stream.
    chunk("IDAT", qCompress(lines, 9).mid(4));
    chunk("IEND", {});
    return png;
}

} // namespace cairn::test
