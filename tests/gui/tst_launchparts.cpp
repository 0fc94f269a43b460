// SPDX-License-Identifier: GPL-3.0-or-later
// What stands behind the launch wizard without a window or a cluster.
#include "engine/LaunchFlows.h"
#include "window/SchemaProvider.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using launch::Spec;

namespace {

Spec named(const QString &name)
{
    Spec spec;
    spec.name = name;
    spec.ns = u"nlp"_s;
    return app::withDefaults(spec, {});
}

Spec follow(const Spec &before, const Spec &after)
{
    return app::followDefaults(before, after, launch::Framework::Contract, {});
}

QString value(const Spec &spec, const QString &variable)
{
    const auto at = std::ranges::find(spec.variables, variable, &launch::Variable::name);
    return at == spec.variables.end() ? QString() : at->value;
}

} // namespace

class TestLaunchParts : public QObject {
    Q_OBJECT

private slots:
    void retriesFollowTheNodesUntilSomebodySaysThem()
    {
        const Spec before = named(u"bert"_s);
        Spec after = before;
        after.nodes = 3;
        QCOMPARE(follow(before, after).backoffLimit, std::optional(18));
        Spec own = before;
        own.backoffLimit = 2;
        after = own;
        after.nodes = 3;
        QCOMPARE(follow(own, after).backoffLimit, std::optional(2));
        // What was taken out is not put back.
        own.backoffLimit.reset();
        after = own;
        after.nodes = 3;
        QCOMPARE(follow(own, after).backoffLimit, std::nullopt);
    }

    void theCheckpointFolderFollowsVolumeAndName()
    {
        const Spec before = named(u"bert"_s);
        Spec after = before;
        after.mounts = {{u"checkpoints"_s, u"ckpt"_s, u"/ckpt"_s, {}, false}};
        const Spec mounted = follow(before, after);
        QCOMPARE(value(mounted, u"CHECKPOINT_DIR"_s), u"/ckpt/bert"_s);
        QCOMPARE(launch::policyOf(mounted, launch::Framework::Contract).everySteps, 500);
        QVERIFY(mounted.graceSeconds.value_or(0) > 30);
        Spec renamed = mounted;
        renamed.name = u"bert-2"_s;
        QCOMPARE(value(follow(mounted, renamed), u"CHECKPOINT_DIR"_s), u"/ckpt/bert-2"_s);
        Spec without = mounted;
        without.mounts.clear();
        QCOMPARE(value(follow(mounted, without), u"CHECKPOINT_DIR"_s), QString());
        // One of a person's own stays.
        const Spec own = launch::withFolder(mounted, launch::Framework::Contract, u"/ckpt/ours"_s);
        renamed = own;
        renamed.name = u"bert-2"_s;
        QCOMPARE(value(follow(own, renamed), u"CHECKPOINT_DIR"_s), u"/ckpt/ours"_s);
    }

    void aWordKnowsWhereItStands_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("line");
        QTest::addColumn<int>("column");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("key");
        const QString job = u"kind: Job\nspec:\n  a:\n    list:\n    - name: x\n      image: y\n      args:\n        - 1\n    other: z\n    \n# note\n"_s;
        QTest::newRow("root") << job << 0 << 2 << QString() << u"kind"_s;
        QTest::newRow("child") << job << 2 << 3 << u"spec"_s << u"a"_s;
        QTest::newRow("item's first") << job << 4 << 8 << u"spec.a.list[0]"_s << u"name"_s;
        QTest::newRow("item's second") << job << 5 << 8 << u"spec.a.list[0]"_s << u"image"_s;
        QTest::newRow("indented list") << job << 7 << 10 << u"spec.a.list[0].args[0]"_s << QString();
        QTest::newRow("after a list") << job << 8 << 6 << u"spec.a"_s << u"other"_s;
        QTest::newRow("empty line") << job << 9 << 4 << u"spec.a"_s << QString();
        QTest::newRow("beyond") << job << 90 << 0 << QString() << QString();
    }
    void aWordKnowsWhereItStands()
    {
        QFETCH(QString, text);
        QFETCH(int, line);
        QFETCH(int, column);
        QString key;
        QTEST(app::SchemaProvider::holderOf(text, line, column, &key).text(), "path");
        QTEST(key, "key");
    }

    void eachDocumentIsCompletedByItsOwnSchema()
    {
        const auto of = [](const QString &field) {
            return std::make_shared<const manifest::Schema>(
                manifest::Schema::of({{u"type"_s, u"object"_s}, {u"properties"_s, QJsonObject{{field, QJsonObject{{u"type"_s, u"string"_s}}}}}}));
        };
        const QString text = u"# a job\nkind: A\n\n---\nkind: B\n\n---\nkind: C\n\n"_s;
        app::SchemaProvider provider;
        provider.setSchemas({{1, of(u"first"_s)}, {4, of(u"second"_s)}, {7, nullptr}});
        const auto offered = [&](int line) {
            QStringList words;
            provider.complete(text, {line, 0}, [&](const QList<editors::CodeCompletion> &all) {
                for (const editors::CodeCompletion &one : all)
                    words.append(one.text);
            });
            return words;
        };
        QCOMPARE(offered(0), QStringList{u"first: "_s});
        QCOMPARE(offered(2), QStringList{u"first: "_s});
        QCOMPARE(offered(5), QStringList{u"second: "_s});
        QCOMPARE(offered(8), QStringList());
    }
};

QTEST_GUILESS_MAIN(TestLaunchParts)
#include "tst_launchparts.moc"
