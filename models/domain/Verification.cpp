// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/Verification.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <array>

using namespace Qt::StringLiterals;

namespace cairn {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::Verification)
};

constexpr std::array results{FullRead::Proved, FullRead::Held, FullRead::Read, FullRead::Unread, FullRead::Changed, FullRead::Damaged};

std::optional<FullRead> resultOf(const QString &name)
{
    for (const FullRead result : results) {
        if (fullReadName(result) == name)
            return result;
    }
    return std::nullopt;
}

} // namespace

QString fullReadName(FullRead result)
{
    switch (result) {
    case FullRead::Proved: return u"proved"_s;
    case FullRead::Held: return u"held"_s;
    case FullRead::Read: return u"read"_s;
    case FullRead::Unread: return u"unread"_s;
    case FullRead::Changed: return u"changed"_s;
    case FullRead::Damaged: break;
    }
    return u"damaged"_s;
}

QJsonObject toJson(const Verification &verification)
{
    QJsonArray files;
    for (const VerifiedFile &file : verification.files) {
        files.append(QJsonObject{{u"path"_s, file.path}, {u"result"_s, fullReadName(file.result)}, {u"bytes"_s, file.bytes},
                                 {u"read"_s, file.read}, {u"checksummed"_s, file.checksummed}, {u"reason"_s, file.reason}});
    }
    return {{u"path"_s, verification.path},
            {u"at"_s, verification.at.toString(Qt::ISODate)},
            {u"tookMs"_s, verification.tookMs},
            {u"result"_s, fullReadName(verification.result)},
            {u"reason"_s, verification.reason},
            {u"bytes"_s, verification.bytes},
            {u"read"_s, verification.read},
            {u"checksummed"_s, verification.checksummed},
            {u"otherFiles"_s, verification.otherFiles},
            {u"otherBytes"_s, verification.otherBytes},
            {u"files"_s, files}};
}

std::optional<Verification> verificationFromJson(const QJsonObject &json)
{
    const std::optional<FullRead> result = resultOf(json[u"result"_s].toString());
    Verification verification;
    verification.path = json[u"path"_s].toString();
    verification.at = QDateTime::fromString(json[u"at"_s].toString(), Qt::ISODate).toUTC();
    if (!result || verification.path.isEmpty() || !verification.at.isValid())
        return std::nullopt;
    verification.result = *result;
    verification.tookMs = json[u"tookMs"_s].toInteger();
    verification.reason = json[u"reason"_s].toString();
    verification.bytes = json[u"bytes"_s].toInteger();
    verification.read = json[u"read"_s].toInteger();
    verification.checksummed = json[u"checksummed"_s].toInteger();
    verification.otherFiles = json[u"otherFiles"_s].toInt();
    verification.otherBytes = json[u"otherBytes"_s].toInteger();
    for (const QJsonValue &value : json[u"files"_s].toArray()) {
        const std::optional<FullRead> one = resultOf(value[u"result"_s].toString());
        if (!one)
            return std::nullopt;
        verification.files.append({value[u"path"_s].toString(), *one, value[u"bytes"_s].toInteger(), value[u"read"_s].toInteger(),
                                   value[u"checksummed"_s].toInteger(), value[u"reason"_s].toString()});
    }
    return verification;
}

QString stampOf(const Checkpoint &checkpoint)
{
    return u"%1 %2 %3"_s.arg(checkpoint.files).arg(checkpoint.bytes).arg(checkpoint.savedAt.toSecsSinceEpoch());
}

void addFoundDamage(Listing &listing, const QHash<QString, Verification> &results)
{
    for (Run &run : listing.runs) {
        for (Checkpoint &checkpoint : run.checkpoints) {
            const auto it = results.constFind(checkpoint.path);
            if (it == results.cend() || it->result != FullRead::Damaged || it->stamp != stampOf(checkpoint) || checkpoint.verdict == Verdict::Damaged)
                continue;
            checkpoint.verdict = Verdict::Damaged;
            checkpoint.proof.clear();
            checkpoint.resumable = false;
            checkpoint.reason = Words::tr("A full read on %1 found it damaged. %2", "a time, what was found").arg(it->at.toString(Qt::ISODate), it->reason);
        }
        const Checkpoint *latest = newestResumable(run);
        run.latestResumable = latest ? latest->path : QString();
    }
}

} // namespace cairn
