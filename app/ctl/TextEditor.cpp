// SPDX-License-Identifier: GPL-3.0-or-later
#include "TextEditor.h"

#include "Output.h"
#include "base/Text.h"
#include "launch/Incoming.h"

#include <QDir>
#include <QProcess>
#include <QTemporaryFile>
#include <cstdio>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

tl::unexpected<Error> unwritten(const QString &why)
{
    return fail(Error::Kind::Io, u"The text cannot be kept in a temporary file"_s, why, u"Set TMPDIR to a folder that can be written"_s);
}

} // namespace

DraftFile::DraftFile() = default;
DraftFile::~DraftFile() = default;

Result<> DraftFile::write(const QByteArray &text)
{
    // QTemporaryFile makes it readable for its owner alone.
    m_file = std::make_unique<QTemporaryFile>(QDir::tempPath() + u"/cairnctl-edit-XXXXXX.yaml"_s);
    if (!m_file->open() || m_file->write(text) != text.size() || !m_file->flush())
        return unwritten(m_file->errorString());
    return {};
}

Result<QByteArray> DraftFile::edit()
{
    QString editor = qEnvironmentVariable("VISUAL");
    if (editor.isEmpty())
        editor = qEnvironmentVariable("EDITOR", u"vi"_s);
    const QString path = m_file->fileName();
    QProcess process;
    process.setProcessChannelMode(QProcess::ForwardedChannels);
    process.setInputChannelMode(QProcess::ForwardedInputChannel);
    // As git and kubectl take it: words for the shell.
    process.start(u"/bin/sh"_s, {u"-c"_s, editor + u" \"$1\""_s, u"cairnctl"_s, path});
    if (!process.waitForStarted() || !process.waitForFinished(-1) || process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0)
        return fail(Error::Kind::Io, u"The editor %1 did not end well"_s.arg(text::safe(editor)),
            process.exitStatus() == QProcess::NormalExit ? u"It ended with %1."_s.arg(process.exitCode()) : process.errorString(), u"Set EDITOR, or give the text with -f FILE"_s);
    // Some editors write a new file in place of the old one.
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(Error::Kind::Io, u"The text cannot be read back"_s, file.errorString());
    const QByteArray bytes = file.read(launch::mostTextBytes + 1);
    if (bytes.size() > launch::mostTextBytes)
        return fail(Error::Kind::Invalid, u"The text is too large for a job"_s, u"It has more than 4 MiB."_s);
    return bytes;
}

QString DraftFile::keep()
{
    if (!m_file)
        return {};
    m_file->setAutoRemove(false);
    return m_file->fileName();
}

bool onTerminal()
{
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && isatty(STDERR_FILENO);
}

bool agrees(const QString &question)
{
    std::fputs((question + u" [y/N] "_s).toUtf8().constData(), stderr);
    std::fflush(stderr);
    QFile in;
    if (!in.open(stdin, QIODevice::ReadOnly))
        return false;
    const QByteArray answer = in.readLine(16).trimmed().toLower();
    return answer == "y" || answer == "yes";
}

} // namespace cairn::ctl
