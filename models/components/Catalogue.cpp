// SPDX-License-Identifier: GPL-3.0-or-later
#include "components/Catalogue.h"

#include <QCoreApplication>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>
#include <algorithm>
#include <functional>

using namespace Qt::StringLiterals;

namespace cairn::components {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::components)
};

/// Reads one object and remembers the first thing that is wrong with it.
class Fields
{
public:
    Fields(const QJsonObject &object, QString *problem, const QSet<QString> &known)
        : m_object(object)
        , m_problem(problem)
    {
        for (const QString &key : object.keys()) {
            if (!known.contains(key))
                complain(key, u"is not known"_s);
        }
    }
    QString text(const QString &key, bool optional = false)
    {
        const QJsonValue value = m_object.value(key);
        if (optional && value.isUndefined())
            return {};
        if (!value.isString() || value.toString().isEmpty())
            complain(key, u"is no text"_s);
        return value.toString();
    }
    QStringList texts(const QString &key, bool mayBeEmpty = false)
    {
        QStringList list;
        const QJsonValue value = m_object.value(key);
        const QJsonArray array = value.toArray();
        for (const QJsonValue &item : array) {
            if (!item.isString() || item.toString().isEmpty())
                complain(key, u"holds something else than text"_s);
            list.append(item.toString());
        }
        if (!mayBeEmpty && list.isEmpty())
            complain(key, u"is empty"_s);
        return list;
    }
    void complain(const QString &key, const QString &why)
    {
        if (m_problem->isEmpty())
            *m_problem = u"%1: \"%2\" %3"_s.arg(m_object.value(u"id"_s).toString(), key, why);
    }

private:
    const QJsonObject m_object;
    QString *m_problem;
};

Entry readEntry(const QJsonObject &object, QString *problem)
{
    Fields fields(object, problem,
                  {u"id"_s, u"group"_s, u"namespaces"_s, u"kind"_s, u"names"_s, u"labels"_s, u"scaling"_s, u"reason"_s, u"lease"_s,
                   u"dependsOn"_s, u"stops"_s, u"webhook"_s, u"optIn"_s, u"releases"_s});
    Entry entry;
    entry.id = fields.text(u"id"_s);
    entry.group = fields.text(u"group"_s);
    entry.namespaces = fields.texts(u"namespaces"_s);
    entry.kind = fields.text(u"kind"_s);
    if (entry.kind != "Deployment"_L1 && entry.kind != "StatefulSet"_L1)
        fields.complain(u"kind"_s, u"is neither Deployment nor StatefulSet"_s);
    entry.names = fields.texts(u"names"_s);
    const QJsonObject labels = object.value(u"labels"_s).toObject();
    for (auto it = labels.begin(); it != labels.end(); ++it)
        entry.labels.insert(it.key(), it.value().toString());
    static const QHash<QString, Scaling> words{{u"stateless"_s, Scaling::Stateless},
                                               {u"leader"_s, Scaling::Leader},
                                               {u"leader-off"_s, Scaling::LeaderOff},
                                               {u"never"_s, Scaling::Never},
                                               {u"data"_s, Scaling::Data}};
    const QString scaling = fields.text(u"scaling"_s);
    if (!words.contains(scaling))
        fields.complain(u"scaling"_s, u"is not known"_s);
    entry.scaling = words.value(scaling);
    entry.reason = fields.text(u"reason"_s);
    if (const QJsonValue lease = object.value(u"lease"_s); !lease.isUndefined()) {
        Fields inner(lease.toObject(), problem, {u"namespace"_s, u"names"_s, u"onByDefault"_s});
        entry.lease = LeaseRule{inner.text(u"namespace"_s, true), inner.texts(u"names"_s), lease[u"onByDefault"_s].toBool()};
    }
    entry.dependsOn = fields.texts(u"dependsOn"_s, true);
    entry.stops = fields.text(u"stops"_s);
    entry.webhook = fields.text(u"webhook"_s, true);
    entry.optIn = object.value(u"optIn"_s).toBool();
    entry.releases = fields.texts(u"releases"_s, true);
    return entry;
}

/// The id of an entry that depends on itself through others; empty where there is none.
QString circle(const Catalogue &catalogue)
{
    QSet<QString> done;
    QSet<QString> open;
    std::function<QString(const QString &)> visit = [&](const QString &id) -> QString {
        if (open.contains(id))
            return id;
        if (done.contains(id))
            return {};
        open.insert(id);
        for (const QString &next : catalogue.find(id)->dependsOn) {
            if (const QString found = visit(next); !found.isEmpty())
                return found;
        }
        open.remove(id);
        done.insert(id);
        return {};
    };
    for (const Entry &entry : catalogue.entries) {
        if (const QString found = visit(entry.id); !found.isEmpty())
            return found;
    }
    return {};
}

QString check(const Catalogue &catalogue)
{
    QSet<QString> ids;
    QSet<QString> workloads;
    qsizetype group = 0;
    for (const Entry &entry : catalogue.entries) {
        if (ids.contains(entry.id))
            return u"%1 is there twice"_s.arg(entry.id);
        ids.insert(entry.id);
        const auto of = std::ranges::find(catalogue.groups, entry.group, &Group::id) - catalogue.groups.begin();
        if (of == catalogue.groups.size())
            return u"%1: there is no group \"%2\""_s.arg(entry.id, entry.group);
        if (of < group)
            return u"%1 is not with its group"_s.arg(entry.id);
        group = of;
        for (const QString &release : entry.releases) {
            if (!catalogue.releases.contains(release))
                return u"%1: there is no release \"%2\""_s.arg(entry.id, release);
        }
        for (const QString &ns : entry.namespaces) {
            for (const QString &name : entry.names) {
                const QString key = entry.kind + u'/' + ns + u'/' + name;
                if (workloads.contains(key))
                    return u"%1 is two components"_s.arg(key);
                workloads.insert(key);
            }
        }
    }
    for (const Entry &entry : catalogue.entries) {
        for (const QString &id : entry.dependsOn) {
            if (!ids.contains(id))
                return u"%1 depends on \"%2\", which is not there"_s.arg(entry.id, id);
        }
    }
    const QString turning = circle(catalogue);
    return turning.isEmpty() ? QString() : u"%1 depends on itself"_s.arg(turning);
}

} // namespace

const Entry *Catalogue::find(const QString &id) const
{
    const auto it = std::ranges::find(entries, id, &Entry::id);
    return it == entries.end() ? nullptr : &*it;
}

QStringList Catalogue::namespaces() const
{
    QSet<QString> names;
    for (const Entry &entry : entries)
        names.unite(QSet<QString>(entry.namespaces.begin(), entry.namespaces.end()));
    QStringList sorted(names.begin(), names.end());
    sorted.sort();
    return sorted;
}

QStringList Catalogue::leaseNamespaces() const
{
    QSet<QString> names;
    for (const Entry &entry : entries) {
        if (!entry.lease)
            continue;
        if (entry.lease->ns.isEmpty())
            names.unite(QSet<QString>(entry.namespaces.begin(), entry.namespaces.end()));
        else
            names.insert(entry.lease->ns);
    }
    QStringList sorted(names.begin(), names.end());
    sorted.sort();
    return sorted;
}

Result<Catalogue> readCatalogue(const QByteArray &json)
{
    QJsonParseError error;
    const QJsonObject document = QJsonDocument::fromJson(json, &error).object();
    QString problem = error.error == QJsonParseError::NoError ? QString() : error.errorString();
    Catalogue catalogue;
    Fields fields(document, &problem, {u"distribution"_s, u"releases"_s, u"groups"_s, u"components"_s});
    catalogue.releases = fields.texts(u"releases"_s);
    for (const QJsonValue &value : document.value(u"groups"_s).toArray()) {
        Fields group(value.toObject(), &problem, {u"id"_s, u"name"_s});
        catalogue.groups.append({group.text(u"id"_s), group.text(u"name"_s)});
    }
    for (const QJsonValue &value : document.value(u"components"_s).toArray())
        catalogue.entries.append(readEntry(value.toObject(), &problem));
    if (problem.isEmpty())
        problem = check(catalogue);
    if (!problem.isEmpty()) {
        return fail(Error::Kind::Parse, Words::tr("The catalogue of components could not be read"), problem,
                    Words::tr("Install Cairn again"));
    }
    return catalogue;
}

const Catalogue &catalogue()
{
    static const Catalogue built = [] {
        QFile file(u":/cairn/catalogue/kubeflow.json"_s);
        if (!file.open(QIODevice::ReadOnly))
            qFatal("the catalogue is not in this program");
        const Result<Catalogue> read = readCatalogue(file.readAll());
        if (!read)
            qFatal("%s", qPrintable(read.error().oneLine())); // tst_catalogue would have failed
        return *read;
    }();
    return built;
}

QString translated(const QString &english)
{
    // translations/CMakeLists.txt hands the data's sentences to lupdate in this context.
    return QCoreApplication::translate("cairn::components::Catalogue", english.toUtf8().constData());
}

} // namespace cairn::components
