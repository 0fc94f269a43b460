// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever a YAML text holds, reading it ends with a tree or with faults that have a place; an edit of it succeeds and
// means what it says, or changes nothing; and what is emitted reads back.
#include "manifest/Document.h"
#include "manifest/JsonEdit.h"
#include "manifest/Patch.h"

#include <QJsonArray>
#include <QJsonObject>
#include <cstdint>
#include <cstdlib>

using namespace cairn::manifest;
using namespace Qt::StringLiterals;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

namespace {

/// The node that these numbers lead to.
Node somewhere(Node node, uint8_t way)
{
    for (; node.isValid() && !node.children().isEmpty() && way != 0; way = static_cast<uint8_t>(way / 3)) {
        const QList<Node> children = node.children();
        node = children[way % children.size()];
    }
    return node;
}

bool same(const QJsonValue &a, const QJsonValue &b)
{
    return a == b;
}

} // namespace

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3)
        return 0;
    const QByteArray bytes(reinterpret_cast<const char *>(data) + 3, qsizetype(size) - 3);
    const Document document = Document::read(bytes);
    for (const Fault &fault : document.faults()) {
        if (fault.why.isEmpty() || fault.fix.isEmpty() || fault.place.offset > document.text().size())
            std::abort();
    }
    if (!document.faults().isEmpty() || document.count() == 0)
        return 0;
    const int index = data[2] % document.count();
    const QJsonValue before = document.json(index);
    if (const auto back = fromYaml(toYaml(before).toUtf8()); !before.isNull() && (!back || !same(*back, before)))
        std::abort();
    const Node node = somewhere(document.root(index), data[0]);
    if (node.extent().begin > node.extent().end || node.extent().end > document.text().size())
        std::abort();
    static const QList<QJsonValue> values{1, u"x"_s, u"two\nlines\n"_s, true, QJsonValue::Null, QJsonArray{1, u"- a"_s},
                                          QJsonObject{{u"k"_s, u": "_s}, {u"l"_s, QJsonArray()}}, QJsonObject()};
    const QJsonValue value = values[data[1] % values.size()];
    const Path path = node.path();
    Document edited = document;
    switch (data[1] / 8 % 3) {
    case 0: {
        const auto meant = withValue(before, path, value);
        if (meant.has_value() != edited.set(path, value).has_value() || (meant && !same(edited.json(index), *meant)))
            std::abort();
        break;
    }
    case 1: {
        const auto meant = without(before, path);
        // The text that is left may hold nothing more, and then it is no document.
        if (meant && edited.remove(path) && !same(edited.json(index), *meant))
            std::abort();
        break;
    }
    default: {
        const QJsonValue other = mergePatch(before, QJsonObject{{u"new"_s, value}});
        if (edited.become(other, index) && !same(edited.json(index), other))
            std::abort();
    }
    }
    if (!edited.faults().isEmpty())
        std::abort();
    return 0;
}
