// SPDX-License-Identifier: GPL-3.0-or-later
#include "Png.h"
#include "base/Translation.h"
#include "gallery/Entries.h"
#include "gallery/Grab.h"
#include "kit/Theme.h"

#include <QApplication>
#include <QDir>
#include <QFile>
#include <QTest>
#include <cstdlib>

using namespace Qt::StringLiterals;
using namespace cairn;

namespace {

/// Processors blend with different vector instructions; what they round differently no eye can see.
bool samePixel(QRgb a, QRgb b)
{
    constexpr int most = 3;
    return std::abs(qRed(a) - qRed(b)) <= most && std::abs(qGreen(a) - qGreen(b)) <= most
        && std::abs(qBlue(a) - qBlue(b)) <= most;
}

bool same(const QImage &a, const QImage &b)
{
    if (a == b)
        return true;
    if (a.size() != b.size())
        return false;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            if (!samePixel(a.pixel(x, y), b.pixel(x, y)))
                return false;
        }
    }
    return true;
}

/// The baseline in grey, differing pixels in red, so that the eye finds them.
QImage difference(const QImage &expected, const QImage &actual)
{
    QImage result(expected.size().expandedTo(actual.size()), QImage::Format_RGB32);
    result.fill(Qt::white);
    for (int y = 0; y < result.height(); ++y) {
        for (int x = 0; x < result.width(); ++x) {
            const bool inBoth = expected.valid(x, y) && actual.valid(x, y);
            if (!inBoth || !samePixel(expected.pixel(x, y), actual.pixel(x, y))) {
                result.setPixel(x, y, qRgb(220, 0, 0));
            } else {
                const int grey = 160 + qGray(expected.pixel(x, y)) * 95 / 255;
                result.setPixel(x, y, qRgb(grey, grey, grey));
            }
        }
    }
    return result;
}

bool write(const QString &path, const QImage &image)
{
    QFile file(path);
    const QByteArray png = test::encodePng(image);
    return file.open(QIODevice::WriteOnly) && file.write(png) == png.size();
}

/// Dark pictures of the variants of a page ("page.jobs.loading") would show nothing that its main picture does not.
bool inDarkToo(const QString &id)
{
    return id.count(u'.') < 2;
}

} // namespace

/// Each entry of the gallery looks as it did when its baseline was accepted (tests/visual/accept).
class TestVisual : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        installTranslation(QLocale::c());
        kit::Theme::install(*qApp, kit::ThemeMode::Light);
        QDir(QStringLiteral(CAIRN_VISUAL_OUTPUT)).removeRecursively();
        QVERIFY(QDir().mkpath(QStringLiteral(CAIRN_VISUAL_OUTPUT)));
    }

    void looksAsAccepted_data()
    {
        QTest::addColumn<int>("index");
        QTest::addColumn<QSize>("size");
        QTest::addColumn<bool>("dark");
        m_registry = gallery::allEntries();
        for (int i = 0; i < static_cast<int>(m_registry.entries().size()); ++i) {
            const kit::GalleryEntry &entry = m_registry.entries().at(i);
            // One size per entry is enough for the picture; the others are for browsing.
            const QSize size = entry.sizes.isEmpty() ? QSize() : entry.sizes.first();
            for (const bool dark : {false, true}) {
                if (dark && !inDarkToo(entry.id))
                    continue;
                QTest::addRow("%s %s", qPrintable(entry.id), dark ? "dark" : "light") << i << size << dark;
            }
        }
    }

    void looksAsAccepted()
    {
        QFETCH(const int, index);
        QFETCH(const QSize, size);
        QFETCH(const bool, dark);
        const kit::GalleryEntry &entry = m_registry.entries().at(index);
        kit::Theme::instance().setMode(dark ? kit::ThemeMode::Dark : kit::ThemeMode::Light);
        QImage actual = gallery::grab(entry, size).convertToFormat(QImage::Format_RGB32);
        const QString name = gallery::fileName(entry, size, dark ? u"dark"_s : u"light"_s);
        m_seen.insert(name);

        const QDir output(QStringLiteral(CAIRN_VISUAL_OUTPUT));
        const QString baseline = QDir(QStringLiteral(CAIRN_VISUAL_BASELINES)).filePath(name);
        QImage expected(baseline);
        if (expected.isNull()) {
            QVERIFY(write(output.filePath(name), actual));
            QFAIL(qPrintable(
                u"no baseline for %1; look at %2 and run tests/visual/accept"_s.arg(name, output.filePath(name))));
        }
        expected = expected.convertToFormat(QImage::Format_RGB32);
        expected.setDevicePixelRatio(actual.devicePixelRatio());
        // On a busy machine a timer of the editor may fire between two steps of a picture: what is wrong is so each time.
        for (int more = 2; !same(expected, actual) && more > 0; --more)
            actual = gallery::grab(entry, size).convertToFormat(QImage::Format_RGB32);
        if (same(expected, actual))
            return;
        QVERIFY(write(output.filePath(name), actual));
        const QString diff = output.filePath(name.chopped(4) + u".diff.png"_s);
        QVERIFY(write(diff, difference(expected, actual)));
        QFAIL(qPrintable(u"%1 differs from its baseline: see %2 and %3, run tests/visual/accept if it is meant"_s.arg(
            name, output.filePath(name), diff)));
    }

    void noBaselineIsLeftOver()
    {
        const QStringList files = QDir(QStringLiteral(CAIRN_VISUAL_BASELINES)).entryList({u"*.png"_s}, QDir::Files);
        for (const QString &file : files)
            QVERIFY2(
                m_seen.contains(file), qPrintable(u"%1 belongs to no entry of the gallery; delete it"_s.arg(file)));
    }

private:
    kit::GalleryRegistry m_registry;
    QSet<QString> m_seen;
};

QTEST_MAIN(TestVisual)
#include "tst_visual.moc"
