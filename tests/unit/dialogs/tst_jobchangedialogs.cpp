// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/JobChangeDialogs.h"
#include "editors/CodeEditor.h"
#include "forms/NumberField.h"
#include "kit/Theme.h"

#include <QApplication>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::dialogs;

class TestJobChangeDialogs : public QObject {
    Q_OBJECT

    static QPushButton *act(QWidget &dialog) { return dialog.findChild<QPushButton *>(dialog.objectName() + u".act"_s); }
    /// A button that is off tells why and does nothing.
    static bool acts(ChangeDialog &dialog)
    {
        QSignalSpy asked(&dialog, &ChangeDialog::actRequested);
        act(dialog)->click();
        return asked.count() == 1;
    }

private slots:
    void initTestCase() { kit::Theme::install(*qApp, kit::ThemeMode::Light); }

    void scaling()
    {
        ScaleDialog dialog(u"bert"_s);
        dialog.show();
        auto *field = dialog.findChild<forms::NumberField *>(u"scale.workers"_s);
        QVERIFY(!field->isEnabled());
        QVERIFY(!acts(dialog));
        QSignalSpy chosen(&dialog, &ScaleDialog::workersChosen);
        dialog.setBounds(u"Worker"_s, 2, 1, 4);
        dialog.setNotes({{}, {}, true, false});
        QCOMPARE(chosen.count(), 0);
        QCOMPARE(*field->number(), 2.0);
        QVERIFY2(!acts(dialog), "it has so many already");
        QTest::keyClick(field->focusProxy() ? field->focusProxy() : static_cast<QWidget *>(field), Qt::Key_Up);
        if (chosen.isEmpty()) { // without a stepper's keys: type it
            QWidget *input = dialog.focusWidget();
            QTest::keyClick(input, Qt::Key_A, Qt::ControlModifier);
            QTest::keyClicks(input, u"3"_s);
        }
        QCOMPARE(chosen.last().first().toInt(), 3);
        QVERIFY2(!acts(dialog), "the server was not asked yet");
        dialog.setNotes({{}, {u"new group"_s}, true, true});
        QVERIFY(acts(dialog));
        dialog.setNotes({{u"no"_s}, {}, true, true});
        QVERIFY(!acts(dialog));
    }

    void editing()
    {
        EditDialog dialog(u"bert"_s);
        dialog.show();
        QVERIFY(!acts(dialog));
        QSignalSpy edited(&dialog, &EditDialog::textEdited);
        dialog.setText(u"a: 1\n"_s);
        QCOMPARE(edited.count(), 0);
        QVERIFY2(!acts(dialog), "nothing differs");
        dialog.findChild<editors::CodeEditor *>(u"edit.text"_s)->replaceText(u"a: 2\n"_s);
        QCOMPARE(edited.count(), 1);
        QVERIFY2(!acts(dialog), "the server was not asked yet");
        dialog.setNotes({{}, {}, true, true});
        QVERIFY(acts(dialog));
    }

    /// A text that was begun is not closed without a question.
    void closing()
    {
        EditDialog dialog(u"bert"_s);
        dialog.setText(u"a: 1\n"_s);
        dialog.open();
        dialog.reject();
        QVERIFY(!dialog.isVisible());
        dialog.open();
        auto *editor = dialog.findChild<editors::CodeEditor *>(u"edit.text"_s);
        editor->replaceText(u"a: 2\n"_s);
        if (!editor->isModified())
            editor->setModified(true);
        dialog.reject();
        QVERIFY(dialog.isVisible());
        auto *discard = dialog.findChild<QPushButton *>(u"discardEdit.act"_s);
        QVERIFY(discard);
        discard->click();
        QVERIFY(!dialog.isVisible());
    }
};

QTEST_MAIN(TestJobChangeDialogs)
#include "tst_jobchangedialogs.moc"
