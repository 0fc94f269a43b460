// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "checkpoints/Format.h"
#include "checkpoints/Json.h"
#include "checkpoints/Paths.h"

#include <QtEndian>

using namespace Qt::StringLiterals;

/// XGBoost's TrainingCheckPoint: "<name>_<iteration>.ubj", a model in UBJSON, or before that "model_<iteration>.json". Training goes on from the model itself.
namespace cairn::ckpt {
namespace {

/// Follows the structure of UBJSON (ubjson.org, draft 12, as xgboost/src/common/json.cc writes it) without keeping values.
class Ubjson
{
public:
    enum class End { Complete, Truncated, Invalid };

    explicit Ubjson(QByteArrayView bytes)
        : m_bytes(bytes)
    {
        m_learner = bytes.first(std::min<qsizetype>(bytes.size(), 4096)).contains("learner");
        if (!value(next(), 0))
            m_end = m_truncated ? End::Truncated : End::Invalid;
        else
            m_end = m_at == m_bytes.size() ? End::Complete : End::Invalid;
    }
    End end() const { return m_end; }
    bool hasLearner() const { return m_learner; }

private:
    char next()
    {
        if (m_at < m_bytes.size())
            return m_bytes[m_at++];
        m_truncated = true;
        return 0;
    }
    bool skip(qint64 count)
    {
        if (count < 0)
            return false;
        if (count > m_bytes.size() - m_at) {
            m_truncated = true;
            return false;
        }
        m_at += count;
        return true;
    }
    static int widthOf(char type)
    {
        switch (type) {
        case 'Z': case 'N': case 'T': case 'F': return 0;
        case 'i': case 'U': case 'C': return 1;
        case 'I': return 2;
        case 'l': case 'd': return 4;
        case 'L': case 'D': return 8;
        default: return -1;
        }
    }
    /// A count or length: big-endian, with its type before it.
    qint64 length()
    {
        const char type = next();
        const qsizetype at = m_at;
        const int width = widthOf(type);
        if (width < 1 || type == 'd' || type == 'D' || !skip(width))
            return -1;
        const char *data = m_bytes.data() + at;
        switch (width) {
        case 1: return type == 'U' ? static_cast<quint8>(*data) : static_cast<qint8>(*data);
        case 2: return qFromBigEndian<qint16>(data);
        case 4: return qFromBigEndian<qint32>(data);
        default: return qFromBigEndian<qint64>(data);
        }
    }
    // NOLINTNEXTLINE(misc-no-recursion): depth is bounded
    bool value(char type, int depth)
    {
        if (depth > 64)
            return false;
        if (const int width = widthOf(type); width >= 0)
            return skip(width);
        if (type == 'S' || type == 'H')
            return skip(length());
        if (type != '[' && type != '{')
            return false;
        char each = 0;
        qint64 count = -1;
        if (peek() == '$') {
            next();
            each = next();
        }
        if (peek() == '#') {
            next();
            count = length();
            if (count < 0)
                return false;
        } else if (each != 0) {
            return false;
        }
        if (type == '[' && each != 0 && widthOf(each) >= 0) // by far the most: numbers in a row
            return widthOf(each) == 0 || (count <= m_bytes.size() && skip(count * widthOf(each))) || truncatedRow(count);
        for (qint64 i = 0; count < 0 || i < count; ++i) {
            if (count < 0 && peek() == (type == '[' ? ']' : '}')) {
                next();
                return true;
            }
            if (m_truncated || (type == '{' && !skip(length())) || !value(each != 0 ? each : next(), depth + 1))
                return false;
        }
        return true;
    }
    bool truncatedRow(qint64 count)
    {
        m_truncated = m_truncated || count > m_bytes.size();
        return false;
    }
    char peek()
    {
        if (m_at < m_bytes.size())
            return m_bytes[m_at];
        m_truncated = true;
        return 0;
    }

    QByteArrayView m_bytes;
    qsizetype m_at = 0;
    bool m_truncated = false;
    bool m_learner = false;
    End m_end = End::Invalid;
};

struct Model {
    bool isModel = true;
    Check check;
};

/// The same in JSON, as it was written before. Other programs write JSON under such names too.
Model checkJson(const Entry &entry, Source &source, const Limits &limits)
{
    FileReader file(source, entry, limits.fileBudget);
    const FileReader::Bytes head = file.read(0, std::min<qint64>(file.size(), 4096));
    if (!head.ok())
        return {head.status == FileReader::Status::Pending, readFailure(head.status, limits.fileBudget)};
    if (!head.data.contains("\"learner\""))
        return {false, {}};
    const FileReader::Bytes bytes = file.read(0, file.size());
    if (!bytes.ok())
        return {true, readFailure(bytes.status, limits.fileBudget)};
    const std::optional<QJsonObject> json = parsePythonJson(bytes.data);
    if (!json)
        return {true, {State::Incomplete, Words::tr("the model is not valid JSON: it is cut short or still being written")}};
    if (!(*json)[u"learner"_s].isObject())
        return {true, {State::Broken, Words::tr("no model of XGBoost was found in it")}};
    return {};
}

Check checkModel(const Entry &entry, Source &source, const Limits &limits)
{
    FileReader file(source, entry, limits.fileBudget);
    if (file.size() == 0)
        return {State::Incomplete, Words::tr("the file is empty")};
    const FileReader::Bytes bytes = file.read(0, file.size());
    if (!bytes.ok())
        return readFailure(bytes.status, limits.fileBudget);
    const Ubjson model(bytes.data);
    if (model.end() == Ubjson::End::Truncated)
        return {State::Incomplete, Words::tr("the model breaks off: it is cut short or still being written")};
    if (model.end() == Ubjson::End::Invalid)
        return {State::Broken, Words::tr("its structure does not hold")};
    return model.hasLearner() ? Check() : Check{State::Unverified, Words::tr("no model of XGBoost was found in it")};
}

/// Files of the series that no longer look like a model; alone, all that can be done is to count them.
void recogniseRemains(Files &files, const QList<const Entry *> &suspects)
{
    QSet<QByteArray> families;
    for (const Finding &finding : std::as_const(files.findings)) {
        if (finding.format == u"xgboost"_s)
            families << family(baseName(finding.path));
    }
    for (const Entry *entry : suspects) {
        const QByteArray name = baseName(entry->path);
        FileReader file(files.source, *entry, files.limits.fileBudget);
        const FileReader::Bytes head = file.read(0, std::min<qint64>(file.size(), 512));
        const QByteArray start = head.data.trimmed();
        if (!head.ok() || start.startsWith('{') || start.startsWith('[') || family(name) == name)
            continue; // another program's
        files.take(*entry);
        if (!families.contains(family(name))) {
            files.unclear << entry->path;
            continue;
        }
        Finding finding;
        finding.format = u"xgboost"_s;
        setPlace(finding, *entry, Role::Weights);
        finding.check = entry->size == 0 ? Check{State::Incomplete, Words::tr("the file is empty")} : Check{State::Broken, Words::tr("no model of XGBoost was found in it")};
        decideStep(finding, placeFacts(finding, files.index, name.left(name.lastIndexOf('.'))), std::nullopt, std::nullopt);
        files.findings << finding;
    }
}

void recogniseModels(Files &files)
{
    QList<const Entry *> suspects;
    for (const Entry *entry : std::as_const(files.entries)) {
        const QByteArray name = baseName(entry->path);
        const bool json = name.endsWith(".json");
        if (files.isTaken(*entry) || !(json || name.endsWith(".ubj")))
            continue;
        if (!files.looks.mayGoOn())
            return;
        files.looks.count(entry->path);
        const Model model = json ? checkJson(*entry, files.source, files.limits) : Model{true, checkModel(*entry, files.source, files.limits)};
        if (!model.isModel) {
            suspects << entry;
            continue;
        }
        files.take(*entry);
        Finding finding;
        finding.format = u"xgboost"_s;
        finding.proof = Proof::Probe;
        setPlace(finding, *entry, Role::Weights);
        finding.check = model.check;
        finding.holdsTraining = true;
        finding.goodReason = Words::tr("the model can be followed to its end; the format has no checksums");
        const NameFacts facts = placeFacts(finding, files.index, name.left(name.lastIndexOf('.')));
        decideStep(finding, facts, std::nullopt, std::nullopt);
        files.findings << finding;
    }
    recogniseRemains(files, suspects);
}

} // namespace

const Format xgBoostFormat{
    .names = "*.ubj model_*.json",
    .files = recogniseModels,
};

} // namespace cairn::ckpt
