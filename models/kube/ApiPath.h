// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "domain/Kinds.h"

#include <QByteArray>

namespace cairn::kube {

/// "/api/v1/namespaces/NS/pods", "/apis/GROUP/VERSION/plural": percent-encoded. `ns` empty asks for all namespaces.
/// Names that could leave their place in the path ("..", "a/b", "a%2f") are refused, as apimachinery does
/// (pkg/api/validation/path).
Result<QString> collectionPath(const ResourceKind &kind, const QString &ns);

/// The path of one object, with `subresource` ("log", "status") where given.
Result<QString> objectPath(const ObjectRef &ref, const QString &subresource = {});

/// A query string, percent-encoded.
class Query
{
public:
    Query &add(QByteArrayView name, const QString &value); ///< left out where the value is empty
    Query &addAlways(QByteArrayView name, const QString &value);
    Query &add(QByteArrayView name, qint64 value) { return add(name, QString::number(value)); }
    /// `path` with "?" and everything added so far.
    QString on(const QString &path) const;

private:
    QString m_text;
};

} // namespace cairn::kube
