// SPDX-License-Identifier: GPL-3.0-or-later
#include "editors/YamlStyle.h"

#include <QElapsedTimer>
#include <QTest>

using namespace cairn::editors;
using namespace Qt::StringLiterals;

namespace {

/// The styles of the last of `lines` as letters: t text, k key, n number, c comment.
QString styled(const QByteArray &lines)
{
    int state = 0;
    std::string styles;
    const QList<QByteArray> all = lines.split('\n');
    for (const QByteArray &line : all) {
        styles.clear();
        state = styleYamlLine({line.constData(), static_cast<std::size_t>(line.size())}, state, styles);
    }
    QString letters;
    for (const char style : styles)
        letters += u"tknc"[static_cast<int>(style)];
    return letters;
}

} // namespace

class TestYamlStyle : public QObject {
    Q_OBJECT

private slots:
    void linesAreStyled_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QString>("letters");
        const auto row = [](const char *name, const QByteArray &yaml, const QString &letters) {
            QTest::newRow(name) << yaml << letters;
        };
        row("key and text", "kind: Job", u"kkkkttttt"_s);
        row("number", "  n: 12", u"ttktt" u"nn"_s);
        row("bool and comment", "a: true # why", u"ktt" u"nnnn" u"t" u"ccccc"_s);
        row("item", "- name: x", u"ttkkkkttt"_s);
        row("item of numbers", "- 1.5e-3", u"ttnnnnnn"_s);
        row("quoted number", "a: \"8\"", u"kttttt"_s);
        row("quoted with a hash", "a: 'x # y' # c", u"kttttttttttccc"_s);
        row("hash in a word", "a: x#y", u"kttttt"_s);
        row("version is text", "v: 1.2.3", u"kttttttt"_s);
        row("a word that begins with a digit", "v: 8Gi", u"kttttt"_s);
        row("colon in a value", "image: a:2", u"kkkkkttttt"_s);
        row("key with a slash", "kubeflow.org/x: y", u"kkkkkkkkkkkkkkttt"_s);
        row("quoted key", "\"a: b\": 1", u"kkkkkkttn"_s);
        row("document", "--- # next", u"cccccccccc"_s);
        row("comment alone", "  # a: b", u"ttcccccc"_s);
        row("flow is text", "a: {b: 1}", u"ktttttttt"_s);
        row("anchor", "a: &x 7", u"ktttttn"_s);
        row("inside a block scalar", "run: |\n  a: 1", u"tttttt"_s);
        row("after a block scalar", "run: |\n  a: 1\nb: 2", u"kttn"_s);
        row("blank line in a block scalar", "run: |\n  a\n\n  b: 1", u"tttttt"_s);
        row("block scalar of an item", "- >-\n  a: 1\n  b: 2", u"tttttt"_s);
        row("a pipe that is no header", "a: |x\n  b: 2", u"ttktt" u"n"_s);
        row("nothing", "", QString());
        row("only a quote", "a: \"", u"kttt"_s);
    }
    void linesAreStyled()
    {
        QFETCH(QByteArray, yaml);
        QFETCH(QString, letters);
        QCOMPARE(styled(yaml), letters);
    }

    void depthPutsItemsUnderTheirKey()
    {
        QVERIFY(yamlFoldDepth("args:") < yamlFoldDepth("- a"));
        QVERIFY(yamlFoldDepth("- a: 1") < yamlFoldDepth("  b: 2"));
        QCOMPARE(yamlFoldDepth("a:"), yamlFoldDepth("b:"));
        QVERIFY(yamlFoldDepth("---") < yamlFoldDepth("a:"));
        QCOMPARE(yamlFoldDepth("   "), -1);
        QCOMPARE(yamlFoldDepth("  # x"), -1);
        QCOMPARE(yamlFoldDepth(std::string(100'000, ' ') + "x"), yamlFoldDepth(std::string(200'000, ' ') + "x"));
    }

    void hostileLinesCostLinearTime()
    {
        QElapsedTimer timer;
        timer.start();
        for (const char *piece : {": ", "# ", "\"", "- ", "&a ", "'\\", "{[", "\xff\x80"}) {
            const QByteArray line = QByteArray(piece).repeated(500'000);
            std::string styles;
            styleYamlLine({line.constData(), static_cast<std::size_t>(line.size())}, 0, styles);
            QCOMPARE(styles.size(), static_cast<std::size_t>(line.size()));
        }
        QVERIFY2(timer.elapsed() < 4000, qPrintable(QString::number(timer.elapsed())));
    }
};

QTEST_APPLESS_MAIN(TestYamlStyle)
#include "tst_yamlstyle.moc"
