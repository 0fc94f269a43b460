// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a JSON list of YAML texts and prints a JSON list of what they are: "error", or "json" and "texts", where every
// scalar is the text it says.
#include "manifest/Document.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::StringLiterals;
using namespace cairn::manifest;

namespace {

QJsonValue texts(const Node &node)
{
    if (node.kind() == Node::Kind::List) {
        QJsonArray out;
        for (const Node &item : node.children())
            out.append(texts(item));
        return out;
    }
    if (node.kind() != Node::Kind::Map)
        return QString::fromUtf8(node.text());
    QJsonObject out;
    for (const Node &member : node.children())
        out.insert(member.key(), texts(member));
    return out;
}

} // namespace

int main()
{
    QFile in;
    QFile out;
    if (!in.open(stdin, QIODevice::ReadOnly) || !out.open(stdout, QIODevice::WriteOnly))
        return 1;
    QJsonArray answers;
    for (const QJsonValue text : QJsonDocument::fromJson(in.readAll()).array()) {
        const Document document = Document::read(text.toString().toUtf8());
        if (!document.faults().isEmpty())
            answers.append(QJsonObject{{u"error"_s, document.error().oneLine()}});
        else if (document.count() != 1)
            answers.append(QJsonObject{{u"error"_s, u"%1 documents"_s.arg(document.count())}});
        else
            answers.append(QJsonObject{{u"json"_s, document.json()}, {u"texts"_s, texts(document.root())}});
    }
    out.write(QJsonDocument(answers).toJson(QJsonDocument::Compact));
    return 0;
}
