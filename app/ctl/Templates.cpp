// SPDX-License-Identifier: GPL-3.0-or-later
#include "Templates.h"

#include "Commands.h"
#include "Output.h"
#include "base/Text.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

using launch::Template;
using launch::TemplateParameter;

app::TemplateShelf shelfOf(const Options &options)
{
    return app::readShelf(options.launch.templates.isEmpty() ? app::ownTemplateFolder() : options.launch.templates);
}

QJsonValue orNull(const std::optional<double> &value)
{
    return value ? QJsonValue(*value) : QJsonValue();
}

QJsonObject toJson(const TemplateParameter &parameter)
{
    return {{u"name"_s, parameter.name}, {u"title"_s, parameter.title}, {u"type"_s, launch::typeWord(parameter.type)},
        {u"default"_s, parameter.preset}, {u"required"_s, parameter.required}, {u"least"_s, orNull(parameter.least)},
        {u"most"_s, orNull(parameter.most)}, {u"choices"_s, QJsonArray::fromStringList(parameter.choices)},
        {u"help"_s, parameter.help}};
}

QJsonObject toJson(const Template &one)
{
    QJsonArray parameters;
    for (const TemplateParameter &parameter : one.parameters)
        parameters.append(toJson(parameter));
    QJsonValue broken;
    if (one.broken) {
        const QString place = one.broken->causes.isEmpty() ? QString() : one.broken->causes.first().field;
        broken = QJsonObject{{u"text"_s, one.broken->oneLine()}, {u"place"_s, place}, {u"fix"_s, one.broken->fix}};
    }
    return {{u"id"_s, one.id}, {u"title"_s, one.title}, {u"text"_s, one.text}, {u"kind"_s, one.kind},
        {u"builtIn"_s, one.builtIn}, {u"file"_s, one.builtIn ? QJsonValue() : QJsonValue(one.file)},
        {u"parameters"_s, parameters}, {u"error"_s, broken}};
}

} // namespace

int jobTemplates(const Options &options)
{
    const app::TemplateShelf shelf = shelfOf(options);
    QJsonArray templates;
    QList<QStringList> rows{{u"NAME"_s, u"KIND"_s, u"FROM"_s, u"TITLE"_s, u"PARAMETERS"_s}};
    for (const Template &one : shelf.templates) {
        templates.append(toJson(one));
        QStringList parameters;
        for (const TemplateParameter &parameter : one.parameters)
            parameters.append(text::safe(parameter.name + u'=' + parameter.preset) + (parameter.required && parameter.preset.isEmpty() ? u"?"_s : QString()));
        rows.append({text::safe(one.id), one.kind.isEmpty() ? u"–"_s : text::safe(one.kind),
            one.builtIn ? u"Cairn"_s : u"folder"_s, text::safe(one.title),
            one.broken ? u"broken: "_s + one.broken->oneLine() : parameters.join(u' ')});
    }
    print(options.format,
        {{u"folder"_s, shelf.folder}, {u"templates"_s, templates}, {u"notes"_s, QJsonArray::fromStringList(shelf.notes)},
            {u"error"_s, shelf.error ? QJsonValue(shelf.error->oneLine()) : QJsonValue()}},
        renderTable(rows));
    for (const QString &line : shelf.notes)
        note(u"Note: "_s + line);
    return shelf.error ? printError(*shelf.error) : ExitOk;
}

Result<QByteArray> fromTemplate(const Options &options, const QString &ns, const app::LaunchDefaults &defaults)
{
    const auto wrong = [](const QString &why, const QString &fix) {
        return fail(Error::Kind::Invalid, u"The template and the command line say different things"_s, why, fix);
    };
    if (!options.launch.given.isEmpty())
        return wrong(u"With --template the job is as it says, but --%1 is given."_s.arg(options.launch.given.first()), u"Use --set, or print it with -o yaml, change it, and launch it with --file"_s);
    if (!options.launch.file.isEmpty())
        return wrong(u"Both --template and --file name a job."_s, u"Leave one of them out"_s);
    if (options.command.size() > 3)
        return wrong(u"With --template the command is in the template."_s, u"Leave out what stands behind --"_s);
    const Result<Template> chosen = app::chooseTemplate(shelfOf(options), options.launch.templateName);
    if (!chosen)
        return fail(chosen.error());
    launch::TemplateValues values = options.launch.values;
    if (const QString name = options.command.value(2); !name.isEmpty()) {
        if (const QString said = values.value(u"name"_s, name); said != name)
            return wrong(u"--set says name=%1, and the job is called %2."_s.arg(text::safe(said), text::safe(name)), u"Say it once"_s);
        values.insert(u"name"_s, name);
    }
    return app::textFromTemplate(*chosen, values, ns, defaults);
}

} // namespace cairn::ctl
