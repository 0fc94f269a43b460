// SPDX-License-Identifier: GPL-3.0-or-later
#include "Cluster.h"
#include "Commands.h"
#include "Output.h"
#include "Overlay.h"
#include "base/Text.h"
#include "engine/AuditFlows.h"

#include <QFileInfo>
#include <QJsonArray>
#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

using cairn::overlay::Outside;
using cairn::overlay::Settings;
using services::Check;

constexpr qsizetype kLongestPassword = 4096;

QString stateWord(Check::State state)
{
    switch (state) {
    case Check::State::Ok: return u"ok"_s;
    case Check::State::Warn: return u"warn"_s;
    case Check::State::Failed: return u"fail"_s;
    case Check::State::Skipped: break;
    }
    return u"skipped"_s;
}

/// Keeps a terminal from showing what is typed.
class Unseen {
public:
    Unseen()
    {
        if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &m_before) != 0)
            return;
        termios hidden = m_before;
        hidden.c_lflag &= static_cast<tcflag_t>(~ECHO);
        m_hidden = tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == 0;
    }
    ~Unseen()
    {
        if (!m_hidden)
            return;
        tcsetattr(STDIN_FILENO, TCSANOW, &m_before);
        note({}); // the line break that was not shown
    }
    Unseen(const Unseen &) = delete;
    Unseen &operator=(const Unseen &) = delete;

private:
    termios m_before = {};
    bool m_hidden = false;
};

/// One line of standard input, byte by byte: what follows is the next password's. Waits so that Ctrl C ends it.
Result<Secret> readLine(const std::stop_token &stop)
{
    const Unseen unseen;
    QByteArray line;
    for (;;) {
        if (stop.stop_requested())
            return fail(Error::cancelled());
        pollfd waiting{STDIN_FILENO, POLLIN, 0};
        if (poll(&waiting, 1, 200) == 0)
            continue;
        char one = 0;
        const ssize_t count = read(STDIN_FILENO, &one, 1);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0 || one == '\n')
            break;
        line.append(one);
        if (line.size() > kLongestPassword)
            return fail(Error::Kind::Invalid, u"The password on standard input is too long"_s);
    }
    if (line.endsWith('\r'))
        line.chop(1);
    if (line.isEmpty())
        return fail(Error::Kind::Invalid, u"There is no password on standard input"_s, {},
            u"Type it, or pipe it into cairnctl, a line for each service"_s);
    return Secret(line);
}

QJsonObject reportJson(const services::Report &report)
{
    QJsonArray checks;
    for (const Check &check : report.checks)
        checks.append(QJsonObject{{u"id"_s, check.id}, {u"what"_s, check.what}, {u"state"_s, stateWord(check.state)},
            {u"text"_s, check.text}, {u"fix"_s, check.fix}});
    return {{u"from"_s, report.from}, {u"usable"_s, report.usable()}, {u"checks"_s, checks}};
}

/// Of the word behind the command: a settings file, or a folder that holds one.
Options located(const Options &options)
{
    Options result = options;
    const QString path = options.command.value(2, options.out.isEmpty() ? u"."_s : options.out);
    if (QFileInfo(path).isDir())
        result.out = path;
    else if (options.command.size() > 2)
        result.settings = path;
    return result;
}

/// The settings, which have to be there: defaults name no service.
Result<Settings> settingsThere(const Options &options, std::stop_token stop)
{
    const Result<cairn::overlay::Folder> folder = folderOf(options, stop);
    if (!folder)
        return fail(folder.error());
    if (options.settings.isEmpty() && !folder->files.contains(cairn::overlay::settingsFile()))
        return fail(Error::Kind::NotFound, u"There are no settings in %1"_s.arg(text::safe(options.out)),
            u"It has no %1"_s.arg(cairn::overlay::settingsFile()), u"Name the folder of the overlay, or the file"_s);
    return settingsOf(options, *folder, audit::Scene());
}

} // namespace

Result<std::optional<Secret>> passwordFor(
    const Options &options, const Outside &outside, ObjectApi *cluster, std::stop_token stop)
{
    QString source;
    for (const QString &one : options.passwordFrom) {
        const auto [service, where] = passwordSource(one);
        // A store takes two keys: what is meant for databases is not asked for them.
        if (service.isEmpty() ? source.isEmpty() && !outside.isStore() : service == outside.id)
            source = where;
    }
    if (source.isEmpty())
        return std::optional<Secret>();
    const auto some = [](Secret secret) { return std::optional(std::move(secret)); };
    if (source == "stdin"_L1) {
        if (isatty(STDIN_FILENO) && outside.isStore())
            note(u"Keys of %1 as ACCESSKEY:SECRETKEY, not shown:"_s.arg(outside.title));
        else if (isatty(STDIN_FILENO))
            note(u"Password of %1 (%2), not shown:"_s.arg(
                outside.target.user.isEmpty() ? outside.id : text::safe(outside.target.user), outside.title));
        return readLine(stop).map(some);
    }
    if (source.startsWith("file:"_L1))
        return app::passwordFromFile(source.mid(5)).map(some);
    if (!options.allowSecret)
        return fail(Error::Kind::Consent, u"The Secret %1 was not read"_s.arg(text::safe(source.section(u'/', 1, 1))),
            u"It holds a password"_s, u"Allow it with --allow-secret"_s);
    if (!cluster)
        return fail(
            Error::Kind::Invalid, u"A Secret is in a cluster"_s, {}, u"Give the password by file:PATH or stdin"_s);
    return app::passwordFromSecret(*cluster, outside, source.section(u'/', 1, 1), source.section(u'/', 2, 2), stop)
        .map(some);
}

app::ServiceTestOptions testOptions(const Options &options)
{
    app::ServiceTestOptions how;
    how.here = options.from != "cluster"_L1;
    how.cluster = options.from == "cluster"_L1 || options.from == "both"_L1;
    how.image = options.image;
    how.allowed = options.allowHelper;
    how.mayWrite = options.allowWrite;
    how.progress = [](const QString &what, qint64) { note(what); };
    return how;
}

QString testTable(const QList<app::ServiceTest> &tests)
{
    QList<QStringList> rows{{u"SERVICE"_s, u"FROM"_s, u"CHECK"_s, u"STATE"_s, u"WHAT WAS FOUND"_s}};
    for (const app::ServiceTest &test : tests) {
        for (const services::Report &report : test.reports) {
            for (const Check &check : report.brief())
                rows.append({test.id, report.from, check.what, stateWord(check.state), check.text});
        }
    }
    return renderTable(rows);
}

int testServices(app::Engine &engine, const Options &given, std::stop_token stop)
{
    const Options options = located(given);
    const Result<Settings> settings = settingsThere(options, stop);
    if (!settings)
        return printError(settings.error());
    const app::ServiceTestOptions how = testOptions(options);
    const bool fromSecret = std::ranges::any_of(
        options.passwordFrom, [](const QString &one) { return passwordSource(one).second.startsWith("secret/"_L1); });
    std::shared_ptr<kube::Cluster> cluster;
    audit::Scene scene;
    if (how.cluster || fromSecret || options.allowSecret) {
        const auto connected = connect(engine, options);
        if (!connected)
            return printError(connected.error());
        cluster = *connected;
        const Result<audit::Scene> read = app::readScene(*cluster, {}, stop);
        if (!read)
            return printError(read.error());
        scene = *read;
    }
    const QList<Outside> outsides = cairn::overlay::outsideOf(scene, *settings);
    if (outsides.isEmpty())
        return printError(Error::make(Error::Kind::NotFound, u"The settings name no service outside of the cluster"_s,
            {}, u"Add one under external:"_s));
    QList<app::ServiceTest> tests;
    QJsonArray json;
    bool usable = true;
    QList<Error> errors;
    for (Outside outside : outsides) {
        Result<std::optional<Secret>> password = passwordFor(options, outside, cluster.get(), stop);
        if (password && !*password && outside.given && options.allowSecret)
            password = app::passwordFromSecret(*cluster, outside, outside.secret, {}, stop).map([](const Secret &one) {
                return std::optional(one);
            });
        if (!password)
            return printError(password.error());
        if (!*password && outside.isStore()) {
            note(u"%1: no keys were given, so the bucket is not tested. Give them with --password-from objectStore=…"_s.arg(outside.title));
        } else if (!*password && outside.needsPassword()) {
            note(u"%1: no password was given, so nobody signs in. Give it with --password-from."_s.arg(outside.title));
            outside.target.user.clear();
        }
        const app::ServiceTest test = app::testService(cluster.get(), outside, password->value_or(Secret()), how, stop);
        if (test.error && test.error->kind == Error::Kind::Cancelled)
            return printError(*test.error);
        QJsonArray reports;
        for (const services::Report &report : test.reports) {
            reports.append(reportJson(report));
            usable = usable && report.usable();
            for (const Check &check : report.checks) {
                if (check.state == Check::State::Failed && !check.fix.isEmpty())
                    note(u"%1, %2: %3"_s.arg(test.id, check.what, check.fix));
            }
        }
        if (test.error)
            errors.append(*test.error);
        json.append(QJsonObject{{u"id"_s, test.id}, {u"title"_s, test.title},
            {u"kind"_s, services::kindWord(outside.target.kind)}, {u"host"_s, outside.target.host},
            {u"port"_s, outside.target.port}, {u"usable"_s, test.usable()}, {u"reports"_s, reports},
            {u"error"_s, test.error ? QJsonValue(test.error->oneLine()) : QJsonValue(QJsonValue::Null)}});
        tests.append(test);
    }
    print(options.format, {{u"services"_s, json}, {u"usable"_s, usable && errors.isEmpty()}}, testTable(tests));
    int code = ExitOk;
    for (const Error &error : std::as_const(errors)) {
        const int its = printError(error);
        code = code == ExitOk ? its : code;
    }
    return usable ? code : static_cast<int>(ExitThreshold);
}

int moveDatabase(app::Engine &engine, const Options &given, std::stop_token stop)
{
    Options options = given;
    const QString wanted = options.command.value(2);
    if (options.out.isEmpty() && options.settings.isEmpty())
        options.out = u"."_s;
    const Result<Settings> settings = settingsThere(options, stop);
    if (!settings)
        return printError(settings.error());
    const auto cluster = connect(engine, options);
    if (!cluster)
        return printError(cluster.error());
    const Result<audit::Scene> scene = app::readScene(**cluster, {}, stop);
    if (!scene)
        return printError(scene.error());
    noteGaps(scene->gaps());
    // The overlay's folder, as the commands are going to name it.
    const QString folder = options.out.isEmpty() ? QFileInfo(options.settings).path() : options.out;
    const QString file =
        QFileInfo(options.settings).fileName() == cairn::overlay::settingsFile() && options.out.isEmpty()
        ? QString()
        : options.settings;
    QStringList ids, texts, absent;
    QJsonArray json;
    for (const Outside &outside : cairn::overlay::outsideOf(*scene, *settings)) {
        if (!outside.isDatabase())
            continue;
        ids.append(outside.id);
        if (!wanted.isEmpty() && wanted != outside.id)
            continue;
        if (outside.isForNobody()) {
            absent.append(outside.component);
            continue;
        }
        const QString text = cairn::overlay::moveText(*scene, outside, folder, file);
        texts.append(text);
        json.append(QJsonObject{{u"id"_s, outside.id}, {u"markdown"_s, text}});
    }
    if (texts.isEmpty() && !absent.isEmpty())
        return printError(Error::make(Error::Kind::NotFound,
            u"%1 was not found in this cluster"_s.arg(absent.join(u", "_s)), u"There is no database to move"_s,
            u"Look at another cluster with --context, or leave the service out"_s));
    for (const QString &one : std::as_const(absent))
        note(u"%1 was not found in this cluster: there is no database to move."_s.arg(one));
    if (texts.isEmpty())
        return printError(Error::make(Error::Kind::NotFound,
            wanted.isEmpty() ? u"The settings name no database outside of the cluster"_s
                             : u"The settings name no database for %1"_s.arg(text::safe(wanted)),
            {}, ids.isEmpty() ? u"Add one under external:"_s : u"There are: %1"_s.arg(ids.join(u", "_s))));
    print(options.format, {{u"services"_s, json}}, texts.join(u'\n'));
    return ExitOk;
}

} // namespace cairn::ctl
