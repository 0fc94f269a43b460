// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Translation.h"

#include <QCoreApplication>
#include <QTranslator>

using namespace Qt::StringLiterals;

static void initResources()
{
    Q_INIT_RESOURCE(cairn_i18n);
}

namespace cairn {

void installTranslation(const QLocale &locale)
{
    initResources();
    const auto install = [](const QLocale &wanted) {
        auto *translator = new QTranslator(QCoreApplication::instance());
        if (translator->load(wanted, u"cairn"_s, u"_"_s, u":/i18n"_s))
            QCoreApplication::installTranslator(translator);
        else
            delete translator;
    };
    // The translator installed last is asked first.
    install(QLocale(QLocale::English));
    if (locale.language() != QLocale::English)
        install(locale);
}

} // namespace cairn
