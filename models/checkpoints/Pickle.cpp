// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Pickle.h"

#include <QtEndian>
#include <cmath>
#include <cstring>

namespace cairn::ckpt {
namespace {

using Type = Pickle::Type;

/// Python raises TypeError for these as the key of a dict.
bool isUnhashable(Type type)
{
    return type == Type::List || type == Type::Dict;
}

/// What may be called: a class, a function, or a value of a kind that is not followed.
bool isCallable(Type type)
{
    return type == Type::Global || type == Type::Object || type == Type::Persistent || type == Type::Opaque;
}

/// What a call may be given as its arguments: a sequence, or a value of a kind that is not followed.
bool isArguments(Type type)
{
    return type == Type::Tuple || type == Type::List || type == Type::Object || type == Type::Opaque;
}

} // namespace

Pickle::Pickle(QByteArrayView bytes, std::size_t maxNodes)
    : m_bytes(bytes)
    , m_maxNodes(maxNodes)
{
    while (step()) { }
    if (!m_stopped)
        rescueRoot();
    m_stack.clear();
    m_memo.clear();
}

/// After an early end: the lowest value on the stack, with the pairs or items that were on the way into it.
void Pickle::rescueRoot()
{
    if (m_stack.empty() || m_nodes[m_stack.front()].type == Type::Mark)
        return;
    m_root = m_stack.front();
    Node &root = m_nodes[m_root];
    const bool fillable = root.type == Type::Dict || root.type == Type::Object;
    if (!fillable || m_stack.size() < 2 || m_nodes[m_stack[1]].type != Type::Mark)
        return;
    for (std::size_t i = 2; i + 1 < m_stack.size(); i += 2) {
        if (m_nodes[m_stack[i]].type == Type::Mark || m_nodes[m_stack[i + 1]].type == Type::Mark)
            break;
        root.items.push_back(m_stack[i]);
        root.items.push_back(m_stack[i + 1]);
    }
}

Pickle::Id Pickle::push(Node node)
{
    const Id id = static_cast<Id>(m_nodes.size());
    m_nodes.push_back(std::move(node));
    m_stack.push_back(id);
    return id;
}

bool Pickle::popTo(Id &id)
{
    if (m_stack.empty() || m_nodes[m_stack.back()].type == Type::Mark)
        return false;
    id = m_stack.back();
    m_stack.pop_back();
    return true;
}

bool Pickle::popMark(std::vector<Id> &items)
{
    std::size_t i = m_stack.size();
    while (i > 0 && m_nodes[m_stack[i - 1]].type != Type::Mark)
        --i;
    if (i == 0)
        return false;
    items.assign(m_stack.begin() + static_cast<std::ptrdiff_t>(i), m_stack.end());
    m_stack.resize(i - 1);
    return true;
}

bool Pickle::take(qsizetype count, QByteArrayView &out)
{
    if (count < 0 || count > m_bytes.size() - m_position) {
        m_end = End::Truncated;
        return false;
    }
    out = m_bytes.sliced(m_position, count);
    m_position += count;
    return true;
}

bool Pickle::takeSize(int width, qsizetype &out)
{
    QByteArrayView raw;
    if (!take(width, raw))
        return false;
    quint64 value = 0;
    for (qsizetype i = width - 1; i >= 0; --i)
        value = value << 8 | static_cast<uchar>(raw[i]);
    if (value > static_cast<quint64>(m_bytes.size())) {
        m_end = End::Truncated; // names more bytes than there are
        return false;
    }
    out = static_cast<qsizetype>(value);
    return true;
}

bool Pickle::takeLine(QByteArrayView &out)
{
    const qsizetype end = m_bytes.indexOf('\n', m_position);
    if (end < 0) {
        m_end = End::Truncated;
        return false;
    }
    out = m_bytes.sliced(m_position, end - m_position);
    m_position = end + 1;
    return true;
}

bool Pickle::pushText(Type type, int width)
{
    qsizetype length = 0;
    Node node;
    node.type = type;
    if (!takeSize(width, length) || !take(length, node.text))
        return false;
    push(std::move(node));
    return true;
}

bool Pickle::pushInteger(qint64 value)
{
    Node node;
    node.type = Type::Int;
    node.integer = value;
    push(std::move(node));
    return true;
}

/// A little-endian two's complement integer of any length; those beyond 64 bits become Opaque.
bool Pickle::pushLong(qsizetype length)
{
    QByteArrayView raw;
    if (!take(length, raw))
        return false;
    Node node;
    if (length > 8) {
        node.type = Type::Opaque;
    } else {
        quint64 value = 0;
        for (qsizetype i = length - 1; i >= 0; --i)
            value = value << 8 | static_cast<uchar>(raw[i]);
        if (length > 0 && length < 8 && (static_cast<uchar>(raw[length - 1]) & 0x80))
            value |= ~quint64{0} << (8 * static_cast<unsigned>(length));
        node.type = Type::Int;
        node.integer = static_cast<qint64>(value);
    }
    push(std::move(node));
    return true;
}

bool Pickle::pushSequence(Type type)
{
    Node node;
    node.type = type;
    if (!popMark(node.items))
        return false;
    m_children += node.items.size();
    push(std::move(node));
    return true;
}

bool Pickle::get(std::uint64_t key)
{
    const auto found = m_memo.find(key);
    if (found == m_memo.end())
        return false;
    m_stack.push_back(found->second);
    return true;
}

bool Pickle::put(std::uint64_t key)
{
    if (m_stack.empty() || m_nodes[m_stack.back()].type == Type::Mark)
        return false;
    m_memo[key] = m_stack.back();
    return true;
}

/// True where every second one of `items`, from the first on, may be the key of a dict.
bool Pickle::areKeys(const std::vector<Id> &items) const
{
    for (std::size_t i = 0; i < items.size(); i += 2) {
        if (isUnhashable(m_nodes[items[i]].type))
            return false;
    }
    return items.size() % 2 == 0;
}

/// Adds to the container below: the items since the mark, or (depthItems > 0) that many topmost values. `into` is what it
/// has to be, unless it is an object.
bool Pickle::extend(std::size_t depthItems, Type into)
{
    std::vector<Id> items;
    if (depthItems == 0) {
        if (!popMark(items))
            return false;
    } else {
        items.resize(depthItems);
        for (std::size_t i = depthItems; i > 0; --i) {
            if (!popTo(items[i - 1]))
                return false;
        }
    }
    const bool pairs = into == Type::Dict;
    if (m_stack.empty() || (pairs && !areKeys(items)))
        return false;
    Node &target = m_nodes[m_stack.back()];
    if (target.type != into && target.type != Type::Object)
        return false;
    target.filledOnly = false;
    // Items appended to an object are of no use here, and must not be mistaken for its keys.
    if (!pairs && target.type == Type::Object)
        return true;
    m_children += items.size();
    target.items.insert(target.items.end(), items.begin(), items.end());
    return true;
}

bool Pickle::call(bool plain, bool extraKeywords)
{
    Node node;
    node.type = Type::Object;
    node.filledOnly = plain;
    Id keywords = none;
    if (extraKeywords && !popTo(keywords))
        return false;
    if (!popTo(node.arguments) || !popTo(node.callable) || !isCallable(m_nodes[node.callable].type) || !isArguments(m_nodes[node.arguments].type))
        return false;
    push(std::move(node));
    return true;
}

bool Pickle::step()
{
    m_end = End::Invalid; // what a `return false` below means unless it says otherwise
    if (m_nodes.size() >= m_maxNodes || m_stack.size() >= m_maxNodes || m_children >= 4 * m_maxNodes
        || m_memo.size() >= m_maxNodes) {
        m_end = End::TooLarge;
        return false;
    }
    QByteArrayView raw;
    if (!take(1, raw))
        return false;
    const auto simple = [this](Type type, qint64 value = 0) {
        Node node;
        node.type = type;
        node.integer = value;
        push(std::move(node));
        return true;
    };
    const auto tuple = [this](std::size_t count) {
        Node node;
        node.type = Type::Tuple;
        node.items.resize(count);
        for (std::size_t i = count; i > 0; --i) {
            if (!popTo(node.items[i - 1]))
                return false;
        }
        m_children += count;
        push(std::move(node));
        return true;
    };
    const auto skipLines = [this](int count, QByteArrayView &all) {
        const qsizetype begin = m_position;
        QByteArrayView line;
        for (int i = 0; i < count; ++i) {
            if (!takeLine(line))
                return false;
        }
        all = m_bytes.sliced(begin, m_position - begin - 1);
        return true;
    };
    const auto lineKey = [&](std::uint64_t &key) {
        if (!takeLine(raw))
            return false;
        bool ok = false;
        key = raw.toByteArray().toULongLong(&ok);
        return ok;
    };
    qsizetype size = 0;
    std::uint64_t key = 0;
    Id id = none;
    std::vector<Id> items;

    switch (static_cast<uchar>(raw[0])) {
    case 0x80: return take(1, raw);                         // PROTO
    case 0x95: return take(8, raw);                         // FRAME
    case '.':                                               // STOP
        if (!popTo(id))
            return false;
        m_root = id;
        m_stopped = true;
        m_end = End::Complete;
        return false;
    case '(': return simple(Type::Mark);
    case '0':                                               // POP, also of a mark
        if (m_stack.empty())
            return false;
        m_stack.pop_back();
        return true;
    case '1': return popMark(items);                        // POP_MARK
    case '2':                                               // DUP
        if (m_stack.empty() || m_nodes[m_stack.back()].type == Type::Mark)
            return false;
        m_stack.push_back(m_stack.back());
        return true;
    case 'N': return simple(Type::None);
    case 0x88: return simple(Type::Bool, 1);
    case 0x89: return simple(Type::Bool, 0);
    case 'J':
        return take(4, raw) && pushInteger(qFromLittleEndian<qint32>(raw.data()));
    case 'K': return take(1, raw) && pushInteger(static_cast<uchar>(raw[0]));
    case 'M':
        return take(2, raw) && pushInteger(qFromLittleEndian<quint16>(raw.data()));
    case 0x8a: return takeSize(1, size) && pushLong(size);  // LONG1
    case 0x8b: return takeSize(4, size) && pushLong(size);  // LONG4
    case 'I': case 'L': {
        if (!takeLine(raw))
            return false;
        if (raw == "00" || raw == "01")
            return simple(Type::Bool, raw == "01" ? 1 : 0);
        bool ok = false;
        const qint64 value = (raw.endsWith('L') ? raw.chopped(1) : raw).toByteArray().toLongLong(&ok);
        return ok ? pushInteger(value) : simple(Type::Opaque);
    }
    case 'F': case 'G': {
        Node node;
        node.type = Type::Float;
        if (raw[0] == 'G') {
            if (!take(8, raw))
                return false;
            const quint64 bits = qFromBigEndian<quint64>(raw.data());
            std::memcpy(&node.real, &bits, sizeof node.real);
        } else {
            if (!takeLine(raw))
                return false;
            bool ok = false;
            node.real = raw.toByteArray().toDouble(&ok);
            if (!ok)
                node.type = Type::Opaque;
        }
        push(std::move(node));
        return true;
    }
    case 'S': case 'V': {
        Node node;
        node.type = Type::Text;
        if (!takeLine(node.text))
            return false;
        if (node.text.size() >= 2 && (node.text[0] == '\'' || node.text[0] == '"'))
            node.text = node.text.sliced(1, node.text.size() - 2);
        push(std::move(node));
        return true;
    }
    case 'T': return pushText(Type::Text, 4);
    case 'U': return pushText(Type::Text, 1);
    case 'X': return pushText(Type::Text, 4);
    case 0x8c: return pushText(Type::Text, 1);
    case 0x8d: return pushText(Type::Text, 8);
    case 'B': return pushText(Type::Bytes, 4);
    case 'C': return pushText(Type::Bytes, 1);
    case 0x8e: case 0x96: return pushText(Type::Bytes, 8);
    case 0x97: return simple(Type::Opaque);                 // NEXT_BUFFER
    case 0x98: return !m_stack.empty();                     // READONLY_BUFFER
    case '}': return simple(Type::Dict);
    case ']': return simple(Type::List);
    case ')': return simple(Type::Tuple);
    case 0x8f: return simple(Type::Set);
    case 't': return pushSequence(Type::Tuple);
    case 'l': return pushSequence(Type::List);
    case 0x91: return pushSequence(Type::Set);
    case 'd': return pushSequence(Type::Dict) && areKeys(m_nodes.back().items);
    case 0x85: return tuple(1);
    case 0x86: return tuple(2);
    case 0x87: return tuple(3);
    case 'a': return extend(1, Type::List);
    case 'e': return extend(0, Type::List);
    case 0x90: return extend(0, Type::Set);
    case 's': return extend(2, Type::Dict);
    case 'u': return extend(0, Type::Dict);
    case 'h': return take(1, raw) && get(static_cast<uchar>(raw[0]));
    case 'j': return take(4, raw) && get(qFromLittleEndian<quint32>(raw.data()));
    case 'g': return lineKey(key) && get(key);
    case 'q': return take(1, raw) && put(static_cast<uchar>(raw[0]));
    case 'r': return take(4, raw) && put(qFromLittleEndian<quint32>(raw.data()));
    case 'p': return lineKey(key) && put(key);
    case 0x94: return put(m_memo.size());                   // MEMOIZE
    case 'c': {
        Node node;
        node.type = Type::Global;
        if (!skipLines(2, node.text))
            return false;
        push(std::move(node));
        return true;
    }
    case 0x93: {                                            // STACK_GLOBAL: module and name are on the stack
        Id module = none;
        if (!popTo(id) || !popTo(module))
            return false;
        Node node;
        node.type = Type::Global;
        if (m_nodes[id].type == Type::Text)
            node.text = m_nodes[id].text;
        node.arguments = module;
        push(std::move(node));
        return true;
    }
    case 0x82: return take(1, raw) && simple(Type::Global); // EXT1, EXT2, EXT4: a class by a number only its program knows
    case 0x83: return take(2, raw) && simple(Type::Global);
    case 0x84: return take(4, raw) && simple(Type::Global);
    case 'R': return call(false, false);                    // REDUCE
    case 0x81: return call(true, false);                    // NEWOBJ
    case 0x92: return call(false, true);                    // NEWOBJ_EX
    case 'i': case 'o': {                                   // INST, OBJ: class and arguments since the mark
        Node cls;
        cls.type = Type::Global;
        if (raw[0] == 'i' && !skipLines(2, cls.text))
            return false;
        if (!popMark(items) || (raw[0] == 'o' && items.empty()))
            return false;
        Node object;
        object.type = Type::Object;
        if (raw[0] == 'o') {
            object.callable = items.front();
        } else {
            object.callable = push(std::move(cls));
            m_stack.pop_back();
        }
        push(std::move(object));
        return true;
    }
    case 'b': {                                             // BUILD
        Id state = none;
        if (!popTo(state) || m_stack.empty() || m_nodes[m_stack.back()].type == Type::Mark)
            return false;
        Node &target = m_nodes[m_stack.back()];
        target.filledOnly = target.filledOnly && target.state == none;
        target.state = state;
        return true;
    }
    case 'P': case 'Q': {                                   // PERSID, BINPERSID
        Node node;
        node.type = Type::Persistent;
        if (raw[0] == 'P') {
            if (!takeLine(node.text))
                return false;
        } else if (!popTo(node.callable)) {
            return false;
        }
        push(std::move(node));
        return true;
    }
    default: return false;
    }
}

Pickle::Id Pickle::member(Id container, QByteArrayView key) const
{
    if (container == none)
        return none;
    const Node &node = m_nodes[container];
    if (node.type == Type::Dict || node.type == Type::Object) {
        for (std::size_t i = 0; i + 1 < node.items.size(); i += 2) {
            const Node &name = m_nodes[node.items[i]];
            if ((name.type == Type::Text || name.type == Type::Bytes) && name.text == key)
                return node.items[i + 1];
        }
    }
    if (node.type == Type::Object && node.state != none && m_nodes[node.state].type == Type::Dict)
        return member(node.state, key);
    return none;
}

std::optional<qint64> Pickle::integer(Id id) const
{
    if (id == none)
        return std::nullopt;
    const Node &node = m_nodes[id];
    if (node.type == Type::Int)
        return node.integer;
    // Beyond 2^53 a double no longer holds every whole number.
    if (node.type == Type::Float && std::isfinite(node.real) && std::abs(node.real) <= 9007199254740992.0
        && std::floor(node.real) == node.real)
        return static_cast<qint64>(node.real);
    return std::nullopt;
}

std::optional<double> Pickle::number(Id id) const
{
    if (id == none)
        return std::nullopt;
    const Node &node = m_nodes[id];
    if (node.type == Type::Int)
        return static_cast<double>(node.integer);
    if (node.type == Type::Float && std::isfinite(node.real))
        return node.real;
    return std::nullopt;
}

Pickle::Global Pickle::global(Id id) const
{
    const Node &node = m_nodes[id];
    if (node.arguments != none) {
        const Node &module = m_nodes[node.arguments];
        return {module.type == Type::Text ? module.text : QByteArrayView(), node.text};
    }
    const qsizetype line = node.text.indexOf('\n');
    if (line < 0)
        return {{}, node.text};
    return {node.text.first(line), node.text.sliced(line + 1)};
}

QByteArrayView Pickle::className(Id id) const
{
    if (id == none || m_nodes[id].type != Type::Object || m_nodes[id].callable == none)
        return {};
    const Id cls = m_nodes[id].callable;
    return m_nodes[cls].type == Type::Global ? global(cls).name : QByteArrayView();
}

bool Pickle::isMapping(Id id) const
{
    if (id == none)
        return false;
    const Node &node = m_nodes[id];
    return node.type == Type::Dict || (node.type == Type::Object && className(id).endsWith("OrderedDict"))
        || (node.type == Type::Object && className(id).endsWith("defaultdict"));
}

} // namespace cairn::ckpt
