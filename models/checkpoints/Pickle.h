// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

/// A passive reader of Python pickles, protocols 0 to 5. It follows the stack machine of pickletools with inert values:
/// classes stay names, calls stay "called X with Y". Nothing is ever imported, built or executed.
namespace cairn::ckpt {

class Pickle
{
public:
    enum class Type : std::uint8_t {
        None, Bool, Int, Float, Text, Bytes,
        Tuple, List, Set, Dict,
        Global,     ///< a class or function; see global()
        Object,     ///< the result of calling a Global, never made
        Persistent, ///< a persistent id; `callable` is the id's value
        Opaque,     ///< an integer too large, an extension code, an out-of-band buffer
        Mark
    };
    using Id = std::uint32_t;
    static constexpr Id none = 0xffffffff;

    struct Node {
        Type type = Type::None;
        bool filledOnly = false;  ///< Object: made without calling anything, and given state once at most
        qint64 integer = 0;       ///< Bool and Int
        double real = 0;          ///< Float
        QByteArrayView text;      ///< Text, Bytes, Global; points into the bytes that were read
        std::vector<Id> items;    ///< children; of a Dict or an Object key, value, key, value…
        Id callable = none;       ///< Object
        Id arguments = none;      ///< Object; of a Global with module and name apart, its module
        Id state = none;          ///< Object: what BUILD was given
    };

    enum class End { Complete, Truncated, Invalid, TooLarge };

    /// Reads one pickle from the start of `bytes`, which must outlive this object. Memory is bounded by `maxNodes`.
    explicit Pickle(QByteArrayView bytes, std::size_t maxNodes = 500'000);

    End end() const { return m_end; }
    /// Bytes up to and including STOP; where the next pickle of the same stream begins.
    qsizetype consumed() const { return m_position; }
    /// The value; after an early end the outermost container as far as it was read; `none` where there is nothing.
    Id root() const { return m_root; }
    const Node &node(Id id) const { return m_nodes[id]; }
    std::size_t size() const { return m_nodes.size(); }

    /// The value of a text key in a Dict, in an Object used as a mapping (OrderedDict), or in an Object's state.
    Id member(Id container, QByteArrayView key) const;
    /// Whole numbers, also floats without a fraction; never a bool.
    std::optional<qint64> integer(Id id) const;
    std::optional<double> number(Id id) const;
    struct Global {
        QByteArrayView module; ///< empty where it is no text
        QByteArrayView name;
    };
    /// Module and name of a Global.
    Global global(Id id) const;
    /// Name of the class or function an Object was made from, empty otherwise.
    QByteArrayView className(Id id) const;
    bool isMapping(Id id) const;

private:
    bool step();
    Id push(Node node);
    bool popTo(Id &id);
    bool popMark(std::vector<Id> &items);
    bool take(qsizetype count, QByteArrayView &out);
    bool takeSize(int width, qsizetype &out);
    bool takeLine(QByteArrayView &out);
    bool pushText(Type type, int width);
    bool pushInteger(qint64 value);
    bool pushLong(qsizetype length);
    bool pushSequence(Type type);
    bool get(std::uint64_t key);
    bool put(std::uint64_t key);
    bool areKeys(const std::vector<Id> &items) const;
    bool extend(std::size_t depthItems, Type into);
    bool call(bool plain, bool extraKeywords);
    void rescueRoot();

    QByteArrayView m_bytes;
    std::size_t m_maxNodes;
    qsizetype m_position = 0;
    std::vector<Node> m_nodes;
    std::vector<Id> m_stack;
    std::size_t m_children = 0;
    std::unordered_map<std::uint64_t, Id> m_memo;
    Id m_root = none;
    End m_end = End::Invalid;
    bool m_stopped = false;
};

} // namespace cairn::ckpt
