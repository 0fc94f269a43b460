// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/PickledTensors.h"

#include "checkpoints/Check.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

using Id = Pickle::Id;
using Type = Pickle::Type;

constexpr qsizetype mostTensors = 200'000;
constexpr std::size_t mostVisits = 2'000'000; ///< values that many share would be named again and again
constexpr qsizetype mostName = 1000;

/// "float32" and "FloatStorage" → "F32".
QString typeOf(QByteArrayView name)
{
    static const QHash<QByteArray, QString> types{
        {"float64", u"F64"_s}, {"double", u"F64"_s}, {"float32", u"F32"_s}, {"float", u"F32"_s}, {"float16", u"F16"_s}, {"half", u"F16"_s},
        {"bfloat16", u"BF16"_s}, {"int64", u"I64"_s}, {"long", u"I64"_s}, {"int32", u"I32"_s}, {"int", u"I32"_s}, {"int16", u"I16"_s},
        {"short", u"I16"_s}, {"int8", u"I8"_s}, {"char", u"I8"_s}, {"uint8", u"U8"_s}, {"byte", u"U8"_s}, {"bool", u"BOOL"_s},
        {"uint16", u"U16"_s}, {"uint32", u"U32"_s}, {"uint64", u"U64"_s}, {"complex64", u"C64"_s}, {"complexfloat", u"C64"_s},
        {"float8_e4m3fn", u"F8_E4M3"_s}, {"float8_e5m2", u"F8_E5M2"_s},
    };
    QByteArray word = name.toByteArray().toLower();
    if (word.endsWith("storage"))
        word.chop(7);
    return types.value(word);
}

class Names
{
public:
    explicit Names(const Pickle &pickle)
        : m_pickle(pickle)
    {
    }

    TensorList run()
    {
        if (m_pickle.root() != Pickle::none)
            m_todo.push_back({m_pickle.root(), {}});
        std::size_t visits = 0;
        while (!m_todo.empty()) {
            const Place place = std::move(m_todo.back());
            m_todo.pop_back();
            if (++visits > mostVisits || m_list.tensors.size() >= mostTensors) {
                m_list.why = Words::tr("it names more than what is followed");
                break;
            }
            visit(place);
        }
        if (m_pickle.end() != Pickle::End::Complete)
            m_list.why = Words::tr("its pickle could not be followed to its end");
        std::ranges::reverse(m_list.tensors);
        return std::move(m_list);
    }

private:
    struct Place {
        Id id;
        QByteArray name;
    };

    void add(const QByteArray &name, QByteArrayView key, Id id)
    {
        if (id == Pickle::none)
            return;
        // What a module keeps its parts in is no part of their names.
        if (key == "_parameters" || key == "_buffers" || key == "_modules")
            m_todo.push_back({id, name});
        else if (name.size() < mostName)
            m_todo.push_back({id, name.isEmpty() ? key.toByteArray().left(mostName) : name + '.' + key.toByteArray().left(mostName)});
    }

    void visit(const Place &place)
    {
        const Pickle::Node &node = m_pickle.node(place.id);
        const QByteArrayView cls = m_pickle.className(place.id);
        if (cls.contains("_rebuild_tensor") || cls.contains("_rebuild_qtensor")) {
            tensor(place, node.arguments);
            return;
        }
        if (cls.contains("_rebuild_parameter") && node.arguments != Pickle::none && !m_pickle.node(node.arguments).items.empty()) {
            m_todo.push_back({m_pickle.node(node.arguments).items.front(), place.name});
            return;
        }
        if (node.type == Type::List || node.type == Type::Tuple) {
            for (std::size_t i = 0; i < node.items.size(); ++i)
                add(place.name, QByteArray::number(static_cast<qulonglong>(i)), node.items[i]);
            return;
        }
        if (node.type != Type::Dict && node.type != Type::Object)
            return;
        for (std::size_t i = 0; i + 1 < node.items.size(); i += 2) {
            const Pickle::Node &key = m_pickle.node(node.items[i]);
            if (key.type == Type::Text || key.type == Type::Bytes)
                add(place.name, key.text, node.items[i + 1]);
            else if (key.type == Type::Int)
                add(place.name, QByteArray::number(key.integer), node.items[i + 1]);
        }
        if (node.type == Type::Object && node.state != Pickle::none)
            m_todo.push_back({node.state, place.name});
    }

    /// Storage, offset, size, stride, …; of version 3 the type as well.
    void tensor(const Place &place, Id arguments)
    {
        if (arguments == Pickle::none)
            return;
        const std::vector<Id> &items = m_pickle.node(arguments).items;
        if (items.size() < 3)
            return;
        TensorInfo info;
        info.name = QString::fromUtf8(place.name);
        info.shape = sizes(items[2]);
        info.dtype = items.size() > 6 && m_pickle.node(items[6]).type == Type::Global ? typeOf(m_pickle.global(items[6]).name) : QString();
        const Pickle::Node &storage = m_pickle.node(items[0]);
        if (info.dtype.isEmpty() && storage.type == Type::Persistent && storage.callable != Pickle::none) {
            const std::vector<Id> &parts = m_pickle.node(storage.callable).items;
            if (parts.size() > 1 && m_pickle.node(parts[1]).type == Type::Global)
                info.dtype = typeOf(m_pickle.global(parts[1]).name);
        }
        m_list.tensors << info;
    }

public:
    /// A tuple of numbers, or torch.Size of one.
    QList<qint64> sizes(Id id) const
    {
        QList<qint64> shape;
        if (id == Pickle::none)
            return shape;
        const Pickle::Node *node = &m_pickle.node(id);
        if (node->type == Type::Object && node->arguments != Pickle::none) {
            node = &m_pickle.node(node->arguments);
            if (node->items.size() == 1 && m_pickle.node(node->items.front()).type != Type::Int)
                node = &m_pickle.node(node->items.front());
        }
        for (const Id item : node->items) {
            if (shape.size() < 64)
                shape << m_pickle.integer(item).value_or(-1);
        }
        return shape;
    }

private:
    const Pickle &m_pickle;
    TensorList m_list;
    std::vector<Place> m_todo;
};

} // namespace

TensorList tensorsIn(const Pickle &pickle)
{
    return Names(pickle).run();
}

TensorList tensorsInMetadata(const Pickle &pickle)
{
    TensorList list;
    if (pickle.end() != Pickle::End::Complete)
        list.why = Words::tr("its pickle could not be followed to its end");
    const Names names(pickle);
    const Id keys = pickle.member(pickle.root(), "state_dict_metadata");
    if (keys == Pickle::none || pickle.node(keys).type != Type::Dict)
        return list;
    const std::vector<Id> &items = pickle.node(keys).items;
    for (std::size_t i = 0; i + 1 < items.size() && list.tensors.size() < mostTensors; i += 2) {
        const Id size = pickle.member(items[i + 1], "size");
        if (size == Pickle::none)
            continue; // bytes, such as a learning rate
        TensorInfo info;
        info.name = QString::fromUtf8(pickle.node(items[i]).text.first(std::min<qsizetype>(mostName, pickle.node(items[i]).text.size())));
        info.shape = names.sizes(size);
        const Id properties = pickle.member(items[i + 1], "properties");
        const Id state = properties == Pickle::none ? Pickle::none : pickle.node(properties).state;
        if (state != Pickle::none && !pickle.node(state).items.empty()) {
            const Id type = pickle.node(state).items.front(); // __getstate__ of TensorProperties: the type comes first
            if (pickle.node(type).type == Type::Global)
                info.dtype = typeOf(pickle.global(type).name);
        }
        list.tensors << info;
    }
    return list;
}

} // namespace cairn::ckpt
