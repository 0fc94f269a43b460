// SPDX-License-Identifier: GPL-3.0-or-later
#include "jobs/Argv.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QMap>
#include <QRegularExpression>
#include <QSet>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::jobs {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::jobs)
};

std::optional<QStringList> strings(const QJsonValue &value)
{
    if (!value.isArray())
        return std::nullopt;
    QStringList list;
    for (const QJsonValue item : value.toArray())
        list += item.toString();
    return list;
}

/// Index of the line in "sh -c LINE" (also bash, -lc, -euc …) within the whole argv; -1 where there is none.
qsizetype shellLine(const QStringList &all)
{
    static const QSet<QString> shells{u"sh"_s, u"bash"_s, u"dash"_s, u"ash"_s, u"zsh"_s, u"ksh"_s};
    if (all.isEmpty() || !shells.contains(all.first().section(u'/', -1)))
        return -1;
    for (qsizetype i = 1; i < all.size(); ++i) {
        const QString &option = all[i];
        if (!option.startsWith(u'-') || option.startsWith(u"--"_s))
            return -1;
        if (option.endsWith(u'c'))
            return i + 1 < all.size() ? i + 1 : -1;
        if (option.endsWith(u'o')) // "-o pipefail", "-euo pipefail"
            ++i;
    }
    return -1;
}

/// Without blanks and semicolons at the end.
QString withoutEnd(const QString &line)
{
    QString text = line.trimmed();
    while (text.endsWith(u';'))
        text = text.chopped(1).trimmed();
    return text;
}

struct LineShape {
    QStringList words;          ///< of the last command, quotes removed
    bool appendable = false;    ///< arguments at the end reach that last command
    bool onlyCommand = true;    ///< nothing runs before it
    bool takesPositional = false; ///< "$@" stands there already
};

/// A cautious look at a shell line: whatever is not plainly "…; program arguments" is not appendable.
LineShape shapeOf(const QString &line)
{
    LineShape shape;
    QString word;
    bool inWord = false;
    bool strange = false;
    QChar quote;
    const auto endWord = [&] {
        if (inWord)
            shape.words += word;
        word.clear();
        inWord = false;
    };
    const auto endCommand = [&] {
        endWord();
        if (!shape.words.isEmpty())
            shape.onlyCommand = false;
        shape.words.clear();
        strange = false;
    };
    const QString text = withoutEnd(line);
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        if (!quote.isNull()) {
            if (c == quote)
                quote = QChar();
            else if (c == u'\\' && quote == u'"' && i + 1 < text.size())
                word += text[++i];
            else
                word += c;
            continue;
        }
        if (c == u'\'' || c == u'"') {
            quote = c;
            inWord = true;
        } else if (c == u'\\' && i + 1 < text.size()) {
            if (text[i + 1] != u'\n') {
                word += text[i + 1];
                inWord = true;
            }
            ++i;
        } else if (c == u';' || c == u'\n' || (c == u'&' && i + 1 < text.size() && text[i + 1] == u'&')) {
            if (c == u'&')
                ++i;
            endCommand();
        } else if (c.isSpace()) {
            endWord();
        } else if (c == u'#' && !inWord) {
            strange = true;
            break;
        } else {
            if (QStringView(u"|<>&`(){}").contains(c) && !(c == u'{' && inWord) && !(c == u'}' && inWord)
                && !(c == u'(' && word.endsWith(u'$')) && !(c == u')' && word.contains(u"$("_s)))
                strange = true;
            word += c;
            inWord = true;
        }
    }
    const bool open = !quote.isNull();
    endWord();
    shape.takesPositional = text.contains(u"\"$@\""_s);
    const QString program = [&] {
        for (const QString &w : std::as_const(shape.words)) {
            static const QRegularExpression assignment(u"^[A-Za-z_][A-Za-z0-9_]*=.*$"_s);
            if (w != u"exec" && w != u"env" && w != u"time" && w != u"nohup" && !assignment.match(w).hasMatch())
                return w.section(u'/', -1);
        }
        return QString();
    }();
    static const QRegularExpression trainers(
        u"^(python[0-9.]*|torchrun|accelerate|deepspeed|mpirun|mpiexec|horovodrun|composer|llamafactory-cli|axolotl|swift|yolo|tune|nemo|.*\\.(py|sh))$"_s);
    static const QSet<QString> notPrograms{u"done"_s, u"fi"_s, u"esac"_s, u"wait"_s, u"exit"_s, u"sleep"_s, u"trap"_s,
                                           u"echo"_s, u"then"_s, u"do"_s, u"else"_s, u"set"_s, u"cd"_s, u"export"_s};
    shape.appendable = !open && !strange && !program.isEmpty() && !notPrograms.contains(program)
        && (shape.onlyCommand || trainers.match(program).hasMatch());
    return shape;
}

/// What a word sets: "--a-b=1" is "--a_b", "++a.b=1" is "a.b"; "" for every other word.
QString flagName(const QString &word)
{
    // "--no-x" and "--no_x" name one flag in argparse, tyro and click.
    if (word.startsWith(u"--"_s))
        return word.size() < 3 ? QString() : u"--"_s + word.section(u'=', 0, 0).mid(2).replace(u'-', u'_');
    static const QRegularExpression assignment(u"^\\+{0,2}([A-Za-z_][A-Za-z0-9_./@-]*)="_s);
    return assignment.match(word).captured(1);
}

/// The flags in a template: true where one has a value in the word behind it.
QMap<QString, bool> flagsIn(const QStringList &words)
{
    QMap<QString, bool> flags;
    for (qsizetype i = 0; i < words.size(); ++i) {
        if (const QString name = flagName(words[i]); !name.isEmpty())
            flags.insert(name, words[i].contains(u'=') || (i + 1 < words.size() && !words[i + 1].startsWith(u"--"_s)));
    }
    return flags;
}

/// Removes "--flag value" and "--flag=value" of every flag in `gone` (true: the flag has a value of its own).
void removeFlags(QStringList &list, const QMap<QString, bool> &gone)
{
    for (qsizetype i = 0; i < list.size();) {
        const auto it = gone.constFind(flagName(list[i]));
        if (it != gone.constEnd()) {
            const bool split = *it && !list[i].contains(u'=') && i + 1 < list.size() && !list[i + 1].startsWith(u"--"_s);
            list.removeAt(i);
            if (split)
                list.removeAt(i);
        } else {
            ++i;
        }
    }
}

} // namespace

Argv Argv::of(const QJsonObject &container)
{
    return {strings(container.value(u"command"_s)), strings(container.value(u"args"_s))};
}

void Argv::writeTo(QJsonObject &container) const
{
    const auto write = [&](const QString &field, const std::optional<QStringList> &list) {
        if (list)
            container.insert(field, QJsonArray::fromStringList(*list));
        else
            container.remove(field);
    };
    write(u"command"_s, command);
    write(u"args"_s, args);
}

QStringList visibleWords(const Argv &argv)
{
    const QStringList all = argv.all();
    const qsizetype line = shellLine(all);
    if (line < 0)
        return all;
    static const QRegularExpression separators(u"[\\s;&|]+"_s);
    QStringList words = all;
    words.removeAt(line);
    for (QString word : all[line].split(separators, Qt::SkipEmptyParts)) {
        word.remove(u'"').remove(u'\'');
        if (!word.isEmpty() && word != u"\\" && word != u"$@")
            words.insert(words.size(), word);
    }
    // Arguments behind the line come after its words.
    for (qsizetype i = line + 2; i < all.size(); ++i)
        words += all[i];
    return words;
}

std::optional<QString> flagValue(const QStringList &words, const QString &flag)
{
    std::optional<QString> found;
    const QString name = flag.startsWith(u"--"_s) ? flagName(flag) : flag;
    for (qsizetype i = 0; i < words.size(); ++i) {
        if (name.isEmpty() || flagName(words[i]) != name)
            continue;
        if (words[i].contains(u'='))
            found = words[i].section(u'=', 1);
        else if (i + 1 < words.size() && !words[i + 1].startsWith(u"--"_s))
            found = words[i + 1];
        else
            found = QString(u""_s);
    }
    return found;
}

Result<Argv> withArguments(const Argv &argv, const QStringList &add, const QStringList &drop)
{
    Argv out = argv;
    const QMap<QString, bool> set = flagsIn(add);
    const QStringList all = argv.all();
    const qsizetype line = shellLine(all);
    if (line >= 0) {
        const LineShape shape = shapeOf(all[line]);
        if (!shape.takesPositional && !shape.appendable)
            return fail(Error::Kind::Unsupported, Words::tr("Arguments cannot be added to this command."),
                        Words::tr("It is a shell line whose last part is not plainly the training program."),
                        Words::tr("Let the script read an environment variable, or put \"$@\" after the program in the line."));
        const QMap<QString, bool> unwanted = flagsIn(drop);
        for (const QString &word : shape.words) {
            if (const QString name = flagName(word); unwanted.contains(name) && !set.contains(name))
                return fail(Error::Kind::Unsupported, Words::tr("%1 has to go, and it stands in a shell line.").arg(text::safe(word)),
                            Words::tr("Together with the new arguments it would begin something else than was asked for."),
                            Words::tr("Take it out of the line in the job's YAML."));
        }
        const qsizetype commandSize = out.command ? out.command->size() : 0;
        QStringList &holder = line < commandSize ? *out.command : *out.args;
        QString &text = holder[line < commandSize ? line : line - commandSize];
        if (!shape.takesPositional) {
            text = withoutEnd(text) + u" \"$@\""_s;
        }
        QStringList &tail = out.args ? *out.args : *out.command;
        if (line + 1 == all.size())
            tail += u"sh"_s; // $0 of the line
    }

    QMap<QString, bool> gone = flagsIn(drop);
    gone.insert(set);
    if (out.command)
        removeFlags(*out.command, gone);
    if (out.args)
        removeFlags(*out.args, gone);
    if (add.isEmpty())
        return out;
    // An empty args list means the same as none; a command without args takes them itself.
    if (out.args && (!out.args->isEmpty() || !out.command))
        *out.args += add;
    else if (out.command)
        *out.command += add;
    else
        out.args = add;
    return out;
}

QString escapedForKubernetes(const QString &literal)
{
    if (!literal.contains(u"$("_s) && !literal.contains(u"$$"_s))
        return literal;
    return QString(literal).replace(u"$"_s, u"$$"_s);
}

QString expanded(const QString &text, const QMap<QString, QString> &env)
{
    // k8s.io/kubernetes third_party/forked/golang/expansion: "$$" is "$", "$(NAME)" the value or itself.
    QString out;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] == u'$' && i + 1 < text.size()) {
            if (text[i + 1] == u'$') {
                out += u'$';
                ++i;
                continue;
            }
            const qsizetype end = text[i + 1] == u'(' ? text.indexOf(u')', i) : -1;
            if (end > 0) {
                const QString name = text.mid(i + 2, end - i - 2);
                out += env.contains(name) ? env.value(name) : text.mid(i, end - i + 1);
                i = end;
                continue;
            }
        }
        out += text[i];
    }
    return out;
}

} // namespace cairn::jobs
