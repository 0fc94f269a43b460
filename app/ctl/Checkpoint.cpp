// SPDX-License-Identifier: GPL-3.0-or-later
#include "Bucket.h"
#include "Cluster.h"
#include "Commands.h"
#include "Output.h"
#include "base/Text.h"
#include "engine/VerifyFlows.h"
#include "s3/BucketShelf.h"

#include <QElapsedTimer>
#include <QFileInfo>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

/// One checkpoint of a target, and how its files are read.
struct Opened {
    std::shared_ptr<kube::Cluster> cluster;       ///< of a job; the shelf refers to it
    std::shared_ptr<net::HttpClient> http;        ///< of a bucket; so too
    std::unique_ptr<ckpt::Shelf> shelf;
    QString path;                                 ///< within the shelf
    QString root;                                 ///< the listed folder, or its address
    QString place;                                ///< names it in the store of results
    ckpt::RecogniseOptions recognise;
    QJsonObject about;                            ///< more keys of the JSON
};

/// What --from names: "latest" is the newest that can be resumed, else the newest. A folder that is a checkpoint itself is meant itself.
Result<QString> choose(const Listing &listing, const QString &from, const QString &target)
{
    QList<Checkpoint> hits;
    for (const Run &run : listing.runs) {
        for (const Checkpoint &c : run.checkpoints) {
            const bool wanted = from == "latest"_L1 ? c.path == "."_L1
                : from.startsWith("step="_L1)       ? c.step == from.mid(5).toLongLong()
                                                    : c.path == from;
            if (wanted)
                hits << c;
        }
    }
    if (hits.isEmpty() && from == "latest"_L1) {
        const Checkpoint *newest = newestResumable(listing);
        if (const Checkpoint *any = newest ? newest : newestCheckpoint(listing))
            hits << *any;
    }
    if (hits.isEmpty()) {
        return fail(Error::Kind::NotFound, from == "latest"_L1 ? u"There is no checkpoint in %1"_s.arg(text::safe(target)) : u"There is no checkpoint \"%1\" in %2"_s.arg(text::safe(from), text::safe(target)),
                    {}, u"See: cairnctl checkpoints %1"_s.arg(text::safe(target)));
    }
    std::ranges::stable_sort(hits, [](const Checkpoint &a, const Checkpoint &b) { return a.resumable != b.resumable ? a.resumable : isOlder(b, a); });
    return hits.first().path;
}

/// A folder, or a checkpoint named by its own path.
Result<Opened> openFolder(const QString &target, const QString &from, std::stop_token stop)
{
    Opened opened;
    const QFileInfo info(target.endsWith(u'/') ? target.chopped(1) : target);
    const bool folder = info.isDir();
    const QString root = folder ? target : info.path();
    Result<std::unique_ptr<ckpt::FolderShelf>> shelf = ckpt::FolderShelf::open(root);
    if (!shelf)
        return fail(shelf.error());
    if (folder) {
        Result<Listing> listing = ckpt::scanFolder(root, {}, stop);
        if (!listing)
            return fail(listing.error());
        store::VerificationStore store;
        app::addFoundDamage(*listing, app::placeOfFolder(root), store);
        const Result<QString> path = choose(*listing, from, target);
        if (!path)
            return fail(path.error());
        opened.path = *path;
    } else {
        opened.path = info.fileName();
    }
    opened.shelf = *std::move(shelf);
    opened.place = app::placeOfFolder(root);
    opened.root = QFileInfo(root).canonicalFilePath();
    return opened;
}

Result<Opened> openBucket(const Options &options, const QString &target, const QString &from, std::stop_token stop)
{
    Opened opened;
    const Result<s3::Place> place = s3::parsePlace(target);
    if (!place)
        return fail(place.error());
    const Result<s3::Access> access = accessToBucket(options, place->bucket, stop);
    if (!access)
        return fail(access.error());
    opened.http = std::make_shared<net::HttpClient>("cairnctl/" CAIRN_VERSION_STRING);
    Result<Listing> listing = s3::scanBucket(*opened.http, *access, *place, {}, stop);
    if (!listing)
        return fail(listing.error());
    store::VerificationStore store;
    app::addFoundDamage(*listing, app::placeOfBucket(*access, *place), store);
    const Result<QString> path = choose(*listing, from, target);
    if (!path)
        return fail(path.error());
    opened.path = *path;
    opened.shelf = std::make_unique<s3::BucketShelf>(*opened.http, *access, *place);
    opened.place = app::placeOfBucket(*access, *place);
    opened.root = target;
    return opened;
}

Result<Opened> openJob(app::Engine &engine, const Options &options, const QString &target, const QString &from, std::stop_token stop)
{
    Opened opened;
    const auto connected = connect(engine, options);
    if (!connected)
        return fail(connected.error());
    opened.cluster = *connected;
    kube::Cluster &cluster = *opened.cluster;
    if (options.allNamespaces)
        return fail(Error::Kind::Invalid, u"One job is in one namespace"_s, {}, u"Give -n instead of -A"_s);
    const Result<app::JobDetail> detail = app::findJob(cluster, namespaceOf(cluster, options), target, stop);
    if (!detail)
        return fail(detail.error());
    const std::shared_ptr<ckpt::HeldHelper> held = app::holdHelper(opened.cluster);
    const Result<app::JobListing> listing = readListing(engine, cluster, *detail, options, stop, held);
    if (!listing)
        return fail(listing.error());
    const Result<Checkpoint> checkpoint = app::chooseCheckpoint(detail->job, *listing, from);
    if (!checkpoint)
        return fail(checkpoint.error());
    opened.path = checkpoint->path;
    if (app::savesToBucket(listing->location)) {
        const Result<app::AgreedAccess> access = accessToBucketOfJob(cluster, *detail, options, stop);
        if (!access)
            return fail(access.error());
        opened.shelf = std::make_unique<s3::BucketShelf>(engine.http(), access->access, access->plan.place);
    } else {
        Result<std::unique_ptr<ckpt::Shelf>> shelf = app::openClaim(cluster, detail->job, detail->pods, listVia(options), held, stop);
        if (!shelf)
            return fail(shelf.error());
        opened.shelf = *std::move(shelf);
    }
    opened.place = app::placeOfJob(app::clusterName(cluster, options.context, stop), detail->job, *listing);
    opened.root = listing->root;
    opened.recognise.writerMayBeAlive = app::mayBeWriting(detail->job, detail->pods);
    opened.about = {{u"job"_s, QJsonObject{{u"namespace"_s, detail->job.ns}, {u"name"_s, detail->job.name}}}, {u"root"_s, listing->root}};
    return opened;
}

Result<Opened> open(app::Engine *engine, const Options &options, const QString &target, const QString &from, std::stop_token stop)
{
    if (target.startsWith("s3://"_L1))
        return openBucket(options, target, from, stop);
    if (target.contains(u'/') || !engine)
        return openFolder(target, from, stop);
    return openJob(*engine, options, target, from, stop);
}

/// What the user knows it by: the listed folder itself is "." only within the listing.
QString nameOf(const Opened &opened)
{
    return opened.path == "."_L1 ? opened.root.section(u'/', -1, -1, QString::SectionSkipEmpty) : opened.path;
}

/// A line on stderr every few seconds.
ckpt::VerifyProgress progressLines()
{
    constexpr qint64 everyMs = 5000;
    const auto since = std::make_shared<QElapsedTimer>();
    const auto last = std::make_shared<qint64>(0);
    since->start();
    return [since, last](const ckpt::VerifyState &state) {
        if (since->elapsed() - *last < everyMs || state.total == 0)
            return;
        *last = since->elapsed();
        const qint64 speed = state.done * 1000 / std::max<qint64>(1, since->elapsed());
        note(u"%1 of %2, %3/s, file %4 of %5: %6"_s.arg(text::bytes(state.done), text::bytes(state.total), text::bytes(speed))
                 .arg(std::min(state.files, state.filesDone + 1)).arg(state.files).arg(text::safe(state.file)));
    };
}

int verify(app::Engine *engine, const Options &options, std::stop_token stop)
{
    const Result<Opened> opened = open(engine, options, options.command[2], options.from, stop);
    if (!opened)
        return printError(opened.error());
    store::VerificationStore store;
    std::optional<Error> trouble;
    const Result<Verification> result = app::verifyAndKeep(*opened->shelf, opened->path, opened->recognise, store, opened->place, stop, progressLines(), trouble);
    if (!result)
        return printError(result.error());
    QJsonObject json = toJson(*result);
    for (auto it = opened->about.begin(); it != opened->about.end(); ++it)
        json.insert(it.key(), it.value());
    QList<QStringList> rows{{u"RESULT"_s, u"SIZE"_s, u"READ"_s, u"CHECKSUMS"_s, u"FILE"_s, u"WHAT"_s}};
    for (const VerifiedFile &file : result->files) {
        rows.append({fullReadName(file.result), text::bytes(file.bytes), text::bytes(file.read), text::bytes(file.checksummed), text::safe(file.path),
                     text::safe(file.reason)});
    }
    QString table = renderTable(rows, {1, 2, 3});
    table += u"%1 is %2: %3\n"_s.arg(text::safe(nameOf(*opened)), fullReadName(result->result), text::safe(result->reason));
    print(options.format, json, table);
    if (result->otherFiles > 0)
        note(u"%1 other files (%2) in its folders have names that no format knows, and were not read."_s.arg(result->otherFiles).arg(text::bytes(result->otherBytes)));
    if (const std::optional<Error> notice = store.takeNotice())
        note(notice->oneLine());
    if (trouble)
        note(trouble->oneLine());
    switch (result->result) {
    case FullRead::Proved:
    case FullRead::Held:
    case FullRead::Read: return ExitOk;
    case FullRead::Damaged: return ExitThreshold;
    case FullRead::Unread:
    case FullRead::Changed: break;
    }
    return ExitFailed;
}

QString stepText(const Checkpoint &c)
{
    return c.step ? QString::number(*c.step) : u"–"_s;
}

QString table(const ckpt::Comparison &comparison)
{
    const auto row = [&](const QString &name, auto value) { return QStringList{name, value(comparison.a), value(comparison.b)}; };
    using C = const ckpt::Contents &;
    QString out = renderTable({row(QString(), [&](C c) { return &c == &comparison.a ? u"A"_s : u"B"_s; }),
                               row(u"Path"_s, [](C c) { return text::safe(c.checkpoint.path); }),
                               row(u"Format"_s, [](C c) { return c.checkpoint.format; }),
                               row(u"Step"_s, [](C c) { return stepText(c.checkpoint); }),
                               row(u"Epoch"_s, [](C c) { return c.checkpoint.epoch ? QString::number(*c.checkpoint.epoch) : u"–"_s; }),
                               row(u"Saved"_s, [](C c) { return c.checkpoint.savedAt.toString(Qt::ISODate); }),
                               row(u"Size"_s, [](C c) { return u"%1, files: %2"_s.arg(text::bytes(c.checkpoint.bytes)).arg(c.checkpoint.files); }),
                               row(u"Tensors"_s, [](C c) { return u"%1, elements: %2"_s.arg(c.tensors.size()).arg(c.elements() < 0 ? u"?"_s : text::number(c.elements())); }),
                               row(u"Verdict"_s, [](C c) { return verdictName(c.checkpoint.verdict); })});
    QList<QStringList> rows{{u"DIFFERENCE"_s, u"WHAT"_s, u"NAME"_s, u"A"_s, u"B"_s, u"MEANING"_s}};
    for (const ckpt::Comparison::Row &one : comparison.rows) {
        if (one.difference == ckpt::Comparison::Difference::Same)
            continue;
        rows.append({ckpt::differenceName(one.difference), one.kind == ckpt::Comparison::Kind::Tensor ? u"tensor"_s : u"file"_s, text::safe(one.name),
                     one.a.isEmpty() ? u"–"_s : one.a, one.b.isEmpty() ? u"–"_s : one.b, one.meaning});
    }
    if (rows.size() > 1)
        out += u'\n' + renderTable(rows);
    return out + comparison.summary + u'\n';
}

int compare(app::Engine *engine, const Options &options, std::stop_token stop)
{
    const QString first = options.command[2];
    const QString second = options.command.value(3, first);
    QList<ckpt::Contents> contents;
    QList<std::pair<QString, QString>> meant;
    for (const auto &[target, which] : {std::pair(first, options.from), std::pair(second, options.with)}) {
        const Result<Opened> opened = open(engine, options, target, which, stop);
        if (!opened)
            return printError(opened.error());
        meant.append({opened->place, opened->path});
        if (meant.first() == meant.last() && meant.size() == 2) {
            printError(Error::make(Error::Kind::Invalid, u"A and B are both %1"_s.arg(text::safe(nameOf(*opened))), {},
                                   u"Name two: cairnctl checkpoint compare A B, or --from and --with for two of one target"_s));
            return ExitUsage;
        }
        const Result<ckpt::Contents> one = ckpt::readContents(*opened->shelf, opened->path, opened->recognise, stop);
        if (!one)
            return printError(one.error());
        contents << *one;
    }
    const ckpt::Comparison comparison = ckpt::compare(contents[0], contents[1]);
    print(options.format, ckpt::toJson(comparison), table(comparison));
    for (const QString &line : contents[0].notes + contents[1].notes)
        note(line);
    return ExitOk;
}

} // namespace

int checkpoint(app::Engine *engine, const Options &options, std::stop_token stop)
{
    return options.command[1] == "verify"_L1 ? verify(engine, options, stop) : compare(engine, options, stop);
}

} // namespace cairn::ctl
