// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonValue>
#include <QList>
#include <QString>
#include <optional>

namespace cairn::manifest {

/// Where something stands in a document: names of fields, and list items by their index or by a key. As text:
/// `spec.template.spec.containers[name=main].args[0]`; a name with other than letters, digits, - and _ is written in
/// brackets and quotes, as a JSON string: `metadata.labels["app.kubernetes.io/name"]`; `[-]` is the place after the last item.
class Path
{
public:
    struct Step {
        enum class Kind { Field, Index, Item, End };
        Kind kind = Kind::Field;
        QString name;  ///< of Field: the name; of Item: the field that names it
        QString value; ///< of Item: what that field says
        int index = 0; ///< of Index
        bool operator==(const Step &) const = default;
    };

    Path() = default;
    Path(std::initializer_list<QString> fields);

    static std::optional<Path> parse(QStringView text);
    /// A JSON pointer (RFC 6901). Digits are an index where `root` has a list there.
    static std::optional<Path> fromPointer(const QString &pointer, const QJsonValue &root);

    Path &field(const QString &name);
    Path &item(int index);
    Path &item(const QString &key, const QString &value);
    Path &end();
    Path &step(const Step &step);
    /// Of a file with several documents, the one that is meant, from 0.
    Path &in(int document);

    int document() const { return m_document; }
    const QList<Step> &steps() const { return m_steps; }
    bool isEmpty() const { return m_steps.isEmpty(); }
    Path parent() const; ///< of the root: the root
    QString text() const;
    bool operator==(const Path &) const = default;

private:
    QList<Step> m_steps;
    int m_document = 0;
};

} // namespace cairn::manifest
