// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints/TorchContent.h"

#include <algorithm>
#include <array>
#include <unordered_set>

namespace cairn::ckpt {
namespace {

using Id = Pickle::Id;
using Type = Pickle::Type;

constexpr std::array stepKeys{"step", "global_step", "iteration", "iter", "current_step", "train_step", "num_steps",
                              "n_iter", "iterations", "steps", "total_steps_done"};
constexpr std::array epochKeys{"epoch", "current_epoch", "epochs_done", "last_epoch"};
/// What these hold may be tensors, but never weights.
constexpr std::array noWeights{"rng", "random", "seed", "generator", "dataloader", "data_loader", "sampler", "scaler", "callbacks"};

template <std::size_t n>
bool isOneOf(const QByteArray &word, const std::array<const char *, n> &words)
{
    return std::ranges::any_of(words, [&](const char *w) { return word == w; });
}

bool isOptimizerKey(const QByteArray &lower)
{
    return lower.contains("optim") || lower.startsWith("opt_") || lower == "opt";
}

bool isSchedulerKey(const QByteArray &lower)
{
    return lower.contains("scheduler") || lower == "train_state" || lower == "trainer_state";
}

/// Walks one pickle. Every search is bounded, so a hostile one costs no more than a large one.
class Scan
{
public:
    explicit Scan(const Pickle &pickle)
        : m_pickle(pickle)
    {
    }

    struct Facts {
        bool weights = false;       ///< a tensor somewhere that is no optimizer's or random generator's
        bool listed = false;        ///< a mapping, a module or a tensor with the name of a weight
        bool optimizer = false;
        bool optimizerGone = false; ///< there is a place for it, and it is empty
        bool counters = false;
        Counters numbers;
    };

    // NOLINTNEXTLINE(misc-no-recursion): depth is bounded
    Facts gather(Id mapping, int depth = 0) const
    {
        Facts facts;
        facts.numbers = numbersOf(mapping);
        facts.counters = facts.numbers.step || facts.numbers.epoch;
        Counters inner;
        const std::vector<Id> &items = m_pickle.node(mapping).items;
        for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
            const Pickle::Node &key = m_pickle.node(items[i]);
            if (key.type != Type::Text && key.type != Type::Bytes)
                continue;
            look(facts, inner, key.text.toByteArray(), items[i + 1], depth);
        }
        if (!facts.numbers.step)
            facts.numbers.step = inner.step;
        if (!facts.numbers.epoch)
            facts.numbers.epoch = inner.epoch;
        return facts;
    }

private:
    // NOLINTNEXTLINE(misc-no-recursion): depth is bounded
    void look(Facts &facts, Counters &inner, const QByteArray &name, Id value, int depth) const
    {
        const QByteArray lower = name.toLower();
        const bool optimizer = looksLikeOptimizer(value);
        if (optimizer || isOptimizerKey(lower)) {
            if (optimizer || holdsOptimizer(value, 3))
                facts.optimizer = true;
            else if (isEmpty(value))
                facts.optimizerGone = facts.optimizerGone || lower.contains("optim");
            facts.listed = facts.listed || m_pickle.isMapping(value);
            return;
        }
        if (isSchedulerKey(lower)) {
            const Type type = m_pickle.node(value).type;
            facts.counters = facts.counters || (!isEmpty(value) && (m_pickle.isMapping(value) || type == Type::Object || type == Type::List));
            facts.listed = facts.listed || m_pickle.isMapping(value);
            return;
        }
        const bool tensor = isTensor(value);
        facts.listed = facts.listed || isModule(m_pickle, value) || m_pickle.isMapping(value)
            || (tensor && (name.contains('.') || name == "weight" || name == "bias"));
        if (std::ranges::any_of(noWeights, [&](const char *word) { return lower.contains(word); }))
            return;
        if (!m_pickle.isMapping(value) || depth >= 3) {
            facts.weights = facts.weights || tensor || holdsTensor(value);
            return;
        }
        // "state": { "model": …, "optimizer": …, "step": … }
        const Facts below = gather(value, depth + 1);
        if (!below.weights && !below.optimizer)
            return;
        facts.weights = facts.weights || below.weights;
        facts.optimizer = facts.optimizer || below.optimizer;
        facts.optimizerGone = facts.optimizerGone || below.optimizerGone;
        facts.counters = facts.counters || below.counters;
        if (!inner.step)
            inner.step = below.numbers.step;
        if (!inner.epoch)
            inner.epoch = below.numbers.epoch;
    }

    Counters numbersOf(Id mapping) const
    {
        Counters counters;
        for (const char *key : stepKeys) {
            const std::optional<qint64> value = m_pickle.integer(m_pickle.member(mapping, key));
            if (value && *value >= 0) {
                counters.step = value;
                break;
            }
        }
        if (!counters.step) { // fairseq and metaseq: a list of what each optimizer did, the present one last
            const Id history = m_pickle.member(mapping, "optimizer_history");
            const bool list = history != Pickle::none && m_pickle.node(history).type == Type::List && !m_pickle.node(history).items.empty();
            const std::optional<qint64> updates = list ? m_pickle.integer(m_pickle.member(m_pickle.node(history).items.back(), "num_updates")) : std::nullopt;
            if (updates && *updates >= 0)
                counters.step = updates;
        }
        for (const char *key : epochKeys) {
            const std::optional<double> value = m_pickle.number(m_pickle.member(mapping, key));
            if (value && *value >= 0) {
                counters.epoch = value;
                break;
            }
        }
        return counters;
    }

    bool isTensor(Id id) const
    {
        const QByteArrayView name = m_pickle.className(id);
        return name.contains("_rebuild_tensor") || name.contains("_rebuild_parameter") || name.contains("_rebuild_qtensor")
            || name.contains("_rebuild_sparse");
    }

    /// None, or a container without anything in it.
    bool isEmpty(Id id) const
    {
        const Pickle::Node &node = m_pickle.node(id);
        switch (node.type) {
        case Type::None: return true;
        case Type::Tuple:
        case Type::List:
        case Type::Set:
        case Type::Dict: return node.items.empty();
        case Type::Object: return node.items.empty() && node.state == Pickle::none && m_pickle.isMapping(id);
        default: return false;
        }
    }

    /// What Optimizer.state_dict() returns, or an optimizer itself.
    bool looksLikeOptimizer(Id id) const
    {
        const Id groups = m_pickle.member(id, "param_groups");
        return groups != Pickle::none && !m_pickle.node(groups).items.empty();
    }

    // NOLINTNEXTLINE(misc-no-recursion): depth is bounded
    bool holdsOptimizer(Id id, int depth) const
    {
        if (looksLikeOptimizer(id) || holdsTensor(id))
            return true;
        const Pickle::Node &node = m_pickle.node(id);
        if (depth == 0 || (node.type != Type::List && node.type != Type::Tuple && !m_pickle.isMapping(id)))
            return false;
        constexpr std::size_t enough = 1000;
        for (std::size_t i = 0; i < std::min(node.items.size(), enough); ++i) {
            if (holdsOptimizer(node.items[i], depth - 1))
                return true;
        }
        return false;
    }

    /// A storage anywhere below: torch pickles each as a persistent id.
    bool holdsTensor(Id id) const
    {
        constexpr std::size_t enough = 5000;
        std::vector<Id> todo{id};
        std::unordered_set<Id> seen{id};
        const auto add = [&](Id next) {
            if (next != Pickle::none && seen.size() < enough && seen.insert(next).second)
                todo.push_back(next);
        };
        while (!todo.empty()) {
            const Pickle::Node &node = m_pickle.node(todo.back());
            todo.pop_back();
            if (node.type == Type::Persistent)
                return true;
            if (node.type == Type::Object) {
                add(node.arguments);
                add(node.state);
            }
            for (const Id item : node.items)
                add(item);
        }
        return false;
    }

    const Pickle &m_pickle;
};

} // namespace

bool isModule(const Pickle &pickle, Pickle::Id id)
{
    return pickle.member(id, "_parameters") != Pickle::none && pickle.member(id, "_modules") != Pickle::none;
}

bool isTrainingKey(const QByteArray &key)
{
    const QByteArray lower = key.toLower();
    return isOptimizerKey(lower) || isSchedulerKey(lower) || isOneOf(lower, stepKeys) || isOneOf(lower, epochKeys);
}

TorchContent contentOf(const Pickle &pickle)
{
    TorchContent result;
    const Id root = pickle.root();
    if (root == Pickle::none)
        return result;
    const bool complete = pickle.end() == Pickle::End::Complete;
    if (isModule(pickle, root)) {
        result.content = Content::Weights;
        result.weights = true;
        return result;
    }
    if (!pickle.isMapping(root)) {
        result.content = complete ? Content::Other : Content::Unknown;
        return result;
    }
    const Scan::Facts facts = Scan(pickle).gather(root);
    result.counters = facts.numbers;
    result.weights = facts.weights;
    result.optimizer = facts.optimizer;
    // Lightning refuses to go on from a file that was saved with save_weights_only, although it has counters.
    const bool weightsOnly = facts.weights && (facts.optimizerGone || pickle.member(root, "pytorch-lightning_version") != Pickle::none);
    if (facts.optimizer || (facts.counters && !weightsOnly))
        result.content = Content::Training;
    else if (!complete)
        result.content = Content::Unknown;
    else if (facts.weights && facts.optimizerGone)
        result.content = Content::Stripped;
    else if (facts.listed || facts.counters || pickle.className(root).endsWith("OrderedDict")) // what Module.state_dict() returns
        result.content = Content::Weights;
    else
        result.content = Content::Other;
    return result;
}

Counters countersOf(const Pickle &pickle)
{
    return pickle.isMapping(pickle.root()) ? Scan(pickle).gather(pickle.root()).numbers : Counters();
}

} // namespace cairn::ckpt
