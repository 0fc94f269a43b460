// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch/Draft.h"

#include "base/Text.h"
#include "launch/Runtime.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <algorithm>

using namespace Qt::StringLiterals;

namespace cairn::launch {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::launch)
};

/// Fields that v1beta1 and v1beta2 had beside the replicas.
QStringList movedFields(const QJsonObject &object)
{
    QStringList moved;
    for (const QString &field : {u"cleanPodPolicy"_s, u"backoffLimit"_s, u"activeDeadlineSeconds"_s, u"ttlSecondsAfterFinished"_s}) {
        if (object.value("spec"_L1).toObject().contains(field))
            moved.append(u"spec."_s + field);
    }
    return moved;
}

/// What is in `job` and not in `known`, the outermost of each.
void collectUnknown(const QJsonValue &job, const QJsonValue &known, const manifest::Path &at, QStringList &into)
{
    if (into.size() >= 50 || job == known)
        return;
    if (known.isUndefined()) {
        into.append(at.text());
    } else if (job.isObject() && known.isObject()) {
        const QJsonObject map = job.toObject();
        for (auto it = map.begin(); it != map.end(); ++it)
            collectUnknown(it.value(), known.toObject().value(it.key()), manifest::Path(at).field(it.key()), into);
    } else if (job.isArray() && known.isArray()) {
        const QJsonArray list = job.toArray();
        for (int i = 0; i < list.size(); ++i)
            collectUnknown(list.at(i), i < known.toArray().size() ? known.toArray().at(i) : QJsonValue(QJsonValue::Undefined),
                manifest::Path(at).item(i), into);
    } else {
        into.append(at.text());
    }
}

QByteArray withDocument(const QByteArray &text, const QByteArray &next)
{
    return text + (text.endsWith('\n') ? "---\n" : "\n---\n") + next;
}

} // namespace

NoJob whyNoJob(const QJsonValue &value)
{
    if (!value.isObject())
        return {Words::tr("The text is no object."), Words::tr("Write apiVersion, kind, metadata and spec.")};
    const QJsonObject object = value.toObject();
    const QString kind = object.value("kind"_L1).toString();
    const QString version = object.value("apiVersion"_L1).toString();
    const bool known = std::ranges::any_of(trainingKinds(), [&](const JobKindFacts &facts) {
        return facts.resource.kind == kind && facts.resource.apiVersion() == version;
    });
    if (known)
        return {};
    if (const JobKindFacts *near = jobKindByName(kind)) {
        const QString wanted = near->resource.apiVersion();
        QString fix = Words::tr("Write apiVersion: %1.").arg(wanted);
        if (const QStringList moved = movedFields(object); !moved.isEmpty())
            fix = Words::tr("%1 Then move %2 to spec.runPolicy.", "sentence, fields").arg(fix, moved.join(u", "_s));
        return {version.isEmpty() ? Words::tr("The %1 does not say its apiVersion.").arg(near->resource.kind)
                                  : Words::tr("%1 of %2 cannot be launched; %3 is the version known here.")
                                        .arg(near->resource.kind, text::safe(version), wanted),
            fix};
    }
    const QString which = Words::tr("Launch a PyTorchJob, TFJob, MPIJob, XGBoostJob, PaddleJob, JAXJob or TrainJob; apply other objects with kubectl.");
    return kind.isEmpty() ? NoJob{Words::tr("The text does not say its kind."), which}
                          : NoJob{Words::tr("%1 is no kind of training job.").arg(text::safe(kind)), which};
}

QStringList lostByKind(const Draft &draft, const Spec &after, const TrainJobFields &fields)
{
    QStringList lost;
    if (const Result<QJsonObject> known = newJob(draft.spec, fields)) {
        QJsonObject job = draft.job;
        job.remove(u"status"_s);
        collectUnknown(job, *known, {}, lost);
    }
    for (const QString &name : unsupported(after, fields)) {
        if (!lost.contains(name))
            lost.append(name);
    }
    return lost;
}

bool hasOwnWriting(const Draft &draft)
{
    return draft.isJob() && draft.text != textOf(Objects{draft.job, draft.runtime});
}

Draft draftOf(const QByteArray &text, std::optional<Framework> chosen)
{
    Draft draft;
    draft.text = text;
    const manifest::Document document = manifest::Document::read(text);
    draft.faults = document.faults();
    if (!draft.faults.isEmpty())
        return draft;
    const NoJob no = document.count() == 0 ? NoJob{Words::tr("The text is empty."), {}}
        : document.count() > 2 || (document.count() == 2 && !belongTogether(document.json(0).toObject(), document.json(1).toObject()))
        ? NoJob{Words::tr("The text holds %n documents; one job is made at a time.", nullptr, document.count()),
              Words::tr("Choose one of them, or take the others out.")}
        : whyNoJob(document.json());
    draft.why = no.why;
    draft.fix = no.fix;
    if (!draft.why.isEmpty())
        return draft;
    draft.job = document.json().toObject();
    draft.runtime = document.json(1).toObject();
    draft.spec = specOf(Objects{draft.job, draft.runtime});
    draft.framework = chosen ? *chosen : recognise(draft.spec, &draft.sure);
    draft.sure |= chosen.has_value();
    draft.policy = policyOf(draft.spec, draft.framework);
    return draft;
}

Result<Draft> edited(const Draft &draft, const Spec &before, const Spec &after, const TrainJobFields &fields,
    std::optional<Framework> chosen)
{
    if (!draft.isJob())
        return fail(Error::Kind::Invalid, Words::tr("The form cannot be written into this text."),
            draft.faults.isEmpty() ? draft.why : draft.faults.first().why, Words::tr("Correct the text first."));
    if (before.kind != after.kind) {
        const Result<Objects> made = newObjects(after, fields);
        return made ? Result<Draft>(draftOf(textOf(*made), chosen)) : fail(made.error());
    }
    const Objects was{draft.job, draft.runtime};
    const Result<Objects> made = withSpec(was, before, after, fields);
    if (!made)
        return fail(made.error());
    if (*made == was)
        return draftOf(draft.text, chosen);
    if (draft.text == textOf(was))
        return draftOf(textOf(*made), chosen);
    manifest::Document document = manifest::Document::read(draft.text);
    if (const Result<> became = document.become(made->job); !became)
        return fail(became.error());
    if (made->runtime.isEmpty() && !was.runtime.isEmpty())
        return draftOf(document.text().left(document.extent(1).begin), chosen);
    if (!made->runtime.isEmpty() && was.runtime.isEmpty())
        return draftOf(withDocument(document.text(), textOf(made->runtime)), chosen);
    if (!made->runtime.isEmpty()) {
        if (const Result<> became = document.become(made->runtime, 1); !became)
            return fail(became.error());
    }
    return draftOf(document.text(), chosen);
}

Spec rebased(const Spec &base, const Spec &mine, const Spec &theirs)
{
    Spec spec = theirs;
    const auto keep = [&](auto... members) {
        ((base.*members != mine.*members ? void(spec.*members = mine.*members) : void()), ...);
    };
    keep(&Spec::kind, &Spec::name, &Spec::ns, &Spec::runtime, &Spec::ownRuntime, &Spec::image, &Spec::command,
        &Spec::args, &Spec::variables, &Spec::nodes, &Spec::processes, &Spec::elastic, &Spec::each, &Spec::sharedMemory,
        &Spec::mounts, &Spec::nodeSelector, &Spec::tolerations, &Spec::priorityClass, &Spec::queue, &Spec::volcanoQueue, &Spec::together, &Spec::pullSecrets,
        &Spec::serviceAccount, &Spec::token, &Spec::user, &Spec::confined, &Spec::restartPolicy, &Spec::backoffLimit,
        &Spec::deadlineSeconds, &Spec::ttlSeconds, &Spec::cleanPods, &Spec::graceSeconds);
    return spec;
}

QString commandLine(const QStringList &words)
{
    QStringList quoted;
    for (const QString &word : words) {
        const bool plain = !word.isEmpty()
            && std::ranges::none_of(word, [](QChar c) { return c.isSpace() || c == u'"' || c == u'\''; });
        quoted.append(plain ? word : u'"' + QString(word).replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s) + u'"');
    }
    return quoted.join(u' ');
}

QStringList commandWords(const QString &line)
{
    QStringList words;
    QString word;
    bool begun = false;
    QChar quote;
    for (qsizetype i = 0; i < line.size(); ++i) {
        const QChar c = line[i];
        if (!quote.isNull()) {
            if (c == quote)
                quote = QChar();
            else if (c == u'\\' && quote == u'"' && i + 1 < line.size()
                && (line[i + 1] == u'"' || line[i + 1] == u'\\'))
                word += line[++i];
            else
                word += c;
        } else if (c == u'"' || c == u'\'') {
            quote = c;
            begun = true;
        } else if (c.isSpace()) {
            if (begun)
                words.append(word);
            word.clear();
            begun = false;
        } else {
            word += c;
            begun = true;
        }
    }
    if (begun)
        words.append(word);
    return words;
}

} // namespace cairn::launch
