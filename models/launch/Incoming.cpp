// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Incoming.h"

#include "base/Text.h"
#include "launch/Draft.h"
#include "launch/Runtime.h"
#include "manifest/Prune.h"

#include <QCoreApplication>
#include <QHash>
#include <QJsonArray>
#include <QStringDecoder>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::launch::Incoming)
};

Error refused(const QString &why, const QString &fix)
{
    return Error::make(Error::Kind::Invalid, Words::tr("Not a job manifest"), why, fix);
}

/// "12:5", as an editor counts.
QString placeOf(const QByteArray &bytes, qsizetype offset)
{
    const QByteArray before = bytes.left(offset);
    const qsizetype line = before.count('\n') + 1;
    const qsizetype column = QString::fromUtf8(before.mid(before.lastIndexOf('\n') + 1)).size() + 1;
    return u"%1:%2"_s.arg(line).arg(column);
}

Error refusedAt(const QByteArray &bytes, qsizetype offset, const QString &why, const QString &fix)
{
    const QString place = placeOf(bytes, offset);
    Error error = refused(Words::tr("Line %1, column %2: %3").arg(place.section(u':', 0, 0), place.section(u':', 1), why), fix);
    error.causes.append({place, u"Position"_s, why});
    return error;
}

bool isUtf16(const QByteArray &bytes)
{
    return bytes.startsWith("\xFF\xFE") || bytes.startsWith("\xFE\xFF");
}

Incoming::Object objectOf(const QJsonValue &value, const QByteArray &text, int line)
{
    const QJsonObject object = value.toObject();
    Incoming::Object found;
    found.kind = object.value("kind"_L1).toString();
    found.apiVersion = object.value("apiVersion"_L1).toString();
    found.name = object.value("metadata"_L1).toObject().value("name"_L1).toString();
    found.line = line;
    const NoJob no = whyNoJob(value);
    found.why = no.why;
    found.fix = no.fix;
    found.isJob = no.why.isEmpty();
    found.isKnown = jobKindByName(found.kind) != nullptr;
    found.text = text;
    return found;
}

QByteArray sliceOf(const QByteArray &text, const manifest::Extent &extent)
{
    QByteArray slice = text.mid(extent.begin, extent.end - extent.begin);
    if (slice.startsWith("---")) {
        const qsizetype end = slice.indexOf('\n');
        if (end > 0 && slice.mid(3, end - 3).trimmed().isEmpty())
            slice.remove(0, end + 1);
    }
    while (slice.endsWith("\n\n"))
        slice.chop(1);
    return slice;
}

/// A job takes the TrainingRuntime that it refers to with it, as textOf() of both writes them. One that several refer to, or of
/// which there are two, is nobody's.
void takeRuntimes(QList<Incoming::Object> &objects, const QList<QJsonObject> &values)
{
    QMultiHash<QString, int> runtimes, jobs; // by the runtime's name
    for (int i = 0; i < values.size(); ++i) {
        const QJsonObject &value = values.at(i);
        if (objects.at(i).kind == kinds::trainingRuntimes().kind)
            runtimes.insert(objects.at(i).name, i);
        else if (objects.at(i).isKnown)
            jobs.insert(value.value("spec"_L1)["runtimeRef"_L1]["name"_L1].toString(), i);
    }
    const auto place = [&](int i) { return values.at(i).value("metadata"_L1)["namespace"_L1].toString(); };
    const QList<QString> names = jobs.uniqueKeys();
    for (const QString &name : names) {
        if (jobs.count(name) != 1 || runtimes.count(name) != 1)
            continue;
        const int job = jobs.value(name), runtime = runtimes.value(name);
        if (!belongTogether(values.at(job), values.at(runtime)) || (!place(runtime).isEmpty() && place(runtime) != place(job)))
            continue;
        Incoming::Object &object = objects[job];
        object.runtime = runtime;
        if (!object.text.endsWith('\n'))
            object.text += '\n';
        const QByteArray &more = objects.at(runtime).text;
        object.text += (more.startsWith("---") ? "" : "---\n") + more;
    }
}

} // namespace

int Incoming::meant() const
{
    if (objects.size() == 1)
        return 0;
    for (const auto is : {&Object::isJob, &Object::isKnown}) {
        if (std::ranges::count(objects, true, is) == 1)
            return static_cast<int>(std::ranges::find(objects, true, is) - objects.begin());
        if (std::ranges::count(objects, true, is) > 1)
            return -1;
    }
    return -1;
}

QStringList Incoming::others(int chosen) const
{
    QStringList names;
    const int with = chosen >= 0 && chosen < objects.size() ? objects.at(chosen).runtime : -1;
    for (int i = 0; i < objects.size(); ++i) {
        const Object &object = objects.at(i);
        if (i != chosen && i != with)
            names.append(text::safe((object.kind.isEmpty() ? Words::tr("something without a kind") : object.kind)
                + (object.name.isEmpty() ? QString() : u' ' + object.name)));
    }
    return names;
}

Result<Incoming> readIncoming(const QByteArray &bytes)
{
    if (bytes.size() > mostTextBytes)
        return fail(refused(Words::tr("It has more than 4 MiB."), Words::tr("Give the job alone.")));
    Incoming incoming;
    incoming.text = bytes;
    if (isUtf16(bytes)) {
        QStringDecoder decoder(QStringDecoder::Utf16);
        const QString decoded = decoder(bytes);
        if (decoder.hasError() || bytes.size() % 2 != 0 || !decoded.isValidUtf16())
            return fail(refused(Words::tr("It begins as UTF-16 and goes on as something else."), Words::tr("Save it as UTF-8.")));
        incoming.text = decoded.toUtf8();
    }
    if (incoming.text.startsWith("\xEF\xBB\xBF"))
        incoming.text.remove(0, 3);
    if (const qsizetype nul = incoming.text.indexOf('\0'); nul >= 0)
        return fail(refusedAt(incoming.text, nul, Words::tr("a NUL byte: this is no text."), Words::tr("Give a YAML or JSON file.")));
    if (!incoming.text.isValidUtf8()) {
        // The longest beginning that is UTF-8 ends where it goes wrong.
        qsizetype good = 0, bad = incoming.text.size();
        while (good + 1 < bad) {
            const qsizetype middle = good + (bad - good) / 2;
            QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Default);
            [[maybe_unused]] const QString read = decoder(QByteArrayView(incoming.text).first(middle));
            (decoder.hasError() ? bad : good) = middle;
        }
        return fail(refusedAt(incoming.text, good, Words::tr("this byte is not UTF-8."), Words::tr("Save the file as UTF-8.")));
    }
    incoming.text.replace("\r\n", "\n");
    incoming.text.replace('\r', '\n');
    const manifest::Document document = manifest::Document::read(incoming.text);
    for (const manifest::Fault &fault : document.faults()) {
        using Kind = manifest::Fault::Kind;
        if (fault.kind == Kind::Expansion || fault.kind == Kind::TooLarge) {
            Error error = document.error();
            error.what = Words::tr("Not a job manifest");
            return fail(error);
        }
    }
    if (!document.faults().isEmpty())
        return incoming;
    QList<QJsonObject> values;
    for (int i = 0; i < document.count(); ++i) {
        const QJsonValue value = document.json(i);
        const int line = document.root(i).line();
        const QJsonObject object = value.toObject();
        const QString kind = object.value("kind"_L1).toString();
        if (kind.endsWith("List"_L1) && object.value("items"_L1).isArray()) {
            // As `kubectl get -o yaml` gives several.
            const QList<manifest::Node> items = document.at(manifest::Path{u"items"_s}.in(i)).target().children();
            int at = 0;
            for (const QJsonValue item : object.value("items"_L1).toArray()) {
                const int begins = at < items.size() ? items.at(at).line() : line;
                incoming.objects.append(objectOf(item, textOf(item.toObject()), begins));
                values.append(item.toObject());
                ++at;
            }
            continue;
        }
        const QByteArray own = document.count() == 1 ? incoming.text : sliceOf(incoming.text, document.extent(i));
        incoming.objects.append(objectOf(value, own, line));
        values.append(object);
    }
    takeRuntimes(incoming.objects, values);
    return incoming;
}

QByteArray withoutServersOwn(const QByteArray &text)
{
    manifest::Document document = manifest::Document::read(text);
    if (!document.faults().isEmpty())
        return text;
    bool any = false;
    for (int i = 0; i < document.count(); ++i) {
        const QJsonObject object = document.json(i).toObject();
        const QJsonObject metadata = object.value("metadata"_L1).toObject();
        const bool served = object.contains("status"_L1)
            || std::ranges::any_of(QStringList{u"uid"_s, u"resourceVersion"_s, u"managedFields"_s, u"creationTimestamp"_s, u"generation"_s},
                [&](const QString &field) { return metadata.contains(field); });
        if (served && !document.become(manifest::forClone(object), i))
            return text;
        any = any || served;
    }
    return any ? document.text() : text;
}

} // namespace cairn::launch
