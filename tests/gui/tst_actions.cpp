// SPDX-License-Identifier: GPL-3.0-or-later
// One list of what can be done: keys, command palette and help are made from it.
#include "window/ActionRegistry.h"

#include <QAction>
#include <QSignalSpy>
#include <QTest>
#include <QWidget>

using namespace Qt::StringLiterals;
using namespace cairn;
using app::ActionRegistry;

class TestActions : public QObject
{
    Q_OBJECT
private slots:
    void anActionIsToldOnceAndFoundEverywhere()
    {
        QWidget window;
        ActionRegistry actions(&window);
        int done = 0;
        actions.add(u"Everywhere"_s, {u"keys"_s, u"help"_s, u"Keyboard shortcuts"_s, {Qt::Key_F1, Qt::Key_Question}, u"help"_s, [&] { ++done; }});
        actions.add(u"Pages"_s, {u"pods"_s, u"pods"_s, u"Pods"_s, {Qt::CTRL | Qt::Key_8}, {}, [&] { ++done; }, {}, ActionRegistry::Kind::Page});
        actions.add(u"Everywhere"_s, {u"palette"_s, {}, u"Command palette"_s, {Qt::CTRL | Qt::Key_K}, {}, [] {}, {}, ActionRegistry::Kind::Action, false});
        actions.add({}, {u"theme"_s, {}, u"Dark"_s, {}, {}, [&] { ++done; }});
        actions.addKeys(u"Pods"_s, {{u"L"_s, u"Logs"_s}});

        const auto *shortcut = window.findChild<QAction *>(u"action.keys"_s);
        QVERIFY(shortcut);
        QCOMPARE(shortcut->shortcuts(), (QList<QKeySequence>{Qt::Key_F1, Qt::Key_Question}));
        window.findChild<QAction *>(u"page.pods"_s)->trigger();
        QCOMPARE(done, 1);
        actions.trigger(u"theme"_s);
        QCOMPARE(done, 2);

        QStringList found;
        for (const items::PaletteEntry &entry : actions.entries())
            found.append(entry.id + u'=' + entry.keys);
        QCOMPARE(found, (QStringList{u"keys=F1"_s, u"pods=Ctrl 8"_s, u"theme="_s}));

        const QList<dialogs::KeySection> sections = actions.sections();
        QCOMPARE(sections.size(), 3); // what has no key is in none
        QCOMPARE(sections[0].title, u"Everywhere"_s);
        QCOMPARE(sections[0].keys, (QList<std::pair<QString, QString>>{{u"F1"_s, u"Keyboard shortcuts"_s}, {u"Ctrl K"_s, u"Command palette"_s}}));
        QCOMPARE(sections[2].keys, (QList<std::pair<QString, QString>>{{u"L"_s, u"Logs"_s}}));
    }

    void whatCannotBeDoneSaysWhy()
    {
        QWidget window;
        ActionRegistry actions(&window);
        int done = 0;
        QString why = u"Not connected"_s;
        actions.add(u"Everywhere"_s, {u"refresh"_s, {}, u"Refresh"_s, {Qt::Key_F5}, {}, [&] { ++done; }, [&] { return why; }});
        QSignalSpy refused(&actions, &ActionRegistry::refused);
        QCOMPARE(actions.entries().first().detail, why);
        actions.trigger(u"refresh"_s);
        QCOMPARE(done, 0);
        QCOMPARE(refused.size(), 1);
        QCOMPARE(refused.first(), (QList<QVariant>{u"Refresh"_s, u"Not connected"_s}));
        why.clear();
        actions.trigger(u"refresh"_s);
        QCOMPARE(done, 1);
        QVERIFY(actions.entries().first().detail.isEmpty());
    }

    void sourcesGetTheRestOfTheirIds()
    {
        QWidget window;
        ActionRegistry actions(&window);
        QStringList got;
        actions.addSource(u"node"_s, [] { return QList<items::PaletteEntry>{{u"node:gpu-1:a"_s, ActionRegistry::Kind::Object, {}, u"gpu-1"_s, {}, {}, {}, false}}; },
                          [&](const QString &rest, bool newWindow) { got = {rest, newWindow ? u"new"_s : u"here"_s}; });
        QCOMPARE(actions.entries().size(), 1);
        actions.trigger(u"node:gpu-1:a"_s, true);
        QCOMPARE(got, (QStringList{u"gpu-1:a"_s, u"new"_s}));
        actions.trigger(u"gone:x"_s); // of a list that was kept from another day
    }

    void keysAreWrittenAsTheInterfaceDoes()
    {
        QCOMPARE(ActionRegistry::written(Qt::CTRL | Qt::SHIFT | Qt::Key_N), u"Ctrl Shift N"_s);
        QCOMPARE(ActionRegistry::written(Qt::CTRL | Qt::Key_Plus), u"Ctrl +"_s);
        QCOMPARE(ActionRegistry::written(Qt::CTRL | Qt::Key_Minus), u"Ctrl −"_s);
        QCOMPARE(ActionRegistry::written(Qt::CTRL | Qt::Key_Comma), u"Ctrl ,"_s);
        QCOMPARE(ActionRegistry::written(Qt::Key_F5), u"F5"_s);
    }
};

QTEST_MAIN(TestActions)
#include "tst_actions.moc"
