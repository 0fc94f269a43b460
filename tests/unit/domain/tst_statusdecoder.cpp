// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/StatusDecoder.h"

#include <QFile>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;

class TestStatusDecoder : public QObject
{
    Q_OBJECT

    static QByteArray fixture(const char *name)
    {
        QFile file(QStringLiteral(CAIRN_SOURCE_DIR "/tests/fixtures/k8s-api/") + QLatin1StringView(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private slots:
    void bothReadersAgreeOnThePublishedObject()
    {
        const auto json = decodeStatus(fixture("core.v1.Status.json"), WireFormat::Json);
        const auto proto = decodeStatus(fixture("core.v1.Status.pb"), WireFormat::Protobuf);
        QVERIFY(json && proto);
        QCOMPARE(json->code, 6);
        QCOMPARE(json->message, u"messageValue"_s);
        QCOMPARE(json->reason, u"reasonValue"_s);
        QCOMPARE(json->continueToken, u"continueValue"_s);
        QCOMPARE(json->kind, u"kindValue"_s);
        QCOMPARE(json->name, u"nameValue"_s);
        QCOMPARE(json->group, u"groupValue"_s);
        QCOMPARE(json->causes.size(), 1);
        QCOMPARE(json->causes[0], (FieldCause{u"fieldValue"_s, u"reasonValue"_s, u"messageValue"_s}));
        QCOMPARE(proto->code, json->code);
        QCOMPARE(proto->message, json->message);
        QCOMPARE(proto->reason, json->reason);
        QCOMPARE(proto->continueToken, json->continueToken);
        QCOMPARE(proto->kind, json->kind);
        QCOMPARE(proto->name, json->name);
        QCOMPARE(proto->group, json->group);
        QCOMPARE(proto->causes, json->causes);
        QCOMPARE(proto->retryAfterSeconds, json->retryAfterSeconds);
    }

    void whatIsNoStatusIsNone_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("html") << "<html><body>502</body></html>"_ba;
        QTest::newRow("other kind") << R"({"kind":"Pod","apiVersion":"v1"})"_ba;
        QTest::newRow("array") << "[]"_ba;
        QTest::newRow("broken") << R"({"kind":"Status")"_ba;
    }
    void whatIsNoStatusIsNone()
    {
        QFETCH(QByteArray, body);
        QVERIFY(!decodeStatus(body, WireFormat::Json));
        QVERIFY(!decodeStatus(body, WireFormat::Protobuf));
    }

    void kindsFollowTheCode_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("kind");
        QTest::newRow("400") << 400 << u"Invalid"_s;
        QTest::newRow("401") << 401 << u"Auth"_s;
        QTest::newRow("403") << 403 << u"Forbidden"_s;
        QTest::newRow("404") << 404 << u"NotFound"_s;
        QTest::newRow("409") << 409 << u"Conflict"_s;
        QTest::newRow("410") << 410 << u"Gone"_s;
        QTest::newRow("422") << 422 << u"Invalid"_s;
        QTest::newRow("429") << 429 << u"RateLimited"_s;
        QTest::newRow("500") << 500 << u"Server"_s;
        QTest::newRow("503") << 503 << u"Server"_s;
    }
    void kindsFollowTheCode()
    {
        QFETCH(int, code);
        QFETCH(QString, kind);
        ApiStatus status;
        status.code = code;
        const Error error = statusError(status, {u"get"_s, u"pods"_s, u"a"_s, u"b"_s});
        QCOMPARE(kindName(error.kind), kind);
        QCOMPARE(error.httpStatus, code);
        QVERIFY(!error.what.isEmpty());
    }

    void aMissingNamespaceIsNamed()
    {
        ApiStatus status;
        status.code = 404;
        status.reason = u"NotFound"_s;
        status.kind = u"namespaces"_s;
        status.name = u"zz"_s;
        const Error error = statusError(status, {u"create"_s, u"pytorchjobs"_s, u"zz"_s, u"x"_s});
        QCOMPARE(error.what, u"There is no namespace \u201czz\u201d"_s);
        QVERIFY(!error.fix.contains(u"Refresh"_s));
        QVERIFY(statusError(status, {u"get"_s, u"namespaces"_s, {}, u"zz"_s}).fix.contains(u"Refresh"_s));
    }

    void forbiddenNamesUserVerbAndResource()
    {
        ApiStatus status;
        status.code = 403;
        status.reason = u"Forbidden"_s;
        status.message =
            u"pods is forbidden: User \"jane\" cannot list resource \"pods\" in API group \"\" in the namespace \"prod\""_s;
        const Error error = statusError(status, {u"list"_s, u"pods"_s, u"prod"_s, {}});
        QVERIFY2(error.what.contains("list"_L1) && error.what.contains("pods"_L1) && error.what.contains("prod"_L1),
                 qPrintable(error.what));
        QVERIFY2(error.fix.contains("jane"_L1) && error.fix.contains("list"_L1), qPrintable(error.fix));
    }

    void aWebhookIsNoMatterOfPermissions()
    {
        ApiStatus status;
        status.code = 403;
        status.reason = u"Forbidden"_s;
        status.message = u"admission webhook \"validator.pytorchjob.training-operator.kubeflow.org\" denied the request: Image is undefined"_s;
        const Error error = statusError(status, {u"create"_s, u"pytorchjobs"_s, u"prod"_s, u"x"_s});
        QVERIFY2(error.what.contains("validator.pytorchjob"_L1) && !error.what.contains("Not allowed"_L1), qPrintable(error.what));
        QVERIFY2(error.why.contains("Image is undefined"_L1), qPrintable(error.why));
        QVERIFY2(!error.fix.contains("permission to"_L1), qPrintable(error.fix));
    }

    void conflictsOfAnApplyNameFieldAndOwner_data()
    {
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("owner");
        QTest::newRow("applied") << u"conflict with \"kubectl\""_s << u"kubectl"_s;
        QTest::newRow("updated") << u"conflict with \"kubectl-client-side-apply\" using apps/v1"_s << u"kubectl-client-side-apply"_s;
        QTest::newRow("at a time") << u"conflict with \"hpa\" with subresource \"scale\" using apps/v1 at 2026-11-29T01:02:03Z"_s << u"hpa"_s;
        QTest::newRow("quotes") << u"conflict with \"a \\\"b\\\" c\\\\\""_s << u"a \"b\" c\\"_s;
        QTest::newRow("nobody") << u"conflict with unknown"_s << u"unknown"_s;
        QTest::newRow("other words") << u"something else"_s << QString();
    }
    void conflictsOfAnApplyNameFieldAndOwner()
    {
        QFETCH(QString, message);
        QFETCH(QString, owner);
        ApiStatus status;
        status.code = 409;
        status.reason = u"Conflict"_s;
        status.causes = {{u".spec.replicas"_s, u"FieldManagerConflict"_s, message}};
        const Error error = statusError(status, {u"patch"_s, u"deployments"_s, u"ml"_s, u"d"_s});
        QCOMPARE(error.kind, Error::Kind::Conflict);
        QCOMPARE(fieldOwner(error.causes[0]), owner);
        if (owner.isEmpty())
            return;
        QCOMPARE(error.causes[0].field, u"spec.replicas"_s);
        QVERIFY2(error.what.contains(owner), qPrintable(error.what));
        // Only an apply has owners: the same words of another refusal name none.
        status.causes[0].reason = u"FieldValueInvalid"_s;
        QVERIFY(fieldOwner(statusError(status, {}).causes[0]).isEmpty());
    }

    void wordsOfTheServerAreCappedAndMadeSafe()
    {
        ApiStatus status;
        status.code = 422;
        status.message = u"a\nb\u202E"_s + QString(5000, u'x');
        status.causes = {{u"spec\n"_s, u"r"_s, u"\x1b[31m"_s}};
        status.retryAfterSeconds = 3;
        const Error error = statusError(status, {u"create"_s, u"pods"_s, u"x\ny"_s, {}});
        QVERIFY(error.why.size() < 2100);
        QVERIFY(error.why.startsWith("a\\nb\\u{202E}"_L1));
        QVERIFY(!error.what.contains(u'\n'));
        QCOMPARE(error.causes[0].field, u"spec\\n"_s);
        QVERIFY(!error.causes[0].message.contains(u'\x1b'));
        QVERIFY(error.retryAfter == std::chrono::seconds(3));
    }
};

QTEST_APPLESS_MAIN(TestStatusDecoder)
#include "tst_statusdecoder.moc"
