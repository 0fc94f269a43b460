// SPDX-License-Identifier: GPL-3.0-or-later
#include "Complete.h"

#include "CommandTable.h"
#include "Options.h"
#include "audit/Audit.h"
#include "base/Text.h"
#include "domain/Kinds.h"
#include "engine/Engine.h"
#include "launch/Policy.h"
#include "storage/VolumeKinds.h"

#include <QDir>
#include <QHash>
#include <QSet>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <memory>
#include <optional>
#include <thread>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace cairn::ctl {
namespace {

/// The line up to the word that is completed.
struct Typed {
    QStringList command;
    QHash<QString, QString> values; ///< by the option's last name
    const QCommandLineOption *open = nullptr; ///< its value is what comes next
    bool ended = false;             ///< "--" was there
};

QString nameOf(const QCommandLineOption &option)
{
    return option.names().constLast();
}

const QCommandLineOption *find(const QList<QCommandLineOption> &options, const QString &name)
{
    const auto found = std::ranges::find_if(options, [&name](const QCommandLineOption &option) { return option.names().contains(name); });
    return found == options.end() ? nullptr : &*found;
}

void takeOption(Typed &typed, const QList<QCommandLineOption> &options, const QString &word)
{
    if (word.startsWith("--"_L1)) {
        const QCommandLineOption *option = find(options, word.mid(2).section(u'=', 0, 0));
        if (!option)
            return;
        if (option->valueName().isEmpty() || word.contains(u'='))
            typed.values.insert(nameOf(*option), word.section(u'=', 1));
        else
            typed.open = option;
        return;
    }
    for (qsizetype i = 1; i < word.size(); ++i) { // "-An", "-nresearch"
        const QCommandLineOption *option = find(options, word.mid(i, 1));
        if (!option)
            return;
        if (!option->valueName().isEmpty()) {
            if (i + 1 < word.size())
                typed.values.insert(nameOf(*option), word.mid(i + 1));
            else
                typed.open = option;
            return;
        }
        typed.values.insert(nameOf(*option), {});
    }
}

Typed read(const QStringList &words, const QList<QCommandLineOption> &options)
{
    Typed typed;
    for (const QString &word : words) {
        if (typed.open) {
            typed.values.insert(nameOf(*typed.open), word);
            typed.open = nullptr;
        } else if (typed.ended || !word.startsWith(u'-') || word == "-"_L1) {
            typed.command.append(word);
        } else if (word == "--"_L1) {
            typed.ended = true;
        } else {
            takeOption(typed, options, word);
        }
    }
    return typed;
}

/// Values that are words of Cairn's own.
QStringList wordsFor(const QString &option, const QString &command)
{
    const bool launches = command == "job new"_L1 || command == "job clone"_L1 || command == "job convert"_L1;
    if (option == "output"_L1)
        return QStringList{u"table"_s, u"json"_s, u"yaml"_s} + (command == "audit"_L1 ? QStringList{u"sarif"_s, u"markdown"_s} : QStringList())
            + (launches ? QStringList{u"effective"_s, u"kustomize"_s} : QStringList());
    if (option == "fail-on"_L1)
        return command == "audit"_L1 ? QStringList{u"critical"_s, u"high"_s, u"medium"_s, u"low"_s}
                                     : QStringList{u"down"_s, u"degraded"_s, u"single-point"_s, u"node"_s};
    if (option == "from"_L1)
        return command == "overlay test"_L1 ? QStringList{u"here"_s, u"cluster"_s, u"both"_s} : QStringList{u"latest"_s};
    if (option == "from-checkpoint"_L1)
        return {u"latest"_s};
    if (option == "recover"_L1)
        return {u"finish"_s, u"undo"_s};
    if (option == "framework"_L1) {
        QStringList words;
        for (const launch::Framework framework : launch::frameworks())
            words.append(launch::frameworkWord(framework));
        return words;
    }
    if (option == "kind"_L1) {
        QStringList words;
        for (const JobKindFacts &kind : trainingKinds())
            words.append(kind.id == JobKind::MPIJobV2 ? kind.resource.kind + u'/' + kind.resource.version : kind.resource.kind);
        return words;
    }
    return {};
}

QStringList asked(const std::function<QStringList()> &ask)
{
    return ask ? ask() : QStringList();
}

/// The first sentence, for a line beside the word.
QString brief(const QString &help)
{
    const QString first = help.section(u". "_s, 0, 0);
    return text::safe(first.size() > 90 ? first.left(89) + u'…' : first);
}

void add(Completion &completion, const QStringList &words, const QString &before = {})
{
    for (const QString &word : words)
        completion.candidates.append({before + word, {}});
}

void completeValue(Completion &completion, const QCommandLineOption &option, const QString &command, const QString &before,
                   const std::function<NameSource()> &source)
{
    const QString name = nameOf(option), value = option.valueName();
    if (name == "context"_L1)
        add(completion, asked(source().contexts), before);
    else if (name == "namespace"_L1)
        add(completion, asked(source().namespaces), before);
    else if (value == "DIR"_L1)
        completion.paths = Completion::Paths::Folders;
    else if (value == "FILE"_L1 || value == "PROGRAM"_L1 || (value == "PATH"_L1 && name == "manifests"_L1))
        completion.paths = Completion::Paths::Files;
    else
        add(completion, wordsFor(name, command), before);
}

void completeCommand(Completion &completion, const QStringList &command, const std::function<NameSource()> &source)
{
    const CommandFacts *facts = commandOf(command);
    if (!facts) {
        QSet<QString> seen;
        for (const CommandFacts &one : commandTable()) {
            const QStringList path = one.path.split(u' ');
            if (path.size() <= command.size() || path.mid(0, command.size()) != command)
                continue;
            const QString word = path[command.size()];
            if (seen.contains(word))
                continue;
            seen.insert(word);
            completion.candidates.append({word, command.size() + 1 < path.size() ? QString() : brief(one.help)});
        }
        return;
    }
    if (facts->mostWords() >= 0 && command.size() >= facts->mostWords())
        return;
    switch (facts->names) {
    case Names::Nothing: break;
    case Names::Checkpoints: completion.paths = Completion::Paths::Folders; [[fallthrough]];
    case Names::Jobs: add(completion, asked(source().jobs)); break;
    case Names::Claims: add(completion, asked(source().claims)); break;
    case Names::Nodes: add(completion, asked(source().nodes)); break;
    case Names::Files: completion.paths = Completion::Paths::Files; break;
    case Names::StorageKinds:
        for (const storage::VolumeKind &kind : storage::volumeKinds()) {
            if (command.size() == facts->pathWords())
                completion.candidates.append({kind.id, brief(kind.title)});
        }
        break;
    }
}

/// Names of one list, as many as fit into one answer.
QStringList namesOf(kube::Cluster &cluster, const ResourceKind &kind, const QString &ns, std::stop_token stop)
{
    QStringList names;
    if (const Result<ObjectPage> page = cluster.page(kind, {ns, {}, {}, 500, {}}, stop)) {
        for (const QJsonObject &object : page->objects)
            names.append(object.value("metadata"_L1).toObject().value("name"_L1).toString());
    }
    return names;
}

/// NAME, or KIND/NAME where several kinds share it, as the commands take it.
QStringList jobNames(kube::Cluster &cluster, const QString &ns, std::stop_token stop)
{
    QHash<QString, QStringList> kindsOf;
    for (const JobKindFacts &kind : trainingKinds()) {
        if (!cluster.serves(kind.resource, stop).value_or(false))
            continue;
        for (const QString &name : namesOf(cluster, kind.resource, ns, stop))
            kindsOf[name].append(kind.resource.kind);
    }
    QStringList names;
    for (auto it = kindsOf.cbegin(); it != kindsOf.cend(); ++it) {
        if (it->size() == 1)
            names.append(it.key());
        else
            for (const QString &kind : *it)
                names.append(kind + u'/' + it.key());
    }
    return names;
}

NameSource sourceFor(const TypedPlace &place, std::stop_token stop)
{
    app::EngineOptions options;
    options.kubeconfig = place.kubeconfig;
    options.allowExec = place.allowExec ? kube::AllowExec::Always : kube::AllowExec::Never;
    options.loginShell = false; // starting one takes longer than anybody waits for a key
    const auto engine = std::make_shared<app::Engine>(options);
    const auto contexts = [engine] {
        QStringList names;
        const QList<kube::KubeContext> known = engine->kubeconfig().contexts();
        for (const kube::KubeContext &context : known)
            names.append(context.name);
        return names;
    };
    using Ask = std::function<QStringList(kube::Cluster &, const QString &)>;
    const auto ofCluster = [engine, place](const Ask &ask) {
        return [engine, place, ask]() -> QStringList {
            const auto cluster = engine->connect(engine->kubeconfig(), place.context);
            return cluster ? ask(**cluster, place.ns.isEmpty() ? (*cluster)->defaultNamespace() : place.ns) : QStringList();
        };
    };
    return {contexts,
            ofCluster([stop](kube::Cluster &cluster, const QString &) {
                const Result<kube::Cluster::Namespaces> known = cluster.namespaces(stop);
                return known ? known->names : QStringList();
            }),
            ofCluster([stop](kube::Cluster &cluster, const QString &ns) { return jobNames(cluster, ns, stop); }),
            ofCluster([stop](kube::Cluster &cluster, const QString &ns) { return namesOf(cluster, kinds::claims(), ns, stop); }),
            ofCluster([stop](kube::Cluster &cluster, const QString &) { return namesOf(cluster, kinds::nodes(), {}, stop); })};
}

QByteArray printed(const Completion &completion)
{
    QByteArray out = completion.paths == Completion::Paths::Files ? "files\n"
        : completion.paths == Completion::Paths::Folders          ? "folders\n"
                                                                  : "words\n";
    for (const Candidate &candidate : completion.candidates)
        out += candidate.word.toUtf8() + (candidate.help.isEmpty() ? QByteArray() : '\t' + candidate.help.toUtf8()) + '\n';
    return out;
}

} // namespace

Completion completionOf(const QStringList &words, const std::function<NameSource(const TypedPlace &)> &source)
{
    const QList<QCommandLineOption> options = optionTable();
    const QString current = words.isEmpty() ? QString() : words.constLast();
    const Typed typed = read(words.mid(0, words.size() - 1), options);
    const auto here = [&] {
        QString kubeconfig = typed.values.value(u"kubeconfig"_s);
        if (kubeconfig.startsWith("~/"_L1)) // the shell has not replaced it yet
            kubeconfig.replace(0, 1, QDir::homePath());
        return source({kubeconfig, typed.values.value(u"context"_s), typed.values.value(u"namespace"_s), typed.values.contains(u"allow-exec"_s)});
    };
    const CommandFacts *facts = commandOf(typed.command);
    const QString command = facts ? facts->path : QString();
    Completion completion;
    if (typed.open) {
        completeValue(completion, *typed.open, command, {}, here);
    } else if (!typed.ended && current.startsWith("--"_L1) && current.contains(u'=')) {
        const QString name = current.section(u'=', 0, 0);
        if (const QCommandLineOption *option = find(options, name.mid(2)); option && !option->valueName().isEmpty())
            completeValue(completion, *option, command, name + u'=', here);
    } else if (!typed.ended && current.startsWith(u'-')) {
        for (const QCommandLineOption &option : options)
            completion.candidates.append({u"--"_s + nameOf(option), brief(option.description())});
    } else if (!typed.ended) {
        completeCommand(completion, typed.command, here);
    }
    completion.candidates.removeIf([&current](const Candidate &candidate) {
        return candidate.word.isEmpty() || !candidate.word.startsWith(current) || text::safe(candidate.word) != candidate.word;
    });
    std::ranges::sort(completion.candidates, {}, &Candidate::word);
    return completion;
}

void complete(const QStringList &words)
{
    constexpr auto patience = 1700ms, ending = 200ms;
    // The engine says what it makes of a kubeconfig in its log, which nobody asked for here.
    qInstallMessageHandler([](QtMsgType, const QMessageLogContext &, const QString &) {});
    std::stop_source stop;
    std::promise<QByteArray> promise;
    std::future<QByteArray> answer = promise.get_future();
    std::thread([&] {
        promise.set_value(printed(completionOf(words, [&stop](const TypedPlace &place) { return sourceFor(place, stop.get_token()); })));
    }).detach();
    const bool inTime = answer.wait_for(patience) == std::future_status::ready;
    if (inTime) {
        const QByteArray text = answer.get();
        std::fwrite(text.constData(), 1, static_cast<size_t>(text.size()), stdout);
        std::fflush(stdout);
    } else {
        stop.request_stop(); // a sign-in program is ended with the request that waits for it
        answer.wait_for(ending);
    }
    std::_Exit(ExitOk); // the thread may still wait for a server
}

} // namespace cairn::ctl
