// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/ListSplitter.h"

#include <QCoreApplication>
#include <algorithm>
#include <limits>
#include <protozero/varint.hpp>
#include <stdexcept>

namespace cairn {
namespace {

constexpr QByteArrayView magic("k8s\0", 4);
constexpr quint32 lengthDelimited(quint32 field)
{
    return field << 3 | 2;
}

void appendVarint(QByteArray &out, quint64 value)
{
    char digits[protozero::max_varint_length];
    char *end = digits;
    for (; value >= 0x80; value >>= 7)
        *end++ = static_cast<char>((value & 0x7f) | 0x80);
    *end++ = static_cast<char>(value);
    out.append(digits, end - digits);
}

} // namespace

ListSplitter::ListSplitter(int itemsPerPage, qsizetype maxItem)
    : m_itemsPerPage(itemsPerPage)
    , m_maxItem(static_cast<quint64>(maxItem))
{
}

Result<> ListSplitter::feed(const QByteArray &chunk, const Sink &sink)
{
    if (m_buffer.isEmpty())
        m_buffer = chunk;
    else
        m_buffer.append(chunk);
    try {
        for (Step next = Step::On; next == Step::On && !isComplete();)
            next = step(sink);
    } catch (const std::exception &error) {
        return fail(Error::Kind::Parse, QCoreApplication::translate("cairn::ListSplitter", "The list is damaged"),
                    QString::fromUtf8(error.what()));
    }
    // Items that wait for their page stay where they are until a good part of the buffer is read.
    if (m_begin > m_buffer.size() / 2) {
        m_buffer.remove(0, m_begin);
        m_at -= m_begin;
        m_begin = 0;
    }
    return {};
}

ListSplitter::Step ListSplitter::step(const Sink &sink)
{
    switch (m_state) {
    case State::Magic:
        if (m_buffer.size() < magic.size())
            return Step::Wait;
        if (!m_buffer.startsWith(magic))
            throw std::runtime_error("It does not begin as protobuf of Kubernetes does.");
        m_at = m_begin = magic.size();
        m_state = State::Envelope;
        return Step::On;
    case State::Envelope: return envelopeField();
    case State::List: return listField(sink);
    case State::Complete: break;
    }
    return Step::Stop;
}

bool ListSplitter::openField(qsizetype *content, quint32 *tag, quint64 *length) const
{
    const char *at = m_buffer.constData() + m_at;
    const char *const end = m_buffer.constData() + m_buffer.size();
    try {
        const quint64 key = protozero::decode_varint(&at, end);
        if (key > std::numeric_limits<quint32>::max() || (key & 7) != 2)
            throw std::runtime_error("It has a field that no list has.");
        *tag = static_cast<quint32>(key);
        *length = protozero::decode_varint(&at, end);
    } catch (const protozero::end_of_buffer_exception &) {
        return false;
    }
    *content = at - m_buffer.constData();
    return true;
}

ListSplitter::Step ListSplitter::envelopeField()
{
    qsizetype content = 0;
    quint32 tag = 0;
    quint64 length = 0;
    if (!openField(&content, &tag, &length))
        return Step::Wait;
    if (tag == lengthDelimited(2)) {
        m_left = length;
        m_at = m_begin = content;
        m_state = State::List;
        return Step::On;
    }
    if (length > m_maxItem)
        throw std::runtime_error("Its head is too long.");
    if (static_cast<quint64>(m_buffer.size() - content) < length)
        return Step::Wait;
    const qsizetype end = content + static_cast<qsizetype>(length);
    if (tag == lengthDelimited(1))
        m_type = m_buffer.sliced(m_at, end - m_at);
    m_at = m_begin = end;
    return Step::On;
}

ListSplitter::Step ListSplitter::listField(const Sink &sink)
{
    if (m_left == 0) {
        m_state = State::Complete;
        give(sink);
        return Step::Stop;
    }
    qsizetype content = 0;
    quint32 tag = 0;
    quint64 length = 0;
    if (!openField(&content, &tag, &length))
        return Step::Wait;
    const quint64 head = static_cast<quint64>(content - m_at);
    if (length > m_maxItem || head > m_left || length > m_left - head)
        throw std::runtime_error("An object is longer than the list, or than any object may be.");
    if (static_cast<quint64>(m_buffer.size() - content) < length)
        return Step::Wait;
    const qsizetype end = content + static_cast<qsizetype>(length);
    m_left -= static_cast<quint64>(end - m_at);
    if (tag == lengthDelimited(2)) {
        ++m_items;
        m_at = end;
        return m_items < m_itemsPerPage || give(sink) ? Step::On : Step::Stop;
    }
    // The head comes first. A field in the midst would tear the items apart: they are given away before.
    const QByteArray field = m_buffer.sliced(m_at, end - m_at);
    const bool goOn = m_items == 0 || give(sink);
    if (tag == lengthDelimited(1))
        m_head = field;
    m_at = m_begin = end;
    return goOn ? Step::On : Step::Stop;
}

bool ListSplitter::give(const Sink &sink)
{
    const QByteArrayView items = QByteArrayView(m_buffer).sliced(m_begin, m_at - m_begin);
    m_page.resize(0);
    m_page.append(magic).append(m_type);
    appendVarint(m_page, lengthDelimited(2));
    appendVarint(m_page, static_cast<quint64>(m_head.size() + items.size()));
    m_page.append(m_head).append(items);
    m_begin = m_at;
    m_items = 0;
    return sink(m_page);
}

} // namespace cairn
