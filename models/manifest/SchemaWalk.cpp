// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/SchemaWalk.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace cairn::manifest {
namespace {

constexpr int kMostReferences = 32;
constexpr int kMostParts = 2000;

} // namespace

QJsonObject SchemaWalk::resolved(const QJsonObject &schema) const
{
    QJsonObject here = schema;
    for (int i = 0; i < kMostReferences && here.contains(u"$ref"_s); ++i) {
        const QString name = here.value(u"$ref"_s).toString().section(u'/', -1);
        QJsonObject there = m_components.value(name).toObject();
        here.remove(u"$ref"_s);
        for (auto it = here.begin(); it != here.end(); ++it)
            there.insert(it.key(), it.value());
        here = there;
    }
    here.remove(u"$ref"_s);
    return here;
}

void SchemaWalk::collect(const QJsonObject &schema, int depth, int &budget, QJsonObject &properties, bool &open) const
{
    if (depth > kMostReferences || --budget < 0) {
        open = true;
        return;
    }
    const QJsonObject here = resolved(schema);
    const QJsonObject own = here.value(u"properties"_s).toObject();
    for (auto it = own.begin(); it != own.end(); ++it) {
        if (!properties.contains(it.key()))
            properties.insert(it.key(), it.value());
    }
    const QJsonValue others = here.value(u"additionalProperties"_s);
    open = open || others.isObject() || others.toBool() || here.value(u"x-kubernetes-preserve-unknown-fields"_s).toBool();
    for (const QString &word : {u"allOf"_s, u"anyOf"_s, u"oneOf"_s}) {
        for (const QJsonValue part : here.value(word).toArray())
            collect(part.toObject(), depth + 1, budget, properties, open);
    }
}

QJsonObject SchemaWalk::whole(const QJsonObject &schema) const
{
    QJsonObject here = resolved(schema);
    for (const QJsonValue part : here.value(u"allOf"_s).toArray()) {
        const QJsonObject more = resolved(part.toObject());
        for (auto it = more.begin(); it != more.end(); ++it) {
            if (!here.contains(it.key()))
                here.insert(it.key(), it.value());
        }
    }
    return here;
}

QJsonObject SchemaWalk::property(const QJsonObject &schema, const QString &name) const
{
    QJsonObject properties;
    bool open = false;
    int budget = kMostParts;
    collect(schema, 0, budget, properties, open);
    if (properties.contains(name))
        return whole(properties.value(name).toObject());
    return whole(whole(schema).value(u"additionalProperties"_s).toObject());
}

QJsonObject SchemaWalk::items(const QJsonObject &schema) const
{
    return whole(whole(schema).value(u"items"_s).toObject());
}

QStringList SchemaWalk::fields(const QJsonObject &schema) const
{
    QJsonObject properties;
    bool open = false;
    int budget = kMostParts;
    collect(schema, 0, budget, properties, open);
    return properties.keys();
}

bool SchemaWalk::isOpen(const QJsonObject &schema, bool pruned) const
{
    QJsonObject properties;
    bool open = false;
    int budget = kMostParts;
    collect(schema, 0, budget, properties, open);
    return open || (properties.isEmpty() && !pruned);
}

QString SchemaWalk::typeName(const QJsonObject &schema) const
{
    const QJsonObject here = whole(schema);
    if (here.value(u"x-kubernetes-int-or-string"_s).toBool() || here.value(u"format"_s).toString() == u"int-or-string")
        return u"integer or string"_s;
    const QString type = here.value(u"type"_s).toString();
    if (type == u"array")
        return typeName(items(here)) + u" list"_s;
    if (!type.isEmpty())
        return type;
    QStringList types;
    for (const QString &word : {u"anyOf"_s, u"oneOf"_s}) {
        for (const QJsonValue part : here.value(word).toArray())
            types += resolved(part.toObject()).value(u"type"_s).toString();
    }
    types.removeAll(QString());
    types.removeDuplicates();
    return types.join(u" or "_s);
}

} // namespace cairn::manifest
