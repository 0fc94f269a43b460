// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/Document.h"
#include "manifest/JsonEdit.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::manifest;

namespace {

QByteArray json(const QJsonValue &value)
{
    return QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
}

Path path(const char *text)
{
    return *Path::parse(QString::fromUtf8(text));
}

const QByteArray &job()
{
    static const QByteArray text = R"(# The job of the night.
apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata:
  name: night   # not the day
  labels: {team: "vision", tier: 'gold'}

  annotations:
    # kept for the auditors
    note: |
      two
      lines
spec:
  runPolicy:
    suspend: false
  pytorchReplicaSpecs:
    Worker:
      replicas: 2
      template:
        spec:
          containers:
          # the trainer
          - name: trainer
            image: "registry.example/train:1"
            args: [--lr, "0.1"]
            env:
            - {name: A, value: "1"}
            - {name: B, value: "2"}
          # logs
          - name: sidecar
            image: registry.example/log:2
          tolerations: []
)"_ba;
    return text;
}

/// A random value that is easy to tell apart.
QJsonValue randomValue(QRandomGenerator &random, int depth)
{
    static const QStringList words{u"a"_s, u"b"_s, u"two words"_s, u"yes"_s, u"1"_s, u"x: y"_s, u"line\nbreak\n"_s, u"#c"_s, u""_s, u"'"_s,
                                   u"\""_s, u"- d"_s, u"檢"_s, u"a, [b]"_s, u" lead"_s, u"tail "_s, u"x\n\ny"_s, u"end\n\n"_s, u"{"_s};
    switch (random.bounded(depth > 0 ? 7 : 4)) {
    case 0: return QJsonValue(random.bounded(100));
    case 1: return random.bounded(2) == 1;
    case 2: return words[random.bounded(static_cast<int>(words.size()))];
    case 3: return random.bounded(3) == 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(words[random.bounded(static_cast<int>(words.size()))]);
    case 4: {
        QJsonArray list;
        for (int n = random.bounded(4); n > 0; --n)
            list.append(randomValue(random, depth - 1));
        return list;
    }
    default: {
        QJsonObject map;
        for (int n = random.bounded(4); n > 0; --n)
            map.insert(u"k%1"_s.arg(random.bounded(6)), randomValue(random, depth - 1));
        return map;
    }
    }
}

/// The value in one of the many ways people write it: other indentations, quotes, brackets, comments and blank lines.
class Scribe
{
public:
    explicit Scribe(QRandomGenerator &random) : m_random(random) {}

    QString document(const QJsonValue &value)
    {
        m_text.clear();
        noise(0);
        block(value, 0);
        noise(0);
        return m_text;
    }

private:
    QRandomGenerator &m_random;
    QString m_text;

    bool chance(int of) { return m_random.bounded(of) == 0; }
    void noise(int column)
    {
        if (chance(6))
            m_text += u"\n"_s;
        if (chance(6))
            m_text += QString(column, u' ') + u"# remark %1\n"_s.arg(m_random.bounded(100));
    }
    QString end() { return chance(5) ? u"  # end %1\n"_s.arg(m_random.bounded(100)) : u"\n"_s; }
    static bool isBlock(const QJsonValue &v)
    {
        return (v.isArray() && !v.toArray().isEmpty()) || (v.isObject() && !v.toObject().isEmpty());
    }
    QString flow(const QJsonValue &v)
    {
        QString out;
        if (v.isArray()) {
            for (const QJsonValue each : v.toArray())
                out += (out.isEmpty() ? QString() : chance(2) ? u","_s : u" , "_s) + flow(each);
            return u"["_s + (chance(2) ? u" "_s : QString()) + out + u"]"_s;
        }
        if (v.isObject()) {
            const QJsonObject map = v.toObject();
            for (auto it = map.begin(); it != map.end(); ++it)
                out += (out.isEmpty() ? QString() : u", "_s) + (chance(2) ? u"\"%1\""_s.arg(it.key()) : it.key()) + u": "_s + flow(it.value());
            return u"{"_s + out + u"}"_s;
        }
        if (v.isString() && chance(3) && !v.toString().contains(u'\n'))
            return u"'"_s + v.toString().replace(u"'"_s, u"''"_s) + u"'"_s;
        if (v.isNull())
            return chance(2) ? u"~"_s : u"null"_s;
        const QByteArray text = json(v);
        return QString::fromUtf8(text.mid(1, text.size() - 2));
    }
    void value(const QJsonValue &v, int column, bool inMap)
    {
        if (isBlock(v) && !chance(4)) {
            m_text += inMap && chance(6) ? u"  # below\n"_s : u"\n"_s;
            const bool sameColumn = v.isArray() && inMap && chance(2);
            block(v, column + (sameColumn ? 0 : 2 + m_random.bounded(2)));
        } else if (v.isString() && v.toString().endsWith(u'\n') && !v.toString().startsWith(u' ') && v.toString().size() > 1
                   && !v.toString().startsWith(u'\n') && chance(2)) {
            m_text += v.toString().endsWith(u"\n\n"_s) ? u" |+"_s : u" |"_s;
            m_text += u"\n"_s;
            QStringList lines = v.toString().split(u'\n');
            lines.removeLast();
            for (const QString &line : lines)
                m_text += (line.isEmpty() ? QString() : QString(column + 3, u' ') + line) + u"\n"_s;
        } else if (v.isNull() && chance(2)) {
            m_text += end();
        } else {
            m_text += u" "_s + flow(v) + end();
        }
    }
    void block(const QJsonValue &v, int column)
    {
        if (v.isArray() && isBlock(v)) {
            for (const QJsonValue each : v.toArray()) {
                noise(column);
                m_text += QString(column, u' ') + u"-"_s;
                if (each.isObject() && isBlock(each) && chance(2)) {
                    m_text += u" "_s;
                    map(each.toObject(), column + 2, true);
                } else {
                    value(each, column, false);
                }
            }
        } else if (v.isObject() && isBlock(v)) {
            map(v.toObject(), column, false);
        } else {
            m_text += QString(column, u' ') + flow(v) + u"\n"_s;
        }
    }
    void map(const QJsonObject &object, int column, bool first)
    {
        QStringList keys = object.keys();
        for (qsizetype i = keys.size() - 1; i > 0; --i)
            keys.swapItemsAt(i, m_random.bounded(static_cast<int>(i) + 1));
        for (const QString &key : keys) {
            if (!first) {
                noise(column);
                m_text += QString(column, u' ');
            }
            first = false;
            m_text += key + u":"_s;
            value(object.value(key), column, true);
        }
    }
};

/// A path to something that exists, or into a collection.
Path randomPath(const QJsonValue &root, QRandomGenerator &random, bool inside)
{
    Path out;
    QJsonValue here = root;
    for (int depth = 1 + random.bounded(4); depth > 0; --depth) {
        if (here.isObject() && !here.toObject().isEmpty()) {
            const QStringList keys = here.toObject().keys();
            const QString key = keys[random.bounded(static_cast<int>(keys.size()))];
            out.field(key);
            here = here.toObject().value(key);
        } else if (here.isArray() && !here.toArray().isEmpty()) {
            const int index = random.bounded(static_cast<int>(here.toArray().size()));
            out.item(index);
            here = here.toArray().at(index);
        } else {
            break;
        }
    }
    if (inside && here.isObject())
        out.field(u"new%1"_s.arg(random.bounded(9)));
    else if (inside && here.isArray())
        out.end();
    return out;
}

int comments(const QByteArray &text)
{
    return static_cast<int>(text.count("# remark"));
}

} // namespace

class TestDocument : public QObject
{
    Q_OBJECT
private slots:
    void everyNodeKnowsItsPlace()
    {
        const Document document = Document::read(job());
        QVERIFY2(document.faults().isEmpty(), qPrintable(document.error().oneLine()));
        const Node image = document.at(path("spec.pytorchReplicaSpecs.Worker.template.spec.containers[name=trainer].image"));
        QVERIFY(image.isValid());
        QCOMPARE(image.place().line, 24);
        QCOMPARE(image.place().column, 20);
        QCOMPARE(image.keyPlace().column, 13);
        QCOMPARE(job().mid(image.extent().begin, image.extent().end - image.extent().begin), "\"registry.example/train:1\""_ba);
        QCOMPARE(image.path().text(), u"spec.pytorchReplicaSpecs.Worker.template.spec.containers[0].image"_s);
        QCOMPARE(document.nodeAt(image.extent().begin + 3), image);
        QCOMPARE(document.nodeAt(image.keyExtent().begin), image);
        const Node note = document.at(path("metadata.annotations.note"));
        QCOMPARE(note.style(), Node::Style::Literal);
        QCOMPARE(note.text(), "two\nlines\n"_ba);
        QCOMPARE(job().mid(note.extent().begin, note.extent().end - note.extent().begin), "|\n      two\n      lines"_ba);
        QCOMPARE(document.at(path("metadata.labels.tier")).style(), Node::Style::SingleQuoted);
        QVERIFY(!document.at(path("metadata.labels.nobody")).isValid());
    }

    void extentsOfEveryStyle_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("where");
        QTest::addColumn<QByteArray>("extent");
        const auto row = [](const char *name, const char *text, const char *where, const char *extent) {
            QTest::newRow(name) << QByteArray(text) << QString::fromLatin1(where) << QByteArray(extent);
        };
        row("plain over lines", "a: x y\n  z # c\nb: 1\n", "a", "x y\n  z");
        row("double quoted", "a: \"x\\\" # y\"  # c\n", "a", "\"x\\\" # y\"");
        row("single quoted", "a: 'it''s'\n", "a", "'it''s'");
        row("anchor and tag", "a: &x !!str b # c\nb: 1\n", "a", "&x !!str b");
        row("missing", "a:\nb: 1\n", "a", "");
        row("null", "a: null # c\n", "a", "null");
        row("tilde", "a: ~\n", "a", "~");
        row("list below", "a:\n- 1\n- 2 # c\nb: 1\n", "a", "- 1\n- 2");
        row("missing item", "- a\n-\n- b\n", "[1]", "");
        row("flow", "a: [1, {b: 2}, ] # c\n", "a", "[1, {b: 2}, ]");
        row("pair", "[a: 1, b]\n", "[0]", "a: 1");
        row("folded", "a: >-\n  x\n  y\n\nb: 1\n", "a", ">-\n  x\n  y");
        row("kept", "a: |+\n  x\n\n\nb: 1\n", "a", "|+\n  x\n\n");
        row("explicit key", "? a\n: b\n", "a", "b");
        row("crlf", "a: x\r\nb: 1\r\n", "a", "x");
        row("bom", "\xef\xbb\xbf" "a: x\n", "a", "x");
        row("alias", "a: &x 1\nb: *x\n", "b", "*x");
        row("marker", "--- \na: b\n...\n", "a", "b");
        row("json", "{\"a\": {\"b\": [1, \"\\u00e9\"]}}", "a.b", "[1, \"\\u00e9\"]");
        row("map in list", "- a: 1\n  b: 2\n- c\n", "[0]", "a: 1\n  b: 2");
    }
    void extentsOfEveryStyle()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, where);
        QFETCH(QByteArray, extent);
        const Document document = Document::read(text);
        QVERIFY2(document.faults().isEmpty(), qPrintable(document.error().oneLine()));
        const Node node = document.at(*Path::parse(where));
        QVERIFY(node.isValid());
        QCOMPARE(text.mid(node.extent().begin, node.extent().end - node.extent().begin), extent);
    }

    void editsTouchNothingElse_data()
    {
        QTest::addColumn<QString>("where");
        QTest::addColumn<QJsonValue>("value");
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        const auto row = [](const char *where, const QJsonValue &value, const char *from, const char *to) {
            QTest::newRow(where) << QString::fromLatin1(where) << value << QByteArray(from) << QByteArray(to);
        };
        row("metadata.name", u"day"_s, "name: night ", "name: day ");
        row("metadata.labels.team", u"speech"_s, "\"vision\"", "\"speech\"");
        row("metadata.labels.tier", u"it's"_s, "'gold'", "'it''s'");
        row("metadata.labels.new", u"1"_s, "'gold'}", "'gold', new: \"1\"}");
        row("spec.runPolicy.suspend", true, "suspend: false", "suspend: true");
        row("spec.runPolicy.ttl", 60, "    suspend: false\n", "    suspend: false\n    ttl: 60\n");
        row("spec.pytorchReplicaSpecs.Worker.template.spec.containers[name=sidecar].image", u"x:3"_s, "registry.example/log:2", "x:3");
        row("spec.pytorchReplicaSpecs.Worker.template.spec.containers[name=trainer].args[1]", u"0.2"_s, "\"0.1\"]", "\"0.2\"]");
        row("spec.pytorchReplicaSpecs.Worker.template.spec.containers[name=trainer].args[-]", u"-v"_s, "\"0.1\"]", "\"0.1\", -v]");
        row("spec.pytorchReplicaSpecs.Worker.template.spec.containers[name=trainer].env[name=C].value", u"3"_s,
            "{name: B, value: \"2\"}\n", "{name: B, value: \"2\"}\n            - name: C\n              value: \"3\"\n");
        row("spec.pytorchReplicaSpecs.Worker.template.spec.tolerations", QJsonArray{QJsonObject{{u"operator"_s, u"Exists"_s}}},
            "tolerations: []", "tolerations:\n          - operator: Exists");
        row("metadata.annotations.note", u"one"_s, "|\n      two\n      lines", "one");
        row("metadata.name", QJsonObject{{u"a"_s, 1}}, "name: night   # not the day", "name:   # not the day\n    a: 1");
    }
    void editsTouchNothingElse()
    {
        QFETCH(QString, where);
        QFETCH(QJsonValue, value);
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        Document document = Document::read(job());
        const Result<> done = document.set(*Path::parse(where), value);
        QVERIFY2(done, qPrintable(done ? QString() : done.error().oneLine()));
        QCOMPARE(QString::fromUtf8(document.text()), QString::fromUtf8(QByteArray(job()).replace(from, to)));
    }

    void removesAndMovesWithTheirComments()
    {
        Document document = Document::read(job());
        QVERIFY(document.remove(path("metadata.labels.team")));
        QVERIFY(document.remove(path("metadata.name")));
        QVERIFY(document.text().contains("metadata:\n  labels: {tier: 'gold'}\n"));
        QVERIFY(document.remove(path("spec.pytorchReplicaSpecs.Worker.template.spec.containers[name=trainer].env[name=A]")));
        QVERIFY(document.text().contains("            env:\n            - {name: B, value: \"2\"}\n"));
        QVERIFY(document.move(path("spec.pytorchReplicaSpecs.Worker.template.spec.containers[name=sidecar]"),
                              path("spec.pytorchReplicaSpecs.Worker.template.spec.containers[0]")));
        QVERIFY2(document.text().contains("          # the trainer\n          - name: sidecar\n            image: registry.example/log:2\n          - name: trainer\n"),
                 document.text().constData());
        QVERIFY(document.text().contains("          # logs\n"));
        QVERIFY(!document.remove(path("spec.nothing")));
        QVERIFY(!document.remove(Path()));
    }

    void aliasesKeepTheirValue()
    {
        Document document = Document::read("a: &x {p: 1}  # shared\nb: *x\nc:\n  <<: *x\n  q: 2\n");
        QVERIFY(document.set(path("b.p"), 2));
        QCOMPARE(document.text(), "a: &x {p: 1}  # shared\nb:\n  p: 2\nc:\n  <<: *x\n  q: 2\n"_ba);
        QVERIFY(document.set(path("a.p"), 3));
        QCOMPARE(json(document.json()), R"([{"a":{"p":3},"b":{"p":2},"c":{"p":1,"q":2}}])"_ba);
        QVERIFY(document.text().startsWith("a: &x {p: 3}  # shared\n"));
        QVERIFY(document.set(path("c.p"), 5));
        QVERIFY(document.remove(path("c.p")));
        QCOMPARE(json(document.json()), R"([{"a":{"p":3},"b":{"p":2},"c":{"q":2}}])"_ba);
    }

    void editsOneOfSeveralDocuments()
    {
        Document document = Document::read("# first\na: 1\n---\n# second\nb: 1 # one\n---\n{\"c\": 1}\n");
        QCOMPARE(document.count(), 3);
        QVERIFY(document.set(Path{u"b"_s}.in(1), 2));
        QVERIFY(document.set(Path{u"d"_s}.in(2), u"x"_s));
        QCOMPARE(document.text(), "# first\na: 1\n---\n# second\nb: 2 # one\n---\n{\"c\": 1, \"d\": \"x\"}\n"_ba);
        QVERIFY(!document.set(Path{u"b"_s}.in(3), 2));
    }

    void becomeTakesTheLeast()
    {
        Document document = Document::read(job());
        QJsonValue want = document.json();
        want = *withValue(want, path("spec.runPolicy.suspend"), true);
        want = *without(want, path("spec.pytorchReplicaSpecs.Worker.template.spec.containers[name=sidecar]"));
        want = *withValue(want, path("metadata.labels.tier"), u"iron"_s);
        QVERIFY(document.become(want));
        QByteArray text = job();
        text.replace("suspend: false", "suspend: true").replace("'gold'", "'iron'").replace("          - name: sidecar\n            image: registry.example/log:2\n", "");
        QCOMPARE(QString::fromUtf8(document.text()), QString::fromUtf8(text));
    }

    void severalFaultsAreToldAtOnce()
    {
        const Document document = Document::read("a: 1\na: 2\nb: .inf\nc: !foo 1\n---\nd: [1\ne: 2\n---\nf:\n  g: 'x\n\nh: @y\ni: 1\n");
        QStringList places;
        for (const Fault &fault : document.faults()) {
            places += u"%1:%2"_s.arg(fault.place.line).arg(fault.place.column);
            QVERIFY(!fault.why.isEmpty() && !fault.fix.isEmpty());
        }
        QVERIFY2(places.size() >= 5 && places.mid(0, 4) == QStringList({u"2:1"_s, u"3:4"_s, u"4:4"_s, u"7:2"_s}), qPrintable(places.join(u' ')));
        const Document two = Document::read("a:\n  b: @x\n  c: 1\nd:\n  e: `y\n  f: 2\n");
        QCOMPARE(two.faults().size(), 2);
        QCOMPARE(two.faults()[0].place.line, 2);
        QCOMPARE(two.faults()[1].place.line, 5);
        Document broken = document;
        QVERIFY(!broken.set(path("a"), 3));
        QCOMPARE(broken.text(), document.text());
    }

    void whatReadersDoNotAgreeOnIsRefused()
    {
        for (const char *text : {"a: !", "a: ! x", "a: !x y", "[a:, b]", "{a:}", "a: x\ry: 1", "a: &b:c x", "&a 12.5\n- b", "[\"\\a\", b", "- \n|-\n  x"})
            QVERIFY2(Document::read(text).faults().size() == 1, text);
        for (const char *text : {"[a: , b]", "{\"a\":[]}", "{'a':{}}", "a: !!null ~", "a: !!str", "[a:b]"})
            QVERIFY2(Document::read(text).faults().isEmpty(), text);
        QCOMPARE(Document::read(R"(["\a2", "x\e"])").json()[0].toString(), u"\a2"_s); // no JSON, but YAML
        // yaml-cpp 0.7 makes no UTF-8 of these two.
        QCOMPARE(Document::read("a: \"檢\\N\\_x\"").json()[u"a"_s].toString(), u"檢\u0085\u00a0x"_s);
    }

    void pathsHaveAText()
    {
        for (const char *text : {"a", "a.b", "a[0].b", "[name=x]", "a[name=x].b[-]", "metadata.labels[\"app.kubernetes.io/name\"]", "a[name=\"x]\"]", "[\"\"]"}) {
            const auto parsed = Path::parse(QString::fromUtf8(text));
            QVERIFY2(parsed, text);
            QCOMPARE(parsed->text(), QString::fromUtf8(text));
        }
        for (const char *text : {".a", "a..b", "a[", "a]", "a[x]", "a b", "a[-1]", "[\"a]"})
            QVERIFY2(!Path::parse(QString::fromUtf8(text)), text);
        const QJsonObject root{{u"a/b"_s, QJsonArray{1, QJsonObject{{u"~"_s, 2}}}}};
        QCOMPARE(Path::fromPointer(u"/a~1b/1/~0"_s, root)->text(), u"[\"a/b\"][1][\"~\"]"_s);
        QVERIFY(!Path::fromPointer(u"/a~1b/01"_s, root));
        QVERIFY(!Path::fromPointer(u"a"_s, root));
    }

    void randomEditsOfRandomDocuments()
    {
        QRandomGenerator random(20261129);
        int minimal = 0;
        int edits = 0;
        for (int round = 0; round < 1500; ++round) {
            const QJsonValue value = randomValue(random, 4);
            if (!value.isObject() && !value.isArray())
                continue;
            QByteArray text = Scribe(random).document(value).toUtf8();
            if (random.bounded(5) == 0)
                text.replace('\n', "\r\n");
            const QByteArray chopped = text.chopped(text.endsWith("\r\n") ? 2 : 1);
            if (random.bounded(5) == 0 && Document::read(chopped).json() == value) // a literal block would say less
                text = chopped;
            Document document = Document::read(text);
            QVERIFY2(document.faults().isEmpty(), qPrintable(document.error().oneLine() + u'\n' + QString::fromUtf8(text)));
            QVERIFY2(json(document.json()) == json(value), qPrintable(QString::fromUtf8(json(value) + "\n" + json(document.json()) + "\n" + text)));
            for (int edit = 0; edit < 4; ++edit) {
                const QJsonValue before = document.json();
                const QByteArray old = document.text();
                const int act = random.bounded(3);
                const Path where = randomPath(before, random, act != 2);
                const QJsonValue with = randomValue(random, 2);
                const Result<QJsonValue> meant = act == 0 ? withValue(before, where, with)
                    : act == 1                          ? withInserted(before, where, with)
                                                        : without(before, where);
                const Result<> done = act == 0 ? document.set(where, with) : act == 1 ? document.insert(where, with) : document.remove(where);
                const QString story = u"%1 %2 %3\n%4\n=>\n%5"_s.arg(act).arg(where.text(), QString::fromUtf8(json(with)), QString::fromUtf8(old),
                                                                  QString::fromUtf8(document.text()));
                QVERIFY2(meant.has_value() == done.has_value(), qPrintable(story));
                if (!meant) {
                    QCOMPARE(document.text(), old);
                    continue;
                }
                QVERIFY2(json(document.json()) == json(*meant), qPrintable(story));
                QVERIFY2(Document::read(document.text()).json() == *meant, qPrintable(story));
                // What was not edited stays: all remarks but those inside of what was replaced, or of the entry that was removed.
                const Document was = Document::read(old);
                const Node target = was.at(where);
                const qsizetype from = act != 2          ? target.extent().begin
                    : !target.key().isEmpty() ? target.keyExtent().begin
                                              : std::max<qsizetype>(0, old.lastIndexOf('-', target.extent().begin));
                const QByteArray inside = target.isValid() ? old.mid(from, target.extent().end - from) : QByteArray();
                Node scope = was.root();
                for (Path up = where; !up.isEmpty(); up = up.parent()) {
                    if (const Node node = was.at(up.parent()); node.isValid()) {
                        scope = node;
                        break;
                    }
                }
                qsizetype last = old.indexOf('\n', scope.extent().end);
                last = last < 0 ? old.size() : last + 1;
                const qsizetype first = !scope.parent().isValid() ? 0
                    : !scope.key().isEmpty()                      ? scope.keyExtent().begin
                                                                  : std::max<qsizetype>(0, old.lastIndexOf('-', scope.extent().begin - 1));
                QVERIFY2(document.text().startsWith(old.first(first)) && document.text().endsWith(old.sliced(last)), qPrintable(story));
                const int lost = comments(old) - comments(document.text());
                ++edits;
                minimal += lost <= comments(inside);
                if (lost > comments(inside) && qEnvironmentVariableIsSet("CAIRN_SHOW"))
                    qWarning().noquote() << story;
            }
        }
        QVERIFY(edits > 2000);
        qInfo() << minimal << "of" << edits << "edits kept all other comments";
        QCOMPARE_GE(minimal, edits);
    }
};

QTEST_APPLESS_MAIN(TestDocument)
#include "tst_document.moc"
