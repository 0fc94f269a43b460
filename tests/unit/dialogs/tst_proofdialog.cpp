// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/ProofDialog.h"
#include "forms/TextFields.h"
#include "kit/Theme.h"

#include <QAbstractButton>
#include <QApplication>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using dialogs::ProofDialog;

class TestProofDialog : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { kit::Theme::install(*qApp, kit::ThemeMode::Light); }

    void whereNoImageIsKnownOneHasToBeTyped()
    {
        ProofDialog dialog({u"nlp"_s, u"ckpt"_s, {}, 65534, 1 << 28});
        dialog.show();
        QSignalSpy asked(&dialog, &ProofDialog::actRequested);
        auto *act = dialog.findChild<QAbstractButton *>(u"prove.act"_s);
        act->click();
        QCOMPARE(asked.size(), 0);
        auto *image = dialog.findChild<forms::TextField *>(u"prove.image"_s);
        QVERIFY(!image->message().isEmpty());
        QTest::keyClicks(image->findChild<QLineEdit *>(), u"two words"_s);
        act->click();
        QCOMPARE(asked.size(), 0);
        image->findChild<QLineEdit *>()->selectAll();
        QTest::keyClicks(image->findChild<QLineEdit *>(), u"ghcr.example/nlp/bert:2.1"_s);
        auto *user = dialog.findChild<forms::TextField *>(u"prove.user"_s);
        user->findChild<QLineEdit *>()->selectAll();
        QTest::keyClicks(user->findChild<QLineEdit *>(), u"1000"_s);
        act->click();
        QCOMPARE(asked.size(), 1);
        QCOMPARE(dialog.image(), u"ghcr.example/nlp/bert:2.1"_s);
        QCOMPARE(dialog.user(), 1000);
    }

    void whatIsKnownIsProposed()
    {
        ProofDialog dialog({u"nlp"_s, u"ckpt"_s, u"bert:2"_s, 1000, 1 << 28});
        QSignalSpy asked(&dialog, &ProofDialog::actRequested);
        dialog.findChild<QAbstractButton *>(u"prove.act"_s)->click();
        QCOMPARE(asked.size(), 1);
        QCOMPARE(dialog.image(), u"bert:2"_s);
        QCOMPARE(dialog.user(), 1000);
    }
};

QTEST_MAIN(TestProofDialog)
#include "tst_proofdialog.moc"
