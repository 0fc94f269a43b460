// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "audit/Facts.h"

#include <QSet>
#include <functional>
#include <iterator>
#include <optional>
#include <stop_token>

/// What falls over, hurts or misleads when a node fails: rules on whole objects. Pure, any thread.
namespace cairn::audit {

enum class Severity { Critical, High, Medium, Low };
/// "critical", "high", "medium", "low": stable words for JSON, options and files.
QString severityWord(Severity severity);
std::optional<Severity> severityOf(const QString &word);

/// One thing a finding rests on.
struct Evidence {
    ObjectName object;
    QString field; ///< "spec.replicas"; may be empty: the object itself
    QString value; ///< as it is, shortened; safe to show; never a secret
    bool operator==(const Evidence &) const = default;
};

struct Finding {
    QString rule;      ///< "HA01"
    Severity severity = Severity::Low;
    ObjectName object; ///< what it is about
    QString component; ///< id in the catalogue; empty: not catalogued, judged by general rules
    QString title;       ///< a short sentence, safe to show: "training-operator alone answers 5 webhooks that fail closed"
    QString consequence; ///< one plain sentence, safe to show
    QString fix;         ///< one sentence: what to do; may be empty
    QList<Evidence> evidence;
    bool primary = false; ///< the one finding that says why this workload runs at one replica
    bool operator==(const Finding &) const = default;
};

/// A rule that says nothing, or nothing of a part, and why.
struct NotEvaluated {
    QString rule;
    QString why; ///< one sentence, safe to show
    bool operator==(const NotEvaluated &) const = default;
};

struct Report {
    QList<Finding> findings; ///< worst first, then by object and rule: what is wrong with one object stands together
    QList<NotEvaluated> notEvaluated; ///< by rule; a rule may be here for one namespace and have findings of others
    QList<Gap> gaps;
    QDateTime asOf; ///< UTC
    QString release; ///< of Kubeflow as found; empty where unknown
    qsizetype objects = 0; ///< how many were judged
};

struct Rule;

/// A list that ends where a stop is asked for. `List` is a reference where the list outlives the loop.
template <class List>
class Until
{
public:
    using At = decltype(std::begin(std::declval<const List &>()));
    class Iterator
    {
    public:
        Iterator(const At &at, const At &end, const std::stop_token &stop)
            : m_at(at)
            , m_end(end)
            , m_stop(stop)
        {
        }
        decltype(auto) operator*() const { return *m_at; }
        Iterator &operator++()
        {
            ++m_at;
            return *this;
        }
        bool operator!=(std::default_sentinel_t) const { return m_at != m_end && !m_stop.stop_requested(); }

    private:
        At m_at, m_end;
        const std::stop_token &m_stop;
    };
    Until(List list, const std::stop_token &stop)
        : m_list(std::forward<List>(list))
        , m_stop(stop)
    {
    }
    Iterator begin() const { return {std::begin(m_list), std::end(m_list), m_stop}; }
    std::default_sentinel_t end() const { return {}; }

private:
    const List m_list;
    const std::stop_token &m_stop;
};

/// What a rule is given to judge, and where it says what it found.
class Judging
{
public:
    Judging(const Facts &of, const Rule &by, Report &report, std::stop_token stop = {})
        : facts(of)
        , scene(of.scene())
        , rule(by)
        , m_report(report)
        , m_stop(std::move(stop))
    {
    }
    const Facts &facts;
    const Scene &scene;
    const Rule &rule;

    /// All workloads that are judged, until a stop is asked for.
    Until<const std::vector<Subject> &> subjects() const { return {facts.subjects(), m_stop}; }
    /// The same of another list: a rule that goes through all objects of a kind ends when it is asked to.
    template <class T>
    Until<QList<T>> until(QList<T> list) const
    {
        return {std::move(list), m_stop};
    }

    /// A finding of this rule with its usual severity; the words are still missing.
    Finding about(const ObjectName &object) const;
    Finding about(const Subject &subject) const;
    void say(const Finding &finding) { m_report.findings.append(finding); }
    /// `why` is one sentence, safe to show.
    void cannot(const QString &why);

private:
    Report &m_report;
    const std::stop_token m_stop;
    QSet<QString> m_said;
};

/// A kind of objects that a rule cannot do without.
struct Need {
    QString group = {};
    QString kind = {};
    QString ns = {};     ///< namespace to look in; empty: see `everywhere`
    bool everywhere = false; ///< for the whole cluster; otherwise in each namespace that has workloads to judge
};

/// A small pure function over the facts of a scene.
struct Rule {
    QString id = {};
    Severity severity = Severity::Low; ///< its usual one; a finding may differ
    const char *title = "";  ///< what it looks for, in English
    const char *why = "";    ///< one sentence for people who ask what it is good for, in English
    bool needsCluster = false; ///< says nothing of manifests
    /// Without having seen these it says nothing, and where only some namespaces were seen, nothing of the others. A rule that
    /// finds something missing has to ask Facts::saw() before it says so.
    QList<Need> needs = {};
    bool anyway = false; ///< finds only what is there, so that it is asked even where its needs are not met
    void (*judge)(Judging &judging) = nullptr;

    QString shownTitle() const; ///< in the language of the program
    QString shownWhy() const;
};

/// All of them, in the order of their ids. The only list: documentation, `cairnctl audit --rules` and SARIF are made from it.
const QList<Rule> &rules();
const Rule *rule(const QString &id);

/// Each rule stands alone: one that is told too little is put down as not evaluated, and the others go on.
///
/// Of each workload that runs, or by its autoscaler may run, at one replica exactly one finding is primary. Which one, is decided by
/// primaryRule().
///
/// Where a stop is asked for, it ends soon, and the report is not whole: whoever asked for it throws it away.
Report audit(const Scene &scene, const std::stop_token &stop = {});

} // namespace cairn::audit
