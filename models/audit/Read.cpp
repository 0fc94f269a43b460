// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/Read.h"

#include "base/Text.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace cairn::audit {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(cairn::audit)
};

} // namespace

Share shareOf(const QJsonValue &value)
{
    Share share;
    if (const std::optional<int> number = wholeOf(value)) {
        share.set = *number >= 0;
        share.value = std::max(0, *number);
    } else if (QString text = value.toString(); text.endsWith(u'%')) {
        text.chop(1);
        bool ok = false;
        const int percent = text.toInt(&ok);
        share.set = ok && percent >= 0;
        share.percent = true;
        share.value = std::clamp(percent, 0, 1'000'000);
    }
    return share;
}

QString shownValue(const QJsonValue &value)
{
    QString text;
    switch (value.type()) {
    case QJsonValue::Undefined: return Words::tr("unset");
    case QJsonValue::Null: text = u"null"_s; break;
    case QJsonValue::Bool: text = value.toBool() ? u"true"_s : u"false"_s; break;
    case QJsonValue::String: text = value.toString(); break;
    case QJsonValue::Double: text = QString::number(value.toDouble(), 'g', 12); break;
    case QJsonValue::Array: text = QString::fromUtf8(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact)); break;
    case QJsonValue::Object: text = QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact)); break;
    }
    if (text.size() > 80)
        text = text.first(79) + u'…';
    return text::safe(text);
}

QJsonValue at(const QJsonObject &object, QStringView path)
{
    QJsonValue value = object;
    for (const QStringView step : QStringTokenizer(path, u'.'))
        value = value.isObject() ? value.toObject().value(step) : QJsonValue(QJsonValue::Undefined);
    return value;
}

Evidence field(const QJsonObject &object, const QString &path)
{
    const QJsonValue value = at(object, path);
    const bool isCount = path == "spec.replicas"_L1 || path == "spec.minReplicas"_L1;
    return {nameOf(object), path, isCount && (value.isUndefined() || value.isNull()) ? Words::tr("unset, which is 1") : shownValue(value)};
}

Evidence evidence(const ObjectName &object, const QString &path, const QString &value)
{
    QString shown = text::safe(value);
    if (shown.size() > 120)
        shown = shown.first(119) + u'…';
    return {object, path, shown};
}

QDateTime timeOf(const QJsonValue &value)
{
    return QDateTime::fromString(value.toString(), Qt::ISODateWithMs).toUTC();
}

QJsonObject conditionOf(const QJsonObject &object, QStringView type)
{
    for (const QJsonValue condition : at(object, u"status.conditions").toArray()) {
        if (condition[u"type"_s].toString() == type)
            return condition.toObject();
    }
    return {};
}

std::optional<LeaseAge> ageOf(const QJsonObject &lease, const QDateTime &now)
{
    const QDateTime renewed = timeOf(at(lease, u"spec.renewTime"));
    const std::optional<int> holds = wholeOf(at(lease, u"spec.leaseDurationSeconds"));
    if (at(lease, u"spec.holderIdentity").toString().isEmpty() || !renewed.isValid() || !now.isValid() || !holds || *holds <= 0)
        return std::nullopt;
    return LeaseAge{renewed.secsTo(now), *holds};
}

QString joined(const QStringList &names, int most)
{
    QStringList shown;
    for (const QString &name : names.first(std::min<qsizetype>(most, names.size())))
        shown.append(text::safe(name));
    const QString list = shown.join(u", "_s);
    const int more = static_cast<int>(names.size() - shown.size());
    return more > 0 ? Words::tr("%1 and %n more", "a list of names", more).arg(list) : list;
}

QString outage(const Facts &facts, const Subject &subject)
{
    const QString stops = subject.entry ? components::translated(subject.entry->stops)
                                        : Words::tr("nothing does the work of %1.").arg(subject.shown());
    const int seconds = facts.secondsAway(subject);
    if (seconds >= 0)
        return Words::tr("For about %1 after its node fails: %2").arg(text::duration(std::chrono::seconds(seconds)), stops);
    return subject.isDeployment() ? Words::tr("After its node fails, until that node is back: %1").arg(stops)
                                  : Words::tr("After its node fails, until that node is back or its pod is deleted by force: %1").arg(stops);
}

Finding single(const Judging &judging, const Subject &subject)
{
    Finding finding = judging.about(subject);
    finding.primary = primaryRule(subject) == judging.rule.id;
    finding.consequence = outage(judging.facts, subject);
    finding.evidence.append(field(*subject.object, u"spec.replicas"_s));
    if (subject.autoscaler) {
        finding.title = Words::tr("%1 may be scaled down to one replica").arg(subject.shown());
        finding.evidence.append(field(*subject.autoscaler, u"spec.minReplicas"_s));
        finding.fix = Words::tr("Set minReplicas of HPA %1 to 2; leave spec.replicas to the HPA.").arg(text::safe(nameOf(*subject.autoscaler).name));
    } else {
        finding.title = Words::tr("%1 runs one replica").arg(subject.shown());
        finding.fix = Words::tr("Set replicas to 2.");
    }
    if (!subject.ownerKind.isEmpty()) {
        finding.evidence.append(evidence(subject.name, u"metadata.ownerReferences"_s, subject.ownerKind + u' ' + subject.ownerName));
        finding.fix = Words::tr("Change it on %1 %2, which owns it: what is changed here is reverted.").arg(text::safe(subject.ownerKind), text::safe(subject.ownerName));
    }
    return finding;
}

bool failsClosed(const QJsonValue &hook)
{
    return hook[u"failurePolicy"_s].toString(u"Fail"_s) != "Ignore"_L1;
}

} // namespace cairn::audit
