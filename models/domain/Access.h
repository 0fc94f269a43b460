// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QStringList>
#include <optional>

namespace cairn {

/// One question to the access reviewer (SelfSubjectAccessReview).
struct AccessQuery {
    QString verb;        ///< "list", "patch", "create", …
    QString group;
    QString resource;    ///< plural
    QString subresource; ///< "log", "exec", …; may be empty
    QString ns;          ///< empty for all namespaces or cluster-scoped
    QString name;        ///< may be empty
    bool operator==(const AccessQuery &) const = default;
};

struct AccessAnswer {
    bool allowed = false;
    QString reason; ///< the server's words, may be empty
};

/// A rule as RBAC writes it. "*" stands for all.
struct AccessRule {
    QStringList verbs;
    QStringList groups;    ///< "" is the core group
    QStringList resources; ///< "pods", "pods/log", "*/scale"
    QStringList names;     ///< only these objects; empty for all
    bool operator==(const AccessRule &) const = default;

    /// As the API server matches (rbac/v1 evaluation_helpers.go).
    bool allows(const AccessQuery &query) const;
};

/// What a user may do in one namespace, by rules (SelfSubjectRulesReview).
struct AccessRules {
    QList<AccessRule> rules;
    bool complete = true; ///< false where an authoriser could not say everything
    QString why;          ///< the server's words about that, may be empty

    /// nullopt where no rule allows it but the rules are not complete.
    std::optional<bool> allows(const AccessQuery &query) const;
};

} // namespace cairn
