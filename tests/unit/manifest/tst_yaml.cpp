// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/Yaml.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QRandomGenerator>
#include <QTest>
#include <cmath>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::manifest;

namespace {

QByteArray json(const QJsonValue &value)
{
    return QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
}

/// Pieces that have hurt YAML writers before; random strings are glued from them.
const QStringList &pieces()
{
    static const QStringList all{u"a"_s, u"yes"_s, u"0"_s, u"12"_s, u":"_s, u": "_s, u" #"_s, u"#"_s, u"-"_s, u"- "_s,
                                 u"\n"_s, u"\n\n"_s, u" "_s, u"  "_s, u"\t"_s, u"'"_s, u"\""_s, u"\\"_s, u"{"_s, u"}"_s,
                                 u"["_s, u","_s, u"]"_s, u"&"_s, u"*"_s, u"!"_s, u"|"_s, u">"_s, u"%"_s, u"@"_s, u"`"_s,
                                 u"?"_s, u"? "_s, u"---"_s, u"..."_s, u"<<"_s, u"="_s, u"~"_s, u"."_s, u"e3"_s, u"0x"_s,
                                 u"_"_s, u"\r"_s, u"\u0085"_s, u"\u2028"_s, u"\u00a0"_s, u"\ufeff"_s, u"\u202e"_s,
                                 u"\u0001"_s, u"\u007f"_s, u"檢"_s, QString::fromUtf8("\xf0\x9f\x98\x80"), u"é"_s, u"$(X)"_s,
                                 u"true"_s, u"null"_s, u"+"_s, u"T"_s, u"Z"_s, u"/"_s, u"b"_s, u"line"_s};
    return all;
}

QString randomString(QRandomGenerator &random)
{
    QString s;
    for (int n = random.bounded(6); n > 0; --n)
        s += pieces()[random.bounded(static_cast<int>(pieces().size()))];
    return s;
}

QJsonValue randomValue(QRandomGenerator &random, int depth)
{
    switch (random.bounded(depth > 0 ? 8 : 6)) {
    case 0: return QJsonValue::Null;
    case 1: return random.bounded(2) == 1;
    case 2: return static_cast<qint64>(random.generate64() >> random.bounded(64)) * (random.bounded(2) == 1 ? 1 : -1);
    case 3: return std::ldexp(random.generateDouble() - 0.5, random.bounded(2) == 1 ? random.bounded(150) - 100 : 70 + random.bounded(60));
    case 4:
    case 5: return randomString(random);
    case 6: {
        QJsonArray array;
        for (int n = random.bounded(4); n > 0; --n)
            array.append(randomValue(random, depth - 1));
        return array;
    }
    default: {
        QJsonObject object;
        for (int n = random.bounded(4); n > 0; --n)
            object.insert(randomString(random), randomValue(random, depth - 1));
        return object;
    }
    }
}

/// What PyYAML, a YAML 1.1 reader that is not ours, makes of each text.
QJsonArray readByPyYaml(const QStringList &texts)
{
    QProcess python;
    python.start(u"python3"_s, {u"-c"_s, u"import json, sys, yaml\n"
                                          "texts = json.load(sys.stdin)\n"
                                          "json.dump([yaml.safe_load(t) for t in texts], sys.stdout, allow_nan=False)"_s});
    if (!python.waitForStarted())
        return {};
    python.write(QJsonDocument(QJsonArray::fromStringList(texts)).toJson(QJsonDocument::Compact));
    python.closeWriteChannel();
    if (!python.waitForFinished(90'000) || python.exitCode() != 0) {
        qWarning().noquote() << python.readAllStandardError();
        return {};
    }
    return QJsonDocument::fromJson(python.readAllStandardOutput()).array();
}

} // namespace

class TestYaml : public QObject
{
    Q_OBJECT
private slots:
    void writesAnObjectTheWayPeopleWriteIt()
    {
        const QJsonObject object{
            {u"spec"_s,
             QJsonObject{{u"args"_s, QJsonArray{u"--checkpoint.load_step=12000"_s, u"-x"_s, u"-1"_s}},
                         {u"script"_s, u"set -e\n  echo hi\n\nexit 0\n"_s},
                         {u"limits"_s, QJsonObject{{u"nvidia.com/gpu"_s, 8}, {u"memory"_s, u"16Gi"_s}, {u"cpu"_s, u"1"_s}}},
                         {u"env"_s, QJsonArray{QJsonObject{{u"value"_s, u"yes"_s}, {u"name"_s, u"A"_s}}}},
                         {u"none"_s, QJsonArray{}},
                         {u"empty"_s, QJsonObject{}},
                         {u"nested"_s, QJsonArray{QJsonArray{1, 2.5}}},
                         {u"suspend"_s, false}}},
            {u"metadata"_s, QJsonObject{{u"name"_s, u"demo"_s}, {u"f:x"_s, QJsonValue::Null}}},
            {u"kind"_s, u"PyTorchJob"_s},
            {u"apiVersion"_s, u"kubeflow.org/v1"_s},
        };
        QCOMPARE(toYaml(object), uR"(apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata:
  f:x: null
  name: demo
spec:
  args:
    - --checkpoint.load_step=12000
    - -x
    - "-1"
  empty: {}
  env:
    - name: A
      value: "yes"
  limits:
    cpu: "1"
    memory: 16Gi
    nvidia.com/gpu: 8
  nested:
    - - 1
      - 2.5
  none: []
  script: |
    set -e
      echo hi

    exit 0
  suspend: false
)"_s);
    }

    void quotesWhatAReaderCouldTakeForSomethingElse_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *s : {"yes", "No", "ON", "off", "y", "n", "true", "FALSE", "null", "~", "", "012", "0o17", "1e3", "1.5",
                              "-7", "+1", "0x1F", "0b11", "190:20:30", "1_000", ".5", ".inf", "-.INF", ".NaN", "2026-01-02",
                              "2026-01-02T03:04:05Z", "- a", "-", "? x", ": x", "a: b", "a:", "a #b", "#b", "!x", "&x", "*x",
                              "|", ">", "%x", "@x", "`x", "'x", "\"x", "[x", "{x", " x", "x ", "---", "...", "--- x", "<<", "=",
                              "1.2.3.4", "0.", "a\tb", "\t"})
            QTest::newRow(s) << QString::fromLatin1(s);
        QTest::newRow("next line") << u"a\u0085b"_s;
        QTest::newRow("line separator") << u"a\u2028b"_s;
        QTest::newRow("byte order mark") << u"\ufeffa"_s;
        QTest::newRow("right to left override") << u"a\u202Eb"_s;
        QTest::newRow("escape") << u"\u001b[31m"_s;
    }
    void quotesWhatAReaderCouldTakeForSomethingElse()
    {
        QFETCH(QString, text);
        const QString yaml = toYaml(QJsonObject{{u"k"_s, text}});
        QVERIFY2(yaml.startsWith(u"k: \""_s), qPrintable(yaml));
        const auto back = fromYaml(yaml.toUtf8());
        QVERIFY(back.has_value());
        QCOMPARE((*back)[u"k"_s].toString(), text);
        const QString asKey = toYaml(QJsonObject{{text, 1}});
        const auto keyBack = fromYaml(asKey.toUtf8());
        QVERIFY2(keyBack.has_value(), qPrintable(asKey));
        QCOMPARE(keyBack->toObject().keys(), QStringList{text});
    }

    void leavesOrdinaryWordsPlain_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *s : {"a", "kubeflow.org/v1", "500m", "16Gi", "/ckpt/step-100", "--flag=x", "$(HOME)/x", "step-12",
                              "python3 -c 'print(1)'", "a:b", "./train.py", "1m9k", "a, b [c] {d}"})
            QTest::newRow(s) << QString::fromLatin1(s);
        QTest::newRow("chinese") << u"檢查點"_s;
    }
    void leavesOrdinaryWordsPlain()
    {
        QFETCH(QString, text);
        QCOMPARE(toYaml(QJsonObject{{u"k"_s, text}}), u"k: %1\n"_s.arg(text));
    }

    void randomValuesComeBackUnchanged()
    {
        QRandomGenerator random(20260102);
        for (int i = 0; i < 6000; ++i) {
            const QJsonValue value = randomValue(random, 4);
            const QString yaml = toYaml(value);
            if (value.isNull())
                continue; // an empty document
            const auto back = fromYaml(yaml.toUtf8());
            QVERIFY2(back.has_value(), qPrintable(u"%1\n%2"_s.arg(back ? QString() : back.error().oneLine(), yaml)));
            QVERIFY2(json(*back) == json(value), qPrintable(u"%1\n---\n%2"_s.arg(QString::fromUtf8(json(value)), yaml)));
        }
    }

    void anIndependentReaderAgrees()
    {
        QRandomGenerator random(7);
        QStringList texts;
        QJsonArray values;
        for (int i = 0; i < 2000; ++i) {
            values.append(randomValue(random, 3));
            texts.append(toYaml(values.last()));
        }
        const QJsonArray read = readByPyYaml(texts);
        QVERIFY2(read.size() == values.size(), "python3 with the yaml module is needed for this test");
        for (QJsonArray::size_type i = 0; i < values.size(); ++i)
            QVERIFY2(json(read.at(i)) == json(values.at(i)), qPrintable(u"%1\n---\n%2\n---\n%3"_s.arg(
                         QString::fromUtf8(json(values.at(i))), texts[i], QString::fromUtf8(json(read.at(i))))));
    }

    void halfASurrogatePairCannotBreakTheText()
    {
        const QString yaml = toYaml(QJsonObject{{u"k"_s, QString(QChar(0xd800)) + u"x"_s}});
        QCOMPARE(yaml, u"k: \"\\uFFFDx\"\n"_s);
        QVERIFY(fromYaml(yaml.toUtf8()).has_value());
    }

    void veryLongKeysKeepTheirForm()
    {
        const QString key(3000, u'k');
        const QString yaml = toYaml(QJsonObject{{key, QJsonObject{{u"a"_s, 1}}}, {u"z"_s, 2}});
        QVERIFY(yaml.startsWith(u"? "_s));
        const auto back = fromYaml(yaml.toUtf8());
        QVERIFY(back.has_value());
        QCOMPARE((*back)[key][u"a"_s].toInt(), 1);
        QCOMPARE((*back)[u"z"_s].toInt(), 2);
    }

    void readsScalarsAsKubectlDoes_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("yes") << "yes"_ba << "[true]"_ba;
        QTest::newRow("Off") << "Off"_ba << "[false]"_ba;
        QTest::newRow("octal") << "012"_ba << "[10]"_ba;
        QTest::newRow("hex") << "0x10"_ba << "[16]"_ba;
        QTest::newRow("underscore") << "1_000"_ba << "[1000]"_ba;
        QTest::newRow("float") << "1e3"_ba << "[1000]"_ba;
        QTest::newRow("fraction") << "0.5"_ba << "[0.5]"_ba;
        QTest::newRow("date is text") << "2026-01-02"_ba << "[\"2026-01-02\"]"_ba;
        QTest::newRow("sexagesimal is text") << "1:30"_ba << "[\"1:30\"]"_ba;
        QTest::newRow("largest") << "9223372036854775807"_ba << "[9223372036854775807]"_ba;
        QTest::newRow("quoted") << "\"yes\""_ba << "[\"yes\"]"_ba;
        QTest::newRow("tag str") << "!!str 12"_ba << "[\"12\"]"_ba;
        QTest::newRow("tag int") << "!!int \"12\""_ba << "[12]"_ba;
        QTest::newRow("null value") << "a:"_ba << "[{\"a\":null}]"_ba;
        QTest::newRow("numeric key") << "1: x"_ba << "[{\"1\":\"x\"}]"_ba;
        QTest::newRow("on key") << "on: x"_ba << "[{\"on\":\"x\"}]"_ba;
        QTest::newRow("flow") << "{a: [1, {b: c}]}"_ba << "[{\"a\":[1,{\"b\":\"c\"}]}]"_ba;
        QTest::newRow("anchor") << "a: &x [1]\nb: *x"_ba << "[{\"a\":[1],\"b\":[1]}]"_ba;
        QTest::newRow("merge") << "a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}"_ba
                               << "[{\"a\":{\"p\":1,\"q\":2},\"b\":{\"p\":1,\"q\":3}}]"_ba;
        QTest::newRow("folded") << "a: >\n  x\n  y\n"_ba << "[{\"a\":\"x y\\n\"}]"_ba;
        QTest::newRow("comment and marker") << "# c\n---\na: 1\n"_ba << "[{\"a\":1}]"_ba;
    }
    void readsScalarsAsKubectlDoes()
    {
        QFETCH(QByteArray, yaml);
        QFETCH(QByteArray, expected);
        const auto value = fromYaml(yaml);
        QVERIFY2(value.has_value(), value ? "" : qPrintable(value.error().oneLine()));
        QCOMPARE(json(*value), expected);
    }

    void badTextIsRefusedWithItsPlace_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QString>("place");
        QTest::newRow("tab") << "a:\n\tb: 1"_ba << u"2:3"_s;
        QTest::newRow("unclosed") << "a: [1, 2\nb: 3"_ba << u"2:2"_s;
        QTest::newRow("twice") << "a: 1\nb: 2\na: 3"_ba << u"3:1"_s;
        QTest::newRow("infinity") << "a: .inf"_ba << u"1:4"_s;
        QTest::newRow("huge number") << "a: 1e999"_ba << u"1:4"_s;
        QTest::newRow("python tag") << "a: !!python/object/apply:os.system [x]"_ba << u"1:4"_s;
        QTest::newRow("unknown alias") << "a: *nobody"_ba << u"1:4"_s;
        QTest::newRow("recursive") << "a: &x [*x]"_ba << u"1:8"_s;
        QTest::newRow("list as key") << "? [a]\n: 1"_ba << u"1:3"_s;
        QTest::newRow("null as key") << "~: 1"_ba << u"1:1"_s;
        QTest::newRow("merge of a number") << "a: 1\n<<: 2"_ba << u"2:5"_s;
    }
    void badTextIsRefusedWithItsPlace()
    {
        QFETCH(QByteArray, yaml);
        QFETCH(QString, place);
        const auto value = fromYaml(yaml);
        QVERIFY(!value.has_value());
        QCOMPARE(value.error().kind, Error::Kind::Parse);
        QVERIFY2(!value.error().causes.isEmpty(), qPrintable(value.error().oneLine()));
        QCOMPARE(value.error().causes.first().field, place);
        QVERIFY(!value.error().why.isEmpty());
        QVERIFY(!value.error().fix.isEmpty());
    }

    void bombsAndOversizeEndAtTheLimits()
    {
        QByteArray bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
        for (int i = 1; i < 30; ++i) {
            const QByteArray before = "*a" + QByteArray::number(i - 1);
            bomb += "a" + QByteArray::number(i) + ": &a" + QByteArray::number(i) + " [" + before + "," + before + ","
                + before + "," + before + "]\n";
        }
        QVERIFY(!fromYaml(bomb).has_value());
        QVERIFY(!fromYaml(QByteArray(200, '[') + QByteArray(200, ']')).has_value());
        QVERIFY(!fromYaml(QByteArray(100'000, '[')).has_value());
        QVERIFY(!fromYaml(QByteArray(100'000, '{')).has_value());
        QString deep;
        for (int i = 0; i < 2000; ++i)
            deep += QString(i, u' ') + u"a:\n"_s;
        QVERIFY(!fromYaml(deep.toUtf8()).has_value());
        QVERIFY(!fromYaml(QByteArray(5 * 1024 * 1024, 'x')).has_value());
        QVERIFY(!fromYaml("a: \xff\xfe"_ba).has_value());
        QVERIFY(!fromYaml(QByteArray("a: \0b", 5)).has_value());
    }

    void garbageNeverCrashes()
    {
        QRandomGenerator random(99);
        for (int i = 0; i < 3000; ++i) {
            QString text;
            for (int n = random.bounded(30); n > 0; --n)
                text += pieces()[random.bounded(static_cast<int>(pieces().size()))];
            const auto value = documentsFromYaml(text.toUtf8());
            if (!value)
                QVERIFY(!value.error().what.isEmpty());
        }
    }

    void countsDocuments()
    {
        QVERIFY(!fromYaml("").has_value());
        QVERIFY(!fromYaml("# nothing\n").has_value());
        QVERIFY(!fromYaml("a: 1\n---\nb: 2\n").has_value());
        const auto both = documentsFromYaml("a: 1\n---\n---\nb: 2\n");
        QVERIFY(both.has_value());
        QCOMPARE(both->size(), 2);
        QCOMPARE(both->last()[u"b"_s].toInt(), 2);
    }
};

QTEST_APPLESS_MAIN(TestYaml)
#include "tst_yaml.moc"
