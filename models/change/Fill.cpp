// SPDX-License-Identifier: GPL-3.0-or-later
#include "change/Fill.h"

#include "base/Names.h"
#include "base/Text.h"
#include "change/Record.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace cairn::change {
namespace {

// A free tr() would be filed under another context by lupdate than it is looked up in.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::change)
};

const auto before = u"before."_s;
const auto after = u"after."_s;

QString markOf(const QJsonObject &object)
{
    return object.value(u"metadata"_s)[u"annotations"_s][changeMark()].toString();
}

QJsonObject withoutValues(QJsonObject secret)
{
    secret.remove(u"data"_s);
    secret.remove(u"stringData"_s);
    return secret;
}

QStringList keysOf(const Change &change)
{
    return change.body.value(u"stringData"_s).toObject().keys() + change.fills;
}

/// base64 by key.
Result<QJsonObject> valuesOf(const Run &run, const Change &change)
{
    if (!lackingKey(change, run.options()).isEmpty())
        return fail(Error::Kind::Invalid,
            Words::tr("The password for the Secret %1 is needed.", "name of an object")
                .arg(text::safe(change.target.name)),
            Words::tr("It is recorded nowhere, so whoever goes on has to give it."),
            Words::tr("Give it and go on, or roll back."));
    QJsonObject values;
    const QJsonObject plain = change.body.value(u"stringData"_s).toObject();
    for (auto it = plain.begin(); it != plain.end(); ++it)
        values.insert(it.key(), QString::fromLatin1(it->toString().toUtf8().toBase64()));
    for (const QString &key : change.fills) {
        values.insert(
            key, QString::fromLatin1(run.options().secrets.value(secretSlot(change.target, key)).reveal().toBase64()));
    }
    return values;
}

/// The values that `data` has of these keys.
QJsonObject picked(const QJsonObject &secret, const QStringList &keys)
{
    QJsonObject values;
    const QJsonObject data = secret.value(u"data"_s).toObject();
    for (const QString &key : keys) {
        if (data.contains(key))
            values.insert(key, data.value(key));
    }
    return values;
}

/// Of the copy: the values under one prefix.
QJsonObject unpacked(const QJsonObject &kept, const QString &prefix)
{
    QJsonObject values;
    const QJsonObject data = kept.value(u"data"_s).toObject();
    for (auto it = data.begin(); it != data.end(); ++it) {
        if (it.key().startsWith(prefix))
            values.insert(it.key().mid(prefix.size()), it.value());
    }
    return values;
}

QJsonObject copyOf(const ObjectRef &kept, const QJsonObject &were, const QJsonObject &values, const QString &id)
{
    QJsonObject data;
    for (auto it = were.begin(); it != were.end(); ++it)
        data.insert(before + it.key(), it.value());
    for (auto it = values.begin(); it != values.end(); ++it)
        data.insert(after + it.key(), it.value());
    return {{u"apiVersion"_s, u"v1"_s}, {u"kind"_s, u"Secret"_s}, {u"type"_s, u"Opaque"_s},
        {u"metadata"_s,
            QJsonObject{{u"name"_s, kept.name}, {u"namespace"_s, kept.ns},
                {u"labels"_s,
                    QJsonObject{{recordLabel(), u"secret"_s}, {u"app.kubernetes.io/managed-by"_s, u"cairn"_s}}},
                {u"annotations"_s, QJsonObject{{changeMark(), id}}}}},
        {u"data"_s, data}};
}

Error changedMeanwhile(const ObjectRef &secret)
{
    return Error::make(Error::Kind::Conflict,
        Words::tr("%1 was changed in the meantime.", "name of an object").arg(text::safe(secret.name)), QString(),
        Words::tr("Look at it as it is now and start again."));
}

Outcome removed(const Run &run, const ObjectRef &ref, const QString &id)
{
    Change removal;
    removal.act = Change::Act::Delete;
    removal.target = ref;
    removal.look = [id](const QJsonObject &live) -> Result<Write> {
        // Another change's, or a person's, is none of ours.
        return Write{{}, markOf(live) == id ? QString() : Words::tr("It is not the one that was made.")};
    };
    return run.perform(removal);
}

Result<> removedCopy(const Run &run, const ObjectRef &secret, const QString &id)
{
    const Outcome outcome = removed(run, keptOf(secret), id);
    if (outcome.state == Outcome::State::Stopped)
        return fail(Error::cancelled());
    return outcome.error ? Result<>(fail(*outcome.error)) : Result<>();
}

} // namespace

QString secretSlot(const ObjectRef &secret, const QString &key)
{
    return secret.ns + u'/' + secret.name + u'/' + key;
}

ObjectRef keptOf(const ObjectRef &secret)
{
    return {secret.kind, secret.ns, secret.name.left(240) + u"-cairn-before"_s, {}};
}

Result<QJsonObject> fill(const Run &run, const Change &change, const QString &id)
{
    const ObjectRef ref{change.target.kind, change.target.ns, change.target.name, {}};
    const Result<QJsonObject> live = run.read(ref);
    if (!live && live.error().kind != Error::Kind::NotFound)
        return live;
    if (live && markOf(*live) == id && (change.before.isEmpty() || run.read(keptOf(ref))))
        return withoutValues(*live); // written, and the answer or this flow was lost
    const Result<QJsonObject> values = valuesOf(run, change);
    if (!values)
        return values;
    if (!live) {
        if (!change.before.isEmpty())
            return fail(changedMeanwhile(ref));
        const QJsonObject object{{u"apiVersion"_s, u"v1"_s}, {u"kind"_s, u"Secret"_s}, {u"type"_s, u"Opaque"_s},
            {u"metadata"_s,
                QJsonObject{{u"name"_s, ref.name}, {u"namespace"_s, ref.ns},
                    {u"annotations"_s, QJsonObject{{changeMark(), id}}}}},
            {u"data"_s, *values}};
        const Result<QJsonObject> made =
            run.create(ref, object, [&](const QJsonObject &there) { return markOf(there) == id; });
        return made ? Result<QJsonObject>(withoutValues(*made)) : made;
    }
    if (change.before.isEmpty())
        return fail(changedMeanwhile(ref)); // somebody made one
    if (const Result<> stands = standsAsPlanned(withoutValues(*live), withoutValues(change.before)); !stands)
        return fail(stands.error());
    const QJsonObject were = picked(*live, keysOf(change));
    if (were == *values)
        return withoutValues(*live); // it says that already: there is nothing to take back
    const ObjectRef kept = keptOf(ref);
    const Result<QJsonObject> copy = run.create(
        kept, copyOf(kept, were, *values, id), [&](const QJsonObject &there) { return markOf(there) == id; });
    if (!copy) {
        Error error = copy.error();
        if (error.kind == Error::Kind::Conflict)
            error.fix =
                Words::tr("An earlier change keeps former values there: accept that one or roll it back first.");
        return fail(error);
    }
    if (unpacked(*copy, before) != were || unpacked(*copy, after) != *values)
        return fail(changedMeanwhile(ref)); // since an earlier try of this change, or by another password than then
    const Result<QJsonObject> written = run.write(ref, [&](const QJsonObject &now) -> Result<Write> {
        if (markOf(now) == id && picked(now, keysOf(change)) == *values)
            return Write{};
        if (const Result<> stands = standsAsPlanned(withoutValues(now), withoutValues(change.before)); !stands)
            return fail(stands.error());
        if (picked(now, keysOf(change)) != were)
            return fail(changedMeanwhile(ref));
        return Write{
            {{u"data"_s, *values}, {u"metadata"_s, QJsonObject{{u"annotations"_s, QJsonObject{{changeMark(), id}}}}}},
            {}};
    });
    return written ? Result<QJsonObject>(withoutValues(*written)) : written;
}

Result<QString> takeBackFill(const Run &run, const Change &change, const QString &id)
{
    const ObjectRef ref{change.target.kind, change.target.ns, change.target.name, {}};
    const ObjectRef kept = keptOf(ref);
    const QString name = text::safe(ref.name);
    const Result<QJsonObject> live = run.read(ref);
    if (!live && live.error().kind != Error::Kind::NotFound)
        return fail(live.error());
    if (change.before.isEmpty()) {
        if (!live)
            return QString();
        const Outcome outcome = removed(run, ref, id);
        if (outcome.state == Outcome::State::Stopped)
            return fail(Error::cancelled());
        if (outcome.error)
            return fail(*outcome.error);
        return markOf(*live) == id ? QString() : leftAlone(ref);
    }
    const Result<QJsonObject> copy = run.read(kept);
    if (!copy && copy.error().kind != Error::Kind::NotFound)
        return fail(copy.error());
    if (!copy || markOf(*copy) != id) {
        if (!live || markOf(*live) != id)
            return QString(); // never written, or taken back already
        return Words::tr("The Secret %1 keeps its new password: the copy of the former one, %2, is gone.")
            .arg(name, text::safe(kept.name));
    }
    if (!live)
        return Words::tr("The Secret %1 was deleted; its former values stay in %2.").arg(name, text::safe(kept.name));
    const QJsonObject were = unpacked(*copy, before);
    const QJsonObject values = unpacked(*copy, after);
    const Result<QJsonObject> written = run.write(ref, [&](const QJsonObject &now) -> Result<Write> {
        const QJsonObject have = picked(now, keysOf(change));
        if (have == were && markOf(now) != id)
            return Write{};
        if (have != values)
            return fail(Error::Kind::Conflict,
                Words::tr("%1 has since been changed by someone else.", "name of an object").arg(name),
                Words::tr("Rolling back would overwrite that."),
                Words::tr(
                    "Look at it, and revert by hand what has to be reverted: its former values are in the Secret %1.")
                    .arg(text::safe(kept.name)));
        QJsonObject data;
        for (const QString &key : keysOf(change))
            data.insert(key, were.contains(key) ? were.value(key) : QJsonValue(QJsonValue::Null));
        return Write{
            {{u"data"_s, data},
                {u"metadata"_s,
                    QJsonObject{{u"annotations"_s, QJsonObject{{changeMark(), QJsonValue(QJsonValue::Null)}}}}}},
            {}};
    });
    if (!written)
        return fail(written.error());
    const Result<> gone = removedCopy(run, ref, id);
    return gone ? Result<QString>(QString()) : fail(gone.error());
}

Result<> tryFill(ObjectApi &api, const Change &change, std::stop_token stop)
{
    const WriteOptions dry{.dryRun = true};
    QJsonObject values = change.body.value(u"stringData"_s).toObject();
    for (const QString &key : change.fills)
        values.insert(key, u"x"_s);
    if (change.before.isEmpty()) {
        const QJsonObject object{{u"apiVersion"_s, u"v1"_s}, {u"kind"_s, u"Secret"_s},
            {u"metadata"_s, QJsonObject{{u"name"_s, change.target.name}, {u"namespace"_s, change.target.ns}}},
            {u"stringData"_s, values}};
        return api.create(change.target.kind, change.target.ns, object, dry, stop).map([](const QJsonObject &) {});
    }
    const ObjectRef kept = keptOf(change.target);
    if (const Result<QJsonObject> copy = api.create(kept.kind, kept.ns, copyOf(kept, {}, {}, u"dry-run"_s), dry, stop);
        !copy)
        return fail(copy.error());
    QJsonObject metadata;
    if (!change.target.uid.isEmpty())
        metadata.insert(u"uid"_s, change.target.uid);
    return api
        .patch(change.target, PatchType::Merge, QJsonObject{{u"metadata"_s, metadata}, {u"stringData"_s, values}}, dry,
            stop)
        .map([](const QJsonObject &) {});
}

QString lackingKey(const Change &change, const Options &options)
{
    for (const QString &key : change.fills) {
        if (!options.secrets.contains(secretSlot(change.target, key)))
            return key;
    }
    return {};
}

Result<> settleFill(const Run &run, const Change &change, const QString &id)
{
    return removedCopy(run, change.target, id);
}

} // namespace cairn::change
