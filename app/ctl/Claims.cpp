// SPDX-License-Identifier: GPL-3.0-or-later
#include "Cluster.h"
#include "Commands.h"
#include "Measure.h"
#include "Output.h"
#include "base/Text.h"
#include "engine/JobJson.h"
#include "engine/StorageFlows.h"

#include <QJsonArray>
#include <QSet>

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

using storage::ClaimAccount;

QString usedText(const ClaimAccount &account)
{
    if (!account.use)
        return u"–"_s;
    const QString used = text::bytes(account.use->used);
    return account.isLimited() ? u"%1 of %2"_s.arg(used, text::bytes(account.use->capacity)) : used;
}

} // namespace

void measure(kube::Cluster &cluster, const Options &options, storage::ClaimFacts &facts, std::stop_token stop)
{
    const app::ProxyGet get = [&cluster](const ObjectRef &target, const QString &path, std::stop_token token) {
        return cluster.viaProxy(target, path, token);
    };
    const auto take = [&](const app::Measured &measured) {
        facts.uses += measured.uses;
        if (measured.problem)
            note(measured.problem->oneLine());
    };
    const Result<std::optional<app::PrometheusPlace>> place = app::findPrometheus(cluster, stop);
    if (place && *place)
        take(app::readPrometheus(get, **place, stop));
    if (options.allowNodeProxy) {
        QSet<QString> nodes;
        for (const Pod &pod : std::as_const(facts.pods)) {
            if (!pod.claims.isEmpty() && !pod.node.isEmpty())
                nodes.insert(pod.node);
        }
        QStringList sorted = nodes.values();
        sorted.sort();
        take(app::readKubelets(get, sorted, stop));
        facts.kubeletAsked = true;
    }
    if (!options.allowHelper)
        return;
    for (const Claim &claim : std::as_const(facts.claims)) {
        if (claim.phase != "Bound"_L1 || claim.volumeMode == "Block"_L1 || stop.stop_requested())
            continue;
        const Result<VolumeUse> use = app::measureClaim(cluster, claim.ns, claim.name, app::jobWithImage(facts.jobs, claim), stop);
        if (use)
            facts.uses.append(*use);
        else
            note(use.error().oneLine());
    }
}

int claims(app::Engine &engine, const Options &options, std::stop_token stop)
{
    const auto cluster = connect(engine, options);
    if (!cluster)
        return printError(cluster.error());
    const QString ns = namespaceOf(**cluster, options);
    Result<storage::ClaimFacts> facts = app::readClaimFacts(**cluster, ns, stop);
    if (!facts)
        return printError(facts.error());
    if (const QString name = options.command.value(1); !name.isEmpty()) {
        facts->claims.removeIf([&](const Claim &claim) { return claim.name != name; });
        if (facts->claims.isEmpty())
            return printError(Error::make(Error::Kind::NotFound, u"There is no PVC %1"_s.arg(text::safe(name)), {},
                                          u"List them with: cairnctl claims -A"_s));
    }
    measure(**cluster, options, *facts, stop);
    if (stop.stop_requested())
        return printError(Error::cancelled());

    QList<ClaimAccount> accounts = storage::account(*facts);
    std::ranges::stable_sort(accounts, {}, storage::rank);
    QJsonArray json;
    QList<QStringList> rows{{u"NAMESPACE"_s, u"NAME"_s, u"CLASS"_s, u"DRIVER"_s, u"USED"_s, u"%"_s, u"MEASURED BY"_s, u"USED BY"_s}};
    for (const ClaimAccount &account : std::as_const(accounts)) {
        json.append(app::toJson(account, facts->usersRead));
        QStringList users;
        for (const storage::ClaimUser &user : account.users)
            users.append(text::safe(user.name));
        const double part = account.fraction();
        rows.append({text::safe(account.claim.ns), text::safe(account.claim.name), text::safe(account.claim.storageClass),
                     account.driver.isEmpty() ? u"–"_s : text::safe(account.driver), usedText(account),
                     part < 0 ? u"–"_s : QString::number(qRound(part * 100)),
                     account.use ? storage::sourceName(account.use->source) : u"–"_s, !users.isEmpty() ? users.join(u", "_s) : facts->usersRead ? u"–"_s : u"?"_s});
    }
    const storage::Totals totals = storage::totals(accounts);
    QString table = u"No PVCs.\n"_s;
    if (!accounts.isEmpty()) {
        table = renderTable(rows, {5});
        if (totals.capacity > 0)
            table += u"%1 of %2 used; what is shared counts once.\n"_s.arg(text::bytes(totals.used), text::bytes(totals.capacity));
    }
    print(options.format,
          {{u"claims"_s, json},
           {u"usedBytes"_s, totals.used},
           {u"capacityBytes"_s, totals.capacity},
           {u"unmeasured"_s, totals.silent},
           {u"gaps"_s, app::toJson(facts->gaps)},
           {u"readAt"_s, facts->now.toString(Qt::ISODate)}},
          table);
    noteGaps(facts->gaps);
    for (const ClaimAccount &account : std::as_const(accounts)) {
        for (const QString &sentence : {storage::troubleText(account), storage::sharingText(account)}) {
            if (!sentence.isEmpty())
                note(u"%1: %2"_s.arg(text::safe(account.path()), sentence));
        }
    }
    if (totals.silent > 0 && !options.allowHelper)
        note(u"%1 not measured. --allow-helper measures each with a helper Job that mounts it read-only."_s.arg(totals.silent));
    return ExitOk;
}

} // namespace cairn::ctl
