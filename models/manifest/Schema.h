// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "manifest/Document.h"

#include <QJsonObject>
#include <QList>
#include <QString>
#include <QStringList>

/// Validation of documents against the schemas that an apiserver publishes. Pure, any thread.
namespace cairn::manifest {

/// The schema of one kind, with all that it refers to. A value.
class Schema
{
public:
    Schema() = default;
    /// Out of an OpenAPI v3 document, as served at /openapi/v3/apis/GROUP/VERSION: the component whose
    /// x-kubernetes-group-version-kind is that. Kind::NotFound where there is none.
    static Result<Schema> fromOpenApi(const QJsonObject &document, const QString &apiVersion, const QString &kind);
    /// Out of a CustomResourceDefinition (apiextensions.k8s.io/v1), for one of its versions. A field that is not named
    /// there is unknown, since the apiserver prunes it.
    static Result<Schema> fromCrd(const QJsonObject &crd, const QString &version);
    /// `root` itself; references (#/components/schemas/NAME) lead into `components`.
    static Schema of(const QJsonObject &root, const QJsonObject &components = {});

    bool isEmpty() const { return m_root.isEmpty(); }

    /// What is known about the value at a path, for completion and hover. Items of lists by any step.
    struct About {
        bool known = false;
        QString type;        ///< "string", "integer" …, "integer or string"; of a list: of its items, with " list"
        QString description;
        QStringList values;  ///< of an enum
        QStringList fields;  ///< of a map: the names it knows, in order
        QStringList required;
        /// The words of the rule (CEL "self == oldSelf") by which the server refuses another value once there is one; empty:
        /// it may change.
        QString fixed;
    };
    About about(const Path &path) const;

private:
    friend class Validator;
    QJsonObject m_root;
    QJsonObject m_components;
    bool m_prunes = false;
};

/// One thing about a document that its schema does not allow.
struct Finding {
    enum class Kind { Unknown, Missing, Type, Value, Duplicate };
    Kind kind = Kind::Value;
    Place place;    ///< of the field's name where the name is wrong, else of the value
    Extent extent;  ///< what an editor underlines
    Path path;
    QString message;    ///< a sentence
    QString suggestion; ///< of an unknown field or value: the nearest that is known; else empty
};

/// What does not fit, in the order of the text, at most 200. Checked are types, nullable, enum, pattern, the limits of
/// numbers, lengths and counts, required and unknown fields, $ref, allOf, anyOf, oneOf and not, multipleOf, formats
/// (int32, int64, date-time), x-kubernetes-int-or-string, x-kubernetes-preserve-unknown-fields,
/// x-kubernetes-embedded-resource and x-kubernetes-list-type (map with its keys, set). CEL rules
/// (x-kubernetes-validations) are the server's: a dry run tells.
QList<Finding> validate(const Document &document, const Schema &schema, int index = 0);

} // namespace cairn::manifest
