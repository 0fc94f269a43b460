// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/ConsentFiles.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSet>
#include <QStandardPaths>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::kube {
namespace {

/// More than any real sign-in has, few enough to look at before each run.
constexpr qsizetype mostWords = 2000;

bool isInterpreterName(const QString &path)
{
    static const QSet<QString> names{
        // shells
        u"sh"_s, u"bash"_s, u"dash"_s, u"ash"_s, u"zsh"_s, u"ksh"_s, u"mksh"_s, u"fish"_s, u"csh"_s, u"tcsh"_s, u"rbash"_s,
        u"busybox"_s, u"toybox"_s, u"pwsh"_s, u"nu"_s,
        // interpreters
        u"python"_s, u"pypy"_s, u"perl"_s, u"ruby"_s, u"node"_s, u"nodejs"_s, u"deno"_s, u"bun"_s, u"lua"_s, u"luajit"_s, u"php"_s,
        u"awk"_s, u"gawk"_s, u"mawk"_s, u"tclsh"_s, u"expect"_s, u"java"_s, u"jshell"_s, u"groovy"_s, u"Rscript"_s, u"julia"_s,
        u"osascript"_s, u"guile"_s, u"uv"_s, u"uvx"_s, u"npx"_s, u"npm"_s, u"pipx"_s, u"make"_s, u"go"_s, u"sed"_s, u"ed"_s,
        // those that start what follows
        u"env"_s, u"sudo"_s, u"doas"_s, u"su"_s, u"runuser"_s, u"xargs"_s, u"nohup"_s, u"timeout"_s, u"nice"_s, u"ionice"_s,
        u"setsid"_s, u"stdbuf"_s, u"script"_s, u"time"_s, u"watch"_s, u"parallel"_s, u"chroot"_s, u"unshare"_s, u"nsenter"_s,
        u"systemd-run"_s, u"flatpak-spawn"_s, u"ssh"_s, u"docker"_s, u"podman"_s, u"find"_s, u"ld.so"_s, u"nix-shell"_s};
    QString name = QFileInfo(path).fileName();
    static const QRegularExpression version(u"[-.]?[0-9][0-9.]*\\z"_s); // python3.11, lua5.4
    return names.contains(name) || names.contains(name.remove(version)) || name.startsWith("ld-linux"_L1);
}

/// A file that could run by itself or as a script.
bool canRun(const QString &path)
{
    const QFileInfo info(path);
    if (info.isExecutable())
        return true;
    static const QSet<QString> endings{u"sh"_s, u"bash"_s, u"zsh"_s, u"py"_s, u"pyc"_s, u"pyz"_s, u"js"_s, u"mjs"_s, u"cjs"_s, u"ts"_s,
                                       u"rb"_s, u"pl"_s, u"pm"_s, u"lua"_s, u"php"_s, u"ps1"_s, u"awk"_s, u"tcl"_s, u"jar"_s, u"so"_s,
                                       u"r"_s, u"jl"_s};
    if (endings.contains(info.suffix().toLower()) || info.fileName().contains(u".so."_s))
        return true;
    QFile file(path);
    return file.open(QIODevice::ReadOnly) && file.peek(2) == "#!";
}

/// With "~", "$HOME" and "${HOME}" at its beginning followed.
QString expanded(QString word)
{
    static const QRegularExpression home(u"\\A(~|\\$HOME|\\$\\{HOME\\})(?=/|\\z)"_s);
    return word.replace(home, QDir::homePath());
}

} // namespace

bool runsItsArguments(const QString &program, const QStringList &args)
{
    // A link called "aws" may lead to a shell.
    return isInterpreterName(program) || isInterpreterName(QFileInfo(program).canonicalFilePath())
        || std::ranges::any_of(args, isInterpreterName);
}

std::optional<QStringList> namedFiles(const QString &program, const QStringList &args, const QList<QPair<QString, Secret>> &env)
{
    const bool everything = runsItsArguments(program, args);
    QSet<QString> files;
    qsizetype words = 0;
    const auto consider = [&](const QString &word) {
        if (word.isEmpty() || word.contains(QChar::Null))
            return;
        const QString path = expanded(word);
        const bool named = path.contains(u'/');
        const QString absolute = QDir::cleanPath(QDir::current().absoluteFilePath(path));
        const QFileInfo info(absolute);
        if (info.isFile()) { // never a pipe or a device: nothing is opened that could block
            if (everything || canRun(absolute))
                files.insert(absolute);
        } else if (everything && named && !info.exists() && QFileInfo(info.absolutePath()).isDir()) {
            files.insert(absolute); // it could be made
        }
        if (everything && !named) {
            if (const QString found = QStandardPaths::findExecutable(path); !found.isEmpty())
                files.insert(found);
        }
    };
    // Once as a whole: a path may have blanks. Then the words of a script, but not where output is only sent to.
    static const QRegularExpression output(u"[0-9&]*>{1,2}\\|?\\s*[^\\s'\"`;|&()<>]+"_s);
    static const QRegularExpression between(u"[\\s'\"`;|&()<>,=:\\[\\]]+"_s);
    const auto look = [&](const QString &text) {
        consider(text);
        if (const qsizetype equals = text.indexOf(u'='); equals >= 0)
            consider(text.mid(equals + 1));
        QString read = text;
        const QStringList parts = read.replace(output, u" "_s).split(between, Qt::SkipEmptyParts);
        words += parts.size() + 1;
        if (words > mostWords)
            return;
        for (const QString &part : parts)
            consider(part);
    };
    for (const QString &arg : args)
        look(arg);
    for (const auto &variable : env)
        look(QString::fromUtf8(variable.second.reveal()));
    if (words > mostWords)
        return std::nullopt;
    QStringList sorted = files.values();
    sorted.sort();
    return sorted;
}

} // namespace cairn::kube
