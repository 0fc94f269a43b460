// SPDX-License-Identifier: GPL-3.0-or-later
#include "Listing.h"

#include "Output.h"
#include "base/Text.h"
#include "checkpoints/Folder.h"

#include <QJsonArray>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::ctl {

void printListing(const Options &options, const Listing &listing, const QJsonObject &extra)
{
    QJsonObject json = ckpt::toJson(listing);
    for (auto it = extra.begin(); it != extra.end(); ++it)
        json.insert(it.key(), it.value());
    QList<QStringList> rows{{u"STEP"_s, u"EPOCH"_s, u"SAVED"_s, u"SIZE"_s, u"FILES"_s, u"FORMAT"_s, u"VERDICT"_s, u"PATH"_s, u"REASON"_s}};
    for (const Run &run : listing.runs) {
        for (const Checkpoint &c : run.checkpoints) {
            QString verdict = verdictName(c.verdict);
            if (c.path == run.latestResumable)
                verdict += u" *"_s;
            rows.append({c.step ? QString::number(*c.step) : u"–"_s, c.epoch ? QString::number(*c.epoch) : u"–"_s,
                         text::ago(c.savedAt, listing.readAt), text::bytes(c.bytes), QString::number(c.files), c.format,
                         verdict, text::safe(c.path), text::safe(c.reason)});
        }
    }
    QString table = renderTable(rows, {0, 1, 3, 4});
    if (rows.size() == 1) {
        // Where something was left out, an empty list does not say that there is nothing.
        const QString none = listing.partial ? u"No checkpoints among what was read."_s : u"No checkpoints."_s;
        table = none + u'\n';
        if (listing.partial)
            json.insert(u"notes"_s, QJsonArray::fromStringList(QStringList(none) + listing.notes));
    } else if (std::ranges::any_of(listing.runs, [](const Run &run) { return !run.latestResumable.isEmpty(); })) {
        table += u"* newest that can be resumed, per folder\n"_s;
    }
    print(options.format, json, table);
    for (const QString &line : listing.notes)
        note(line);
    if (listing.partial)
        note(u"This listing is partial: there may be more."_s);
}

int listingExit(const Options &options, const Listing &listing)
{
    const bool damaged = std::ranges::any_of(listing.runs, [](const Run &run) {
        return std::ranges::any_of(run.checkpoints, [](const Checkpoint &c) { return c.verdict == Verdict::Damaged; });
    });
    return options.failOnDamaged && damaged ? ExitThreshold : ExitOk;
}

} // namespace cairn::ctl
