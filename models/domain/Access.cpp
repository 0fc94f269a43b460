// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/Access.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn {

bool AccessRule::allows(const AccessQuery &query) const
{
    const auto holds = [](const QStringList &list, const QString &word) {
        return list.contains("*"_L1) || list.contains(word);
    };
    const QString &sub = query.subresource;
    const bool resource = holds(resources, sub.isEmpty() ? query.resource : query.resource + u'/' + sub)
        || (!sub.isEmpty() && resources.contains(u"*/"_s + sub));
    return resource && holds(verbs, query.verb) && holds(groups, query.group)
        && (names.isEmpty() || names.contains(query.name));
}

std::optional<bool> AccessRules::allows(const AccessQuery &query) const
{
    if (std::ranges::any_of(rules, [&](const AccessRule &rule) { return rule.allows(query); }))
        return true;
    return complete ? std::optional(false) : std::nullopt;
}

} // namespace cairn
