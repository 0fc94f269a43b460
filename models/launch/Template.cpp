// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Template.h"

#include "base/Nearest.h"
#include "base/Text.h"
#include "domain/QuantityDecoder.h"
#include "launch/Draft.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QRegularExpression>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

using manifest::Path;
using Type = TemplateParameter::Type;
using Place = TemplateParameter::Place;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::launch::Template)
};

constexpr int kMostParameters = 100;
constexpr int kMostPlaces = 200; // of one parameter

Error wrong(const QString &why, const QString &fix = {})
{
    return Error::make(Error::Kind::Invalid, Words::tr("The template cannot be used"), why, fix);
}

std::optional<Type> typeOf(const QString &word)
{
    for (const Type type : {Type::Text, Type::Number, Type::Quantity, Type::Choice, Type::Bool}) {
        if (typeWord(type) == word)
            return type;
    }
    return std::nullopt;
}

/// What a scalar of a document says, as --set would.
QString textOf(const QJsonValue &value)
{
    if (value.isBool())
        return value.toBool() ? u"true"_s : u"false"_s;
    if (value.isDouble())
        return QString::number(value.toDouble(), 'g', 15);
    return value.toString();
}

/// What stands for "{}" in `as`; nullopt where the text is another one.
std::optional<QString> within(const QString &as, const QString &text)
{
    if (as.isEmpty())
        return text;
    const qsizetype at = as.indexOf("{}"_L1);
    const qsizetype behind = as.size() - at - 2;
    if (text.size() < at + behind || !text.startsWith(as.left(at)) || !text.endsWith(as.mid(at + 2)))
        return std::nullopt;
    return text.mid(at, text.size() - at - behind);
}

/// Reads a form. Throws nothing: the first thing that is wrong ends it.
class FormReader {
public:
    FormReader(const manifest::Document &job, const manifest::Document &form)
        : m_job(job)
        , m_form(form)
    {
    }

    std::optional<Error> read(Template &into)
    {
        const QJsonValue root = m_form.json();
        if (!root.isObject())
            return wrong(Words::tr("Its form is no map."), Words::tr("Write title, text and parameters."));
        const QJsonObject form = root.toObject();
        known(form, {u"title"_s, u"text"_s, u"parameters"_s}, Path());
        into.title = text(form, u"title"_s, Path());
        into.text = text(form, u"text"_s, Path());
        const QJsonValue list = form.value("parameters"_L1);
        if (!list.isUndefined() && !list.isArray())
            say(Path{u"parameters"_s}, Words::tr("parameters is no list."));
        const QJsonArray parameters = list.toArray();
        if (parameters.size() > kMostParameters)
            say(Path{u"parameters"_s}, Words::tr("It has more than %n parameters.", nullptr, kMostParameters));
        for (int i = 0; i < parameters.size() && !m_error; ++i) {
            const TemplateParameter parameter =
                parameterOf(parameters.at(i).toObject(), Path{u"parameters"_s}.item(i));
            if (std::ranges::find(into.parameters, parameter.name, &TemplateParameter::name) != into.parameters.end())
                say(Path{u"parameters"_s}.item(i), Words::tr("Two parameters are named %1.").arg(text::safe(parameter.name)));
            into.parameters.append(parameter);
        }
        return m_error;
    }

private:
    const manifest::Document &m_job;
    const manifest::Document &m_form;
    std::optional<Error> m_error;

    void say(const Path &at, const QString &why, const QString &fix = {})
    {
        if (m_error)
            return;
        m_error = wrong(why, fix);
        const manifest::Place place = m_form.at(at).place();
        if (place.line > 0)
            m_error->causes.append({u"%1:%2"_s.arg(place.line).arg(place.column), u"Form"_s, why});
    }
    void known(const QJsonObject &map, const QStringList &keys, const Path &at)
    {
        for (const QString &key : map.keys()) {
            if (keys.contains(key))
                continue;
            const QString near = text::nearestOf(key, keys);
            say(Path(at).field(key), Words::tr("The form has no field %1.").arg(text::safe(key)),
                near.isEmpty() ? Words::tr("Known are %1.").arg(keys.join(u", "_s)) : Words::tr("Write %1.").arg(near));
        }
    }
    QString text(const QJsonObject &map, const QString &key, const Path &at)
    {
        const QJsonValue value = map.value(key);
        if (!value.isUndefined() && !value.isString())
            say(Path(at).field(key), Words::tr("%1 is no text.").arg(key), Words::tr("Put it in quotes."));
        return value.toString();
    }
    std::optional<double> number(const QJsonObject &map, const QString &key, const Path &at)
    {
        const QJsonValue value = map.value(key);
        if (value.isUndefined())
            return std::nullopt;
        if (!value.isDouble())
            say(Path(at).field(key), Words::tr("%1 is no number.").arg(key));
        return value.toDouble();
    }

    TemplateParameter parameterOf(const QJsonObject &map, const Path &at)
    {
        static const QRegularExpression names(u"^[A-Za-z][A-Za-z0-9_-]{0,62}$"_s);
        known(map,
            {u"name"_s, u"title"_s, u"type"_s, u"default"_s, u"required"_s, u"least"_s, u"most"_s, u"choices"_s,
                u"help"_s, u"paths"_s},
            at);
        TemplateParameter parameter;
        parameter.name = text(map, u"name"_s, at);
        if (!names.match(parameter.name).hasMatch())
            say(at, Words::tr("A parameter has no name, or one with other than letters, digits, - and _."));
        parameter.title = text(map, u"title"_s, at);
        if (parameter.title.isEmpty())
            parameter.title = parameter.name;
        parameter.help = text(map, u"help"_s, at);
        const QString word = map.contains("type"_L1) ? text(map, u"type"_s, at) : u"text"_s;
        if (const std::optional<Type> type = typeOf(word))
            parameter.type = *type;
        else
            say(Path(at).field(u"type"_s), Words::tr("%1 is no type.").arg(text::safe(word)),
                Words::tr("Write text, number, quantity, choice or bool."));
        parameter.required = map.value("required"_L1).toBool();
        parameter.least = number(map, u"least"_s, at);
        parameter.most = number(map, u"most"_s, at);
        for (const QJsonValue choice : map.value("choices"_L1).toArray())
            parameter.choices.append(textOf(choice));
        if (parameter.type == Type::Choice && parameter.choices.isEmpty())
            say(at, Words::tr("%1 is a choice of nothing.").arg(text::safe(parameter.name)), Words::tr("Write choices."));
        const QJsonArray places = map.value("paths"_L1).toArray();
        if (places.isEmpty() || places.size() > kMostPlaces)
            say(at, Words::tr("%1 does not say where it stands.").arg(text::safe(parameter.name)), Words::tr("Write paths."));
        for (int i = 0; i < places.size() && i < kMostPlaces && !m_error; ++i)
            parameter.places.append(placeOf(places.at(i), Path(at).field(u"paths"_s).item(i)));
        if (!m_error)
            preset(parameter, map.value("default"_L1), at);
        return parameter;
    }

    Place placeOf(const QJsonValue &value, const Path &at)
    {
        Place place;
        if (value.isObject()) {
            known(value.toObject(), {u"path"_s, u"as"_s}, at);
            place.path = text(value.toObject(), u"path"_s, at);
            place.as = text(value.toObject(), u"as"_s, at);
            if (!place.as.isEmpty() && place.as.count("{}"_L1) != 1)
                say(at, Words::tr("“as” needs {} once, where the value goes."));
        } else {
            place.path = value.toString();
        }
        const std::optional<Path> path = Path::parse(place.path);
        if (!path || path->isEmpty())
            say(at, Words::tr("%1 is no path.").arg(text::safe(place.path)),
                Words::tr("Write it as spec.template.spec.containers[name=main].args[0]."));
        else if (const manifest::Node node = m_job.at(*path); !node.isValid())
            say(at, Words::tr("The YAML has nothing at %1.").arg(text::safe(place.path)),
                Words::tr("Write the field into the YAML, or correct the path."));
        else if (node.kind() == manifest::Node::Kind::Map || node.kind() == manifest::Node::Kind::List)
            say(at, Words::tr("A list or a map stands at %1.").arg(text::safe(place.path)), Words::tr("Name a single value."));
        return place;
    }

    void preset(TemplateParameter &parameter, const QJsonValue &given, const Path &at)
    {
        if (!given.isUndefined()) {
            parameter.preset = textOf(given);
        } else {
            const Place &first = parameter.places.first();
            const std::optional<QString> there = within(first.as, textOf(m_job.at(*Path::parse(first.path)).json()));
            if (!there)
                say(at, Words::tr("What stands at %1 is not as “as” says.").arg(text::safe(first.path)), Words::tr("Write a default."));
            parameter.preset = there.value_or(QString());
        }
    }
};

QString why(const TemplateParameter &parameter, const QString &value)
{
    if (value.isEmpty())
        return parameter.required ? Words::tr("It has to be said.") : QString();
    if (value.contains(u'\n') || value.contains(QChar(u'\0')))
        return Words::tr("It holds a line break.");
    const auto bounded = [&](double number) {
        if (parameter.least && number < *parameter.least)
            return Words::tr("It is less than %1.").arg(*parameter.least);
        if (parameter.most && number > *parameter.most)
            return Words::tr("It is more than %1.").arg(*parameter.most);
        return QString();
    };
    switch (parameter.type) {
    case Type::Text: return {};
    case Type::Number: {
        bool ok = false;
        const double number = value.toDouble(&ok);
        return ok && std::isfinite(number) ? bounded(number) : Words::tr("It is no number.");
    }
    case Type::Quantity: {
        const std::optional<double> amount = decodeQuantity(value.toStdString());
        return amount && *amount > 0 ? bounded(*amount) : Words::tr("It is no quantity such as 8, 500m or 64Gi.");
    }
    case Type::Choice:
        return parameter.choices.contains(value)
            ? QString()
            : Words::tr("It is none of %1.").arg(text::safe(parameter.choices.join(u", "_s)));
    case Type::Bool:
        return value == "true"_L1 || value == "false"_L1 ? QString() : Words::tr("It is neither true nor false.");
    }
    return {};
}

/// A number where a number stands, a text where a text does: an environment takes texts alone.
QJsonValue valueFor(const TemplateParameter &parameter, const QString &value, const QJsonValue &there)
{
    if (parameter.type == Type::Bool && !there.isString())
        return value == "true"_L1;
    bool ok = false;
    const double number = value.toDouble(&ok);
    const bool numeric = parameter.type == Type::Number || parameter.type == Type::Quantity || parameter.type == Type::Choice;
    return numeric && ok && there.isDouble() ? QJsonValue(number) : QJsonValue(value);
}

} // namespace

QString typeWord(Type type)
{
    switch (type) {
    case Type::Text: return u"text"_s;
    case Type::Number: return u"number"_s;
    case Type::Quantity: return u"quantity"_s;
    case Type::Choice: return u"choice"_s;
    case Type::Bool: break;
    }
    return u"bool"_s;
}

Template readTemplate(const QString &id, const QByteArray &yaml, const QByteArray &form)
{
    Template made;
    made.id = id;
    made.yaml = yaml;
    made.title = id.section(u'/', -1);
    const Draft draft = draftOf(yaml);
    made.kind = draft.job.value("kind"_L1).toString();
    const manifest::Document job = manifest::Document::read(yaml);
    if (!draft.faults.isEmpty()) {
        made.broken = job.error();
        return made;
    }
    if (!draft.isJob()) {
        made.broken = wrong(draft.why, Words::tr("Write one job into it."));
        return made;
    }
    if (!form.trimmed().isEmpty()) {
        const manifest::Document document = manifest::Document::read(form);
        Template read = made;
        made.broken = document.faults().isEmpty() ? FormReader(job, document).read(read) : document.error();
        if (made.broken)
            return made;
        made.parameters = read.parameters;
        made.text = read.text;
        if (!read.title.isEmpty())
            made.title = read.title;
    }
    // Whatever it is, no two jobs have one name.
    if (std::ranges::find(made.parameters, u"name"_s, &TemplateParameter::name) == made.parameters.end())
        made.parameters.prepend({.name = u"name"_s, .title = Words::tr("Name"), .preset = draft.spec.name, .required = true,
            .places = {{u"metadata.name"_s, {}}}});
    return made;
}

Result<QByteArray> filled(const Template &from, const TemplateValues &values)
{
    if (from.broken)
        return fail(*from.broken);
    Error error = Error::make(Error::Kind::Invalid, Words::tr("The template %1 cannot be filled in").arg(text::safe(from.id)));
    QStringList names;
    for (const TemplateParameter &parameter : from.parameters)
        names.append(parameter.name);
    for (auto it = values.begin(); it != values.end(); ++it) {
        if (names.contains(it.key()))
            continue;
        const QString near = text::nearestOf(it.key(), names);
        error.causes.append({it.key(), u"Unknown"_s,
            near.isEmpty() ? Words::tr("It has no such parameter; it has %1.").arg(names.join(u", "_s))
                           : Words::tr("It has no such parameter; %1 is near.").arg(near)});
    }
    for (const TemplateParameter &parameter : from.parameters) {
        if (const QString bad = why(parameter, values.value(parameter.name, parameter.preset)); !bad.isEmpty())
            error.causes.append({parameter.name, u"Invalid"_s, bad});
    }
    if (!error.causes.isEmpty()) {
        QStringList lines;
        for (const FieldCause &cause : std::as_const(error.causes))
            lines.append(u"%1: %2"_s.arg(text::safe(cause.field), cause.message));
        error.why = lines.join(u' ');
        error.fix = Words::tr("Set these parameters.");
        return fail(error);
    }
    manifest::Document document = manifest::Document::read(from.yaml);
    for (const TemplateParameter &parameter : from.parameters) {
        const QString value = values.value(parameter.name, parameter.preset);
        for (const Place &place : parameter.places) {
            const std::optional<Path> path = Path::parse(place.path);
            const manifest::Node node = path ? document.at(*path) : manifest::Node();
            if (!node.isValid() && place.path == "metadata.name"_L1) {
                if (const Result<> done = document.set(*path, value); !done)
                    return fail(done.error());
                continue;
            }
            const QJsonValue there = node.json();
            const QJsonValue wanted = place.as.isEmpty() ? valueFor(parameter, value, there)
                                                         : QJsonValue(QString(place.as).replace("{}"_L1, value));
            if (wanted == there)
                continue;
            if (const Result<> done = document.set(*path, wanted); !done)
                return fail(done.error());
        }
    }
    return document.text();
}

QString whyNoTemplateName(const QString &name)
{
    static const QRegularExpression good(u"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}(/[A-Za-z0-9][A-Za-z0-9._-]{0,99}){0,3}$"_s);
    if (name.isEmpty())
        return Words::tr("Give the template a name.");
    if (!good.match(name).hasMatch() || name.endsWith(".form"_L1))
        return Words::tr("Letters, digits, dots, hyphens and underscores; folders by /.");
    return {};
}

} // namespace cairn::launch
