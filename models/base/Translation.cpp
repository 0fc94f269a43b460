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
namespace {

/// lupdate loses track of the namespace in some files, and files what their Words::tr() says under that bare name, which is
/// not the context that they ask for.
class Translator final : public QTranslator
{
public:
    using QTranslator::QTranslator;
    QString translate(const char *context, const char *source, const char *disambiguation, int n) const override
    {
        const QString found = QTranslator::translate(context, source, disambiguation, n);
        return found.isNull() ? QTranslator::translate("Words", source, disambiguation, n) : found;
    }
};

} // namespace

void installTranslation(const QLocale &locale)
{
    initResources();
    const auto install = [](const QLocale &wanted) {
        auto *translator = new Translator(QCoreApplication::instance());
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
