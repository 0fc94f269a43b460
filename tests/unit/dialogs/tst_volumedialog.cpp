// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/VolumeDialog.h"
#include "editors/CodeEditor.h"
#include "forms/TextFields.h"
#include "kit/Button.h"
#include "kit/Inputs.h"
#include "kit/Messages.h"
#include "kit/Theme.h"
#include "manifest/Document.h"

#include <QApplication>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace cairn;
using dialogs::VolumeDialog;

class TestVolumeDialog : public QObject {
    Q_OBJECT

    std::unique_ptr<VolumeDialog> dialog;

    template <class T>
    T *part(const QString &name) const
    {
        T *found = nullptr;
        // What belonged to another kind goes with the event loop.
        for (T *one : dialog->findChildren<T *>(u"volume."_s + name)) {
            if (one->isVisibleTo(dialog.get()))
                found = one;
        }
        if (!found)
            qFatal("no %s", qPrintable(name));
        return found;
    }
    kit::Button *button(const QString &name) const { return dialog->findChild<kit::Button *>(u"volume."_s + name); }
    QString yaml() const { return part<editors::CodeEditor>(u"yaml"_s)->text(); }
    void choose(const QString &field, const QString &id)
    {
        auto *choice = part<forms::ChoiceField>(field);
        choice->setValue(id);
        emit choice->changed();
        QCoreApplication::sendPostedEvents(); // which show what another kind asks for
    }
    void type(const QString &field, const QString &text)
    {
        auto *line = part<forms::TextField>(field);
        line->findChild<QLineEdit *>()->clear();
        QTest::keyClicks(line->findChild<QLineEdit *>(), text);
    }

private slots:
    void initTestCase() { kit::Theme::install(*qApp, kit::ThemeMode::Light); }
    void init()
    {
        dialog = std::make_unique<VolumeDialog>(u"nlp"_s, u"bert-checkpoints"_s);
        dialog->show();
        QVERIFY(QTest::qWaitForWindowExposed(dialog.get()));
    }
    void cleanup() { dialog.reset(); }

    void textFollowsTheFields()
    {
        choose(u"kind"_s, u"nfs"_s);
        QVERIFY(!button(u"try"_s)->isEnabled()); // it lacks its server
        type(u"field.server"_s, u"nas.example.com"_s);
        type(u"field.path"_s, u"/exports/nlp"_s);
        const manifest::Document text = manifest::Document::read(yaml().toUtf8());
        QVERIFY(text.faults().isEmpty());
        QCOMPARE(text.count(), 2);
        QCOMPARE(text.json(0)[u"spec"_s][u"csi"_s][u"volumeAttributes"_s][u"server"_s].toString(), u"nas.example.com"_s);
        QCOMPARE(text.json(1)[u"metadata"_s][u"name"_s].toString(), u"bert-checkpoints"_s);
        QVERIFY(button(u"try"_s)->isEnabled());
        QVERIFY(!button(u"make"_s)->isEnabled()); // nothing is made that was not tried

        choose(u"way"_s, u"class"_s);
        QVERIFY(dialog->spec().byClass);
        QCOMPARE(dialog->spec().values.value(u"server"_s), u"nas.example.com"_s); // what was typed stays
        QVERIFY(yaml().contains(u"kind: StorageClass"_s));
    }

    void whatIsWrongStandsAtItsField()
    {
        choose(u"kind"_s, u"efs"_s);
        type(u"field.file-system"_s, u"fs-what"_s);
        QVERIFY(part<forms::TextField>(u"field.file-system"_s)->error().contains(u"fs-what"_s));
        QVERIFY(!button(u"try"_s)->isEnabled());
        QVERIFY(!button(u"save"_s)->isEnabled());
        type(u"field.file-system"_s, u"fs-0123456789abcdef0"_s);
        QVERIFY(part<forms::TextField>(u"field.file-system"_s)->error().isEmpty());
        QVERIFY(button(u"save"_s)->isEnabled());
        type(u"name"_s, u"Bad_Name"_s);
        QVERIFY(!part<forms::TextField>(u"name"_s)->error().isEmpty());
    }

    void aKindThatCannotBeMadeSaysWhy()
    {
        dialogs::VolumeOffers offers;
        offers.read = true;
        offers.classes = {{u"shared"_s, u"shared"_s, u"nfs.csi.k8s.io"_s, {}}};
        offers.obstacles = {{u"efs"_s, u"You may not."_s}, {u"efs/class"_s, u"You may not."_s}, {u"nfs"_s, {}}, {u"nfs/class"_s, u"No driver."_s}};
        dialog->setOffers(offers);
        for (const forms::Option &option : part<forms::ChoiceField>(u"kind"_s)->options()) {
            if (option.id == "efs"_L1)
                QCOMPARE(option.refusal, u"You may not."_s);
            if (option.id == "nfs"_L1)
                QVERIFY(option.refusal.isEmpty()); // one of its two ways is open
        }
        choose(u"kind"_s, u"nfs"_s);
        choose(u"way"_s, u"class"_s);
        QCOMPARE(part<forms::ChoiceField>(u"way"_s)->error(), u"No driver."_s);
        choose(u"kind"_s, u"class"_s);
        QCOMPARE(part<forms::ChoiceField>(u"field.class"_s)->options(), offers.classes);
    }

    void onlyWhatWasTriedIsMade()
    {
        choose(u"kind"_s, u"host-path"_s);
        type(u"field.path"_s, u"/mnt/training"_s);
        QSignalSpy tries(dialog.get(), &VolumeDialog::tryRequested), makes(dialog.get(), &VolumeDialog::makeRequested), stops(dialog.get(), &VolumeDialog::stopRequested);
        QTest::mouseClick(button(u"try"_s), Qt::LeftButton);
        QCOMPARE(tries.size(), 1);
        dialog->setTrying();
        QVERIFY(!button(u"make"_s)->isEnabled() && !button(u"try"_s)->isEnabled());
        dialogs::VolumeTrial refused;
        refused.problems = {{u"taken"_s, u"It exists already."_s, u"Choose another name."_s}};
        dialog->setTrial(refused);
        QVERIFY(!button(u"make"_s)->isEnabled());
        QVERIFY(part<kit::CheckList>(u"checks"_s)->isVisible());
        dialogs::VolumeTrial fine;
        fine.accepted = true;
        dialog->setTrial(fine);
        QVERIFY(button(u"make"_s)->isEnabled());
        type(u"field.path"_s, u"/mnt/other"_s);
        QVERIFY(!button(u"make"_s)->isEnabled()); // that text nobody tried
        dialog->setTrial(fine);
        QTest::mouseClick(button(u"make"_s), Qt::LeftButton);
        QCOMPARE(makes.size(), 1);
        dialog->setMaking(u"Waiting"_s);
        QTest::mouseClick(button(u"cancel"_s), Qt::LeftButton);
        QCOMPARE(stops.size(), 1);
        QVERIFY(dialog->isVisible());
        dialog->setMade(u"It is not bound."_s, true, true);
        QVERIFY(button(u"takeBack"_s)->isVisible());
        QSignalSpy back(dialog.get(), &VolumeDialog::takeBackRequested);
        QTest::mouseClick(button(u"takeBack"_s), Qt::LeftButton);
        QCOMPARE(back.size(), 1);
        dialog->setMade(u"All is taken back."_s, false, false);
        QVERIFY(!button(u"takeBack"_s)->isVisible() && !button(u"make"_s)->isVisible());
    }

    void valuesOfASecretAreInNoText()
    {
        choose(u"kind"_s, u"s3-csi"_s);
        type(u"field.bucket"_s, u"training"_s);
        type(u"field.secret"_s, u"keys"_s);
        type(u"field.endpoint"_s, u"https://minio.example.com"_s);
        QVERIFY(dialog->secrets().isEmpty());
        part<kit::Check>(u"withSecret"_s)->setChecked(true);
        QVERIFY(!button(u"try"_s)->isEnabled());
        for (const QString &key : {u"accessKeyID"_s, u"secretAccessKey"_s})
            QTest::keyClicks(part<forms::SecretField>(u"secret."_s + key)->findChild<QLineEdit *>(), u"hunter2"_s);
        QVERIFY(button(u"try"_s)->isEnabled());
        QVERIFY(dialog->spec().makesSecret);
        QCOMPARE(dialog->secrets().size(), 2);
        QCOMPARE(dialog->secrets().value(u"accessKeyID"_s), Secret("hunter2"));
        QVERIFY(!yaml().contains(u"hunter2"_s));
        QVERIFY(yaml().contains(u"nlp/keys"_s)); // that it is written is said
    }

    void everyPartHasAName()
    {
        for (const QString &kind : {u"class"_s, u"cephfs"_s, u"fsx"_s, u"s3-keys"_s, u"bucket-identity"_s}) {
            choose(u"kind"_s, kind);
            for (const QWidget *widget : dialog->findChildren<QWidget *>()) {
                if (widget->isVisible() && widget->focusPolicy() != Qt::NoFocus && qobject_cast<const QLineEdit *>(widget))
                    QVERIFY2(!widget->accessibleName().isEmpty(), qPrintable(kind + u' ' + widget->objectName()));
            }
        }
        if (const QString folder = qEnvironmentVariable("CAIRN_PICTURES"); !folder.isEmpty()) {
            choose(u"kind"_s, u"cephfs"_s);
            dialog->grab().save(folder + u"/volume.png"_s);
        }
    }
};

QTEST_MAIN(TestVolumeDialog)
#include "tst_volumedialog.moc"
