// SPDX-License-Identifier: GPL-3.0-or-later
#include "Drafts.h"

#include "base/Text.h"
#include "engine/BulkFlows.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

using namespace Qt::StringLiterals;

namespace cairn::app {
namespace {

constexpr qint64 mostBytes = 4 * 1024 * 1024;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::app::Drafts)
};

} // namespace

QString draftFile(const QString &wizard, const QString &server)
{
    const QByteArray which = QCryptographicHash::hash(server.toUtf8(), QCryptographicHash::Sha256).toHex().left(16);
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + u"/cairn/drafts/%1-%2.yaml"_s.arg(wizard, QString::fromLatin1(which));
}

Result<QByteArray> readDraft(const QString &file)
{
    const QFileInfo info(file);
    if (!info.exists())
        return QByteArray();
    QFile draft(file);
    if (!info.isFile() || info.size() > mostBytes || !draft.open(QIODevice::ReadOnly))
        return fail(Error::make(Error::Kind::Io, Words::tr("The draft %1 cannot be read").arg(text::safe(file)), draft.errorString()));
    return draft.read(mostBytes);
}

Result<> writeDraft(const QString &file, const QByteArray &bytes)
{
    const QDir folder = QFileInfo(file).absoluteDir();
    if (!folder.mkpath(u"."_s))
        return fail(Error::make(Error::Kind::Io, Words::tr("The folder %1 cannot be made").arg(text::safe(folder.path()))));
    // What somebody began is nobody else's to read.
    QFile::setPermissions(folder.path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return saveFile(file, bytes);
}

Result<> dropDraft(const QString &file)
{
    QFile draft(file);
    if (draft.exists() && !draft.remove())
        return fail(Error::make(Error::Kind::Io, Words::tr("The draft %1 cannot be removed").arg(text::safe(file)), draft.errorString()));
    return {};
}

} // namespace cairn::app
