// SPDX-License-Identifier: GPL-3.0-or-later
#include "Examples.h"

#include <QJsonArray>
#include <QRandomGenerator>
#include <QSet>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::audit;
using namespace cairn::audit::samples;

namespace {

/// A value of any type, also such as no server sends.
QJsonValue anything(QRandomGenerator &random)
{
    switch (random.bounded(14)) {
    case 0: return QJsonValue::Null;
    case 1: return true;
    case 2: return -1;
    case 3: return 1e300;
    case 4: return random.bounded(2) ? 2147483648.0 : 2147483647.0;
    case 5: return 0.5;
    case 6: return u""_s;
    case 7: return u"%1 %n ../…\u202E\n"_s;
    case 8: return QString(300, u'x');
    case 9: return QJsonArray();
    case 10: return QJsonArray{QJsonValue::Null, 1, u"a"_s, QJsonObject(), QJsonArray()};
    case 11: return QJsonObject();
    case 12: return QJsonObject{{u"name"_s, QJsonValue::Null}, {u""_s, 1}};
    default: return u"200%"_s;
    }
}

/// Changes about one in `rarely` values; `depth` bounds nothing that a server bounds.
QJsonValue bent(const QJsonValue &value, QRandomGenerator &random, int rarely)
{
    if (random.bounded(rarely) == 0)
        return anything(random);
    if (value.isObject()) {
        QJsonObject object;
        const QJsonObject fields = value.toObject();
        for (auto it = fields.begin(); it != fields.end(); ++it) {
            if (random.bounded(rarely) != 0)
                object.insert(it.key(), bent(it.value(), random, rarely));
        }
        return object;
    }
    if (value.isArray()) {
        QJsonArray list;
        for (const QJsonValue &item : value.toArray())
            list.append(bent(item, random, rarely));
        return list;
    }
    return value;
}

QList<QJsonObject> everything()
{
    QList<QJsonObject> all;
    for (const Example &example : examples())
        all += example.bad + example.good;
    return all;
}

} // namespace

class TestAuditProperty : public QObject
{
    Q_OBJECT
private slots:
    /// Whatever objects look like, no rule fails, each workload at one replica has one reason, and all words can be shown.
    void anyObjectIsBorne()
    {
        QRandomGenerator random(20260301);
        const QList<QJsonObject> all = everything();
        QVERIFY(all.size() > 150);
        for (int round = 0; round < 60; ++round) {
            const auto source = round % 3 == 2 ? Scene::Source::Manifests : Scene::Source::Cluster;
            Scene made(source, round % 7 == 0 ? QDateTime() : now());
            if (round % 2)
                readAll(made);
            const int rarely = 4 << (round % 5);
            for (QJsonObject object : all) {
                const QJsonValue kind = object[u"kind"_s], version = object[u"apiVersion"_s];
                object = bent(object, random, rarely).toObject();
                // Without these it is no object at all, and nothing would be tried.
                object.insert(u"kind"_s, kind);
                object.insert(u"apiVersion"_s, version);
                if (random.bounded(4))
                    object.insert(u"metadata"_s, [&] {
                        QJsonObject meta = object[u"metadata"_s].toObject();
                        if (!meta[u"name"_s].isString())
                            meta.insert(u"name"_s, u"n%1"_s.arg(random.bounded(40)));
                        return meta;
                    }());
                made.add(object);
            }
            if (round % 4 == 0)
                made.expect(bent(all[random.bounded(static_cast<int>(all.size()))], random, 10).toObject());
            const Report report = audit::audit(made);
            for (const NotEvaluated &one : report.notEvaluated)
                QVERIFY2(!one.why.contains(u"error of Cairn"_s), qPrintable(one.rule));
            QMap<ObjectName, int> reasons;
            for (const Finding &finding : report.findings) {
                reasons[finding.object] += finding.primary;
                for (const QString &text : {finding.title, finding.consequence, finding.fix}) {
                    QVERIFY2(text.size() < 3000, qPrintable(finding.rule));
                    for (const QChar c : text)
                        QVERIFY2(c.isPrint() || c == u'\u202F' || c == u'\u00A0' || c.isSpace(), qPrintable(finding.rule + text));
                }
                QVERIFY(!finding.title.isEmpty());
                QVERIFY2(finding.evidence.size() < 200, qPrintable(finding.rule));
            }
            const Facts facts(made);
            for (const Subject &subject : facts.subjects())
                QCOMPARE(reasons.value(subject.name), subject.isSingle() ? 1 : 0);
        }
    }

    void deepObjectsAreBorne()
    {
        QJsonValue deep = 1;
        for (int i = 0; i < 500; ++i)
            deep = i % 2 ? QJsonValue(QJsonObject{{u"spec"_s, deep}}) : QJsonValue(QJsonArray{deep});
        QJsonObject object = deploy({.name = u"ml-pipeline-ui"_s}).first();
        object.insert(u"spec"_s, QJsonObject{{u"replicas"_s, 1}, {u"template"_s, deep}, {u"selector"_s, deep}});
        Scene made = scene({object});
        made.expect(object);
        QVERIFY(!audit::audit(made).findings.isEmpty());
    }

    /// 350 objects; the bench measures how long that takes.
    void manyObjectsAreAllJudged()
    {
        QList<QJsonObject> objects;
        for (int i = 0; i < 350; ++i)
            objects += deploy({.name = u"w%1"_s.arg(i)}).first();
        const Report report = audit::audit(scene(objects, Scene::Source::Manifests));
        QCOMPARE(std::ranges::count_if(report.findings, &Finding::primary), 350);
    }
};

QTEST_GUILESS_MAIN(TestAuditProperty)
#include "tst_auditproperty.moc"
