// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/KubeconfigYaml.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>
#include <QStringDecoder>
#include <cmath>
#include <sstream>
#include <unordered_map>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

using namespace Qt::StringLiterals;

namespace cairn::kube::yaml {
namespace {

constexpr int maxDepth = 64;
constexpr size_t maxNodes = 400'000;
// yaml-cpp queues the tokens of a whole line while it may still be a key, so its own depth limit comes too late.
constexpr int maxOpenBracketsInLine = 100;
constexpr int maxSeparatorsInLine = 200'000; // a JSON kubeconfig in one line has about 30 per context

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::kube)
};

/// What the builder throws through yaml-cpp; never leaves this file.
struct Refused {
    QString why;
    int line;
};

Node::Type plainType(const QByteArray &text)
{
    // go-yaml's resolver for plain scalars: YAML 1.1 booleans, null, and numbers.
    static const QList<QByteArray> bools{"true", "True", "TRUE", "false", "False", "FALSE", "yes", "Yes", "YES", "no",
                                         "No", "NO", "on", "On", "ON", "off", "Off", "OFF", "y", "Y", "n", "N"};
    if (text.isEmpty() || text == "~" || text == "null" || text == "Null" || text == "NULL")
        return Node::Type::Null;
    // Single letters are booleans in YAML 1.1, but go-yaml leaves them alone.
    if (text.size() > 1 && bools.contains(text))
        return Node::Type::Bool;
    const char first = text.front();
    if ((first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.') {
        static const QRegularExpression number(
            u"\\A[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*|(\\.[0-9]+|[0-9][0-9_]*(\\.[0-9]*)?)"
            "([eE][-+]?[0-9]+)?|\\.(inf|Inf|INF))\\z|\\A\\.(nan|NaN|NAN)\\z"_s);
        if (text.size() < 64 && number.match(QString::fromUtf8(text)).hasMatch())
            return Node::Type::Number;
    }
    return Node::Type::Text;
}

/// UTF-8 without BOM, or what is wrong with the bytes.
Result<QByteArray> decoded(const QByteArray &bytes, const QString &what)
{
    QString text;
    const auto encoding = QStringConverter::encodingForData(bytes);
    QStringDecoder decoder(encoding.value_or(QStringConverter::Utf8));
    text = decoder.decode(bytes);
    if (decoder.hasError())
        return fail(Error::Kind::Parse, what, Words::tr("It is not UTF-8 text."),
                    Words::tr("Check that the path names a kubeconfig and not an archive or a binary file."));
    // yaml-cpp takes byte 4 for the end of the file, and YAML forbids the others as well.
    int line = 1;
    for (const QChar c : std::as_const(text)) {
        if (c == u'\n')
            ++line;
        else if (c.unicode() < 0x20 && c != u'\t' && c != u'\r')
            return fail(Error::Kind::Parse, what,
                        Words::tr("Line %1 holds a control character (code %2), which YAML does not allow.")
                            .arg(line)
                            .arg(int(c.unicode())),
                        Words::tr("Remove the character, or check that the path names a kubeconfig."));
    }
    if (text.startsWith(QChar::ByteOrderMark))
        text.remove(0, 1);
    return text.toUtf8();
}

/// Why a line would cost too much, or an empty text.
QString costlyLine(const QByteArray &text)
{
    // Quotes are not looked at: telling them from apostrophes needs a parser, and no real line comes near the limit.
    int line = 1, open = 0, separators = 0;
    for (const char c : text) {
        if (c == '\n') {
            ++line;
            open = separators = 0;
        } else if (c == '[' || c == '{') {
            if (++open > maxOpenBracketsInLine)
                return Words::tr("Line %1 opens more than %2 brackets.").arg(line).arg(maxOpenBracketsInLine);
        } else if ((c == ']' || c == '}') && open > 0) {
            --open;
        } else if (c == ',' && ++separators > maxSeparatorsInLine) {
            return Words::tr("Line %1 holds more than %2 values.").arg(line).arg(maxSeparatorsInLine);
        }
    }
    return {};
}

bool lineHasTabIndent(const QByteArray &text, int line)
{
    const QList<QByteArray> lines = text.split('\n');
    // The parser notices a tab at the latest one line after it.
    for (int at = qMax(0, line - 2); at < lines.size() && at < line + 1; ++at) {
        for (const char c : lines[at]) {
            if (c == '\t')
                return true;
            if (c != ' ')
                break;
        }
    }
    return false;
}

} // namespace

/// Builds the tree out of parser events.
class Builder : public YAML::EventHandler
{
public:
    explicit Builder(Document &document) : m_document(document) {}

    void OnDocumentStart(const YAML::Mark &) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark &mark, YAML::anchor_t anchor) override { close(scalar(mark, anchor)); }
    void OnAlias(const YAML::Mark &mark, YAML::anchor_t anchor) override
    {
        const auto found = m_anchors.find(anchor);
        if (found == m_anchors.end())
            throw Refused{Words::tr("Line %1 refers to itself by an alias (a cycle).").arg(mark.line + 1), mark.line + 1};
        add(found->second);
    }
    void OnScalar(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                  const std::string &value) override
    {
        Node *node = scalar(mark, anchor);
        node->text = QByteArray(value.data(), qsizetype(value.size()));
        if (tag == "?")
            node->type = plainType(node->text);
        else if (tag == "tag:yaml.org,2002:int" || tag == "tag:yaml.org,2002:float")
            node->type = Node::Type::Number;
        else if (tag == "tag:yaml.org,2002:bool")
            node->type = Node::Type::Bool;
        else
            node->type = Node::Type::Text;
        close(node);
    }
    void OnSequenceStart(const YAML::Mark &mark, const std::string &, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override
    {
        open(mark, anchor, Node::Type::List);
    }
    void OnSequenceEnd() override { closeContainer(); }
    void OnMapStart(const YAML::Mark &mark, const std::string &, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override
    {
        open(mark, anchor, Node::Type::Map);
    }
    void OnMapEnd() override { closeContainer(); }

    const Node *root() const { return m_root; }

private:
    struct Level {
        Node *node;
        YAML::anchor_t anchor;
        bool hasKey = false;
        QByteArray key;
    };

    Node *make(const YAML::Mark &mark)
    {
        if (m_document.m_nodes.size() >= maxNodes)
            throw Refused{Words::tr("It has more than %1 values.").arg(maxNodes), mark.line + 1};
        m_document.m_nodes.emplace_back();
        m_document.m_nodes.back().line = mark.line + 1;
        return &m_document.m_nodes.back();
    }
    Node *scalar(const YAML::Mark &mark, YAML::anchor_t anchor)
    {
        Node *node = make(mark);
        m_scalarAnchor = anchor;
        return node;
    }
    void close(Node *node)
    {
        if (m_scalarAnchor)
            m_anchors[m_scalarAnchor] = node;
        add(node);
    }
    void open(const YAML::Mark &mark, YAML::anchor_t anchor, Node::Type type)
    {
        if (m_levels.size() >= maxDepth)
            throw Refused{Words::tr("Line %1 is nested more than %2 levels deep.").arg(mark.line + 1).arg(maxDepth),
                          mark.line + 1};
        Node *node = make(mark);
        node->type = type;
        m_levels.append({node, anchor, false, {}});
    }
    void closeContainer()
    {
        const Level level = m_levels.takeLast();
        // Registered only now: an alias inside its own anchor is a cycle and is not found.
        if (level.anchor)
            m_anchors[level.anchor] = level.node;
        add(level.node);
    }
    void add(const Node *node)
    {
        if (m_levels.isEmpty()) {
            m_root = node;
            return;
        }
        Level &level = m_levels.last();
        if (level.node->type == Node::Type::List) {
            level.node->items.append(node);
        } else if (!level.hasKey) {
            if (node->type == Node::Type::List || node->type == Node::Type::Map)
                throw Refused{Words::tr("Line %1 uses a list or a map as a key.").arg(node->line), node->line};
            level.key = node->text;
            level.hasKey = true;
        } else {
            level.node->members.append({level.key, node});
            level.hasKey = false;
        }
    }

    Document &m_document;
    QList<Level> m_levels;
    std::unordered_map<YAML::anchor_t, const Node *> m_anchors;
    YAML::anchor_t m_scalarAnchor = 0;
    const Node *m_root = nullptr;
};

namespace {

const Node *findIn(const Node &map, QByteArrayView key, int &budget)
{
    if (--budget < 0)
        return nullptr;
    for (auto it = map.members.crbegin(); it != map.members.crend(); ++it) {
        if (it->first == key)
            return it->second;
    }
    for (const auto &member : map.members) {
        if (member.first != "<<")
            continue;
        if (member.second->type == Node::Type::Map) {
            if (const Node *found = findIn(*member.second, key, budget))
                return found;
        } else if (member.second->type == Node::Type::List) {
            for (const Node *item : member.second->items) {
                if (item->type == Node::Type::Map) {
                    if (const Node *found = findIn(*item, key, budget))
                        return found;
                }
            }
        }
    }
    return nullptr;
}

QJsonValue jsonOf(const Node &node, int depth, int &budget)
{
    // Aliases add no depth while parsing, so the limit is counted again here.
    if (--budget < 0 || depth > maxDepth) {
        budget = -1;
        return {};
    }
    switch (node.type) {
    case Node::Type::Null: return {};
    case Node::Type::Text: return QString::fromUtf8(node.text);
    case Node::Type::Bool: return node.isTrue();
    case Node::Type::Number: {
        bool ok = false;
        if (const qint64 whole = node.text.toLongLong(&ok); ok)
            return whole;
        if (const double real = node.text.toDouble(&ok); ok && std::isfinite(real))
            return real;
        return QString::fromUtf8(node.text);
    }
    case Node::Type::List: {
        QJsonArray array;
        for (const Node *item : node.items)
            array.append(jsonOf(*item, depth + 1, budget));
        return array;
    }
    case Node::Type::Map: {
        QJsonObject object;
        for (const auto &member : node.members)
            object.insert(QString::fromUtf8(member.first), jsonOf(*member.second, depth + 1, budget));
        return object;
    }
    }
    return {};
}

} // namespace

const Node *Node::find(QByteArrayView key) const
{
    if (type != Type::Map)
        return nullptr;
    // Merge keys of merge keys can multiply; nobody needs more than a few. The budget also bounds the recursion.
    int budget = 64;
    return findIn(*this, key, budget);
}

bool Node::isTrue() const
{
    const QByteArray word = text.toLower();
    return type == Type::Bool && (word == "true" || word == "yes" || word == "on");
}

Result<Document> Document::parse(const QByteArray &bytes, const QString &what)
{
    const auto text = decoded(bytes, what);
    if (!text)
        return fail(text.error());
    if (const QString cost = costlyLine(*text); !cost.isEmpty())
        return fail(Error::Kind::Parse, what, cost, Words::tr("Check that the path names a kubeconfig."));
    Document document;
    Builder builder(document);
    try {
        std::istringstream stream(text->toStdString());
        YAML::Parser parser(stream);
        if (parser.HandleNextDocument(builder))
            document.m_root = builder.root();
        document.m_further = static_cast<bool>(parser);
    } catch (const Refused &refused) {
        return fail(Error::Kind::Parse, what, refused.why, Words::tr("Check that the path names a kubeconfig."));
    } catch (const YAML::Exception &exception) {
        // Their messages are fixed English sentences without content of the file.
        const int line = exception.mark.line + 1;
        if (lineHasTabIndent(*text, line))
            return fail(Error::Kind::Parse, what, Words::tr("Near line %1 a line is indented with a tab.").arg(line),
                        Words::tr("Indent with spaces; YAML does not allow tabs there."));
        return fail(Error::Kind::Parse, what, Words::tr("It is not valid YAML at line %1, column %2: %3.")
                        .arg(line)
                        .arg(exception.mark.column + 1)
                        .arg(QString::fromStdString(exception.msg)),
                    Words::tr("Correct the line, or get the file again from whoever gave it to you."));
    } catch (const std::exception &) {
        return fail(Error::Kind::Parse, what, Words::tr("The YAML parser gave up on it."),
                    Words::tr("Check that the path names a kubeconfig."));
    }
    if (!document.m_root) {
        document.m_nodes.emplace_back();
        document.m_root = &document.m_nodes.back();
    }
    return document;
}

QJsonValue toJson(const Node &node, int maxNodes)
{
    int budget = maxNodes;
    QJsonValue value = jsonOf(node, 0, budget);
    return budget < 0 ? QJsonValue() : value;
}

} // namespace cairn::kube::yaml
