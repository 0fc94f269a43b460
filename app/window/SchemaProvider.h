// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "editors/CodeProvider.h"
#include "manifest/Path.h"
#include "manifest/Schema.h"

#include <QMap>
#include <memory>

namespace cairn::app {

/// Completion and meaning of a YAML text by its schema. Where a word stands is told by indentation, so that it works in
/// a text that cannot be read yet, as while it is typed. Block style alone; nothing for texts beyond 200,000
/// characters. GUI thread.
class SchemaProvider : public editors::CodeProvider {
public:
    void setSchema(std::shared_ptr<const manifest::Schema> schema) { m_schemas = {{0, std::move(schema)}}; }
    /// Of each document, by its first line, from 0; null where its kind is not known.
    void setSchemas(const QMap<int, std::shared_ptr<const manifest::Schema>> &schemas) { m_schemas = schemas; }
    void complete(const QString &text, editors::CodePlace place,
        std::function<void(QList<editors::CodeCompletion>)> answer) override;
    void hover(const QString &text, editors::CodePlace place, std::function<void(QString)> answer) override;

    /// Of the map that line `line` is a field of; `key` gets its name, "" where it has none yet.
    static manifest::Path holderOf(const QString &text, int line, int column, QString *key);

private:
    std::shared_ptr<const manifest::Schema> schemaAt(int line) const;
    QMap<int, std::shared_ptr<const manifest::Schema>> m_schemas;
};

} // namespace cairn::app
