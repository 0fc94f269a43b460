// SPDX-License-Identifier: GPL-3.0-or-later
#include "forms/ChoiceField.h"
#include "forms/FieldRow.h"
#include "forms/ListFields.h"
#include "forms/LiveSplit.h"
#include "forms/NumberField.h"
#include "forms/StepList.h"
#include "forms/TextFields.h"
#include "kit/Button.h"
#include "kit/Inputs.h"
#include "kit/Theme.h"

#include <QApplication>
#include <QClipboard>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTest>

using namespace cairn;
using namespace cairn::forms;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

void type(Field &field, const QString &text)
{
    QTest::keyClick(field.focusProxy(), Qt::Key_A, Qt::ControlModifier);
    QTest::keyClick(field.focusProxy(), Qt::Key_Delete);
    QTest::keyClicks(field.focusProxy(), text);
}

} // namespace

class TestForms : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        kit::Theme::install(*qApp, kit::ThemeMode::Light);
    }

    void everyFieldGivesBackWhatItWasGivenAndIsQuietAboutIt()
    {
        TextField text(u"Text"_s);
        SecretField secret(u"Secret"_s);
        LinesField lines(u"Lines"_s);
        PathField path(u"Path"_s, PathField::Kind::File);
        NumberField number(u"Number"_s, u"CPU"_s);
        NumberField stepper(u"Stepper"_s, {}, NumberField::Look::Stepper);
        QuantityField quantity(u"Quantity"_s, u"Gi"_s, u"GiB"_s);
        DurationField duration(u"Duration"_s, 1min);
        ChoiceField choice(u"Choice"_s);
        choice.setOptions({{u"a"_s, u"A"_s, {}, {}}, {u"b"_s, u"B"_s, {}, {}}});
        KeyValueField variables(u"Variables"_s, u"Add a variable"_s);
        ListField list(u"List"_s, u"Add"_s);
        CheckGroupField checks(u"Checks"_s);
        checks.setItems({{u"x"_s, u"X"_s, {}, {}}, {u"y"_s, u"Y"_s, {}, {}}});
        const QList<std::pair<Field *, QVariant>> fields{{&text, u"bert-xl"_s}, {&secret, u"s3cret \u00e9"_s}, {&lines, QStringList{u"--a=1"_s, u"  --b"_s}},
            {&path, u"/srv/data"_s}, {&number, 12400.0}, {&stepper, 4.0}, {&quantity, u"1.5Gi"_s}, {&duration, qint64(5'400'000)}, {&choice, u"b"_s},
            {&variables, QVariant::fromValue(KeyValues{{u"A"_s, u"1 2"_s, {}}, {u"TOKEN"_s, {}, u"Secret hf, key token"_s}})},
            {&list, QStringList{u"x"_s, u"y"_s}}, {&checks, QStringList{u"y"_s}}};
        for (const auto &[field, value] : fields) {
            QSignalSpy changed(field, &Field::changed);
            QVERIFY2(field->isEmpty() && !field->value().isValid() && field->isValid(), qPrintable(field->name()));
            field->setValue(value);
            if (field == &variables)
                QCOMPARE(field->value().value<KeyValues>(), value.value<KeyValues>());
            else
                QCOMPARE(field->value(), value);
            QVERIFY2(!field->isEmpty() && field->isValid(), qPrintable(field->name()));
            QCOMPARE(changed.count(), 0);
            field->setValue({});
            QVERIFY2(field->isEmpty() && !field->value().isValid(), qPrintable(field->name()));
            QCOMPARE(changed.count(), 0);
            field->setRequired(u"Fill it in."_s);
            QVERIFY(!field->isValid());
            QCOMPARE(field->error(), QString()); // nobody was here yet
            field->reveal();
            QCOMPARE(field->message(), u"Fill it in."_s);
            field->setValue(value);
            QCOMPARE(field->error(), QString());
            field->setRefusal(u"Kueue decides."_s);
            QVERIFY(!field->isEnabled() && field->isValid());
            QCOMPARE(field->message(), u"Kueue decides."_s);
            field->setRefusal({});
            QVERIFY(field->isEnabled());
        }
    }

    void aMistakeIsSaidWhenTheFieldIsLeftAndAServersWordGoesWithTheNextKey()
    {
        QWidget window;
        TextField name(u"Name"_s, &window);
        TextField other(u"Other"_s, &window);
        name.setPattern(QRegularExpression(u"[a-z0-9-]+"_s), u"Lower-case letters, digits and hyphens."_s);
        name.setHint(u"Free in nlp."_s);
        window.show();
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        name.setFocus();
        QSignalSpy changed(&name, &Field::changed);
        QTest::keyClicks(name.focusProxy(), u"Bert"_s);
        QCOMPARE(changed.count(), 4);
        QVERIFY(!name.isValid());
        QCOMPARE(name.message(), u"Free in nlp."_s);
        other.setFocus();
        QCOMPARE(name.message(), u"Lower-case letters, digits and hyphens."_s);
        QVERIFY(name.focusProxy()->property("error").toBool());
        QCOMPARE(name.focusProxy()->accessibleDescription(), name.message());
        type(name, u"bert"_s);
        QCOMPARE(name.message(), u"Free in nlp."_s);
        name.setError(u"bert is there already."_s);
        QVERIFY(!name.isValid());
        QCOMPARE(name.message(), u"bert is there already."_s);
        QTest::keyClicks(name.focusProxy(), u"2"_s);
        QVERIFY(name.isValid());
    }

    void aPatternHoldsTheWholeText()
    {
        TextField name(u"Name"_s);
        name.setPattern(QRegularExpression(u"a|b"_s), u"a or b"_s);
        name.setValue(u"a"_s);
        QVERIFY(name.isValid());
        name.setValue(u"ax"_s);
        QVERIFY(!name.isValid());
        name.setValue(u"a\nb"_s);
        QVERIFY(!name.isValid());
    }

    void aPatternOfLinesHoldsForEachThatIsNotBlank()
    {
        LinesField lines(u"Servers"_s);
        lines.setPattern(QRegularExpression(u"[a-z0-9.:]+"_s), u"HOST:PORT"_s);
        QVERIFY(lines.isValid());
        lines.setValue(QStringList{u"k1:9093"_s, {}, u" k2:9093 "_s});
        QVERIFY(lines.isValid());
        lines.setValue(QStringList{u"k1:9093"_s, u"user:pass@k2:9093"_s});
        QVERIFY(!lines.isValid());
        lines.reveal();
        QCOMPARE(lines.message(), u"HOST:PORT"_s);
    }

    void numbersStepAndStayInTheirRange()
    {
        NumberField nodes(u"Nodes"_s, {}, NumberField::Look::Stepper);
        nodes.setRange(1, 18);
        nodes.setValue(4);
        QSignalSpy changed(&nodes, &Field::changed);
        QTest::keyClick(nodes.focusProxy(), Qt::Key_Up);
        QCOMPARE(nodes.value().toDouble(), 5.0);
        QTest::keyClick(nodes.focusProxy(), Qt::Key_PageUp);
        QTest::keyClick(nodes.focusProxy(), Qt::Key_PageUp);
        QCOMPARE(nodes.value().toDouble(), 18.0);
        QTest::keyClick(nodes.focusProxy(), Qt::Key_Up);
        QCOMPARE(changed.count(), 3); // at its end it says nothing
        type(nodes, u"19"_s);
        QVERIFY(!nodes.isValid());
        type(nodes, u"2.5"_s);
        QVERIFY(!nodes.isValid());
        type(nodes, u"12x"_s);
        QVERIFY(!nodes.isValid());
        QTest::keyClick(nodes.focusProxy(), Qt::Key_Up);
        QCOMPARE(static_cast<QLineEdit *>(nodes.focusProxy())->text(), u"12x"_s); // not thrown away
        nodes.setValue({});
        QTest::keyClick(nodes.focusProxy(), Qt::Key_Up);
        QCOMPARE(nodes.value().toDouble(), 1.0);
        NumberField share(u"Share"_s, u"%"_s);
        share.setDecimals(1);
        share.setRange(0, 100);
        share.setValue(12.5);
        QVERIFY(share.isValid());
        type(share, u"12.55"_s);
        QVERIFY(!share.isValid());
    }

    void quantitiesAndTimesHaveBounds()
    {
        QuantityField memory(u"Memory"_s, u"Gi"_s, u"GiB"_s);
        memory.setBounds(u"1Gi"_s, u"1006Gi"_s);
        type(memory, u"480"_s);
        QCOMPARE(memory.value().toString(), u"480Gi"_s);
        QVERIFY(memory.isValid());
        type(memory, u"1 TiB"_s);
        QVERIFY(!memory.isValid()); // 1024 > 1006
        QVERIFY(memory.value().isValid());
        type(memory, u"many"_s);
        QVERIFY(!memory.isValid() && !memory.value().isValid());
        memory.setValue(u"512Mi"_s);
        QCOMPARE(memory.value().toString(), u"512Mi"_s);
        QVERIFY(!memory.isValid());
        DurationField grace(u"Grace"_s, 1s);
        grace.setBounds(0s, 1h);
        type(grace, u"180"_s);
        QTest::keyClick(grace.focusProxy(), Qt::Key_Return);
        QCOMPARE(static_cast<QLineEdit *>(grace.focusProxy())->text(), u"3 min"_s);
        QCOMPARE(grace.value().toLongLong(), 180'000);
        type(grace, u"2 h"_s);
        QVERIFY(!grace.isValid());
    }

    void aSecretIsNotShownNorCopied()
    {
        SecretField secret(u"Key"_s);
        auto *input = static_cast<QLineEdit *>(secret.focusProxy());
        secret.setValue(u"topsecret"_s);
        QVERIFY(!input->displayText().contains(u"topsecret"_s));
        input->selectAll();
        QGuiApplication::clipboard()->setText(u"before"_s);
        QTest::keyClick(input, Qt::Key_C, Qt::ControlModifier);
        QTest::keyClick(input, Qt::Key_X, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), u"before"_s);
        secret.setValue(u"topsecret"_s); // it was cut away, to nowhere
        auto *eye = secret.findChild<kit::Button *>();
        eye->click();
        QCOMPARE(input->displayText(), u"topsecret"_s);
        secret.setValue(u"other"_s);
        QVERIFY(!input->displayText().contains(u"other"_s)); // hidden again
        secret.setValue({});
        secret.setRequired(u"Type the key."_s);
        secret.setKept(true);
        QVERIFY(secret.isValid() && !secret.value().isValid());
    }

    void aPathIsWhole()
    {
        PathField path(u"Folder"_s, PathField::Kind::Folder);
        type(path, u"relative/x"_s);
        QVERIFY(!path.isValid() && !path.value().isValid());
        type(path, u"~/src"_s);
        QCOMPARE(path.value().toString(), QDir::homePath() + u"/src"_s);
        type(path, u"/a/../b//c/"_s);
        QCOMPARE(path.value().toString(), u"/b/c"_s);
    }

    void aChoiceIsSearchedTakenAndRefused()
    {
        QWidget window;
        window.resize(400, 300);
        ChoiceField claim(u"Claim"_s, &window);
        QList<Option> options;
        for (int i = 0; i < 20; ++i)
            options.append({u"c%1"_s.arg(i), u"claim-%1"_s.arg(i), u"RWX"_s, i == 7 ? u"One node at a time."_s : QString()});
        claim.setOptions(options);
        window.show();
        QVERIFY(!claim.value().isValid());
        QSignalSpy changed(&claim, &Field::changed);
        QTest::keyClick(claim.focusProxy(), Qt::Key_Space);
        auto *popup = claim.findChild<QWidget *>(u"choice.popup"_s);
        QVERIFY(popup && popup->isVisible());
        auto *search = popup->findChild<kit::SearchField *>();
        QVERIFY(search);
        QTest::keyClicks(search, u"-13"_s);
        QTest::keyClick(search, Qt::Key_Return);
        QCOMPARE(claim.value().toString(), u"c13"_s);
        QCOMPARE(changed.count(), 1);
        QTRY_VERIFY(!claim.findChild<QWidget *>(u"choice.popup"_s));
        // What is refused can be read but not taken, and the arrows pass it by.
        QTest::keyClick(claim.focusProxy(), Qt::Key_F4);
        popup = claim.findChild<QWidget *>(u"choice.popup"_s);
        search = popup->findChild<kit::SearchField *>();
        QTest::keyClicks(search, u"one node"_s);
        QTest::keyClick(search, Qt::Key_Return);
        QVERIFY(popup->isVisible());
        QTest::keyClick(search, Qt::Key_Escape);
        QCOMPARE(claim.value().toString(), u"c13"_s);
        claim.setValue(u"c6"_s);
        QTest::keyClick(claim.focusProxy(), Qt::Key_Down);
        QCOMPARE(claim.value().toString(), u"c8"_s);
        // One that went is not forgotten: it is chosen again when it comes back.
        claim.setOptions(options.mid(10));
        QVERIFY(claim.isEmpty());
        claim.setOptions(options);
        QCOMPARE(claim.value().toString(), u"c8"_s);
        claim.setValue(u"c7"_s);
        QVERIFY(!claim.isValid());
    }

    void rowsAreAddedMovedRemovedAndChecked()
    {
        KeyValueField variables(u"Environment"_s, u"Add a variable"_s);
        variables.setKeyPattern(QRegularExpression(u"[A-Za-z_][A-Za-z0-9_]*"_s), u"Letters, digits and _."_s);
        QSignalSpy changed(&variables, &Field::changed);
        static_cast<QAbstractButton *>(variables.focusProxy())->click();
        auto inputs = variables.findChildren<kit::Input *>();
        QCOMPARE(inputs.size(), 2);
        QVERIFY(variables.isEmpty()); // an empty row is none
        QTest::keyClicks(inputs[0], u"NCCL_DEBUG"_s);
        QTest::keyClicks(inputs[1], u"INFO"_s);
        QCOMPARE(variables.value().value<KeyValues>(), (KeyValues{{u"NCCL_DEBUG"_s, u"INFO"_s, {}}}));
        QVERIFY(changed.count() > 0 && variables.isValid());
        variables.setValue(QVariant::fromValue(KeyValues{{u"A"_s, u"1"_s, {}}, {u"B"_s, {}, u"Secret s, key k"_s}, {u"A"_s, u"2"_s, {}}}));
        QVERIFY(!variables.isValid()); // twice
        inputs = variables.findChildren<kit::Input *>();
        inputs.removeIf([](const kit::Input *input) { return input->isHidden() || input->parentWidget()->isHidden(); });
        QCOMPARE(inputs.size(), 6);
        QVERIFY(inputs[3]->isReadOnly());
        QTest::keyClick(inputs[4], Qt::Key_Up, Qt::AltModifier);
        QCOMPARE(variables.value().value<KeyValues>()[1].value, u"2"_s);
        QCOMPARE(variables.value().value<KeyValues>()[2].origin, u"Secret s, key k"_s);
        auto *remove = inputs[0]->parentWidget()->findChild<kit::Button *>();
        remove->click();
        QCOMPARE(variables.value().value<KeyValues>().size(), 2);
        QVERIFY(variables.isValid());
        ListField hosts(u"Hosts"_s, u"Add a host"_s);
        hosts.setUnique(u"It stands here twice."_s);
        hosts.setValue(QStringList{u"a"_s, u"b"_s, u"a"_s});
        QVERIFY(!hosts.isValid());
        hosts.reveal();
        QCOMPARE(hosts.message(), u"It stands here twice."_s);
    }

    void aRowSaysTheFirstErrorAndAFormGoesThere()
    {
        Form form;
        auto *name = new TextField(u"Name"_s);
        name->setRequired(u"Give it a name."_s);
        FieldRow *first = form.addRow(u"Name"_s, name);
        first->setHint(u"Free in nlp."_s);
        FieldRow *second = form.addRow(u"Each pod"_s);
        auto *cpu = new NumberField(u"CPU of a pod"_s, u"CPU"_s);
        auto *memory = new QuantityField(u"Memory of a pod"_s, u"Gi"_s, u"GiB memory"_s);
        second->add(cpu);
        second->add(memory);
        second->setHint(u"Of 64 CPU a node."_s);
        QCOMPARE(form.fields().size(), 3);
        QCOMPARE(first->message(), u"Free in nlp."_s);
        QSignalSpy changed(&form, &Form::changed);
        form.show();
        form.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&form));
        QVERIFY(form.revealFirstError());
        QCOMPARE(first->message(), u"Give it a name."_s);
        QVERIFY(name->focusProxy()->hasFocus());
        type(*name, u"x"_s);
        type(*memory, u"lots"_s);
        QVERIFY(changed.count() >= 2);
        QVERIFY(!form.isValid());
        QVERIFY(second->message() != u"Of 64 CPU a node."_s);
        type(*memory, u"480"_s);
        QVERIFY(form.isValid() && !form.revealFirstError());
        QCOMPARE(second->message(), u"Of 64 CPU a node."_s);
    }

    void aRowWithoutRoomGoesOnBelow()
    {
        FieldRow row(u"Save every"_s);
        QList<Field *> fields;
        for (const auto &unit : {u"steps or"_s, u"epochs or"_s, u"minutes"_s}) {
            auto *field = new NumberField(unit, unit);
            row.add(field);
            fields.append(field);
        }
        row.show();
        row.resize(720, row.heightForWidth(720));
        QTRY_COMPARE(fields[2]->y(), fields[0]->y());
        QVERIFY(row.heightForWidth(300) > row.heightForWidth(720));
        row.resize(300, row.heightForWidth(300));
        QTRY_VERIFY(fields[2]->mapTo(&row, QPoint()).y() > fields[0]->mapTo(&row, QPoint()).y());
        for (const Field *field : std::as_const(fields)) {
            QVERIFY(field->width() >= field->sizeHint().width());
            QVERIFY(row.rect().contains(QRect(field->mapTo(&row, QPoint()), field->size())));
        }
    }

    void stepsOpenAtAnyTimeAndSayTheirState()
    {
        StepList list(u"New training job"_s);
        list.setSteps({{u"kind"_s, u"Kind and image"_s, u"PyTorchJob"_s, Step::State::Settled}, {u"workers"_s, u"Workers"_s, {}, Step::State::Look},
            {u"storage"_s, u"Storage"_s, u"output: choose a PVC"_s, Step::State::Fails}, {u"review"_s, u"Review"_s, {}, Step::State::Waiting}});
        list.show();
        list.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&list));
        QSignalSpy asked(&list, &StepList::stepRequested);
        const auto items = list.findChildren<StepItem *>();
        QCOMPARE(items.size(), 4);
        QVERIFY(items[2]->accessibleName().contains(u"3"_s) && items[2]->accessibleName().contains(u"fails"_s)
            && items[2]->accessibleName().contains(u"choose a PVC"_s));
        items[0]->setFocus();
        QTest::keyClick(items[0], Qt::Key_Down);
        QVERIFY(items[1]->hasFocus());
        QTest::keyClick(items[1], Qt::Key_Return);
        QCOMPARE(asked.last().first().toInt(), 1);
        QCOMPARE(list.current(), 0); // the wizard decides
        QVERIFY(items[0]->isChecked() && !items[1]->isChecked());
        QTest::keyClick(&list, Qt::Key_4, Qt::AltModifier);
        QCOMPARE(asked.last().first().toInt(), 3);
        QTest::keyClick(&list, Qt::Key_9, Qt::AltModifier);
        QCOMPARE(asked.count(), 2);
        list.setCurrent(3);
        list.setState(u"workers"_s, Step::State::Settled, u"4 × 8 GPUs"_s);
        QVERIFY(items[3]->isChecked());
        QVERIFY(items[1]->hasFocus()); // the focus is where it was
        QVERIFY(items[1]->accessibleName().contains(u"4 × 8 GPUs"_s));
    }

    void theSplitterGoesToAndFroAndBecomesASwitch()
    {
        auto *left = new QPlainTextEdit;
        auto *right = new QPlainTextEdit;
        LiveSplit split(left, right, u"YAML"_s);
        split.resize(1200, 600);
        split.show();
        split.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&split));
        QVERIFY(!split.isNarrow() && left->isVisible() && right->isVisible());
        QVERIFY(qAbs(left->width() - 0.62 * 1191) < 3);
        left->setFocus();
        QTest::keyClick(left, Qt::Key_F6);
        QVERIFY(right->hasFocus());
        QTest::keyClick(right, Qt::Key_F6);
        QVERIFY(left->hasFocus());
        split.setShare(0.5);
        QVERIFY(qAbs(left->width() - right->width()) < 3);
        split.resize(900, 600);
        QTRY_VERIFY(split.isNarrow());
        QVERIFY(left->isVisible() && !right->isVisible());
        left->setFocus();
        QTest::keyClick(left, Qt::Key_F6);
        QVERIFY(!left->isVisible() && right->isVisible() && right->hasFocus());
        split.resize(1300, 600);
        QTRY_VERIFY(left->isVisible() && right->isVisible());
        QCOMPARE(split.share(), 0.5);
    }
};

QTEST_MAIN(TestForms)
#include "tst_forms.moc"
