// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/ApiPath.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <QUrl>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::kube {
namespace {

bool isPlainWord(const QString &word)
{
    return !word.isEmpty() && word != "."_L1 && word != ".."_L1 && std::ranges::all_of(word, [](QChar c) {
        return (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9') || c == u'.' || c == u'-';
    });
}

Result<QString> segment(const QString &name)
{
    if (name.isEmpty() || name == "."_L1 || name == ".."_L1 || name.contains(u'/') || name.contains(u'%')
        || name.contains(u'\0'))
        return fail(Error::Kind::Invalid,
                    QCoreApplication::translate("cairn::kube::ApiPath", "“%1” cannot be the name of an object")
                        .arg(text::safe(name)),
                    QCoreApplication::translate("cairn::kube::ApiPath",
                                                "A name is not empty, not “.” or “..”, and holds no “/” and no “%”."));
    return QString::fromLatin1(QUrl::toPercentEncoding(name));
}

} // namespace

Result<QString> collectionPath(const ResourceKind &kind, const QString &ns)
{
    if (!isPlainWord(kind.version) || !isPlainWord(kind.plural) || (!kind.group.isEmpty() && !isPlainWord(kind.group)))
        return fail(Error::Kind::Invalid,
                    QCoreApplication::translate("cairn::kube::ApiPath", "“%1” is not the name of a resource")
                        .arg(text::safe(kind.apiVersion() + u'/' + kind.plural)));
    QString path = kind.group.isEmpty() ? u"/api/"_s + kind.version : u"/apis/"_s + kind.group + u'/' + kind.version;
    if (kind.namespaced && !ns.isEmpty()) {
        const Result<QString> part = segment(ns);
        if (!part)
            return part;
        path += u"/namespaces/"_s + *part;
    }
    return path + u'/' + kind.plural;
}

Result<QString> objectPath(const ObjectRef &ref, const QString &subresource)
{
    if (ref.kind.namespaced && ref.ns.isEmpty())
        return fail(Error::Kind::Invalid,
                    QCoreApplication::translate("cairn::kube::ApiPath", "%1 “%2” needs a namespace")
                        .arg(ref.kind.kind, text::safe(ref.name)));
    if (!subresource.isEmpty() && !isPlainWord(subresource))
        return fail(Error::Kind::Invalid,
                    QCoreApplication::translate("cairn::kube::ApiPath", "“%1” is not the name of a resource").arg(text::safe(subresource)));
    const Result<QString> collection = collectionPath(ref.kind, ref.ns);
    const Result<QString> name = segment(ref.name);
    if (!collection || !name)
        return collection ? name : collection;
    return *collection + u'/' + *name + (subresource.isEmpty() ? QString() : u'/' + subresource);
}

Query &Query::add(QByteArrayView name, const QString &value)
{
    return value.isEmpty() ? *this : addAlways(name, value);
}

Query &Query::addAlways(QByteArrayView name, const QString &value)
{
    m_text += (m_text.isEmpty() ? u'?' : u'&') + QString::fromLatin1(name) + u'='
        + QString::fromLatin1(QUrl::toPercentEncoding(value));
    return *this;
}

QString Query::on(const QString &path) const
{
    return path + m_text;
}

} // namespace cairn::kube
