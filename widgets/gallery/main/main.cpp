// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Translation.h"
#include "gallery/Entries.h"
#include "gallery/GalleryWindow.h"
#include "gallery/Grab.h"
#include "kit/Theme.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QTextStream>

using namespace Qt::StringLiterals;
using namespace cairn;

namespace {

struct Options {
    QString directory;
    QStringList only;
    QString theme;
    QSize size;
};

int grabAll(const kit::GalleryRegistry &registry, const Options &options)
{
    QTextStream err(stderr);
    if (!QDir().mkpath(options.directory)) {
        err << "cairn-gallery: cannot make the folder " << options.directory << '\n';
        return 1;
    }
    int grabbed = 0;
    for (const kit::GalleryEntry &entry : registry.entries()) {
        if (!options.only.isEmpty() && !options.only.contains(entry.id))
            continue;
        QList<QSize> sizes = entry.sizes;
        if (options.size.isValid())
            sizes = {options.size};
        if (sizes.isEmpty())
            sizes = {QSize()};
        for (const QSize &size : std::as_const(sizes)) {
            const QString path = QDir(options.directory).filePath(gallery::fileName(entry, size, options.theme));
            if (!gallery::grab(entry, size).save(path)) {
                err << "cairn-gallery: cannot write " << path << '\n';
                return 1;
            }
            ++grabbed;
        }
    }
    if (grabbed == 0) {
        err << "cairn-gallery: no entry has that id; --list shows them\n";
        return 3;
    }
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    // The scale of the screen has to be known before the application is made.
    for (int i = 1; i + 1 < argc; ++i) {
        if (qstrcmp(argv[i], "--scale") == 0)
            qputenv("QT_SCALE_FACTOR", argv[i + 1]);
        if (qstrcmp(argv[i], "--grab") == 0 && !qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
            qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    QApplication app(argc, argv);
    QCoreApplication::setApplicationName(u"cairn-gallery"_s);
    QCommandLineParser parser;
    parser.setApplicationDescription(u"Shows every widget and page of Cairn on canned data."_s);
    parser.addHelpOption();
    parser.addOptions({{u"list"_s, u"Print the ids of all entries."_s},
        {u"grab"_s, u"Write pictures into <folder> and exit."_s, u"folder"_s},
        {u"only"_s, u"Only the entry <id>; may be repeated."_s, u"id"_s},
        {u"theme"_s, u"light or dark."_s, u"theme"_s, u"light"_s},
        {u"size"_s, u"Grab at <WxH> instead of the entry's sizes."_s, u"WxH"_s},
        {u"scale"_s, u"Device pixels per logical pixel."_s, u"factor"_s},
        {u"text"_s, u"Text size in percent, 100 to 200."_s, u"percent"_s},
        {u"lang"_s, u"en or zh_TW."_s, u"locale"_s, u"en"_s}});
    parser.process(app);
    QTextStream err(stderr);
    const QString theme = parser.value(u"theme"_s);
    if (theme != "light"_L1 && theme != "dark"_L1) {
        err << "cairn-gallery: --theme is light or dark, not " << theme << '\n';
        return 2;
    }
    Options options{parser.value(u"grab"_s), parser.values(u"only"_s), theme, {}};
    if (parser.isSet(u"size"_s)) {
        const QStringList parts = parser.value(u"size"_s).split(u'x');
        options.size = QSize(parts.value(0).toInt(), parts.value(1).toInt());
        if (parts.size() != 2 || options.size.width() < 16 || options.size.height() < 16) {
            err << "cairn-gallery: --size wants WIDTHxHEIGHT, for example 1280x800\n";
            return 2;
        }
    }
    installTranslation(QLocale(parser.value(u"lang"_s)));
    kit::Theme::install(app, theme == "dark"_L1 ? kit::ThemeMode::Dark : kit::ThemeMode::Light);
    if (parser.isSet(u"text"_s))
        kit::Theme::instance().setTextScale(parser.value(u"text"_s).toDouble() / 100);

    const kit::GalleryRegistry registry = gallery::allEntries();
    if (parser.isSet(u"list"_s)) {
        QTextStream out(stdout);
        for (const kit::GalleryEntry &entry : registry.entries())
            out << entry.id << '\t' << entry.title << '\n';
        return 0;
    }
    if (parser.isSet(u"grab"_s))
        return grabAll(registry, options);
    gallery::GalleryWindow window(registry);
    window.show();
    return QApplication::exec();
}
