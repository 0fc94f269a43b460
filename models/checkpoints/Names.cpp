// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/Names.h"

#include <QList>
#include <array>

namespace cairn::ckpt {
namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isAlpha(char c)
{
    return (c >= 'a' && c <= 'z');
}

/// A run of digits, with the word in front of it.
struct Number {
    QByteArray word; ///< lower-case letters directly before the separator, "global_step" kept together
    char separator = 0; ///< '=', '-', '_', '.' or 0 where the digits follow the word directly
    qint64 value = 0;
    bool fits = false;  ///< at most 18 digits
    bool fraction = false; ///< part of a decimal such as loss=0.25
    qsizetype begin = 0;
    qsizetype end = 0;
};

QList<Number> numbersIn(const QByteArray &name)
{
    QList<Number> all;
    for (qsizetype i = 0; i < name.size(); ++i) {
        if (!isDigit(name[i]))
            continue;
        Number n;
        n.begin = i;
        while (i < name.size() && isDigit(name[i]))
            ++i;
        n.end = i;
        const QByteArray digits = name.mid(n.begin, n.end - n.begin);
        n.value = digits.toLongLong(&n.fits);
        n.fits = n.fits && digits.size() <= 18;
        // "=0.25": both parts belong to a decimal, so neither is a count.
        const bool dotAfter = n.end + 1 < name.size() && name[n.end] == '.' && isDigit(name[n.end + 1]);
        const bool dotBefore = n.begin >= 2 && name[n.begin - 1] == '.' && isDigit(name[n.begin - 2]);
        n.fraction = dotAfter || dotBefore;
        qsizetype w = n.begin;
        if (w > 0 && (name[w - 1] == '=' || name[w - 1] == '-' || name[w - 1] == '_' || name[w - 1] == '.'))
            n.separator = name[--w];
        const qsizetype wordEnd = w;
        while (w > 0 && isAlpha(name[w - 1]))
            --w;
        n.word = name.mid(w, wordEnd - w);
        all << n;
    }
    return all;
}

template <std::size_t n>
bool oneOf(const QByteArray &word, const std::array<const char *, n> &words)
{
    for (const char *w : words) {
        if (word == w)
            return true;
    }
    return false;
}

constexpr std::array stepWords{"step", "steps", "globalstep", "gs"};
constexpr std::array iterationWords{"iter", "iters", "iteration", "iterations", "it", "update", "updates"};
constexpr std::array checkpointWords{"checkpoint", "ckpt", "chkpt", "cp"};
constexpr std::array epochWords{"epoch", "epochs", "ep", "e"};
/// Numbers after these words count something else.
constexpr std::array otherWords{"rank", "part", "shard", "worker", "of", "v", "version", "seed", "fold", "gpu", "node",
                                "layer", "expert", "tp", "pp", "dp", "run", "exp", "trial", "loss", "acc", "lr", "size", "consolidated"};

/// Known extensions, so that the digits of "model.5.pt" end the stem.
QByteArray stem(QByteArray name)
{
    static constexpr std::array extensions{".pt", ".pth", ".ckpt", ".bin", ".tar", ".safetensors", ".pth"};
    for (const char *extension : extensions) { // ".pth.tar" loses both, as ".pth" comes again at the end
        if (name.endsWith(extension))
            name.chop(static_cast<qsizetype>(qstrlen(extension)));
    }
    return name;
}

/// The update of "checkpoint_<epoch>_<update>", with nothing but words after it; nullopt where the two cannot be that.
std::optional<qint64> updateAfter(const Number &epoch, const QList<Number> &numbers, const QByteArray &name)
{
    qsizetype at = 0;
    while (at < numbers.size() && numbers[at].begin != epoch.begin)
        ++at;
    if (at + 1 >= numbers.size() || name[epoch.end] != '_')
        return std::nullopt;
    const Number &update = numbers[at + 1];
    const bool dated = at + 2 < numbers.size() && numbers[at + 2].word.isEmpty();
    const bool follows = update.begin == epoch.end + 1 && !update.fraction && update.fits;
    return follows && !dated && epoch.value < 100'000 && update.value > epoch.value ? std::optional(update.value) : std::nullopt;
}

} // namespace

NameFacts factsFromName(const QByteArray &name)
{
    const QByteArray lower = stem(name.toLower());
    NameFacts facts;
    if (shardName(name))
        return facts;
    const QList<Number> numbers = numbersIn(lower);
    int rank = 0; // of the step found so far: 3 step, 2 iteration, 1 checkpoint
    for (const Number &n : numbers) {
        if (!n.fits || n.fraction)
            continue;
        // fairseq: "checkpoint6" ends epoch 6, "checkpoint_6_180000" is update 180000 of it. Others count saves so, or write
        // a date: what allows two readings is no step.
        if (n.word == "checkpoint" && n.separator == 0) {
            facts.epoch = static_cast<double>(n.value);
            continue;
        }
        if (oneOf(n.word, checkpointWords) && n.end + 1 < lower.size() && (lower[n.end] == '_' || lower[n.end] == '-') && isDigit(lower[n.end + 1])) {
            if (const std::optional<qint64> update = updateAfter(n, numbers, lower); update && rank == 0) {
                facts.epoch = static_cast<double>(n.value);
                facts.step = update; // not explicit, so a pickle outranks it
            }
            continue;
        }
        const int found = oneOf(n.word, stepWords) ? 3
            : oneOf(n.word, iterationWords)        ? 2
            : oneOf(n.word, checkpointWords)       ? 1
                                                   : 0;
        if (found > rank) {
            rank = found;
            facts.step = n.value;
            facts.explicitStep = true;
        } else if (!facts.epoch && oneOf(n.word, epochWords) && (n.word.size() > 1 || n.separator == '=')) {
            facts.epoch = static_cast<double>(n.value);
        }
    }
    if (facts.step || facts.epoch || numbers.size() != 1)
        return facts;
    const Number &only = numbers.first();
    if (!only.fits || only.fraction || only.end != lower.size())
        return facts;
    if (only.begin == 0) { // "1000", "0001000.pt"
        facts.step = only.value;
        facts.explicitStep = true;
    } else if (only.separator != 0 && !oneOf(only.word, otherWords)) {
        facts.step = only.value; // "model_100.pt"
    }
    return facts;
}

bool isStepFolder(const QByteArray &name)
{
    const NameFacts facts = factsFromName(name);
    return facts.explicitStep || facts.epoch.has_value();
}

QByteArray family(const QByteArray &name)
{
    QByteArray out;
    for (qsizetype i = 0; i < name.size(); ++i) {
        if (!isDigit(name[i]))
            out += name[i];
        else if (!out.endsWith('#'))
            out += '#';
    }
    return out;
}

std::optional<ShardName> shardName(const QByteArray &name)
{
    // <prefix>-<5 digits>-of-<5 digits><suffix>
    const qsizetype of = name.lastIndexOf("-of-");
    if (of < 2)
        return std::nullopt;
    qsizetype begin = of;
    while (begin > 0 && isDigit(name[begin - 1]))
        --begin;
    qsizetype end = of + 4;
    while (end < name.size() && isDigit(name[end]))
        ++end;
    if (begin == of || of - begin > 6 || end == of + 4 || end - of - 4 > 6 || begin == 0 || name[begin - 1] != '-')
        return std::nullopt;
    ShardName shard;
    shard.prefix = name.left(begin - 1);
    shard.suffix = name.mid(end);
    shard.number = name.mid(begin, of - begin).toInt();
    shard.count = name.mid(of + 4, end - of - 4).toInt();
    if (shard.number < 1 || shard.count < 1 || shard.number > shard.count)
        return std::nullopt;
    return shard;
}

} // namespace cairn::ckpt
