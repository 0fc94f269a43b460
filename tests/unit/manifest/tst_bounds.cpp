// SPDX-License-Identifier: GPL-3.0-or-later
// What reading costs at most, whatever the text is: below 8 × the text + 16 MiB of memory, and no more than in proportion to
// the text. Each text is read by a process of its own, which tells its peak and its processor time.
#include "Sanitized.h"
#include "manifest/Document.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTest>
#include <cstdio>
#include <ctime>
#include <map>
#include <sys/resource.h>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::manifest;

namespace {

constexpr qsizetype kMost = 4 * 1024 * 1024;
// Reading 4 MB is meant to take under a second, which a slow or busy machine may miss. What is quadratic takes minutes.
constexpr double kSeconds = 10;

/// `head`, then `piece` as often as it fits into `size`, then `tail`.
QByteArray filled(const QByteArray &head, const QByteArray &piece, const QByteArray &tail = {}, qsizetype size = kMost)
{
    QByteArray out;
    out.reserve(size);
    out += head;
    while (out.size() + piece.size() + tail.size() <= size)
        out += piece;
    return out + tail;
}

QByteArray anchors()
{
    QByteArray out;
    out.reserve(kMost);
    for (int i = 0; out.size() < kMost - 100; ++i)
        out += "- &a" + QByteArray::number(i) + " x\n";
    return out;
}

QByteArray laughs()
{
    QByteArray out = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
    for (int i = 1; i < 60; ++i) {
        const QByteArray before = "*a" + QByteArray::number(i - 1);
        out += "a" + QByteArray::number(i) + ": &a" + QByteArray::number(i) + " [" + (before + ',').repeated(9) + before + "]\n";
    }
    return out;
}

QByteArray keys()
{
    QByteArray out;
    out.reserve(kMost);
    for (int i = 0; out.size() < kMost - 100; ++i)
        out += QByteArray::number(i * 7919 % 1'000'003) + ": some value of a key\n";
    return out;
}

QByteArray lines(const QByteArray &ending, qsizetype size = kMost)
{
    return filled({}, "- name: container" + ending + "  image: \"registry.example/team/" + QByteArray(60, 'a') + "\"" + ending
                      + "  args: [--flag, 'x']" + ending, {}, size);
}

const std::map<QByteArray, QByteArray (*)()> &texts()
{
    static const std::map<QByteArray, QByteArray (*)()> all{
        {"brackets", [] { return QByteArray(kMost, '['); }},
        {"1 MB of brackets", [] { return QByteArray(1024 * 1024, '['); }},
        {"braces", [] { return QByteArray(kMost, '{'); }},
        {"brackets on lines", [] { return filled("a: ", "[\n"); }},
        {"brackets in a map", [] { return filled("a: ", "["); }},
        {"brackets in pairs", [] { return filled("a: [", "[],"); }},
        {"dashes", [] { return filled({}, "- "); }},
        {"question marks", [] { return filled({}, "? "); }},
        {"question marks in brackets", [] { return filled("a: [", "? "); }},
        {"colons in brackets", [] { return filled("a: {", "a: "); }},
        {"commas", [] { return filled("a: [", "a,"); }},
        {"quoted in brackets", [] { return filled("a: [", "\"\""); }},
        {"words in brackets", [] { return filled("a: [", "a b\n "); }},
        {"aliases on a line", [] { return filled({}, "*a "); }},
        {"anchors on a line", [] { return filled({}, "&a "); }},
        {"tags on a line", [] { return filled({}, "!a "); }},
        {"quoted on a line", [] { return filled({}, "'a' "); }},
        {"tags in brackets", [] { return filled("[", "!<a>"); }},
        {"directive", [] { return filled("%X ", "a ", "\n---\na: 1\n"); }},
        {"one long word", [] { return "a: " + QByteArray(kMost - 3, 'x'); }},
        {"many words", [] { return filled("a: ", "x y "); }},
        {"words over lines", [] { return filled("a:\n", "  x\n"); }},
        {"quoted over lines", [] { return filled("a: \"", "x\\n\n ", "\""); }},
        {"literal", [] { return filled("a: |\n", "  [x, {y: z}], 'q'\n"); }},
        {"folded", [] { return filled("a: >\n", "  x\n\n"); }},
        {"commas in a text", [] { return filled("a: \"", "a,[", "\""); }},
        {"comments", [] { return filled({}, "# x\n", "a: 1\n"); }},
        {"empty lines", [] { return QByteArray(kMost, '\n'); }},
        {"blanks", [] { return filled("a:", " ", "\n"); }},
        {"tabs", [] { return filled("a:\n", "\t"); }},
        {"list", [] { return filled({}, "- a\n"); }},
        {"list of nothing", [] { return filled({}, "-\n"); }},
        {"as many as allowed", [] { return filled({}, "-\n", {}, 599'000); }},
        {"maps as many as allowed", [] { return filled({}, "- a: b\n", {}, 99'000 * 7); }},
        {"documents", [] { return filled({}, "---\n"); }},
        {"documents of one key", [] { return filled({}, "---\na: 1\n"); }},
        {"anchors", &anchors},
        {"billion laughs", &laughs},
        {"keys", &keys},
        {"the same key", [] { return filled({}, "a: 1\n"); }},
        {"manifests", [] { return lines("\n"); }},
        {"CRLF", [] { return lines("\r\n"); }},
        {"BOM", [] { return "\xef\xbb\xbf" + lines("\n", kMost - 3); }},
        {"NUL", [] { return QByteArray(kMost, '\0'); }},
        {"no UTF-8", [] { return QByteArray(kMost, '\xff'); }},
        {"carriage returns", [] { return filled("a", "\r"); }},
        {"JSON", [] { return filled("[", "{\"name\":\"container\",\"args\":[1,2.5,true,null]},", "{}]"); }},
        {"JSON of empty maps", [] { return filled("[", "{},", "{}]"); }},
        {"JSON cut", [] { return filled("[", "{\"name\":\"container\"},"); }},
        {"too long", [] { return QByteArray(kMost + 1, 'x'); }},
    };
    return all;
}

/// In the child: reads, and tells what that took.
int measure(const QByteArray &name)
{
    const QByteArray text = texts().at(name)();
    const auto peak = [] {
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        return static_cast<qint64>(usage.ru_maxrss) * 1024;
    };
    const qint64 before = peak();
    const std::clock_t begin = std::clock();
    const Document document = Document::read(text);
    const double took = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    const QJsonObject out{{u"bytes"_s, text.size()},
                          {u"memory"_s, peak() - before + text.size()},
                          {u"seconds"_s, took},
                          {u"faults"_s, document.faults().size()},
                          {u"line"_s, document.faults().isEmpty() ? 0 : document.faults().first().place.line},
                          {u"why"_s, document.faults().isEmpty() ? QString() : document.faults().first().why}};
    std::puts(QJsonDocument(out).toJson(QJsonDocument::Compact).constData());
    return 0;
}

} // namespace

class TestBounds : public QObject
{
    Q_OBJECT
private slots:
    void readingIsBounded_data()
    {
        QTest::addColumn<bool>("good");
        for (const auto &[name, make] : texts()) {
            static const QList<QByteArray> good{"one long word", "many words", "words over lines", "quoted over lines", "literal", "folded",
                                                "commas in a text", "comments", "empty lines", "blanks", "as many as allowed",
                                                "maps as many as allowed", "documents", "manifests", "CRLF", "BOM", "tabs"};
            QTest::newRow(name.constData()) << good.contains(name);
        }
    }
    void readingIsBounded()
    {
        QFETCH(bool, good);
        QJsonObject told;
        for (int attempt = 0; attempt < 3; ++attempt) { // a busy machine takes longer for the same
            QProcess child;
            child.start(QCoreApplication::applicationFilePath(), {u"--measure"_s, QString::fromLatin1(QTest::currentDataTag())});
            QVERIFY(child.waitForFinished(60'000));
            QCOMPARE(child.exitStatus(), QProcess::NormalExit);
            told = QJsonDocument::fromJson(child.readAllStandardOutput()).object();
            QVERIFY(told.value(u"bytes"_s).toInteger() > 0);
            if (told.value(u"seconds"_s).toDouble() < kSeconds)
                break;
        }
        const double factor = told.value(u"memory"_s).toDouble() / told.value(u"bytes"_s).toDouble();
        qInfo().noquote() << u"%1 MiB, %2 × the text, %3 s, %4"_s.arg(told.value(u"memory"_s).toDouble() / 1048576, 0, 'f', 1)
                                 .arg(factor, 0, 'f', 1)
                                 .arg(told.value(u"seconds"_s).toDouble(), 0, 'f', 2)
                                 .arg(told.value(u"why"_s).toString());
        QCOMPARE(told.value(u"faults"_s).toInt() == 0, good);
        if (!good && QByteArrayView(QTest::currentDataTag()) != "too long")
            QVERIFY(told.value(u"line"_s).toInt() > 0);
        if (test::isSanitized())
            return;
        QVERIFY(told.value(u"memory"_s).toInteger() < 8 * told.value(u"bytes"_s).toInteger() + 16 * 1024 * 1024);
        QVERIFY(told.value(u"seconds"_s).toDouble() < kSeconds);
    }
};

int main(int argc, char **argv)
{
    if (argc == 3 && QByteArrayView(argv[1]) == "--measure")
        return measure(argv[2]);
    QCoreApplication app(argc, argv);
    TestBounds test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_bounds.moc"
