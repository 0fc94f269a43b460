// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Recognise.h"

#include "base/Text.h"
#include "checkpoints/Paths.h"
#include "checkpoints/Runs.h"
#include "checkpoints/SmallFiles.h"
#include "domain/CheckpointSummary.h"

#include <QMap>
#include <QSet>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::ckpt {
namespace {

bool isHiddenName(const QByteArray &name)
{
    return name.startsWith('.');
}

/// Says inside a checkpoint's folder that it is not finished.
bool isMarkerName(const QByteArray &name)
{
    return name.startsWith("checkpoint-is-incomplete") || name == ".incomplete";
}

/// The names that a writer may give a save under this temporary name once it is whole; empty where the name is not
/// temporary. "step-4.pt.tmp" → "step-4.pt", "tmp-checkpoint-5" → "checkpoint-5", "exp-tmp-2" → "exp" or "exp-2".
QList<QByteArray> finalForms(const QByteArray &name)
{
    if (name.startsWith("tmp-") || name.startsWith("tmp_"))
        return {name.mid(4)};
    for (const char *marker : {".orbax-checkpoint-tmp", ".tempstate", ".tmp", "-tmp"}) {
        const qsizetype at = name.indexOf(marker);
        if (at > 0)
            return {name.left(at), name.left(at) + name.mid(at + static_cast<qsizetype>(qstrlen(marker)))};
    }
    for (const char *marker : {"_temp", "-unfinished", ".incomplete"}) {
        if (name.endsWith(marker))
            return {name.chopped(static_cast<qsizetype>(qstrlen(marker)))};
    }
    return {};
}

class Recogniser
{
public:
    Recogniser(const Tree &tree, Source &source, const RecogniseOptions &options, std::stop_token stop,
               const Progress &progress)
        : m_index(tree)
        , m_source(source)
        , m_options(options)
        , m_looks(options.maxProbes, std::move(stop), progress)
    {
    }

    QList<Finding> run()
    {
        for (const QByteArray &folder : foldersInOrder()) {
            if (isHidden(folder))
                continue;
            if (m_owned.contains(folder))
                continue; // FSDP and DeepSpeed trees inside a trainer's folder
            if (!claimFolder(folder))
                claimFiles(folder);
            if (!m_looks.mayGoOn())
                break;
        }
        applyMarkers();
        dropTemporary();
        dropClaimedBeside();
        m_pending = !joinVersions(m_findings, m_index, m_source, m_options.limits);
        judgeAmongOthers(m_findings);
        return m_findings;
    }
    bool limited() const { return m_looks.limited(); }
    bool pending() const { return m_pending; }
    /// What was left out for its name, by path; see finalForms().
    const QList<QByteArray> &leftOut() const { return m_leftOut; }
    /// Parts of checkpoints in folders where nobody claims the whole.
    const QList<QByteArray> &unclaimed() const { return m_unclaimed; }

private:
    /// Seconds and step of a file: by time, for steps may go back, and of a copy that gave all one time by step.
    using Age = std::pair<qint64, qint64>;
    static Age ageOf(const Entry &entry, qint64 folderStep)
    {
        return {entry.mtimeMs / 1000, std::max(factsFromName(baseName(entry.path)).step.value_or(-1), folderStep)};
    }

    /// By path; where there are more files than may be looked into, the newest first. Folders come before those below them.
    QList<QByteArray> foldersInOrder() const
    {
        QList<QByteArray> folders = m_index.folders();
        if (m_index.tree().files.size() <= m_options.maxProbes)
            return folders;
        QHash<QByteArray, Age> newest; // of a folder and all below
        for (const QByteArray &folder : std::as_const(folders)) {
            Age age{0, -1};
            const qint64 step = factsFromName(m_index.nameOf(folder)).step.value_or(-1);
            const QList<const Entry *> files = m_index.filesIn(folder);
            for (const Entry *entry : files)
                age.first = std::max(age.first, entry->mtimeMs / 1000);
            for (const Entry *entry : files) { // names are asked of the newest alone
                if (entry->mtimeMs / 1000 == age.first)
                    age.second = std::max(age.second, ageOf(*entry, step).second);
            }
            for (QByteArray above = folder;; above = parentPath(above)) {
                Age &known = newest[above];
                known = std::max(known, age);
                if (above.isEmpty())
                    break;
            }
        }
        std::ranges::stable_sort(folders, std::ranges::greater(), [&](const QByteArray &folder) { return newest.value(folder); });
        return folders;
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
        if (hides && isCandidateName(name))
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

    bool claimFolder(const QByteArray &folder)
    {
        for (const Format *format : formats()) {
            const std::optional<Finding> found = format->folder ? format->folder(m_index, folder, m_source, m_options.limits) : std::nullopt;
            if (!found)
                continue;
            m_looks.count(folder);
            m_owned.unite({found->folders.begin(), found->folders.end()});
            m_findings << *found;
            return true;
        }
        return false;
    }

    void claimFiles(const QByteArray &folder)
    {
        Files files{m_index, m_source, m_options.limits, m_looks, folder, {}, {}, {}, {}};
        for (const Entry *entry : m_index.filesIn(folder)) {
            const QByteArray name = baseName(entry->path);
            if (!isPartName(name) && !isHiddenFile(folder, name) && !isCountedElsewhere(*entry))
                files.entries << entry;
        }
        if (files.entries.size() > m_looks.left()) {
            const qint64 step = factsFromName(m_index.nameOf(folder)).step.value_or(-1);
            QHash<const Entry *, Age> ages;
            for (const Entry *entry : std::as_const(files.entries))
                ages.insert(entry, ageOf(*entry, step));
            std::ranges::stable_sort(files.entries, std::ranges::greater(), [&](const Entry *entry) { return ages.value(entry); });
        }
        takePointers(files);
        for (const Format *format : formats()) {
            if (format->files && !files.entries.isEmpty() && m_looks.mayGoOn())
                format->files(files);
        }
        m_findings << files.findings;
        m_unclear << files.unclear;
        noteUnclaimed(files);
    }

    /// Git LFS pointers that nobody replaced by the real file.
    static void takePointers(Files &files)
    {
        const QList<const Entry *> some = files.entries.first(std::min<qsizetype>(files.entries.size(), files.looks.left()));
        for (const Entry *entry : some) {
            const Check check = checkLfsPointer(*entry, files.source, files.limits);
            if (check.state != State::Broken)
                continue;
            files.take(*entry);
            Finding finding;
            finding.format = u"git-lfs"_s;
            finding.check = check;
            setPlace(finding, *entry, Role::Other);
            const NameFacts facts = placeFacts(finding, files.index, baseName(entry->path));
            decideStep(finding, facts, std::nullopt, std::nullopt);
            files.findings << finding;
        }
    }

    /// Silence would pass for "there is none".
    void noteUnclaimed(const Files &files)
    {
        if (!files.findings.isEmpty())
            return;
        for (const Entry *entry : m_index.filesIn(files.folder)) {
            const QByteArray name = baseName(entry->path);
            // A metadata.json or a text may be anybody's.
            const bool tensors = name.endsWith(".pt") || name.endsWith(".pth") || name.endsWith(".bin") || name.endsWith(".pkl") || name.endsWith(".distcp");
            if (tensors && isPartName(name) && !isHiddenName(name) && !files.isTaken(*entry))
                m_unclaimed << entry->path;
        }
    }

    /// Trackers and the like lie in the folder of the run.
    void dropClaimedBeside()
    {
        QSet<QByteArray> runs;
        for (const Finding &finding : std::as_const(m_findings))
            runs << finding.run;
        m_unclaimed.removeIf([&](const QByteArray &path) { return runs.contains(parentPath(path)); });
        m_unclaimed << m_unclear;
    }

    /// Somebody says that a save was not finished: beside it ("x-unfinished", "x.incomplete") or inside.
    void applyMarkers()
    {
        for (Finding &finding : m_findings) {
            const auto apply = [&](const Entry &marker) {
                worsen(finding.check, {State::Incomplete, Words::tr("the marker %1 says that the save was not finished")
                                                              .arg(text::safe(pathToText(baseName(marker.path))))});
            };
            for (const char *suffix : {"-unfinished", ".incomplete"}) {
                if (const Entry *marker = m_index.find({}, finding.path + suffix))
                    apply(*marker);
            }
            for (const Entry *entry : m_index.filesIn(finding.path)) {
                if (!finding.path.isEmpty() && isMarkerName(baseName(entry->path)))
                    apply(*entry);
            }
        }
    }

    /// A link is shown by its target's name where that is listed itself ("last.ckpt" → "epoch=1-step=10.ckpt").
    bool isCountedElsewhere(const Entry &entry) const
    {
        return entry.isLink() && m_index.find({}, entry.linkTarget) && isCandidateName(baseName(entry.linkTarget));
    }

    Index m_index;
    Source &m_source;
    const RecogniseOptions &m_options;
    Looks m_looks;
    QList<Finding> m_findings;
    QSet<QByteArray> m_owned;  ///< folders that belong to a checkpoint found further up
    QSet<QByteArray> m_hidden; ///< saves under way, and what lies below
    QList<QByteArray> m_doubtful; ///< folders that may be saves under way, or just be called so
    QList<QByteArray> m_leftOut;
    QList<QByteArray> m_unclaimed;
    QList<QByteArray> m_unclear;
    bool m_pending = false;
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

struct ProofWords {
    QString id;
    QString said;
};

ProofWords wordsOf(Proof proof)
{
    switch (proof) {
    case Proof::None: break;
    case Proof::MarkerLast: return {u"marker"_s, Words::tr("proof: the file that is written last")};
    case Proof::Renamed: return {u"renamed"_s, Words::tr("proof: its final name, given when all was written")};
    case Proof::Tracker: return {u"tracker"_s, Words::tr("proof: the tracker file, written afterwards, names it")};
    case Proof::Count: return {u"count"_s, Words::tr("proof: the count of its files")};
    case Proof::Probe: return {u"probe"_s, Words::tr("proof: the files themselves")};
    }
    return {};
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
    checkpoint.worldSize = finding.worldSize;
    checkpoint.ranks = finding.ranks;
    if (checkpoint.verdict == Verdict::Whole && finding.proof != Proof::None) {
        const ProofWords proof = wordsOf(finding.proof);
        checkpoint.proof = proof.id;
        checkpoint.reason = Words::tr("%1 (%2)", "what was checked, and what proves it").arg(checkpoint.reason, proof.said);
    }
    if (checkpoint.verdict == Verdict::Whole && finding.holdsTraining && finding.worldSize > 0)
        checkpoint.reason = Words::tr("%1; loads only with as many processes as saved it: %2").arg(checkpoint.reason).arg(finding.worldSize);
    const bool passable = isUtf8(finding.path);
    checkpoint.resumable = checkpoint.verdict == Verdict::Whole && finding.holdsTraining && passable;
    if (checkpoint.verdict == Verdict::Whole && !finding.holdsTraining && !finding.lack.isEmpty())
        checkpoint.reason = Words::tr("%1; cannot be resumed: %2").arg(checkpoint.reason, finding.lack);
    else if (checkpoint.verdict == Verdict::Whole && !passable)
        checkpoint.reason = Words::tr("%1; cannot be resumed: its name is not UTF-8 and cannot be passed to a pod").arg(checkpoint.reason);
    checkpoint.reason = asSentence(checkpoint.reason);
    return checkpoint;
}

QString leftOutByAge(const Tree &tree, int looked)
{
    const auto oldest = std::ranges::min_element(tree.files, {}, &Entry::mtimeMs);
    if (oldest == tree.files.end())
        return Words::tr("Only the newest %1 checkpoints and files were looked into.").arg(looked);
    return Words::tr("Only the newest %1 checkpoints and files were looked into, of %2 files that may belong to one; not the older ones, such as %3.")
        .arg(looked).arg(tree.files.size()).arg(text::safe(pathToText(oldest->path)));
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
    Recognised result;
    result.findings = recogniser.run();
    result.pending = recogniser.pending();
    const QList<Finding> &findings = result.findings;
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
    if (recogniser.limited() && runs.isEmpty())
        result.listing.notes << Words::tr("No checkpoint is among the newest %1 files and folders; the others were not looked into.").arg(options.maxProbes);
    else if (recogniser.limited())
        result.listing.notes << leftOutByAge(tree, options.maxProbes);
    if (const QList<QByteArray> &leftOut = recogniser.leftOut(); !leftOut.isEmpty())
        result.listing.notes << Words::tr("Left out because of their temporary or hidden names: %1, including %2.")
                                    .arg(leftOut.size()).arg(text::safe(pathToText(leftOut.first())));
    if (const QList<QByteArray> &unclaimed = recogniser.unclaimed(); !unclaimed.isEmpty())
        result.listing.notes << Words::tr("%1 files look like parts of checkpoints of a kind that is not known, such as %2: they were not judged.")
                                    .arg(unclaimed.size()).arg(text::safe(pathToText(unclaimed.first())));
    result.listing.readAt = options.now;
    return result;
}

} // namespace cairn::ckpt
