// SPDX-License-Identifier: GPL-3.0-or-later
#include "VolumeOptions.h"

#include "domain/QuantityDecoder.h"
#include "storage/VolumeKinds.h"

using namespace Qt::StringLiterals;

namespace cairn::ctl {
namespace {

/// Ids of all fields, each once, with the kinds that have it.
QMap<QString, std::pair<QString, QStringList>> fieldsOfAll()
{
    QMap<QString, std::pair<QString, QStringList>> fields;
    for (const storage::VolumeKind &kind : storage::volumeKinds()) {
        for (const storage::VolumeField &field : kind.fields) {
            auto &[caption, kinds] = fields[field.id];
            if (caption.isEmpty())
                caption = field.caption;
            kinds.append(kind.id);
        }
    }
    return fields;
}

} // namespace

void addVolumeOptions(OptionTable &table)
{
    table.addOption({{u"by-class"_s}, u"Of storage new: a new file system by a StorageClass, instead of one that is there."_s});
    table.addOption({{u"size"_s}, u"Of storage new: how large, as 500Gi."_s, u"QUANTITY"_s});
    table.addOption({{u"save"_s}, u"Of storage new: write the YAML to this file, which must not exist."_s, u"FILE"_s});
    table.addOption({{u"test-size"_s}, u"Of storage prove: how much each node writes, a quarter of what is free at most (256Mi)."_s, u"QUANTITY"_s});
    table.addOption({{u"as-user"_s}, u"Of storage prove: the user ID that writes; that of the pods that use the PVC, or 65534, when left out."_s, u"UID"_s});
    const auto fields = fieldsOfAll();
    for (auto it = fields.cbegin(); it != fields.cend(); ++it) {
        if (it.key() != "endpoint"_L1 && it.key() != "region"_L1) // of buckets too: Options.cpp
            table.addOption({{it.key()}, u"Of storage new %1: %2."_s.arg(it->second.join(u", "_s), it->first), u"VALUE"_s});
    }
}

Result<VolumeOptions> volumeOptions(const QCommandLineParser &parser)
{
    const auto wrong = [](const QString &what) { return fail(Error::Kind::Invalid, what, {}, u"See cairnctl --help"_s); };
    VolumeOptions options;
    const auto fields = fieldsOfAll();
    for (auto it = fields.cbegin(); it != fields.cend(); ++it) {
        if (parser.isSet(it.key()))
            options.values.insert(it.key(), parser.value(it.key()));
    }
    options.byClass = parser.isSet(u"by-class"_s);
    options.size = parser.value(u"size"_s);
    options.save = parser.value(u"save"_s);
    if (parser.isSet(u"test-size"_s)) {
        const double bytes = decodeQuantity(parser.value(u"test-size"_s).toStdString()).value_or(0);
        if (bytes < 4 * 1024 * 1024 || bytes > 64.0 * 1024 * 1024 * 1024)
            return wrong(u"--test-size takes a quantity from 4Mi to 64Gi"_s);
        options.testBytes = static_cast<qint64>(bytes);
    }
    if (parser.isSet(u"as-user"_s)) {
        bool ok = false;
        options.user = parser.value(u"as-user"_s).toLongLong(&ok);
        if (!ok || options.user < 0 || options.user > 0x7fffffff)
            return wrong(u"--as-user takes a user ID"_s);
    }
    return options;
}

} // namespace cairn::ctl
