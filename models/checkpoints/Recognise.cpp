// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Recognise.h"

#include "base/Text.h"
#include "checkpoints/Accelerate.h"
#include "checkpoints/Dcp.h"
#include "checkpoints/HfTrainer.h"
#include "checkpoints/Json.h"
#include "checkpoints/Paths.h"
#include "checkpoints/SaveParts.h"
#include "checkpoints/Safetensors.h"
#include "checkpoints/TorchFile.h"
#include "checkpoints/Weights.h"
#include "domain/CheckpointSummary.h"

#include <QMap>
#include <QSet>
#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

/// Parts of a larger checkpoint, never a checkpoint by themselves.
bool isPart(const QByteArray &name)
{
    static constexpr std::array names{"training_args.bin", "scaler.pt", "meta.pt", "common.pt", "model_optim_rng.pt",
                                      "dl_state_dict.bin"};
    const auto is = [&](const char *part) { return name == part; };
    return std::ranges::any_of(names, is) || name.startsWith("optimizer.") || name.startsWith("optimizer_")
        || name.startsWith("scheduler.") || name.startsWith("scheduler_") || name.startsWith("sampler.")
        || name.startsWith("rng_state") || name.startsWith("random_states_") || name.endsWith("_optim_states.pt")
        || name.endsWith("_model_states.pt");
}

bool isHiddenName(const QByteArray &name)
{
    return name.startsWith('.');
}

/// The names that a writer may give a save under this temporary name once it is whole; empty where the name is not
/// temporary. "step-4.pt.tmp" → "step-4.pt", "tmp-checkpoint-5" → "checkpoint-5", "exp-tmp-2" → "exp" or "exp-2".
QList<QByteArray> finalForms(const QByteArray &name)
{
    if (name.startsWith("tmp-"))
        return {name.mid(4)};
    for (const char *marker : {".orbax-checkpoint-tmp", ".tempstate", ".tmp", "-tmp"}) {
        const qsizetype at = name.indexOf(marker);
        if (at > 0)
            return {name.left(at), name.left(at) + name.mid(at + static_cast<qsizetype>(qstrlen(marker)))};
    }
    for (const char *marker : {"_temp", "-unfinished"}) {
        if (name.endsWith(marker))
            return {name.chopped(static_cast<qsizetype>(qstrlen(marker)))};
    }
    return {};
}

bool isTorchName(const QByteArray &name)
{
    return name.endsWith(".pt") || name.endsWith(".pth") || name.endsWith(".ckpt") || name.endsWith(".bin")
        || name.endsWith(".tar");
}

class Recogniser
{
public:
    Recogniser(const Tree &tree, Source &source, const RecogniseOptions &options, std::stop_token stop,
               const Progress &progress)
        : m_index(tree)
        , m_source(source)
        , m_options(options)
        , m_stop(std::move(stop))
        , m_progress(progress)
    {
    }

    QList<Finding> run()
    {
        for (const QByteArray &folder : m_index.folders()) {
            if (isHidden(folder))
                continue;
            if (!folder.isEmpty() && m_owned.contains(parentPath(folder)) && !isTrainerFolderName(baseName(folder))) {
                m_owned << folder; // FSDP and DeepSpeed trees inside a trainer's folder
                continue;
            }
            if (!recogniseFolder(folder))
                recogniseFiles(folder);
            if (!mayGoOn())
                break;
        }
        judgeRandomStates();
        dropTemporary();
        return m_findings;
    }
    bool limited() const { return m_limited; }
    /// What was left out for its name, by path; see finalForms().
    const QList<QByteArray> &leftOut() const { return m_leftOut; }

private:
    bool mayGoOn()
    {
        if (m_probes >= m_options.maxProbes)
            m_limited = true;
        return !m_limited && !m_stop.stop_requested();
    }

    void count(const QByteArray &path)
    {
        ++m_probes;
        if (m_progress && m_probes % 16 == 0)
            m_progress(Words::tr("Checking %1").arg(text::safe(path)), m_probes);
    }

    /// Hidden folders, and those that are a save under way: their final name is a checkpoint's. Others with a temporary name
    /// ("exp-tmp-2") may just be called so, and hold healthy checkpoints.
    bool isHidden(const QByteArray &folder)
    {
        if (folder.isEmpty())
            return false;
        if (m_hidden.contains(parentPath(folder))) {
            m_hidden << folder;
            return true;
        }
        const QByteArray name = baseName(folder);
        const QList<QByteArray> forms = finalForms(name);
        if (isHiddenName(name) || std::ranges::any_of(forms, isStepFolder)) {
            m_hidden << folder;
            m_leftOut << folder;
            return true;
        }
        if (!forms.isEmpty())
            m_doubtful << folder;
        return false;
    }

    /// A file that is hidden, or a save under way: its final form is beside it, or would be a checkpoint by its name.
    bool isHiddenFile(const QByteArray &folder, const QByteArray &name)
    {
        const bool hides = isHiddenName(name) || std::ranges::any_of(finalForms(name), [&](const QByteArray &form) {
            const NameFacts facts = factsFromName(form);
            return facts.step || facts.epoch || m_index.find(folder, form);
        });
        if (hides && (isTorchName(name) || name.endsWith(".safetensors")))
            m_leftOut << joined(folder, name);
        return hides;
    }

    /// A folder beside the checkpoint that has its final name: "last-tmp" beside "last".
    void dropTemporary()
    {
        QSet<QByteArray> paths;
        for (const Finding &finding : std::as_const(m_findings))
            paths << finding.path;
        for (const QByteArray &folder : std::as_const(m_doubtful)) {
            const bool beside = std::ranges::any_of(finalForms(baseName(folder)), [&](const QByteArray &form) {
                return paths.contains(joined(parentPath(folder), form));
            });
            const auto within = [&](const Finding &finding) { return finding.path == folder || finding.path.startsWith(folder + '/'); };
            if (beside && m_findings.removeIf(within) > 0)
                m_leftOut << folder;
        }
    }

    bool recogniseFolder(const QByteArray &folder)
    {
        const Limits &limits = m_options.limits;
        std::optional<Finding> found = recogniseHfTrainer(m_index, folder, m_source, limits);
        if (!found)
            found = recogniseAccelerate(m_index, folder, m_source, limits);
        const bool trainer = found.has_value();
        if (!found)
            found = recogniseDcp(m_index, folder, m_source, limits);
        if (!found)
            return false;
        count(folder);
        if (trainer)
            m_owned << folder;
        m_findings << *found;
        return true;
    }

    void recogniseFiles(const QByteArray &folder)
    {
        QSet<QByteArray> used;
        recogniseIndexes(folder, used);
        recogniseShardGroups(folder, used);
        QList<const Entry *> suspects;
        QSet<QByteArray> families;
        for (const Entry *entry : m_index.filesIn(folder)) {
            const QByteArray name = baseName(entry->path);
            if (used.contains(name) || isPart(name) || isHiddenFile(folder, name) || isCountedElsewhere(*entry))
                continue;
            if (!mayGoOn())
                return;
            if (name.endsWith(".safetensors")) {
                recogniseSafetensors(*entry);
            } else if (isTorchName(name)) {
                count(entry->path);
                if (recogniseTorch(*entry))
                    families << family(name);
                else
                    suspects << entry;
            }
        }
        for (const Entry *entry : suspects)
            recogniseRemains(*entry, families);
    }

    /// A link is shown by its target's name where that is listed itself ("last.ckpt" → "epoch=1-step=10.ckpt").
    bool isCountedElsewhere(const Entry &entry) const
    {
        return entry.isLink() && m_index.find({}, entry.linkTarget) && isCandidateName(baseName(entry.linkTarget));
    }

    void setPlace(Finding &finding, const Entry &entry) const
    {
        const QByteArray folder = parentPath(entry.path);
        finding.path = entry.path;
        finding.run = folder;
        finding.extent.add(entry);
    }

    /// "step-100/state.pt": the folder tells the step, and the run is the folder above.
    NameFacts nameFacts(Finding &finding, const QByteArray &name) const
    {
        NameFacts facts = factsFromName(name);
        const QByteArray folder = finding.run;
        if (!facts.step && !facts.epoch && isStepFolder(m_index.nameOf(folder))) {
            facts = factsFromName(m_index.nameOf(folder));
            if (!folder.isEmpty())
                finding.run = parentPath(folder);
        }
        return facts;
    }

    void recogniseIndexes(const QByteArray &folder, QSet<QByteArray> &used)
    {
        QList<const Entry *> indexes;
        for (const Entry *entry : m_index.filesIn(folder)) {
            if (entry->path.endsWith(".safetensors.index.json"))
                indexes << entry;
        }
        for (const Entry *entry : indexes) {
            if (!mayGoOn())
                return;
            count(entry->path);
            const ShardSet set = checkShardIndex(m_index, folder, *entry, m_source, m_options.limits);
            Finding finding;
            finding.format = u"safetensors"_s;
            finding.path = indexes.size() == 1 ? folder : entry->path;
            finding.run = folder;
            finding.check = set.check;
            finding.filesExpected = set.expected;
            finding.goodReason = Words::tr("all %1 shards are there, each as long as its header says").arg(set.expected);
            finding.lack = Words::tr("it holds only weights");
            finding.extent.add(*entry);
            for (const QByteArray &name : set.names) {
                used << name;
                if (const Entry *shard = m_index.find(folder, name))
                    finding.extent.add(*shard);
            }
            const NameFacts facts = nameFacts(finding, {});
            finding.epoch = facts.epoch;
            decideStep(finding, facts, set.step, std::nullopt);
            m_findings << finding;
        }
    }

    /// "model-00001-of-00003.safetensors" and its siblings where no index names them: a common prefix.
    void recogniseShardGroups(const QByteArray &folder, QSet<QByteArray> &used)
    {
        QMap<QByteArray, QList<const Entry *>> groups;
        for (const Entry *entry : m_index.filesIn(folder)) {
            const QByteArray name = baseName(entry->path);
            const std::optional<ShardName> shard = shardName(name);
            if (shard && shard->suffix == ".safetensors" && shard->count > 1 && !used.contains(name))
                groups[shard->prefix + '\n' + QByteArray::number(shard->count)] << entry;
        }
        for (const QList<const Entry *> &group : groups) {
            if (!mayGoOn())
                return;
            count(folder);
            const ShardName first = *shardName(baseName(group.first()->path));
            Finding finding;
            finding.format = u"safetensors"_s;
            finding.path = joined(folder, first.prefix);
            finding.run = folder;
            finding.filesExpected = first.count;
            std::optional<qint64> step;
            for (const Entry *entry : group) {
                used << baseName(entry->path);
                finding.extent.add(*entry);
                worsen(finding.check, checkWeightsFile(*entry, m_source, m_options.limits, &step));
            }
            if (group.size() < first.count)
                worsen(finding.check, {State::Incomplete, Words::tr("%1 of %2 shards are there").arg(group.size()).arg(first.count)});
            finding.goodReason = Words::tr("all %1 shards are there, each as long as its header says").arg(first.count);
            finding.lack = Words::tr("it holds only weights");
            const NameFacts facts = nameFacts(finding, first.prefix);
            finding.epoch = facts.epoch;
            decideStep(finding, facts, step, std::nullopt);
            m_findings << finding;
        }
    }

    void recogniseSafetensors(const Entry &entry)
    {
        count(entry.path);
        FileReader file(m_source, entry, m_options.limits.fileBudget);
        const SafetensorsFile probe = probeSafetensors(file, m_options.limits);
        Finding finding;
        finding.format = u"safetensors"_s;
        setPlace(finding, entry);
        finding.check = probe.check;
        finding.goodReason = Words::tr("the file is exactly as long as its header says; the format has no checksums");
        finding.lack = Words::tr("it holds only weights");
        const NameFacts facts = nameFacts(finding, baseName(entry.path));
        finding.epoch = facts.epoch;
        decideStep(finding, facts, probe.step, std::nullopt);
        m_findings << finding;
    }

    bool recogniseTorch(const Entry &entry)
    {
        FileReader file(m_source, entry, m_options.limits.fileBudget);
        const TorchFile torch = probeTorch(file, m_options.limits);
        if (torch.kind == TorchFile::Kind::NotTorch)
            return false;
        if (torch.content == Content::Other)
            return true; // tensors or settings that torch.save wrote: a data set, not a checkpoint
        Finding finding;
        finding.format = torch.kind == TorchFile::Kind::Legacy ? u"torch-legacy"_s : u"torch-zip"_s;
        setPlace(finding, entry);
        finding.check = torch.check;
        finding.holdsTraining = torch.content == Content::Training && torch.weights;
        finding.lack = lackOf(torch.content);
        finding.goodReason = torch.contentsRead
            ? Words::tr("directory, entry bounds, numbering and every checksum hold")
            : Words::tr("directory, entry bounds, numbering and the checksum of data.pkl hold; contents not read");
        if (!torch.globals.modelClasses.isEmpty())
            finding.goodReason = Words::tr("%1; the model is saved with its class %2, which loading it needs")
                                     .arg(finding.goodReason, text::safe(QString::fromUtf8(torch.globals.modelClasses.first().left(120))));
        const NameFacts facts = nameFacts(finding, baseName(entry.path));
        finding.epoch = facts.epoch ? facts.epoch : torch.epoch;
        decideStep(finding, facts, std::nullopt, torch.step);
        m_findings << finding;
        return true;
    }

    /// Why a file with this content cannot be gone on from by itself.
    static QString lackOf(Content content)
    {
        switch (content) {
        case Content::Weights: return Words::tr("it holds only weights");
        case Content::Stripped: return Words::tr("it holds only weights, and its optimizer state is empty, as after the end of a training");
        case Content::Training: return Words::tr("it holds no weights");
        case Content::Unknown:
        case Content::Other: break;
        }
        return Words::tr("whether it holds an optimizer state is unknown");
    }

    /// Files that no longer look like anything, or cannot be read, but stand where a checkpoint should: their name belongs
    /// to a series or states a step, or there are checkpoints beside them. Silence about these would pass for "there is
    /// none".
    void recogniseRemains(const Entry &entry, const QSet<QByteArray> &families)
    {
        const QByteArray name = baseName(entry.path);
        FileReader file(m_source, entry, m_options.limits.fileBudget);
        const TorchFile torch = probeTorch(file, m_options.limits);
        if (torch.check.isGood() || torch.check.state == State::Pending)
            return; // a zip of another kind, or not known yet
        // Archives of data sets and the weights of other programs have these endings too, and numbers in their names.
        const bool ambiguous = name.endsWith(".bin") || (name.endsWith(".tar") && !name.endsWith(".pth.tar"));
        const bool stated = factsFromName(name).explicitStep || isStepFolder(m_index.nameOf(parentPath(entry.path)));
        const bool beside = !families.isEmpty() && !isText(file);
        if (!families.contains(family(name)) && (ambiguous || !(stated || beside)))
            return;
        Finding finding;
        finding.format = u"torch-zip"_s;
        setPlace(finding, entry);
        finding.check = torch.check;
        const NameFacts place = nameFacts(finding, name);
        finding.epoch = place.epoch;
        decideStep(finding, place, std::nullopt, std::nullopt);
        m_findings << finding;
    }

    /// Notes and settings that somebody gave the ending of a checkpoint.
    static bool isText(FileReader &file)
    {
        const FileReader::Bytes head = file.read(0, std::min<qint64>(file.size(), 512));
        return head.ok() && !head.data.isEmpty()
            && std::ranges::all_of(head.data, [](char c) { return (c >= ' ' && c <= '~') || c == '\n' || c == '\r' || c == '\t'; });
    }

    /// A folder with the random states of fewer ranks than the others of its run: perhaps ranks are missing, perhaps the
    /// run shrank. Only asking can tell.
    void judgeRandomStates()
    {
        QHash<QByteArray, int> most;
        const auto series = [](const Finding &finding) { return finding.run + '\n' + finding.format.toUtf8(); };
        for (const Finding &finding : std::as_const(m_findings))
            most[series(finding)] = std::max(most[series(finding)], finding.ranks);
        for (Finding &finding : m_findings) {
            if (finding.ranks == 0 || !finding.holdsTraining || finding.ranksKnown)
                continue;
            const int others = most[series(finding)];
            if (finding.ranks < others)
                worsen(finding.check, {State::Unverified, Words::tr("it has the random states of %1 ranks, others of this run have %2")
                                                              .arg(finding.ranks).arg(others)});
        }
    }

    Index m_index;
    Source &m_source;
    const RecogniseOptions &m_options;
    std::stop_token m_stop;
    const Progress &m_progress;
    QList<Finding> m_findings;
    QSet<QByteArray> m_owned;  ///< trainer folders and what belongs to them
    QSet<QByteArray> m_hidden; ///< saves under way, and what lies below
    QList<QByteArray> m_doubtful; ///< folders that may be saves under way, or just be called so
    QList<QByteArray> m_leftOut;
    int m_probes = 0;
    bool m_limited = false;
};

QDateTime utc(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC);
}

std::chrono::milliseconds rhythmOfRun(const QList<const Finding *> &run)
{
    QList<QDateTime> saves;
    for (const Finding *finding : run) {
        if (finding->check.state == State::Good || finding->check.state == State::Unverified)
            saves << utc(finding->extent.newestMs);
    }
    return rhythmOf(saves);
}

/// Begins with a capital, unless the first word is a file name, and ends with a full stop.
QString asSentence(QString text)
{
    const QString first = text.section(u' ', 0, 0);
    if (!text.isEmpty() && !first.contains(u'.') && !first.contains(u'_'))
        text[0] = text[0].toUpper();
    return Words::tr("%1.", "a whole sentence").arg(text);
}

Checkpoint judge(const Finding &finding, std::chrono::milliseconds rhythm, const RecogniseOptions &options)
{
    Checkpoint checkpoint;
    checkpoint.path = finding.path.isEmpty() ? u"."_s : pathToText(finding.path);
    checkpoint.format = finding.format;
    checkpoint.step = finding.step;
    checkpoint.stepSource = finding.stepSource;
    checkpoint.epoch = finding.epoch;
    checkpoint.loss = finding.loss;
    checkpoint.bytes = finding.extent.bytes;
    checkpoint.files = finding.extent.files;
    checkpoint.filesExpected = finding.filesExpected;
    checkpoint.savedAt = utc(finding.extent.newestMs);
    checkpoint.reason = finding.check.isGood() ? finding.goodReason : finding.check.reason;

    constexpr qint64 minimumMs = 10 * 60 * 1000;
    const qint64 window = std::max<qint64>(minimumMs, 2 * rhythm.count());
    const qint64 age = options.now.toMSecsSinceEpoch() - finding.extent.newestMs;
    switch (finding.check.state) {
    case State::Good: checkpoint.verdict = Verdict::Whole; break;
    case State::Unverified:
    case State::Pending: checkpoint.verdict = Verdict::Unverified; break;
    case State::Broken: checkpoint.verdict = Verdict::Damaged; break;
    case State::Incomplete:
        // A clock ahead of ours by less than the window counts as now.
        checkpoint.verdict = options.writerMayBeAlive && age < window && age > -window ? Verdict::Writing : Verdict::Damaged;
        break;
    }
    const bool passable = isUtf8(finding.path);
    checkpoint.resumable = checkpoint.verdict == Verdict::Whole && finding.holdsTraining && passable;
    if (checkpoint.verdict == Verdict::Whole && !finding.holdsTraining && !finding.lack.isEmpty())
        checkpoint.reason = Words::tr("%1; cannot be resumed: %2").arg(checkpoint.reason, finding.lack);
    else if (checkpoint.verdict == Verdict::Whole && !passable)
        checkpoint.reason = Words::tr("%1; cannot be resumed: its name is not UTF-8 and cannot be passed to a pod").arg(checkpoint.reason);
    checkpoint.reason = asSentence(checkpoint.reason);
    return checkpoint;
}

/// The order of a list: by step, then epoch, then time; those without a step come before all others.
bool comesBefore(const Checkpoint &a, const Checkpoint &b)
{
    const auto key = [](const Checkpoint &c) {
        return std::make_tuple(c.step.value_or(-1), c.epoch.value_or(-1), c.savedAt.toMSecsSinceEpoch());
    };
    return key(a) != key(b) ? key(a) < key(b) : a.path < b.path;
}

} // namespace

Recognised recognise(const Tree &tree, Source &source, const RecogniseOptions &options, std::stop_token stop,
                     const Progress &progress)
{
    Recogniser recogniser(tree, source, options, stop, progress);
    const QList<Finding> findings = recogniser.run();
    Recognised result;
    QMap<QByteArray, QList<const Finding *>> runs;
    for (const Finding &finding : findings) {
        runs[finding.run] << &finding;
        result.pending = result.pending || finding.check.state == State::Pending;
    }
    for (auto it = runs.begin(); it != runs.end(); ++it) {
        Run run;
        run.path = it.key().isEmpty() ? u"."_s : pathToText(it.key());
        const std::chrono::milliseconds rhythm = rhythmOfRun(it.value());
        for (const Finding *finding : it.value())
            run.checkpoints << judge(*finding, rhythm, options);
        std::ranges::sort(run.checkpoints, comesBefore);
        run.format = newestCheckpoint(run)->format;
        if (const Checkpoint *latest = newestResumable(run))
            run.latestResumable = latest->path;
        result.listing.runs << run;
    }
    result.listing.partial = tree.partial || recogniser.limited();
    result.listing.notes = tree.notes;
    if (recogniser.limited())
        result.listing.notes << Words::tr("Only the first %1 checkpoints and files were looked into.").arg(options.maxProbes);
    if (const QList<QByteArray> &leftOut = recogniser.leftOut(); !leftOut.isEmpty())
        result.listing.notes << Words::tr("Left out because of their temporary or hidden names: %1, including %2.")
                                    .arg(leftOut.size()).arg(text::safe(pathToText(leftOut.first())));
    result.listing.readAt = options.now;
    return result;
}

} // namespace cairn::ckpt
