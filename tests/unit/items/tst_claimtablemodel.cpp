// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Text.h"
#include "items/ClaimTableModel.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::items;
using storage::ClaimAccount;

namespace {

constexpr qint64 gib = qint64(1) << 30;
const QDateTime now = QDateTime::fromString(u"2026-05-01T12:00:00Z"_s, Qt::ISODate);

ClaimAccount claim(const QString &name, qint64 used = -1, qint64 capacity = 100 * gib)
{
    ClaimAccount account;
    account.claim.ns = u"ml"_s;
    account.claim.name = name;
    account.claim.uid = name;
    account.claim.phase = u"Bound"_s;
    account.claim.capacity = capacity;
    account.driver = u"rbd.csi.ceph.com"_s;
    account.facts = storage::driverFacts(account.driver);
    if (used >= 0) {
        VolumeUse use;
        use.used = used;
        use.capacity = capacity;
        use.available = capacity - used;
        use.source = UseSource::Kubelet;
        use.at = now.addSecs(-40);
        account.use = use;
    } else {
        account.silence = ClaimAccount::Silence::NotMeasured;
    }
    return account;
}

} // namespace

class TestClaimTableModel : public QObject
{
    Q_OBJECT

    static QString cell(const ClaimTableModel &model, int row, int column, int role = Qt::DisplayRole)
    {
        return model.index(row, column).data(role).toString();
    }

private slots:
    void aRowSaysWhoMeasuredItAndWhen()
    {
        ClaimTableModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setNow(now);
        ClaimAccount account = claim(u"ckpt"_s, 91 * gib);
        account.forecast = {storage::Forecast::State::Growing, 1.0 * gib, 9.4, 8, 12};
        account.users = {{u"bert"_s, u"j"_s, 2}, {u"t5"_s, {}, 1}, {u"vit"_s, {}, 0}};
        model.setClaims({account});
        QCOMPARE(cell(model, 0, ClaimTableModel::Used), u"91 %"_s);
        QCOMPARE(cell(model, 0, ClaimTableModel::Used, SecondLineRole), u"%1 of %2"_s.arg(text::bytes(91 * gib), text::bytes(100 * gib)));
        QCOMPARE(cell(model, 0, ClaimTableModel::FullIn), u"9 d"_s);
        QCOMPARE(cell(model, 0, ClaimTableModel::FullIn, SecondLineRole), u"+%1 a day"_s.arg(text::bytes(gib)));
        QCOMPARE(model.index(0, ClaimTableModel::FullIn).data(ToneRole).toInt(), int(Tone::Warn));
        QCOMPARE(cell(model, 0, ClaimTableModel::UsedBy, SecondLineRole), u"and 2 more"_s);
        QCOMPARE(cell(model, 0, ClaimTableModel::MeasuredBy), u"kubelet"_s);
        QCOMPARE(cell(model, 0, ClaimTableModel::MeasuredBy, SecondLineRole), u"40 s ago"_s);
        QCOMPARE(model.index(0, ClaimTableModel::MeasuredBy).data(SecondLineToneRole).toInt(), int(Tone::Dim));
        model.setNow(now.addSecs(600));
        QCOMPARE(model.index(0, ClaimTableModel::MeasuredBy).data(SecondLineToneRole).toInt(), int(Tone::Warn));
    }

    void whatIsNotKnownIsSaid_data()
    {
        QTest::addColumn<int>("trouble");
        QTest::addColumn<int>("silence");
        QTest::addColumn<QString>("used");
        QTest::addColumn<QString>("full");
        using T = ClaimAccount::Trouble;
        using S = ClaimAccount::Silence;
        QTest::newRow("lost") << int(T::Lost) << int(S::None) << u"volume lost"_s << u"–"_s;
        QTest::newRow("gone") << int(T::VolumeGone) << int(S::None) << u"volume lost"_s << u"–"_s;
        QTest::newRow("pending") << int(T::Pending) << int(S::NotBound) << u"not bound"_s << u"–"_s;
        QTest::newRow("silent") << int(T::None) << int(S::DriverSilent) << u"driver reports nothing"_s << u"unknown"_s;
        QTest::newRow("not mounted") << int(T::None) << int(S::NotMounted) << u"not mounted"_s << u"unknown"_s;
        QTest::newRow("nobody asked") << int(T::None) << int(S::NotMeasured) << u"not measured"_s << u"unknown"_s;
    }
    void whatIsNotKnownIsSaid()
    {
        QFETCH(int, trouble);
        QFETCH(int, silence);
        ClaimAccount account = claim(u"c"_s);
        account.trouble = ClaimAccount::Trouble(trouble);
        account.silence = ClaimAccount::Silence(silence);
        ClaimTableModel model;
        model.setClaims({account});
        QTEST(cell(model, 0, ClaimTableModel::Used), "used");
        QTEST(cell(model, 0, ClaimTableModel::FullIn), "full");
        QVERIFY(!model.index(0, ClaimTableModel::Used).data(ProgressRole).isValid());
    }

    void sharedAndWholeDisksAreMarked()
    {
        ClaimTableModel model;
        model.setNow(now);
        ClaimAccount shared = claim(u"a"_s, gib);
        shared.sharedWith = QStringList{u"ml/b"_s};
        ClaimAccount whole = claim(u"b"_s, gib);
        whole.wholeFileSystem = true;
        model.setClaims({shared, whole});
        for (int row : {0, 1})
            QCOMPARE(model.index(row, ClaimTableModel::MeasuredBy).data(SecondLineToneRole).toInt(), int(Tone::Warn));
        QCOMPARE(cell(model, 0, ClaimTableModel::MeasuredBy, SecondLineRole), u"counted once"_s);
        QVERIFY(cell(model, 0, ClaimTableModel::MeasuredBy, Qt::ToolTipRole).contains(u"ml/b"_s));
    }

    void hostileNamesAreHarmless()
    {
        ClaimTableModel model;
        ClaimAccount account = claim(u"a\u202Eb\n"_s, gib);
        account.users = {{u"\u202Ex"_s, {}, 1}};
        account.driver = u"d\u202E"_s;
        model.setClaims({account});
        for (int column = 0; column < ClaimTableModel::ColumnCount; ++column) {
            for (const int role : {int(Qt::DisplayRole), int(SecondLineRole), int(Qt::AccessibleTextRole), int(Qt::ToolTipRole)})
                QVERIFY(!cell(model, 0, column, role).contains(QChar(0x202E)));
        }
    }

    void anUpdateIsOneSignal()
    {
        ClaimTableModel model;
        model.setClaims({claim(u"a"_s, gib), claim(u"b"_s, gib)});
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        model.setClaims({claim(u"a"_s, gib), claim(u"b"_s, 2 * gib)});
        QCOMPARE(changed.size(), 1);
        QCOMPARE(reset.size(), 0);
        model.setMeasuring({u"a"_s});
        QCOMPARE(cell(model, 0, ClaimTableModel::MeasuredBy), u"measuring…"_s);
    }
};

QTEST_GUILESS_MAIN(TestClaimTableModel)
#include "tst_claimtablemodel.moc"
