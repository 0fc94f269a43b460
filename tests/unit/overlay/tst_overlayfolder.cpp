// SPDX-License-Identifier: GPL-3.0-or-later
// An overlay's folder on the disk: what Cairn wrote is replaced, what people wrote is merged or left alone, and nothing is written
// where it must not be.
#include "OverlayScene.h"
#include "overlay/Folder.h"

#include <QDir>
#include <QTest>
#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::overlay;
using namespace cairn::tests;

using Act = FileStep::Act;

namespace {

Tree treeOf(const Files &bodies)
{
    Tree tree;
    for (auto it = bodies.begin(); it != bodies.end(); ++it)
        tree.files.insert(it.key(), withHeader(it.key(), it.value()));
    return tree;
}

QByteArray textAt(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(none)");
}

QMap<QString, Act> written(const QString &folder, const Tree &tree, Error *error = nullptr)
{
    const Result<Folder> read = readFolder(folder);
    if (!read)
        qFatal("%s", qPrintable(read.error().oneLine()));
    const QList<FileStep> steps = stepsTo(tree, *read);
    const Result<> done = writeFolder(folder, tree, steps);
    if (error && !done)
        *error = done.error();
    if (!error && !done)
        qFatal("%s", qPrintable(done.error().oneLine()));
    QMap<QString, Act> acts;
    for (const FileStep &step : steps)
        acts.insert(step.path, step.act);
    return acts;
}

} // namespace

class TestOverlayFolder : public QObject
{
    Q_OBJECT

    QTemporaryDir m_top;
    QString m_folder;

private slots:
    void init()
    {
        static int count = 0;
        m_folder = m_top.filePath(u"overlay%1"_s.arg(++count));
    }

    void whatIsUntouchedIsReplaced()
    {
        const Tree first = treeOf({{u"a/k.yaml"_s, "one: 1\n"}, {u"README.md"_s, "# Text\n"}, {u"gone.yaml"_s, "x: 1\n"}, {u"kept.yaml"_s, "x: 1\n"}});
        for (const Act act : written(m_folder, first))
            QCOMPARE(act, Act::New);
        QCOMPARE(textAt(m_folder + u"/a/k.yaml"_s), first.files[u"a/k.yaml"_s]);
        QVERIFY(textAt(m_folder + u"/README.md"_s).startsWith("<!-- "));
        for (const Act act : written(m_folder, first))
            QCOMPARE(act, Act::Same);
        writeFile(m_folder + u"/kept.yaml"_s, first.files[u"kept.yaml"_s] + "mine: 1\n");
        const Tree second = treeOf({{u"a/k.yaml"_s, "one: 2\n"}, {u"README.md"_s, "# Text\n"}});
        const QMap<QString, Act> acts = written(m_folder, second);
        QCOMPARE(acts[u"a/k.yaml"_s], Act::Replace);
        QCOMPARE(acts[u"README.md"_s], Act::Same);
        QCOMPARE(acts[u"gone.yaml"_s], Act::Remove);
        QCOMPARE(acts[u"kept.yaml"_s], Act::Leave);
        QVERIFY(!QFile::exists(m_folder + u"/gone.yaml"_s));
        QVERIFY(textAt(m_folder + u"/kept.yaml"_s).contains("mine: 1"));
        QCOMPARE(textAt(m_folder + u"/a/k.yaml"_s), second.files[u"a/k.yaml"_s]);
        // Nothing lies about beside them.
        QCOMPARE(QDir(m_folder + u"/a"_s).entryList(QDir::Files | QDir::Hidden), (QStringList{u"k.yaml"_s}));
    }

    void editsAreMergedAndStayEdits()
    {
        const Tree first = treeOf({{u"k.yaml"_s, "a: 1\nb: 1\nc: 1\nd: 1\n"}});
        written(m_folder, first);
        const QString path = m_folder + u"/k.yaml"_s;
        writeFile(path, textAt(path).replace("a: 1", "a: 7 # mine"));
        const Tree second = treeOf({{u"k.yaml"_s, "a: 1\nb: 1\nc: 1\nd: 2\n"}});
        QCOMPARE(written(m_folder, second)[u"k.yaml"_s], Act::Merge);
        QVERIFY(textAt(path).contains("a: 7 # mine\nb: 1\nc: 1\nd: 2\n"));
        QCOMPARE(headerHash(textAt(path)), headerHash(second.files[u"k.yaml"_s]));
        QVERIFY(!isUntouched(textAt(path)));
        // Again, from there.
        const Tree third = treeOf({{u"k.yaml"_s, "a: 1\nb: 1\nc: 3\nd: 2\n"}});
        QCOMPARE(written(m_folder, third)[u"k.yaml"_s], Act::Merge);
        QVERIFY(textAt(path).contains("a: 7 # mine\nb: 1\nc: 3\nd: 2\n"));
        QCOMPARE(written(m_folder, third)[u"k.yaml"_s], Act::Same);
        // The same line: theirs stays, and is told.
        const Tree fourth = treeOf({{u"k.yaml"_s, "a: 9\nb: 1\nc: 3\nd: 2\n"}});
        const Result<Folder> read = readFolder(m_folder);
        const QList<FileStep> steps = stepsTo(fourth, *read);
        QCOMPARE(steps.first().act, Act::Conflict);
        QCOMPARE(steps.first().conflicts.first().theirs, (QStringList{u"a: 9"_s}));
        QVERIFY(writeFolder(m_folder, fourth, steps));
        QVERIFY(textAt(path).contains("a: 7 # mine\n"));
    }

    void lineEndsAreNoEdits()
    {
        const QByteArray mark = "\xEF\xBB\xBF";
        const auto windows = [](QByteArray text) { return text.replace('\n', "\r\n"); };
        Tree first = treeOf({{u"README.md"_s, "# Text\n\none\ntwo\nthree\n"}, {u"k.yaml"_s, "a: 1\nb: 1\n"}, {u"run.sh"_s, "#!/bin/sh\ntrue\n"}});
        first.programs.insert(u"run.sh"_s);
        written(m_folder, first);
        // As git on Windows checks it out: the base of the merge too.
        for (const QString &file : {u"README.md"_s, u"k.yaml"_s, u"run.sh"_s}) {
            for (const QString &path : {m_folder + u'/' + file, m_folder + u"/.cairn/generated/"_s + file})
                writeFile(path, windows(textAt(path)));
        }
        QMap<QString, Act> acts = written(m_folder, first);
        QCOMPARE(acts[u"README.md"_s], Act::Same);
        QCOMPARE(acts[u"k.yaml"_s], Act::Same);
        QCOMPARE(acts[u"run.sh"_s], Act::Replace); // it would not run
        QCOMPARE(textAt(m_folder + u"/run.sh"_s), first.files[u"run.sh"_s]);
        // Edited by an editor that writes a mark as well.
        const QString readme = m_folder + u"/README.md"_s;
        writeFile(readme, mark + textAt(readme).replace("one\r\n", "one, and mine\r\n"));
        Tree second = treeOf({{u"README.md"_s, "# Text\n\none\ntwo\nfour\n"}, {u"k.yaml"_s, "a: 2\nb: 1\n"}, {u"run.sh"_s, "#!/bin/sh\ntrue\n"}});
        second.programs = first.programs;
        acts = written(m_folder, second);
        QCOMPARE(acts[u"README.md"_s], Act::Merge);
        QCOMPARE(acts[u"k.yaml"_s], Act::Replace);
        QVERIFY(textAt(readme).startsWith(mark + "<!-- "));
        QVERIFY(textAt(readme).endsWith("# Text\r\n\r\none, and mine\r\ntwo\r\nfour\r\n"));
        QCOMPARE(textAt(readme).count('\n'), textAt(readme).count("\r\n"));
        QVERIFY(textAt(m_folder + u"/k.yaml"_s).endsWith("a: 2\r\nb: 1\r\n"));
        QCOMPARE(written(m_folder, second)[u"README.md"_s], Act::Same);
    }

    void aBaseBesideTheFolderHasToBeThere()
    {
        writeFile(m_folder + u"/overlays/prod/kustomization.yaml"_s, "resources:\n- ../../../beside\n- ../../../none\n- ../../../empty\n- https://example.com/x?ref=1\ncomponents: [/abs]\n");
        writeFile(m_top.filePath(u"beside/kustomization.yaml"_s), "resources: []\n");
        QVERIFY(QDir().mkpath(m_top.filePath(u"empty"_s)));
        const Result<Folder> folder = readFolder(m_folder);
        QVERIFY(folder);
        Built built = lands(folder->files, u"overlays/prod"_s, audit::Scene(audit::Scene::Source::Cluster));
        QVERIFY(built.faults.isEmpty());
        checkOutside(built, folder->path);
        QCOMPARE(built.faults.size(), 3);
        QVERIFY2(built.faults[0].text.startsWith(u"overlays/prod/kustomization.yaml:3: There is no folder "_s) && built.faults[0].text.contains(u"/none"_s), qPrintable(built.faults[0].text));
        QVERIFY2(built.faults[1].text.contains(u"holds no kustomization"_s), qPrintable(built.faults[1].text));
        QVERIFY2(built.faults[2].text.contains(u"absolute"_s), qPrintable(built.faults[2].text));
    }

    void whatIsNotCairnsIsLeftAlone()
    {
        writeFile(m_folder + u"/README.md"_s, "Ours.\n");
        writeFile(m_folder + u"/site/limits.yaml"_s, "x: 1\n");
        const QMap<QString, Act> acts = written(m_folder, treeOf({{u"README.md"_s, "# Text\n"}, {u"k.yaml"_s, "a: 1\n"}}));
        QCOMPARE(acts[u"README.md"_s], Act::Keep);
        QCOMPARE(textAt(m_folder + u"/README.md"_s), QByteArray("Ours.\n"));
        QVERIFY(textAt(m_folder + u"/README.md.cairn"_s).contains("# Text"));
        QCOMPARE(textAt(m_folder + u"/site/limits.yaml"_s), QByteArray("x: 1\n"));
        // An edited file whose base is lost is nobody's to merge.
        writeFile(m_folder + u"/k.yaml"_s, textAt(m_folder + u"/k.yaml"_s) + "b: 2\n");
        QFile::remove(m_folder + u"/.cairn/generated/k.yaml"_s);
        QCOMPARE(written(m_folder, treeOf({{u"k.yaml"_s, "a: 2\n"}}))[u"k.yaml"_s], Act::Keep);
        QVERIFY(textAt(m_folder + u"/k.yaml"_s).contains("b: 2"));
    }

    void whatAPersonChoseForAnEditedFileIsDone()
    {
        const QByteArray body = "a: 1\nb: 1\nc: 1\nd: 1\n";
        written(m_folder, treeOf({{u"k.yaml"_s, body}}));
        const QString path = m_folder + u"/k.yaml"_s;
        writeFile(path, textAt(path).replace("a: 1", "a: 7").replace("d: 1", "d: 7"));
        const Tree tree = treeOf({{u"k.yaml"_s, "a: 9\nb: 1\nc: 2\nd: 9\n"}});
        const FileStep found = stepsTo(tree, *readFolder(m_folder)).first();
        QCOMPARE(found.act, Act::Conflict);
        QCOMPARE(found.conflicts.size(), 2);
        using File = Settlement::File;
        using Hunk = Settlement::Hunk;
        const QByteArray of = editOf(found);
        const auto bodyOf = [](const FileStep &step) { return step.text.mid(step.text.indexOf('\n') + 1); };
        const FileStep both = settled(found, {File::Both, {Hunk::Mine, Hunk::Generated}, of});
        QCOMPARE(both.act, Act::Merge);
        QCOMPARE(bodyOf(both), QByteArray("a: 7\nb: 1\nc: 2\nd: 9\n"));
        QCOMPARE(settled(found, {File::Both, {Hunk::Generated}, of}).act, Act::Conflict); // one is open
        QCOMPARE(bodyOf(settled(found, {File::Both, {Hunk::Generated, Hunk::Generated}, of})), QByteArray("a: 9\nb: 1\nc: 2\nd: 9\n"));
        const FileStep mine = settled(found, {File::Mine, {}, of});
        QCOMPARE(bodyOf(mine), QByteArray("a: 7\nb: 1\nc: 1\nd: 7\n"));
        const FileStep generated = settled(found, {File::Generated, {}, of});
        QCOMPARE(generated.act, Act::Replace);
        QCOMPARE(generated.text, tree.files[u"k.yaml"_s]);
        // A choice for another edit is none.
        QCOMPARE(settled(found, {File::Generated, {}, "something else"}), found);

        // What was kept is not asked about again, and stays an edit.
        QVERIFY(writeFolder(m_folder, tree, {mine}));
        const FileStep next = stepsTo(tree, *readFolder(m_folder)).first();
        QCOMPARE(next.act, Act::Same);
        QVERIFY(!isUntouched(textAt(path)));
        // What was given up is Cairn's again.
        const Tree later = treeOf({{u"k.yaml"_s, "a: 10\nb: 1\nc: 2\nd: 9\n"}});
        const FileStep again = stepsTo(later, *readFolder(m_folder)).first();
        QVERIFY(writeFolder(m_folder, later, {settled(again, {File::Generated, {}, editOf(again)})}));
        QVERIFY(isUntouched(textAt(path)));
    }

    void whatIsNotNeededAnyMoreGoesWhereThatWasChosen()
    {
        written(m_folder, treeOf({{u"k.yaml"_s, "a: 1\n"}}));
        const QString path = m_folder + u"/k.yaml"_s;
        writeFile(path, textAt(path) + "mine: 1\n");
        const Tree nothing = treeOf({});
        const FileStep found = stepsTo(nothing, *readFolder(m_folder)).first();
        QCOMPARE(found.act, Act::Leave);
        QVERIFY(writeFolder(m_folder, nothing, {found}));
        QVERIFY(QFile::exists(path));
        QVERIFY(writeFolder(m_folder, nothing, {settled(found, {Settlement::File::Generated, {}, editOf(found)})}));
        QVERIFY(!QFile::exists(path));
    }

    void linksAreNeverWrittenThrough()
    {
        const QString outside = m_top.filePath(u"outside"_s);
        writeFile(outside + u"/victim.yaml"_s, "precious\n");
        QDir().mkpath(m_folder);
        const Tree tree = treeOf({{u"a/k.yaml"_s, "a: 1\n"}});
        QVERIFY(QFile::link(outside, m_folder + u"/a"_s));
        Error error;
        written(m_folder, tree, &error);
        QCOMPARE(error.kind, Error::Kind::Io);
        QVERIFY2(error.oneLine().contains(u"link"_s), qPrintable(error.oneLine()));
        QVERIFY(!QFile::exists(outside + u"/k.yaml"_s));
        // A link in place of the file itself, and of what is kept of it.
        QFile::remove(m_folder + u"/a"_s);
        QDir().mkpath(m_folder + u"/a"_s);
        QVERIFY(QFile::link(outside + u"/victim.yaml"_s, m_folder + u"/a/k.yaml"_s));
        error = {};
        written(m_folder, tree, &error);
        QCOMPARE(error.kind, Error::Kind::Io);
        QFile::remove(m_folder + u"/a/k.yaml"_s);
        QVERIFY(QFile::link(outside, m_folder + u"/.cairn"_s));
        error = {};
        written(m_folder, tree, &error);
        QCOMPARE(error.kind, Error::Kind::Io);
        QCOMPARE(textAt(outside + u"/victim.yaml"_s), QByteArray("precious\n"));
        QCOMPARE(QDir(outside).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot), (QStringList{u"victim.yaml"_s}));
        // Nor are they read.
        const Result<Folder> read = readFolder(m_folder);
        QVERIFY(std::ranges::any_of(read->gaps, [](const Gap &gap) { return gap.what == u".cairn"; }));
    }

    void nothingIsWrittenWhereSomethingCannotBe()
    {
        const QString outside = m_top.filePath(u"outside"_s);
        QDir().mkpath(outside);
        QDir().mkpath(m_folder);
        const Tree tree = treeOf({{u"a.yaml"_s, "a: 1\n"}, {u"helm/b.yaml"_s, "b: 1\n"}, {u"patches/k.yaml"_s, "k: 1\n"}});
        const QStringList none{u"patches"_s};
        QVERIFY(QFile::link(outside, m_folder + u"/patches"_s));
        QCOMPARE(writeFolder(m_folder, tree, stepsTo(tree, *readFolder(m_folder))).error().kind, Error::Kind::Io);
        QCOMPARE(QDir(m_folder).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot), none);
        // Nor where what is kept of it would go through a link, or where a file was written meanwhile.
        QFile::remove(m_folder + u"/patches"_s);
        QDir().mkpath(m_folder + u"/patches"_s);
        const QList<FileStep> steps = stepsTo(tree, *readFolder(m_folder));
        writeFile(m_folder + u"/patches/k.yaml"_s, "mine: 1\n");
        QCOMPARE(writeFolder(m_folder, tree, steps).error().kind, Error::Kind::Conflict);
        QCOMPARE(QDir(m_folder).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot), none);
        QFile::remove(m_folder + u"/patches/k.yaml"_s);
        QVERIFY(writeFolder(m_folder, tree, steps));
        QVERIFY(QFile::exists(m_folder + u"/helm/b.yaml"_s));
    }

    void pathsThatLeadOutAreRefused()
    {
        for (const QString &path : {u"../x.yaml"_s, u"/x.yaml"_s, u"a//x.yaml"_s, u"a/../../x"_s, u"."_s}) {
            const Tree tree = treeOf({{path, "a: 1\n"}});
            QVERIFY(!writeFolder(m_folder, tree, stepsTo(tree, {})));
        }
        QVERIFY(!QFile::exists(m_top.filePath(u"x.yaml"_s)));
    }

    void aFolderThatMayNotBeWrittenSaysSo()
    {
        const Tree tree = treeOf({{u"a/k.yaml"_s, "a: 1\n"}});
        written(m_folder, tree);
        ::chmod(QFile::encodeName(m_folder + u"/a"_s).constData(), 0555);
        ::chmod(QFile::encodeName(m_top.path()).constData(), 0755);
        // Root may write everywhere: as nobody it may not.
        const bool root = ::geteuid() == 0;
        QVERIFY(!root || ::seteuid(65534) == 0);
        Error error;
        written(m_folder, treeOf({{u"a/k.yaml"_s, "a: 2\n"}}), &error);
        QVERIFY(!root || ::seteuid(0) == 0);
        ::chmod(QFile::encodeName(m_folder + u"/a"_s).constData(), 0755);
        QVERIFY2(error.oneLine().contains(u"read-only"_s), qPrintable(error.oneLine()));
        QCOMPARE(textAt(m_folder + u"/a/k.yaml"_s), tree.files[u"a/k.yaml"_s]);
    }

    void aFullDiskLeavesEveryFileWhole()
    {
        // A limit of the file size ends a write in its middle as a full disk does, and everybody may set it.
        const Tree first = treeOf({{u"k.yaml"_s, "a: 1\n"}});
        written(m_folder, first);
        rlimit old = {};
        QCOMPARE(::getrlimit(RLIMIT_FSIZE, &old), 0);
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit small = old;
        small.rlim_cur = 50;
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
        Error error;
        written(m_folder, treeOf({{u"k.yaml"_s, "a: 2\n" + QByteArray(200, '#') + '\n'}}), &error);
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &old), 0);
        QCOMPARE(error.kind, Error::Kind::Io);
        QVERIFY(error.what.contains(u"k.yaml"_s));
        QCOMPARE(textAt(m_folder + u"/k.yaml"_s), first.files[u"k.yaml"_s]);
        QCOMPARE(QDir(m_folder).entryList(QDir::Files | QDir::Hidden), (QStringList{u"k.yaml"_s}));
        QVERIFY(!readFolder(u"/dev/null"_s));
    }

    void whatChangesMeanwhileIsNotOverwritten()
    {
        const Tree first = treeOf({{u"k.yaml"_s, "a: 1\n"}});
        written(m_folder, first);
        const Tree second = treeOf({{u"k.yaml"_s, "a: 2\n"}});
        const QList<FileStep> steps = stepsTo(second, *readFolder(m_folder));
        QCOMPARE(steps.first().act, Act::Replace);
        writeFile(m_folder + u"/k.yaml"_s, "an edit of this second\n");
        const Result<> done = writeFolder(m_folder, second, steps);
        QVERIFY(!done);
        QCOMPARE(done.error().kind, Error::Kind::Conflict);
        QCOMPARE(textAt(m_folder + u"/k.yaml"_s), QByteArray("an edit of this second\n"));
    }

    void programsMayBeRun()
    {
        Tree tree = treeOf({{u"helm/post-render.sh"_s, "#!/bin/sh\ntrue\n"}});
        tree.programs.insert(u"helm/post-render.sh"_s);
        written(m_folder, tree);
        QVERIFY(QFileInfo(m_folder + u"/helm/post-render.sh"_s).isExecutable());
        QVERIFY(textAt(m_folder + u"/helm/post-render.sh"_s).startsWith("#!/bin/sh\n# "));
    }

    void oddFilesAreNotRead()
    {
        QDir().mkpath(m_folder);
        QCOMPARE(::mkfifo(QFile::encodeName(m_folder + u"/pipe"_s).constData(), 0600), 0);
        writeFile(m_folder + u"/large.yaml"_s, QByteArray(5 * 1024 * 1024, 'x'));
        writeFile(m_folder + u"/.git/config"_s, "x");
        const Result<Folder> read = readFolder(m_folder);
        QVERIFY(read && read->files.isEmpty());
        QCOMPARE(read->gaps.size(), 2);
        QVERIFY(readFolder(m_folder + u"/not-there"_s)->files.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestOverlayFolder)
#include "tst_overlayfolder.moc"
