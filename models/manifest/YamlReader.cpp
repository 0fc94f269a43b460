// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "manifest/Yaml.h"

#include <QCoreApplication>
#include <QHash>
#include <QJsonArray>
#include <QRegularExpression>
#include <QSet>
#include <QStringDecoder>
#include <cmath>
#include <sstream>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

using namespace Qt::StringLiterals;

namespace cairn::manifest {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::manifest)
};

/// Thrown inside the event handler and caught at the end of this file; it never leaves it.
struct Refused {
    YAML::Mark mark;
    QString why;
    QString fix;
};

Error positioned(const YAML::Mark &mark, const QString &why, const QString &fix)
{
    const int line = mark.line + 1;
    const int column = mark.column + 1;
    Error error = mark.is_null()
        ? Error::make(Error::Kind::Parse, Words::tr("The YAML cannot be read."), why, fix)
        : Error::make(Error::Kind::Parse, Words::tr("The YAML cannot be read at line %1, column %2.").arg(line).arg(column), why,
                      fix);
    if (!mark.is_null())
        error.causes = {{u"%1:%2"_s.arg(line).arg(column), u"Position"_s, why}};
    return error;
}

/// Keeps a leading U+FEFF, which QString::fromStdString takes for a byte order mark.
QString decode(const std::string &utf8)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringConverter::Flag::ConvertInitialBom);
    return decoder(QByteArrayView(utf8));
}

/// A plain scalar's value by the rules of go-yaml v2, which kubectl uses: YAML 1.1 words and numbers, dates as text.
std::optional<QJsonValue> resolved(const QString &s)
{
    static const QSet<QString> nulls{u""_s, u"~"_s, u"null"_s, u"Null"_s, u"NULL"_s};
    static const QSet<QString> trues{u"y"_s, u"Y"_s, u"yes"_s, u"Yes"_s, u"YES"_s, u"true"_s, u"True"_s, u"TRUE"_s,
                                     u"on"_s, u"On"_s, u"ON"_s};
    static const QSet<QString> falses{u"n"_s, u"N"_s, u"no"_s, u"No"_s, u"NO"_s, u"false"_s, u"False"_s, u"FALSE"_s,
                                      u"off"_s, u"Off"_s, u"OFF"_s};
    static const QRegularExpression special(u"^([-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN))$"_s);
    static const QRegularExpression integer(u"^([-+]?)(0b[01_]+|0o?[0-7_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*)$"_s);
    static const QRegularExpression real(u"^[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?$"_s);
    if (nulls.contains(s))
        return QJsonValue(QJsonValue::Null);
    if (trues.contains(s))
        return QJsonValue(true);
    if (falses.contains(s))
        return QJsonValue(false);
    if (special.match(s).hasMatch())
        return std::nullopt;
    if (const auto m = integer.match(s); m.hasMatch()) {
        QString digits = m.captured(2).remove(u'_');
        int base = 10;
        if (digits.size() > 1 && digits.startsWith(u'0')) {
            const QChar kind = digits[1].toLower();
            base = kind == u'x' ? 16 : kind == u'b' ? 2 : 8;
            digits = digits.mid(kind.isLetter() ? 2 : 1);
        }
        bool ok = false;
        const qint64 value = (m.captured(1) == u"-" ? u"-"_s + digits : digits).toLongLong(&ok, base);
        if (ok)
            return QJsonValue(value);
    }
    if (real.match(s).hasMatch()) {
        const double d = s.toDouble();
        if (!std::isfinite(d))
            return std::nullopt;
        if (std::floor(d) == d && std::abs(d) < 9007199254740992.0)
            return QJsonValue(static_cast<qint64>(d)); // "3.0" and 3 are one number in JSON
        return QJsonValue(d);
    }
    return QJsonValue(s);
}

class Builder final : public YAML::EventHandler
{
public:
    Builder(const YamlLimits &limits, qsizetype &nodes) : m_limits(limits), m_nodes(nodes) {}

    std::optional<QJsonValue> result;

    void OnDocumentStart(const YAML::Mark &) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark &mark, YAML::anchor_t anchor) override
    {
        scalar(mark, anchor, QJsonValue(QJsonValue::Null), QString(), true);
    }
    void OnAlias(const YAML::Mark &mark, YAML::anchor_t anchor) override
    {
        const auto it = m_anchors.constFind(anchor);
        if (it == m_anchors.constEnd())
            throw Refused{mark, Words::tr("An alias stands inside the very thing it names."), Words::tr("Write the value out.")};
        count(mark, it->nodes);
        if (atKey())
            setKey(mark, keyText(mark, it->value), false);
        else
            put(mark, it->value);
    }
    void OnScalar(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor, const std::string &value) override
    {
        const QString text = decode(value);
        const QString kind = QString::fromStdString(tag);
        const bool plain = kind == u"?";
        if (plain || atKey()) {
            std::optional<QJsonValue> v = plain && !atKey() ? resolved(text) : QJsonValue(text);
            if (!v)
                throw Refused{mark, Words::tr("“%1” has no place in JSON.").arg(text::safe(text)), Words::tr("Quote it or write a finite number.")};
            scalar(mark, anchor, *v, text, plain);
        } else if (kind == u"!" || kind == u"tag:yaml.org,2002:str") {
            scalar(mark, anchor, text, text, false);
        } else {
            scalar(mark, anchor, tagged(mark, kind, text), text, false);
        }
    }
    void OnSequenceStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override
    {
        checkTag(mark, tag, u"tag:yaml.org,2002:seq"_s);
        open(mark, anchor, false);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override
    {
        checkTag(mark, tag, u"tag:yaml.org,2002:map"_s);
        open(mark, anchor, true);
    }
    void OnMapEnd() override { close(); }

private:
    struct Frame {
        bool map = false;
        bool haveKey = false;
        bool mergeKey = false;
        YAML::anchor_t anchor = 0;
        qsizetype nodesBefore = 0;
        YAML::Mark mark;
        QString key;
        QSet<QString> keys;
        QJsonObject object;
        QJsonArray array;
        QList<QJsonObject> merges;
    };
    struct Anchored {
        QJsonValue value;
        qsizetype nodes = 1;
    };

    const YamlLimits &m_limits;
    qsizetype &m_nodes; ///< over the whole stream
    QList<Frame> m_stack;
    QHash<YAML::anchor_t, Anchored> m_anchors;

    bool atKey() const { return !m_stack.isEmpty() && m_stack.back().map && !m_stack.back().haveKey; }

    void count(const YAML::Mark &mark, qsizetype nodes)
    {
        m_nodes += nodes;
        if (m_nodes > m_limits.nodes)
            throw Refused{mark, Words::tr("It holds more than %1 values once its aliases are written out.").arg(m_limits.nodes),
                          Words::tr("Split it into smaller files.")};
    }

    static QJsonValue tagged(const YAML::Mark &mark, const QString &kind, const QString &text)
    {
        const auto refuse = [&]() -> Refused {
            return {mark, Words::tr("The tag %1 with the value “%2” is not understood.").arg(text::safe(kind), text::safe(text)),
                    Words::tr("Remove the tag; Kubernetes objects need none.")};
        };
        const std::optional<QJsonValue> v = resolved(text);
        if (!v)
            throw refuse();
        if (kind == u"tag:yaml.org,2002:null" && v->isNull())
            return *v;
        if (kind == u"tag:yaml.org,2002:bool" && v->isBool())
            return *v;
        if ((kind == u"tag:yaml.org,2002:int" || kind == u"tag:yaml.org,2002:float") && v->isDouble())
            return *v;
        throw refuse();
    }

    static void checkTag(const YAML::Mark &mark, const std::string &tag, const QString &usual)
    {
        const QString kind = QString::fromStdString(tag);
        if (kind != u"?" && kind != u"!" && !kind.isEmpty() && kind != usual)
            throw Refused{mark, Words::tr("The tag %1 is not understood.").arg(text::safe(kind)),
                          Words::tr("Remove the tag; Kubernetes objects need none.")};
    }

    QString keyText(const YAML::Mark &mark, const QJsonValue &value) const
    {
        if (!value.isString())
            throw Refused{mark, Words::tr("A key is not text."), Words::tr("Quote the key.")};
        return value.toString();
    }

    void setKey(const YAML::Mark &mark, const QString &key, bool plain)
    {
        Frame &frame = m_stack.back();
        frame.mergeKey = plain && key == u"<<";
        if (!frame.mergeKey && frame.keys.contains(key))
            throw Refused{mark, Words::tr("The key “%1” stands there twice.").arg(text::safe(key)), Words::tr("Remove one of the two.")};
        if (!frame.mergeKey)
            frame.keys.insert(key);
        frame.key = key;
        frame.haveKey = true;
    }

    void scalar(const YAML::Mark &mark, YAML::anchor_t anchor, const QJsonValue &value, const QString &text, bool plain)
    {
        count(mark, 1);
        if (anchor != 0)
            m_anchors.insert(anchor, {value, 1});
        if (atKey()) {
            if (value.isNull())
                throw Refused{mark, Words::tr("A key is missing."), Words::tr("Write the key before the colon.")};
            setKey(mark, text, plain);
        } else {
            put(mark, value);
        }
    }

    void put(const YAML::Mark &mark, const QJsonValue &value)
    {
        if (m_stack.isEmpty()) {
            result = value;
            return;
        }
        Frame &frame = m_stack.back();
        if (!frame.map) {
            frame.array.append(value);
            return;
        }
        frame.haveKey = false;
        if (!frame.mergeKey) {
            frame.object.insert(frame.key, value);
            return;
        }
        const QJsonArray sources = value.isArray() ? value.toArray() : QJsonArray{value};
        for (const QJsonValue source : sources) {
            if (!source.isObject())
                throw Refused{mark, Words::tr("“<<” merges something that is no map."), Words::tr("Merge maps only.")};
            frame.merges.append(source.toObject());
        }
    }

    void open(const YAML::Mark &mark, YAML::anchor_t anchor, bool map)
    {
        if (atKey())
            throw Refused{mark, Words::tr("A key is a list or a map."), Words::tr("Use text as a key.")};
        if (m_stack.size() >= m_limits.depth)
            throw Refused{mark, Words::tr("It is nested deeper than %1 levels.").arg(m_limits.depth), Words::tr("Flatten it.")};
        Frame frame;
        frame.map = map;
        frame.anchor = anchor;
        frame.nodesBefore = m_nodes;
        frame.mark = mark;
        count(mark, 1);
        m_stack.append(frame);
    }

    void close()
    {
        Frame frame = m_stack.takeLast();
        // Own keys win over merged ones, earlier merges over later ones (the YAML merge key draft).
        for (const QJsonObject &merge : std::as_const(frame.merges)) {
            for (auto it = merge.begin(); it != merge.end(); ++it) {
                if (!frame.object.contains(it.key()))
                    frame.object.insert(it.key(), it.value());
            }
        }
        const QJsonValue value = frame.map ? QJsonValue(frame.object) : QJsonValue(frame.array);
        if (frame.anchor != 0)
            m_anchors.insert(frame.anchor, {value, m_nodes - frame.nodesBefore});
        put(frame.mark, value);
    }
};

} // namespace

Result<QList<QJsonValue>> documentsFromYaml(const QByteArray &text, const YamlLimits &limits)
{
    if (text.size() > limits.bytes)
        return fail(Error::Kind::Parse, Words::tr("The YAML cannot be read."),
                    Words::tr("It has %1, more than the %2 that are read.").arg(text::bytes(text.size()), text::bytes(limits.bytes)),
                    Words::tr("Split it into smaller files."));
    QStringDecoder decoder(QStringDecoder::Utf8, QStringConverter::Flag::Stateless);
    const QString decoded = decoder(text);
    if (decoder.hasError() || decoded.contains(QChar(u'\0')))
        return fail(Error::Kind::Parse, Words::tr("The YAML cannot be read."), Words::tr("It is not UTF-8 text."),
                    Words::tr("Save the file as UTF-8."));
    try {
        std::istringstream in(text.toStdString());
        YAML::Parser parser(in);
        QList<QJsonValue> documents;
        qsizetype nodes = 0;
        for (;;) {
            Builder builder(limits, nodes);
            if (!parser.HandleNextDocument(builder))
                break;
            if (builder.result && !builder.result->isNull())
                documents.append(*builder.result);
        }
        return documents;
    } catch (const Refused &refused) {
        return fail(positioned(refused.mark, refused.why, refused.fix));
    } catch (const YAML::Exception &e) {
        return fail(positioned(e.mark, text::safe(QString::fromStdString(e.msg)), Words::tr("Correct the text at this place.")));
    } catch (const std::exception &e) {
        return fail(Error::Kind::Parse, Words::tr("The YAML cannot be read."), text::safe(QByteArray(e.what())), QString());
    }
}

Result<QJsonValue> fromYaml(const QByteArray &text, const YamlLimits &limits)
{
    const Result<QList<QJsonValue>> documents = documentsFromYaml(text, limits);
    if (!documents)
        return fail(documents.error());
    if (documents->size() != 1)
        return fail(Error::Kind::Parse, Words::tr("The YAML cannot be read."),
                    documents->isEmpty() ? Words::tr("It holds nothing.") : Words::tr("It holds several documents."),
                    Words::tr("Write exactly one object."));
    return documents->first();
}

} // namespace cairn::manifest
