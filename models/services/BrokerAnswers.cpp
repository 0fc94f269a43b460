// SPDX-License-Identifier: GPL-3.0-or-later
#include "services/BrokerAnswers.h"

#include <QtEndian>

using namespace Qt::StringLiterals;

namespace cairn::services::broker {
namespace {

constexpr int MOST_BROKERS = 1000;

/// Big-endian fields, one after the other. What reaches past the end gives zero and is the end.
class Bytes {
public:
    explicit Bytes(QByteArrayView bytes)
        : m_left(bytes)
    {
    }

    bool isGood() const { return m_good; }
    bool isAtEnd() const { return m_left.isEmpty(); }

    template <class T>
    T number()
    {
        const QByteArrayView raw = take(sizeof(T));
        return raw.isEmpty() ? T{} : qFromBigEndian<T>(raw.data());
    }
    QByteArrayView take(qsizetype size)
    {
        m_good = m_good && size >= 0 && size <= m_left.size();
        if (!m_good)
            return {};
        const QByteArrayView taken = m_left.first(size);
        m_left = m_left.sliced(size);
        return taken;
    }
    /// Of Kafka: with its size in 16 bits, -1 for none.
    QByteArray text()
    {
        const auto size = number<qint16>();
        return size < 0 ? QByteArray() : take(size).toByteArray();
    }
    /// Of AMQP: with its size in 32 bits.
    QByteArrayView longText() { return take(number<quint32>()); }

private:
    QByteArrayView m_left;
    bool m_good = true;
};

QByteArray framed(const QByteArray &body)
{
    QByteArray size(4, '\0');
    qToBigEndian(static_cast<quint32>(body.size()), size.data());
    return size + body;
}

/// The size of a field's value of this type; -1: the type is not known, and what follows cannot be found. Strings, tables and
/// arrays say theirs.
int sizeOf(char type)
{
    switch (type) {
    case 'V': return 0;
    case 't':
    case 'b':
    case 'B': return 1;
    case 's':
    case 'u': return 2;
    case 'I':
    case 'i':
    case 'f': return 4;
    case 'D': return 5;
    case 'l':
    case 'L':
    case 'd':
    case 'T': return 8;
    default: return -1;
    }
}

} // namespace

QByteArray request(const Target &target)
{
    if (target.kind == Kind::RabbitMq)
        return QByteArray::fromHex("414d515000000901");
    // Key, version, correlation, and the client's name.
    const QByteArray client = QByteArray::fromHex("0005") + "cairn";
    QByteArray bytes = framed(QByteArray::fromHex("0012000000000001") + client);
    if (target.user.isEmpty())
        bytes += framed(QByteArray::fromHex("0003000100000002") + client + QByteArray::fromHex("00000000"));
    return bytes;
}

Kafka kafka(const QByteArray &answer)
{
    Kafka seen;
    Bytes all(answer);
    while (!all.isAtEnd()) {
        const auto size = all.number<qint32>();
        Bytes frame(all.take(size));
        const auto correlation = frame.number<qint32>();
        if (!all.isGood() || !frame.isGood())
            break;
        if (correlation == 1) {
            const auto error = frame.number<qint16>();
            const auto count = frame.number<qint32>();
            // Each of what it can do is three numbers of 16 bits.
            seen.answers = frame.isGood() && (error != 0 || (count > 0 && count < 1000 && !frame.take(count * 6).isEmpty()));
        } else if (correlation == 2 && seen.answers) {
            const auto count = frame.number<qint32>();
            QList<Server> brokers;
            for (int i = 0; i < count && i < MOST_BROKERS && frame.isGood(); ++i) {
                (void)frame.number<qint32>();
                const Server server{QString::fromLatin1(frame.text()), frame.number<qint32>()};
                (void)frame.text(); // its rack
                if (frame.isGood() && !server.name().isEmpty() && server.port > 0 && server.port < 65'536 && !brokers.contains(server))
                    brokers.append(server);
            }
            if (frame.isGood())
                seen.brokers = brokers;
        }
    }
    return seen;
}

std::optional<Amqp> amqp(const QByteArray &answer)
{
    Bytes all(answer);
    const auto type = all.number<quint8>();
    const auto channel = all.number<quint16>();
    const auto size = all.number<quint32>();
    Bytes frame(all.take(size));
    // Frame of a method on channel 0: class 10, method 10 is Connection.Start, then 0 and 9 for the version.
    if (!all.isGood() || type != 1 || channel != 0 || frame.number<quint32>() != 0x000a000a || frame.number<quint16>() != 9)
        return std::nullopt;
    Bytes table(frame.longText());
    if (!frame.isGood())
        return std::nullopt;
    Amqp seen;
    while (!table.isAtEnd()) {
        const QByteArray name = table.take(table.number<quint8>()).toByteArray();
        const char kind = static_cast<char>(table.number<quint8>());
        const bool says = kind == 'S' || kind == 'x' || kind == 'F' || kind == 'A';
        const QByteArrayView value = says ? table.longText() : table.take(sizeOf(kind));
        if (!table.isGood())
            break;
        if (kind != 'S')
            continue;
        if (name == "product")
            seen.product = value.first(std::min<qsizetype>(value.size(), 200)).toByteArray();
        else if (name == "version")
            seen.version = value.first(std::min<qsizetype>(value.size(), 200)).toByteArray();
        else if (name == "cluster_name")
            seen.cluster = value.first(std::min<qsizetype>(value.size(), 200)).toByteArray();
    }
    return seen;
}

} // namespace cairn::services::broker
