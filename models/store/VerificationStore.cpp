// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/VerificationStore.h"

#include "store/HistoryFile.h"

#include <QCoreApplication>
#include <QHash>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace cairn::store {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::store::VerificationStore)
};

HistoryFile::Schema schema()
{
    return {VerificationStore::version,
            {u"CREATE TABLE IF NOT EXISTS verified (place TEXT NOT NULL, path TEXT NOT NULL, stamp TEXT NOT NULL, at INTEGER NOT NULL, "
             "result TEXT NOT NULL, PRIMARY KEY (place, path)) WITHOUT ROWID"_s},
            {u"SELECT place, path, stamp, at, result FROM verified LIMIT 1"_s},
            [] {
                return HistoryFile::Texts{Words::tr("The result of a full verification could not be saved in %1"),
                                          Words::tr("The results of full verifications %1 can be neither read nor set aside"),
                                          Words::tr("The results of full verifications start over"),
                                          Words::tr("Results of full verifications cannot be saved")};
            }};
}

/// Where a checkpoint lies, whichever folder above it was listed: its folder, and its name in that.
struct Key {
    QString folder;
    QString name;
};

Key keyOf(const QString &place, const QString &path)
{
    QString whole = place;
    while (whole.endsWith(u'/'))
        whole.chop(1);
    if (path != "."_L1)
        whole += u'/' + path;
    const qsizetype slash = whole.lastIndexOf(u'/');
    return {whole.left(slash), whole.mid(slash + 1)};
}

std::optional<Verification> decoded(const QVariant &value)
{
    return verificationFromJson(QJsonDocument::fromJson(value.toString().toUtf8()).object());
}

} // namespace

VerificationStore::VerificationStore(const QString &file)
    : m_history(std::make_unique<HistoryFile>(file, u"verified.sqlite"_s, schema()))
{
}

VerificationStore::~VerificationStore() = default;

std::optional<Error> VerificationStore::takeNotice()
{
    return m_history->takeNotice();
}

bool VerificationStore::exists() const
{
    return QFileInfo::exists(m_history->file());
}

Result<> VerificationStore::put(const QString &place, const Verification &verification)
{
    const std::lock_guard lock(m_history->mutex());
    return m_history->with<void>([&](HistoryConnection &connection) -> Result<> {
        const QString json = QString::fromUtf8(QJsonDocument(toJson(verification)).toJson(QJsonDocument::Compact));
        const Key key = keyOf(place, verification.path);
        return m_history->inTransaction(connection, [&] {
            return connection.run(u"INSERT OR REPLACE INTO verified VALUES (?, ?, ?, ?, ?)"_s,
                                  {key.folder, key.name, verification.stamp, verification.at.toSecsSinceEpoch(), json})
                && connection.run(u"DELETE FROM verified WHERE at < (SELECT at FROM verified ORDER BY at DESC LIMIT 1 OFFSET %1)"_s.arg(mostResults - 1));
        });
    });
}

Result<std::optional<Verification>> VerificationStore::find(const QString &place, const Checkpoint &checkpoint)
{
    Listing one;
    one.runs = {Run{{}, {}, {}, {checkpoint}}};
    const Result<QHash<QString, Verification>> found = read(place, one);
    if (!found)
        return fail(found.error());
    const auto it = found->constFind(checkpoint.path);
    return it == found->constEnd() ? std::optional<Verification>() : std::optional(*it);
}

Result<QHash<QString, Verification>> VerificationStore::read(const QString &place, const Listing &listing)
{
    struct Listed {
        QString path;
        QString stamp;
    };
    QHash<QString, QHash<QString, Listed>> folders; // by name in it
    for (const Run &run : listing.runs) {
        for (const Checkpoint &checkpoint : run.checkpoints) {
            const Key key = keyOf(place, checkpoint.path);
            folders[key.folder].insert(key.name, {checkpoint.path, stampOf(checkpoint)});
        }
    }
    using Found = QHash<QString, Verification>;
    const std::lock_guard lock(m_history->mutex());
    return m_history->with<Found>([&](HistoryConnection &connection) -> Result<Found> {
        Found found;
        QList<Key> old;
        for (auto folder = folders.cbegin(); folder != folders.cend(); ++folder) {
            QSqlQuery query(connection.database());
            if (!connection.run(query, u"SELECT path, stamp, result FROM verified WHERE place = ?"_s, {folder.key()}))
                return fail(m_history->explain(connection.error()));
            while (query.next()) {
                const QString name = query.value(0).toString();
                const auto listed = folder->constFind(name);
                if (listed == folder->cend())
                    continue; // the listing may be partial
                std::optional<Verification> verification = query.value(1).toString() == listed->stamp ? decoded(query.value(2)) : std::nullopt;
                if (verification) {
                    verification->path = listed->path;
                    verification->stamp = listed->stamp;
                    found.insert(listed->path, *verification);
                } else {
                    old << Key{folder.key(), name};
                }
            }
            if (query.lastError().isValid()) {
                connection.fail(query.lastError());
                return fail(m_history->explain(query.lastError()));
            }
        }
        for (const Key &key : std::as_const(old)) {
            if (!connection.run(u"DELETE FROM verified WHERE place = ? AND path = ?"_s, {key.folder, key.name}))
                return fail(m_history->explain(connection.error()));
        }
        return found;
    });
}

} // namespace cairn::store
