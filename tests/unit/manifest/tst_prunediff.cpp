// SPDX-License-Identifier: GPL-3.0-or-later
#include "manifest/Diff.h"
#include "manifest/Prune.h"

#include <QJsonArray>
#include <QRandomGenerator>
#include <QTest>
#include <algorithm>
#include <vector>

using namespace Qt::StringLiterals;
using namespace cairn::manifest;
using Kind = DiffLine::Kind;

namespace {

QString shown(const QList<DiffLine> &lines)
{
    QString out;
    for (const DiffLine &line : lines) {
        switch (line.kind) {
        case Kind::Context: out += u"  "_s + line.text; break;
        case Kind::Removed: out += u"- "_s + line.text; break;
        case Kind::Added: out += u"+ "_s + line.text; break;
        case Kind::Skipped: out += u"… "_s + QString::number(line.oldLine); break;
        }
        out += u'\n';
    }
    return out;
}

} // namespace

class TestPruneDiff : public QObject
{
    Q_OBJECT
private slots:
    void displayLeavesOutBookkeepingOnly()
    {
        const QJsonObject object{
            {u"kind"_s, u"PyTorchJob"_s},
            {u"metadata"_s, QJsonObject{{u"name"_s, u"a"_s}, {u"uid"_s, u"u"_s}, {u"managedFields"_s, QJsonArray{1}},
                                        {u"annotations"_s, QJsonObject{{u"kubectl.kubernetes.io/last-applied-configuration"_s, u"{}"_s},
                                                                       {u"mine"_s, u"1"_s}}}}},
            {u"status"_s, QJsonObject{{u"x"_s, 1}}}};
        const QJsonObject pruned = forDisplay(object);
        QCOMPARE(pruned[u"metadata"_s].toObject().keys(), (QStringList{u"annotations"_s, u"name"_s, u"uid"_s}));
        QCOMPARE(pruned[u"metadata"_s][u"annotations"_s].toObject().keys(), QStringList{u"mine"_s});
        QVERIFY(pruned.contains(u"status"_s));
        QVERIFY(forDisplay(object, true)[u"metadata"_s].toObject().contains(u"managedFields"_s));
        QCOMPARE(forDisplay(QJsonObject{{u"metadata"_s, 3}}), (QJsonObject{{u"metadata"_s, 3}}));
    }

    void cloneKeepsOnlyWhatTheUserOwns()
    {
        const QJsonObject object{
            {u"kind"_s, u"PyTorchJob"_s},
            {u"metadata"_s,
             QJsonObject{{u"name"_s, u"a"_s}, {u"namespace"_s, u"n"_s}, {u"uid"_s, u"u"_s}, {u"resourceVersion"_s, u"7"_s},
                         {u"generation"_s, 3}, {u"creationTimestamp"_s, u"t"_s}, {u"finalizers"_s, QJsonArray{u"f"_s}},
                         {u"ownerReferences"_s, QJsonArray{1}}, {u"managedFields"_s, QJsonArray{1}},
                         {u"labels"_s, QJsonObject{{u"team"_s, u"x"_s}, {u"kueue.x-k8s.io/queue-name"_s, u"q"_s},
                                                   {u"app.kubernetes.io/instance"_s, u"argo"_s},
                                                   {u"app.kubernetes.io/managed-by"_s, u"Helm"_s}}},
                         {u"annotations"_s, QJsonObject{{u"meta.helm.sh/release-name"_s, u"r"_s},
                                                        {u"argocd.argoproj.io/tracking-id"_s, u"t"_s}}}}},
            {u"spec"_s, QJsonObject{{u"a"_s, 1}}},
            {u"status"_s, QJsonObject{{u"x"_s, 1}}}};
        QCOMPARE(forClone(object),
                 (QJsonObject{{u"kind"_s, u"PyTorchJob"_s},
                              {u"metadata"_s, QJsonObject{{u"name"_s, u"a"_s}, {u"namespace"_s, u"n"_s},
                                                          {u"labels"_s, QJsonObject{{u"team"_s, u"x"_s},
                                                                                    {u"kueue.x-k8s.io/queue-name"_s, u"q"_s}}}}},
                              {u"spec"_s, QJsonObject{{u"a"_s, 1}}}}));
        // Somebody else's managed-by word is no mark of Helm.
        const QJsonObject kept = forClone({{u"metadata"_s, QJsonObject{{u"labels"_s, QJsonObject{{u"app.kubernetes.io/managed-by"_s, u"me"_s}}}}}});
        QCOMPARE(kept[u"metadata"_s][u"labels"_s][u"app.kubernetes.io/managed-by"_s].toString(), u"me"_s);
    }

    void diffShowsChangesInTheirPlace()
    {
        const QJsonObject before{{u"kind"_s, u"PyTorchJob"_s},
                                 {u"metadata"_s, QJsonObject{{u"name"_s, u"llama-ft-7"_s}}},
                                 {u"spec"_s, QJsonObject{{u"a"_s, 1}, {u"b"_s, 2}, {u"c"_s, 3}, {u"d"_s, 4},
                                                         {u"z"_s, QJsonArray{u"--x"_s}}}}};
        QJsonObject after = before;
        after[u"metadata"_s] = QJsonObject{{u"name"_s, u"llama-ft-7-r3"_s}};
        QJsonObject spec = after[u"spec"_s].toObject();
        spec[u"z"_s] = QJsonArray{u"--x"_s, u"--checkpoint.load_step=12000"_s};
        after[u"spec"_s] = spec;
        const QList<DiffLine> lines = diff(before, after, 1);
        QCOMPARE(shown(lines), uR"(… 1
  metadata:
-   name: llama-ft-7
+   name: llama-ft-7-r3
  spec:
… 5
      - --x
+     - --checkpoint.load_step=12000
)"_s);
        QCOMPARE(lines[2].oldLine, 3);
        QCOMPARE(lines[3].newLine, 3);
        QCOMPARE(lines.last().newLine, 11);
        QVERIFY(diff(before, before).isEmpty());
        // What is not there has no line to lose.
        for (const DiffLine &line : diff({}, after))
            QCOMPARE(line.kind, DiffLine::Kind::Added);
        for (const DiffLine &line : diff(before, {}))
            QCOMPARE(line.kind, DiffLine::Kind::Removed);
    }

    void diffNeverShowsSecretValues()
    {
        const auto secret = [](const QString &a, const QString &b) {
            return QJsonObject{{u"kind"_s, u"Secret"_s}, {u"data"_s, QJsonObject{{u"a"_s, a}, {u"b"_s, b}}}};
        };
        const QString text = shown(diff(secret(u"b2xk"_s, u"c2FtZQ"_s), secret(u"bmV3"_s, u"c2FtZQ"_s)));
        QVERIFY(text.contains(u"-   a: \"*** (before)\""_s));
        QVERIFY(text.contains(u"+   a: \"*** (after)\""_s));
        QVERIFY(text.contains(u"    b: \"***\""_s));
        for (const QString &value : {u"b2xk"_s, u"bmV3"_s, u"c2FtZQ"_s})
            QVERIFY(!text.contains(value));
        const QJsonObject list{{u"kind"_s, u"SecretList"_s}, {u"items"_s, QJsonArray{QJsonObject{{u"data"_s, QJsonObject{{u"a"_s, u"b2xk"_s}}}}}}};
        QCOMPARE(withoutSecretValues(list)[u"items"_s][0][u"data"_s][u"a"_s].toString(), u"***"_s);
        const QJsonObject copied{{u"kind"_s, u"Secret"_s}, {u"metadata"_s, QJsonObject{{u"annotations"_s, QJsonObject{
            {u"kubectl.kubernetes.io/last-applied-configuration"_s, u"b2xk"_s}}}}}};
        QVERIFY(!withoutSecretValues(copied)[u"metadata"_s].toObject().contains(u"annotations"_s));
    }

    void diffRebuildsBothTexts()
    {
        QRandomGenerator random(3);
        for (int round = 0; round < 500; ++round) {
            const auto text = [&] {
                QStringList lines;
                for (int n = random.bounded(12); n > 0; --n)
                    lines += QString(QChar(u'a' + static_cast<char16_t>(random.bounded(4))));
                return lines;
            };
            const QStringList a = text();
            const QStringList b = text();
            const auto join = [](const QStringList &l) { return l.isEmpty() ? QString() : l.join(u'\n') + u'\n'; };
            QStringList oldLines;
            QStringList newLines;
            for (const DiffLine &line : diffText(join(a), join(b), 1000)) {
                if (line.kind != Kind::Added)
                    oldLines += line.text;
                if (line.kind != Kind::Removed)
                    newLines += line.text;
            }
            if (a == b)
                continue;
            QCOMPARE(oldLines, a);
            QCOMPARE(newLines, b);
        }
    }

    void hugeTextsAreStillCompared()
    {
        QStringList a;
        QStringList b;
        for (int i = 0; i < 5000; ++i) {
            a += u"a%1"_s.arg(i);
            b += u"b%1"_s.arg(i);
        }
        QCOMPARE(diffText(a.join(u'\n'), b.join(u'\n')).size(), 10'000);
    }

    void noDifferenceIsShorter()
    {
        QRandomGenerator random(4);
        for (int round = 0; round < 2000; ++round) {
            const auto text = [&] {
                QStringList lines;
                for (int n = random.bounded(14); n > 0; --n)
                    lines += QString(QChar(u'a' + static_cast<char16_t>(random.bounded(3))));
                return lines;
            };
            const QStringList a = text();
            const QStringList b = text();
            std::vector<std::vector<int>> common(static_cast<size_t>(a.size()) + 1, std::vector<int>(static_cast<size_t>(b.size()) + 1));
            for (qsizetype i = a.size() - 1; i >= 0; --i) {
                for (qsizetype j = b.size() - 1; j >= 0; --j) {
                    const auto x = static_cast<size_t>(i);
                    const auto y = static_cast<size_t>(j);
                    common[x][y] = a[i] == b[j] ? common[x + 1][y + 1] + 1 : std::max(common[x + 1][y], common[x][y + 1]);
                }
            }
            const QList<DiffLine> lines = diffText(a.join(u'\n'), b.join(u'\n'), 1000);
            const auto equal = std::count_if(lines.begin(), lines.end(), [](const DiffLine &line) { return line.kind == Kind::Context; });
            if (!lines.isEmpty())
                QCOMPARE(static_cast<int>(equal), common[0][0]);
        }
    }

    void longTextsAreComparedLineByLine()
    {
        // 60,000 lines, of which every hundredth differs, and a stretch that was moved from the front to the end.
        QStringList a;
        for (int i = 0; i < 60'000; ++i)
            a += u"line %1"_s.arg(i % 7000);
        QStringList b = a.mid(500) + a.mid(0, 500);
        for (qsizetype i = 0; i < b.size(); i += 100)
            b[i] = u"other %1"_s.arg(i);
        QStringList before;
        QStringList after;
        qsizetype changed = 0;
        for (const DiffLine &line : diffText(a.join(u'\n'), b.join(u'\n'), 100'000)) {
            if (line.kind != Kind::Added)
                before += line.text;
            if (line.kind != Kind::Removed)
                after += line.text;
            changed += line.kind != Kind::Context;
        }
        QCOMPARE(before, a);
        QCOMPARE(after, b);
        QVERIFY2(changed < 4000, qPrintable(QString::number(changed)));
    }

    void twoChangesOfATextAreMerged()
    {
        const TextMerge both = mergeText(u"a\nb\nc\nd\ne\n"_s, u"a\nB\nc\nd\ne\n"_s, u"a\nb\nc\nd\ne\nf\n"_s);
        QCOMPARE(both.text, u"a\nB\nc\nd\ne\nf\n"_s);
        QVERIFY(both.conflicts.isEmpty());
        const TextMerge against = mergeText(u"a\nb\nc"_s, u"a\nx\nc"_s, u"a\ny\nz\nc"_s);
        QCOMPARE(against.text, u"a\nx\nc"_s);
        QCOMPARE(against.conflicts, (QList<TextMerge::Conflict>{{2, {u"b"_s}, {u"x"_s}, {u"y"_s, u"z"_s}}}));
    }

    void mergingWithWhatDidNotChangeIsTheChange()
    {
        QRandomGenerator random(6);
        for (int round = 0; round < 2000; ++round) {
            const auto text = [&] {
                QStringList lines;
                for (int n = random.bounded(9); n > 0; --n)
                    lines += QString(QChar(u'a' + static_cast<char16_t>(random.bounded(4))));
                return lines.join(u'\n');
            };
            const QString base = text();
            const QString mine = text();
            const QString theirs = text();
            QCOMPARE(mergeText(base, mine, base).text, mine);
            QCOMPARE(mergeText(base, base, mine).text, mine);
            QCOMPARE(mergeText(base, mine, mine).text, mine);
            const TextMerge one = mergeText(base, mine, theirs);
            const TextMerge other = mergeText(base, theirs, mine);
            QCOMPARE(one.conflicts.size(), other.conflicts.size());
            if (one.conflicts.isEmpty())
                QCOMPARE(one.text, other.text);
        }
    }

    void whatMayBeSecretIsHidden()
    {
        for (const QString &name : {u"DB_PASSWORD"_s, u"awsSecretAccess"_s, u"API_KEY"_s, u"--token"_s, u"dsn"_s})
            QVERIFY2(mayHoldSecret(name), qPrintable(name));
        QVERIFY(!mayHoldSecret(u"LOG_LEVEL"_s));
        const auto pod = [](const QString &password, const QString &level, const QString &token) {
            const QJsonObject container{{u"name"_s, u"main"_s},
                                        {u"env"_s, QJsonArray{QJsonObject{{u"name"_s, u"DB_PASSWORD"_s}, {u"value"_s, password}},
                                                              QJsonObject{{u"name"_s, u"LEVEL"_s}, {u"value"_s, level}},
                                                              QJsonObject{{u"name"_s, u"API_KEY"_s}, {u"valueFrom"_s, QJsonObject{{u"secretKeyRef"_s, QJsonObject{{u"name"_s, u"s"_s}}}}}}}},
                                        {u"args"_s, QJsonArray{u"--level=1"_s, u"--token="_s + token, u"--password"_s, password, u"--tls-private-key-file=/etc/tls/key"_s}}};
            return QJsonObject{{u"kind"_s, u"Deployment"_s}, {u"spec"_s, QJsonObject{{u"template"_s, QJsonObject{{u"spec"_s, QJsonObject{{u"containers"_s, QJsonArray{container}}}}}}}}};
        };
        const QJsonObject before = pod(u"hunter2"_s, u"info"_s, u"abc"_s);
        const QJsonObject after = pod(u"hunter3"_s, u"debug"_s, u"abc"_s);
        const QJsonValue shown = withoutSecrets(after, before, u"*** (after)"_s)[u"spec"_s][u"template"_s][u"spec"_s][u"containers"_s][0];
        QCOMPARE(shown[u"env"_s][0][u"value"_s].toString(), u"*** (after)"_s);
        QCOMPARE(shown[u"env"_s][1][u"value"_s].toString(), u"debug"_s);
        QCOMPARE(shown[u"env"_s][2], after[u"spec"_s][u"template"_s][u"spec"_s][u"containers"_s][0][u"env"_s][2]);
        QCOMPARE(shown[u"args"_s].toArray(), (QJsonArray{u"--level=1"_s, u"--token=***"_s, u"--password"_s, u"*** (after)"_s, u"--tls-private-key-file=/etc/tls/key"_s}));
        QCOMPARE(withoutSecrets(after), withoutSecrets(pod(u"other"_s, u"debug"_s, u"x"_s)));
        const QJsonObject map{{u"kind"_s, u"ConfigMap"_s}, {u"data"_s, QJsonObject{{u"dbPassword"_s, u"hunter2"_s}, {u"level"_s, u"info"_s}}}};
        QCOMPARE(withoutSecrets(map)[u"data"_s], QJsonValue(QJsonObject{{u"dbPassword"_s, u"***"_s}, {u"level"_s, u"info"_s}}));
        QString text;
        for (const DiffLine &line : diff(before, after, 100))
            text += line.text + u'\n';
        QVERIFY2(!text.contains(u"hunter"_s) && !text.contains(u"abc"_s) && text.contains(u"*** (before)"_s) && text.contains(u"debug"_s), qPrintable(text));
    }
};

QTEST_APPLESS_MAIN(TestPruneDiff)
#include "tst_prunediff.moc"
