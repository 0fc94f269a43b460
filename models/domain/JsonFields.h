// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Internal to the decoders: includes simdjson, so never include it from a public header.

#include "domain/TimeDecoder.h"

#include <QString>
#include <cmath>
#include <limits>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <unordered_map>

namespace cairn::decoding {

/// Shares repeated strings (namespaces, nodes, images, reasons). Not thread-safe; forgets everything once it holds
/// `limit` strings, so that hostile variety cannot make it grow without bound (users keep their copies).
class StringPool
{
public:
    QString operator()(std::string_view utf8)
    {
        if (utf8.empty())
            return {};
        if (const auto it = m_strings.find(utf8); it != m_strings.end())
            return it->second;
        if (m_strings.size() >= limit)
            m_strings.clear();
        QString text = QString::fromUtf8(utf8.data(), qsizetype(utf8.size()));
        m_strings.emplace(std::string(utf8), text);
        return text;
    }

private:
    static constexpr std::size_t limit = 32'768;
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    std::unordered_map<std::string, QString, Hash, std::equal_to<>> m_strings;
};

inline QString toQString(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), qsizetype(utf8.size()));
}

inline int toInt(qint64 value)
{
    return int(qBound(qint64(std::numeric_limits<int>::min()), value, qint64(std::numeric_limits<int>::max())));
}

/// A value that may be absent: every question to it has an answer, so that hostile objects cannot break a reader.
class JsonValue
{
public:
    JsonValue() = default;
    JsonValue(simdjson::dom::element element) // NOLINT: implicit on purpose
        : m_element(element)
        , m_valid(true)
    {
    }

    bool exists() const { return m_valid && !m_element.is_null(); }
    JsonValue operator[](std::string_view key) const
    {
        simdjson::dom::object object;
        simdjson::dom::element found;
        if (!m_valid || m_element.get(object) || object.at_key(key).get(found))
            return {};
        return found;
    }
    std::string_view text() const
    {
        std::string_view value;
        if (!m_valid || m_element.get(value))
            return {};
        return value;
    }
    QString string() const { return toQString(text()); }
    bool boolean() const
    {
        bool value = false;
        return m_valid && !m_element.get(value) && value;
    }
    qint64 integer(qint64 fallback = 0) const
    {
        qint64 value = 0;
        double real = 0;
        if (!m_valid)
            return fallback;
        if (int64_t i = 0; !m_element.get(i))
            value = i;
        else if (!m_element.get(real) && std::floor(real) == real && std::fabs(real) < 9e18)
            value = qint64(real);
        else
            return fallback;
        return value;
    }
    /// Of a quantity: a string or a plain number.
    std::string quantityText() const
    {
        if (!m_valid)
            return {};
        if (m_element.is_string())
            return std::string(text());
        return m_element.is_number() ? simdjson::minify(m_element) : std::string();
    }
    QDateTime time() const { return decodeTime(text()); }
    template <class F>
    void each(F visit) const
    {
        simdjson::dom::array array;
        if (!m_valid || m_element.get(array))
            return;
        for (const simdjson::dom::element element : array)
            visit(JsonValue(element));
    }
    template <class F>
    void fields(F visit) const
    {
        simdjson::dom::object object;
        if (!m_valid || m_element.get(object))
            return;
        for (const auto &field : object)
            visit(field.key, JsonValue(field.value));
    }
    bool isArray() const { return m_valid && m_element.is_array(); }
    bool isObject() const { return m_valid && m_element.is_object(); }

private:
    simdjson::dom::element m_element;
    bool m_valid = false;
};

} // namespace cairn::decoding
