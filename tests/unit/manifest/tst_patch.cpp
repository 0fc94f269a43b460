// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/Document.h"
#include "manifest/Patch.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::manifest;

namespace {

QJsonValue value(const QByteArray &text)
{
    const QJsonDocument list = QJsonDocument::fromJson('[' + text + ']');
    Q_ASSERT(list.array().size() == 1);
    return list.array().at(0);
}

QByteArray text(const QJsonValue &v)
{
    const QByteArray list = QJsonDocument(QJsonArray{v}).toJson(QJsonDocument::Compact);
    return list.mid(1, list.size() - 2);
}

QJsonValue random(QRandomGenerator &source, int depth)
{
    if (depth == 0 || source.bounded(3) == 0)
        return source.bounded(4);
    QJsonObject map;
    for (int n = source.bounded(4); n > 0; --n)
        map.insert(u"k%1"_s.arg(source.bounded(4)), random(source, depth - 1));
    return map;
}

} // namespace

class TestPatch : public QObject
{
    Q_OBJECT
private slots:
    void mergePatchOfTheStandard_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("patch");
        QTest::addColumn<QByteArray>("result");
        // Appendix A of RFC 7386.
        const char *rows[][3] = {
            {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
            {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
            {R"({"a":"b"})", R"({"a":null})", R"({})"},
            {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
            {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
            {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
            {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
            {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
            {R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
            {R"({"a":"b"})", R"(["c"])", R"(["c"])"},
            {R"({"a":"foo"})", R"(null)", R"(null)"},
            {R"({"a":"foo"})", R"("bar")", R"("bar")"},
            {R"({"e":null})", R"({"a":1})", R"({"a":1,"e":null})"},
            {R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
            {R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
        };
        int number = 0;
        for (const auto &row : rows)
            QTest::addRow("%d", ++number) << QByteArray(row[0]) << QByteArray(row[1]) << QByteArray(row[2]);
    }
    void mergePatchOfTheStandard()
    {
        QFETCH(QByteArray, target);
        QFETCH(QByteArray, patch);
        QFETCH(QByteArray, result);
        QCOMPARE(text(mergePatch(value(target), value(patch))), result);
    }

    void theMergePatchBetweenTwoValuesMakesOneOfTheOther()
    {
        QRandomGenerator source(5);
        for (int i = 0; i < 2000; ++i) {
            const QJsonValue a = random(source, 3);
            const QJsonValue b = random(source, 3);
            QCOMPARE(text(mergePatch(a, mergePatchBetween(a, b))), text(b));
        }
    }

    void jsonPatchOfTheStandard_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("patch");
        QTest::addColumn<QByteArray>("result"); // empty: refused
        const auto row = [](const char *name, const char *target, const char *patch, const char *result) {
            QTest::newRow(name) << QByteArray(target) << QByteArray(patch) << QByteArray(result);
        };
        // Appendix A of RFC 6902.
        row("add a member", R"({"foo":"bar"})", R"([{"op":"add","path":"/baz","value":"qux"}])", R"({"baz":"qux","foo":"bar"})");
        row("add an item", R"({"foo":["bar","baz"]})", R"([{"op":"add","path":"/foo/1","value":"qux"}])", R"({"foo":["bar","qux","baz"]})");
        row("remove a member", R"({"baz":"qux","foo":"bar"})", R"([{"op":"remove","path":"/baz"}])", R"({"foo":"bar"})");
        row("remove an item", R"({"foo":["bar","qux","baz"]})", R"([{"op":"remove","path":"/foo/1"}])", R"({"foo":["bar","baz"]})");
        row("replace", R"({"baz":"qux","foo":"bar"})", R"([{"op":"replace","path":"/baz","value":"boo"}])", R"({"baz":"boo","foo":"bar"})");
        row("replace an item", R"([1,2,3])", R"([{"op":"replace","path":"/1","value":5}])", R"([1,5,3])");
        row("move", R"({"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}})", R"([{"op":"move","from":"/foo/waldo","path":"/qux/thud"}])",
            R"({"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}})");
        row("move an item", R"({"foo":["all","grass","cows","eat"]})", R"([{"op":"move","from":"/foo/1","path":"/foo/3"}])",
            R"({"foo":["all","cows","eat","grass"]})");
        row("copy", R"({"a":{"b":1}})", R"([{"op":"copy","from":"/a","path":"/c"}])", R"({"a":{"b":1},"c":{"b":1}})");
        row("test", R"({"baz":"qux","foo":["a",2,"c"]})", R"([{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}])",
            R"({"baz":"qux","foo":["a",2,"c"]})");
        row("test fails", R"({"baz":"qux"})", R"([{"op":"add","path":"/a","value":1},{"op":"test","path":"/baz","value":"bar"}])", "");
        row("add a map", R"({"foo":"bar"})", R"([{"op":"add","path":"/child","value":{"grandchild":{}}}])", R"({"child":{"grandchild":{}},"foo":"bar"})");
        row("ignores others", R"({"foo":"bar"})", R"([{"op":"add","path":"/baz","value":"qux","xyz":123}])", R"({"baz":"qux","foo":"bar"})");
        row("add into nothing", R"({"foo":"bar"})", R"([{"op":"add","path":"/baz/bat","value":"qux"}])", "");
        row("escapes", R"({"/":9,"~1":10})", R"([{"op":"test","path":"/~01","value":10}])", R"({"/":9,"~1":10})");
        row("numbers are no text", R"({"/":9,"~1":10})", R"([{"op":"test","path":"/~01","value":"10"}])", "");
        row("add at the end", R"({"foo":["bar"]})", R"([{"op":"add","path":"/foo/-","value":["abc","def"]}])", R"({"foo":["bar",["abc","def"]]})");
        row("add replaces", R"({"foo":1})", R"([{"op":"add","path":"/foo","value":2}])", R"({"foo":2})");
        row("add to the root", R"({"foo":1})", R"([{"op":"add","path":"","value":[1]}])", R"([1])");
        row("replace nothing", R"({"foo":1})", R"([{"op":"replace","path":"/bar","value":2}])", "");
        row("remove nothing", R"({"foo":1})", R"([{"op":"remove","path":"/bar"}])", "");
        row("beyond the end", R"([1])", R"([{"op":"add","path":"/2","value":2}])", "");
        row("leading zero", R"([1,2])", R"([{"op":"remove","path":"/01"}])", "");
        row("into itself", R"({"a":{"b":1}})", R"([{"op":"move","from":"/a","path":"/a/c"}])", "");
        row("unknown", R"({})", R"([{"op":"spam","path":"/a"}])", "");
        row("null", R"({"a":1})", R"([{"op":"add","path":"/b","value":null},{"op":"test","path":"/b","value":null}])", R"({"a":1,"b":null})");
    }
    void jsonPatchOfTheStandard()
    {
        QFETCH(QByteArray, target);
        QFETCH(QByteArray, patch);
        QFETCH(QByteArray, result);
        const Result<QJsonValue> out = jsonPatch(value(target), value(patch).toArray());
        QCOMPARE(out.has_value(), !result.isEmpty());
        if (out)
            QCOMPARE(text(*out), result);
        else
            QVERIFY(!out.error().why.isEmpty() && out.error().causes.size() == 1);
    }

    void strategicMergeAsTheServerDoesIt_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("patch");
        QTest::addColumn<QByteArray>("result");
        const auto row = [](const char *name, const char *target, const char *patch, const char *result) {
            QTest::newRow(name) << QByteArray(target) << QByteArray(patch) << QByteArray(result);
        };
        row("containers", R"({"containers":[{"name":"a","image":"1"},{"name":"b","image":"1"}]})", R"({"containers":[{"name":"b","image":"2"},{"name":"c"}]})",
            R"({"containers":[{"image":"1","name":"a"},{"image":"2","name":"b"},{"name":"c"}]})");
        row("delete an item", R"({"containers":[{"name":"a"},{"name":"b"}]})", R"({"containers":[{"name":"a","$patch":"delete"}]})", R"({"containers":[{"name":"b"}]})");
        row("replace a list", R"({"containers":[{"name":"a"},{"name":"b"}]})", R"({"containers":[{"$patch":"replace"},{"name":"c"}]})", R"({"containers":[{"name":"c"}]})");
        row("replace a map", R"({"a":{"b":1,"c":2}})", R"({"a":{"$patch":"replace","d":3}})", R"({"a":{"d":3}})");
        row("null", R"({"a":1,"b":2})", R"({"a":null})", R"({"b":2})");
        row("atomic list", R"({"args":["a","b"]})", R"({"args":["c"]})", R"({"args":["c"]})");
        row("set", R"({"finalizers":["a","b"]})", R"({"finalizers":["b","c"]})", R"({"finalizers":["a","b","c"]})");
        row("from a set", R"({"finalizers":["a","b"]})", R"({"$deleteFromPrimitiveList/finalizers":["a"]})", R"({"finalizers":["b"]})");
        row("order", R"({"containers":[{"name":"a"},{"name":"b"}]})", R"({"$setElementOrder/containers":[{"name":"b"},{"name":"a"}],"containers":[{"name":"a","image":"x"}]})",
            R"({"containers":[{"name":"b"},{"image":"x","name":"a"}]})");
        row("retain keys", R"({"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}})", R"({"strategy":{"$retainKeys":["type"],"type":"Recreate"}})",
            R"({"strategy":{"type":"Recreate"}})");
        row("ports of a container", R"({"ports":[{"containerPort":80,"name":"x"}]})", R"({"ports":[{"containerPort":80,"name":"y"},{"containerPort":81}]})",
            R"({"ports":[{"containerPort":80,"name":"y"},{"containerPort":81}]})");
        row("ports of a service", R"({"ports":[{"port":80}]})", R"({"ports":[{"port":80,"targetPort":8080}]})", R"({"ports":[{"port":80,"targetPort":8080}]})");
    }
    void strategicMergeAsTheServerDoesIt()
    {
        QFETCH(QByteArray, target);
        QFETCH(QByteArray, patch);
        QFETCH(QByteArray, result);
        const Result<QJsonValue> out = strategicMerge(value(target), value(patch));
        QVERIFY2(out, qPrintable(out ? QString() : out.error().oneLine()));
        QCOMPARE(text(*out), result);
    }

    void strategicMergeWithoutItsKeyIsRefused()
    {
        const Result<QJsonValue> out = strategicMerge(value(R"({"env":[]})"), value(R"({"env":[{"value":"x"}]})"));
        QVERIFY(!out);
        QVERIFY(out.error().why.contains(u"name"_s));
        QVERIFY(!strategicMerge(value("{}"), value("[]")));
    }

    void threeWayKeepsBothChanges()
    {
        const QJsonValue base = value(R"({"spec":{"replicas":1,"containers":[{"name":"a","image":"1","args":["x","y"]},{"name":"b"}]},"old":1})");
        const QJsonValue mine = value(R"({"spec":{"replicas":2,"containers":[{"name":"a","image":"1","args":["x","y","z"]},{"name":"b"}]}})");
        const QJsonValue theirs = value(R"({"spec":{"replicas":1,"containers":[{"name":"c"},{"name":"b"},{"name":"a","image":"2","args":["w","x","y"]}]},"old":1,"new":1})");
        const ThreeWay out = threeWay(base, mine, theirs);
        QVERIFY(out.conflicts.isEmpty());
        QCOMPARE(text(out.value),
                 R"({"new":1,"spec":{"containers":[{"args":["w","x","y","z"],"image":"2","name":"a"},{"name":"b"},{"name":"c"}],"replicas":2}})"_ba);
    }

    void conflictsAreValues()
    {
        const ThreeWay out = threeWay(value(R"({"containers":[{"name":"a","image":"1"}],"x":1,"y":{"z":1}})"),
                                      value(R"({"containers":[{"name":"a","image":"2"}],"y":{"z":2}})"),
                                      value(R"({"containers":[{"name":"a","image":"3"}],"x":2,"y":7})"));
        QCOMPARE(out.conflicts.size(), 3);
        QCOMPARE(out.conflicts[0].path.text(), u"containers[name=a].image"_s);
        QCOMPARE(out.conflicts[0].base.toString(), u"1"_s);
        QCOMPARE(out.conflicts[0].mine.toString(), u"2"_s);
        QCOMPARE(out.conflicts[0].theirs.toString(), u"3"_s);
        QCOMPARE(out.conflicts[1].path.text(), u"y"_s);
        QCOMPARE(out.conflicts[2].path.text(), u"x"_s);
        QVERIFY(out.conflicts[2].mine.isUndefined());
        QCOMPARE(text(out.value), R"({"containers":[{"image":"2","name":"a"}],"y":{"z":2}})"_ba);
    }

    void threeWayOfRandomValues()
    {
        QRandomGenerator source(9);
        for (int i = 0; i < 2000; ++i) {
            const QJsonValue base = random(source, 3);
            const QJsonValue mine = random(source, 3);
            QCOMPARE(text(threeWay(base, mine, base).value), text(mine));
            QCOMPARE(text(threeWay(base, base, mine).value), text(mine));
            QCOMPARE(text(threeWay(base, mine, mine).value), text(mine));
            const QJsonValue theirs = random(source, 3);
            const ThreeWay one = threeWay(base, mine, theirs);
            const ThreeWay other = threeWay(base, theirs, mine);
            QCOMPARE(one.conflicts.size(), other.conflicts.size());
            if (one.conflicts.isEmpty())
                QCOMPARE(text(one.value), text(other.value));
        }
    }

    void patchesComeToATextWithLittleChange()
    {
        Document document = Document::read("# job\nspec:\n  replicas: 1 # few\n  containers:\n  - name: a # the one\n    image: \"x:1\"\n");
        QVERIFY(document.become(*strategicMerge(document.json(), value(R"({"spec":{"containers":[{"name":"a","image":"x:2"}]}})"))));
        QVERIFY(document.become(mergePatch(document.json(), value(R"({"spec":{"replicas":4}})"))));
        QCOMPARE(document.text(), "# job\nspec:\n  replicas: 4 # few\n  containers:\n  - name: a # the one\n    image: \"x:2\"\n"_ba);
    }
};

QTEST_APPLESS_MAIN(TestPatch)
#include "tst_patch.moc"
