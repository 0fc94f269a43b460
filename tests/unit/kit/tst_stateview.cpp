// SPDX-License-Identifier: GPL-3.0-or-later
#include "kit/Label.h"
#include "kit/StateView.h"

#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>

using namespace cairn;
using namespace cairn::kit;
using namespace Qt::StringLiterals;

namespace {

Button *button(QWidget *in, const QString &text)
{
    const auto buttons = in->findChildren<Button *>();
    for (Button *candidate : buttons) {
        if (candidate->text() == text && candidate->isVisibleTo(in))
            return candidate;
    }
    return nullptr;
}

} // namespace

class TestStateView : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { Theme::install(*qApp, ThemeMode::Light); }

    void contentStaysUnderOfflineAndStale()
    {
        auto *content = new QLabel(u"rows"_s);
        StateView view(content);
        view.show();
        view.setOffline(u"Not connected since 12:51"_s, u"Next try in 8 s."_s, {{u"now"_s, u"Try now"_s}});
        QVERIFY(content->isVisible());
        QSignalSpy spy(&view, &StateView::triggered);
        QVERIFY(button(&view, u"Try now"_s));
        button(&view, u"Try now"_s)->click();
        QCOMPARE(spy.takeFirst().first().toString(), u"now"_s);
        view.setStale(u"26 min old"_s, {}, {});
        QVERIFY(content->isVisible());
        QVERIFY(!button(&view, u"Try now"_s));
        view.setContent();
        QVERIFY(content->isVisible());
    }

    void errorTakesThePlaceAndCanBeCopied()
    {
        auto *content = new QLabel(u"rows"_s);
        StateView view(content);
        view.show();
        Error error = Error::make(
            Error::Kind::Network, u"The list could not be read"_s, u"The server did not answer"_s, u"Check the VPN"_s);
        error.httpStatus = 503;
        view.setError(error, {{u"again"_s, u"Try again"_s}});
        QVERIFY(!content->isVisible());
        QVERIFY(button(&view, u"Copy"_s));
        button(&view, u"Copy"_s)->click();
        const QString copied = QGuiApplication::clipboard()->text();
        QVERIFY2(copied.contains(u"The list could not be read"_s) && copied.contains(u"503"_s), qPrintable(copied));
        view.setContent();
        QVERIFY(content->isVisible());
        QVERIFY(!button(&view, u"Copy"_s));
    }

    void loadingWaitsAndThenShowsTrueValues()
    {
        auto *content = new QLabel(u"rows"_s);
        StateView view(content);
        view.show();
        view.setLoading(u"Reading jobs"_s, 1, 4, true, u"Stop"_s);
        QCOMPARE(view.state(), StateView::State::Loading);
        QVERIFY(!button(&view, u"Stop"_s));
        view.showPending();
        QVERIFY(button(&view, u"Stop"_s));
        QVERIFY(content->isVisible());
        QSignalSpy spy(&view, &StateView::triggered);
        button(&view, u"Stop"_s)->click();
        QCOMPARE(spy.takeFirst().first().toString(), u"cancel"_s);
        view.setContent();
        QVERIFY(!button(&view, u"Stop"_s));
    }

    void hostileTextIsNeverMarkup()
    {
        Paragraph paragraph(u"<img src=x> `<b>` **<i>**"_s);
        QCOMPARE(paragraph.accessibleName(), u"<img src=x> <b> <i>"_s);
        StateView view(new QLabel);
        view.setEmpty(u"<h1>No jobs</h1>"_s, u"&amp;"_s);
        bool found = false;
        const auto texts = view.findChildren<Paragraph *>();
        for (const Paragraph *text : texts)
            found = found || text->accessibleName() == "<h1>No jobs</h1>"_L1;
        QVERIFY(found);
    }

    void bannerKeepsItsButtonWhileOnlyTheTextCounts()
    {
        Banner banner;
        banner.set(Tone::Warn, u"Not connected"_s, u"Next try in 8 s"_s, {{u"now"_s, u"Try now"_s}});
        Button *before = button(&banner, u"Try now"_s);
        banner.set(Tone::Warn, u"Not connected"_s, u"Next try in 7 s"_s, {{u"now"_s, u"Try now"_s}});
        QCOMPARE(button(&banner, u"Try now"_s), before);
    }

    void errorsStayAndNoticesAreReplacedById()
    {
        QWidget window;
        window.resize(600, 400);
        ToastHost host(&window);
        host.show({u"a"_s, Tone::Err, u"failed"_s, {}, {u"r"_s, u"Resume…"_s}, false});
        host.show({u"a"_s, Tone::Err, u"failed again"_s, {}, {u"r"_s, u"Resume…"_s}, false});
        QCOMPARE(host.count(), 1);
        host.show({u"b"_s, Tone::Ok, u"saved"_s, {}, {}, true});
        QCOMPARE(host.count(), 2);
        QSignalSpy spy(&host, &ToastHost::triggered);
        button(&host, u"Resume…"_s)->click();
        QCOMPARE(spy.count(), 1);
        QCOMPARE(spy.first().at(0).toString(), u"a"_s);
        QCOMPARE(spy.first().at(1).toString(), u"r"_s);
        QCOMPARE(host.count(), 1);
    }

    void twoNoticesAreShownAndAllAreKept()
    {
        QWidget window;
        window.resize(600, 400);
        ToastHost host(&window);
        window.show();
        for (int i = 0; i < 120; ++i)
            host.show({u"n%1"_s.arg(i), Tone::Err, u"failed %1"_s.arg(i), {}, {u"show"_s, u"Show"_s}, true});
        QCOMPARE(host.count(), 2);
        QCOMPARE(host.past().size(), 100);
        QCOMPARE(host.past().first().notice.id, u"n119"_s);
        QCOMPARE(host.unread(), 100);
        // They stay inside the window, above the status bar, however large the text is.
        QVERIFY(window.rect().adjusted(0, 0, 0, -26).contains(host.geometry()));
        Theme::instance().setTextScale(2.0);
        const bool inside = window.rect().adjusted(0, 0, 0, -52).contains(host.geometry());
        Theme::instance().setTextScale(1.0);
        QVERIFY(inside);
        // A remark in passing is not kept.
        host.show({u"copied"_s, Tone::Info, u"Copied"_s, {}, {}, false});
        QCOMPARE(host.past().first().notice.id, u"n119"_s);
        host.dismiss(u"n119"_s);
        QCOMPARE(host.unread(), 99);
        host.show({u"n0"_s, Tone::Ok, u"recovered"_s, {}, {}, false});
        QCOMPARE(host.past().first().notice.title, u"recovered"_s);
    }

    void everyNoticeLeavesErrorsLaterAndNoneUnderThePointer()
    {
        QWidget window;
        window.resize(600, 400);
        ToastHost host(&window);
        window.show();
        QLineEdit work(&window);
        work.show();
        work.setFocus();
        host.show({u"e"_s, Tone::Err, u"failed"_s, {}, {}, false});
        host.show({u"o"_s, Tone::Ok, u"saved"_s, {}, {}, false});
        const auto timers = host.findChildren<QTimer *>();
        QCOMPARE(timers.size(), 2);
        QVERIFY(timers[0]->isActive() && timers[1]->isActive());
        QVERIFY(timers[0]->interval() > timers[1]->interval());
        QWidget *card = static_cast<QWidget *>(timers[1]->parent());
        card->setAttribute(Qt::WA_UnderMouse, true);
        timers[1]->start(1);
        QTRY_VERIFY(timers[1]->interval() > 1); // it waits
        QCOMPARE(host.count(), 2);
        card->setAttribute(Qt::WA_UnderMouse, false);
        timers[0]->start(1);
        timers[1]->start(1);
        QTRY_COMPARE(host.count(), 0);
        QCOMPARE(host.unread(), 1); // nobody has said that the error was seen; a success waits for nobody
    }

    void whatIsNoLongerSoIsWithdrawn()
    {
        QWidget window;
        window.resize(600, 400);
        ToastHost host(&window);
        window.show();
        host.show({u"change"_s, Tone::Err, u"A change was not finished"_s, {}, {}, true});
        host.show({u"other"_s, Tone::Err, u"bert failed"_s, {}, {}, true});
        QCOMPARE(host.unread(), 2);
        host.withdraw(u"change"_s);
        QCOMPARE(host.count(), 1);
        QCOMPARE(host.past().size(), 1);
        QCOMPARE(host.unread(), 1);
    }

    void anHourOfQuietIsShownAndTakenBack()
    {
        QWidget window;
        window.resize(600, 400);
        ToastHost host(&window);
        NoticeBell bell(&host, &window);
        window.show();
        const auto open = [&] {
            bell.click();
            return window.findChild<QWidget *>(u"notices.popup"_s);
        };
        button(open(), u"Quiet for 1 h"_s)->click();
        QVERIFY(host.isQuiet());
        const qint64 left = QDateTime::currentDateTimeUtc().secsTo(host.quietUntil());
        QVERIFY(left > 3590 && left <= 3600);
        QVERIFY2(bell.accessibleName().contains(host.quietUntil().toLocalTime().toString(u"HH:mm"_s)), qPrintable(bell.accessibleName()));
        host.keep({u"a"_s, Tone::Err, u"bert failed"_s, {}, {u"show"_s, u"Show"_s}, true});
        QCOMPARE(host.count(), 0);
        QCOMPARE(host.unread(), 1); // it is there, and counted
        QTRY_VERIFY(!window.findChild<QWidget *>(u"notices.popup"_s));
        button(open(), u"Notify again"_s)->click();
        QVERIFY(!host.isQuiet());
        QVERIFY(!bell.accessibleName().contains(u"quiet"_s));
        host.setQuietUntil(QDateTime::currentDateTimeUtc().addMSecs(50));
        QVERIFY(host.isQuiet());
        QTRY_VERIFY(!host.isQuiet()); // it ends by itself
        host.setQuietUntil(QDateTime::currentDateTimeUtc().addSecs(-1));
        QVERIFY(!host.isQuiet());
    }

    void aNoticeLeavesTheStopButtonFree()
    {
        QWidget window;
        window.resize(640, 400);
        auto *view = new StateView(new QWidget, &window);
        view->setGeometry(0, 0, 640, 374);
        ToastHost host(&window);
        window.show();
        view->setLoading(u"Reading checkpoints…"_s, 12, -1, true, u"Stop"_s);
        view->showPending();
        host.show({u"a"_s, Tone::Err, u"bert failed"_s, u"nlp"_s, {u"show"_s, u"Show"_s}, true});
        host.show({u"b"_s, Tone::Err, u"bert failed again"_s, u"nlp"_s, {u"show"_s, u"Show"_s}, true});
        auto *stop = button(view, u"Stop"_s);
        QVERIFY(stop && stop->isVisible());
        QCoreApplication::sendPostedEvents();
        const QRect place(stop->mapTo(&window, QPoint()), stop->size());
        QVERIFY(window.rect().contains(place));
        QVERIFY(!host.geometry().intersects(place));
    }

    void aLongTextWrapsAndTheFootStaysFree()
    {
        QWidget window;
        window.resize(640, 400);
        QWidget foot(&window);
        foot.setGeometry(0, 320, 640, 50);
        ToastHost host(&window);
        host.setFloor(&foot);
        window.show();
        host.show({u"a"_s, Tone::Err, u"refused"_s, u"short"_s, {}, true});
        const int low = host.height();
        QVERIFY(host.geometry().bottom() < 320);
        host.show({u"a"_s, Tone::Err, u"refused"_s, u"The access modes of this PVC allow writing from one node alone. Make one that is ReadWriteMany, or let the job have one node."_s, {}, true});
        QVERIFY2(host.height() > low + 10, qPrintable(QString::number(host.height())));
        QVERIFY(host.geometry().bottom() < 320);
        foot.move(0, 250);
        QVERIFY(host.geometry().bottom() < 250);
        foot.hide();
        QVERIFY(host.geometry().bottom() > 250);
        // However much there is to say, it stays in the window.
        for (int i = 0; i < 3; ++i)
            host.show({u"l%1"_s.arg(i), Tone::Err, u"refused"_s, QString(u"word "_s).repeated(2000), {}, true});
        QVERIFY(window.rect().contains(host.geometry()));
        QCOMPARE(host.past().first().notice.text.size(), 10000);
    }

    void aNoticeIsReachedAndClosedByKeys()
    {
        QWidget window;
        window.resize(600, 400);
        auto *work = new QLineEdit(&window);
        ToastHost host(&window);
        window.show();
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        work->setFocus();
        QVERIFY(!host.focusNewest());
        host.show({u"a"_s, Tone::Err, u"failed"_s, {}, {}, true});
        host.show({u"b"_s, Tone::Err, u"refused"_s, {}, {}, true});
        QVERIFY(host.focusNewest());
        QVERIFY(host.isAncestorOf(QApplication::focusWidget()));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
        QCOMPARE(host.count(), 1);
        QCOMPARE(host.past().first().notice.id, u"b"_s);
        QVERIFY(host.past().first().read);
        QCOMPARE(QApplication::focusWidget(), work);
    }

    void theBellCountsOpensAndActs()
    {
        QWidget window;
        window.resize(600, 400);
        ToastHost host(&window);
        NoticeBell bell(&host, &window);
        window.show();
        QCOMPARE(bell.accessibleName(), u"Notifications"_s);
        host.show({u"a"_s, Tone::Err, u"bert failed"_s, u"nlp"_s, {u"show"_s, u"Show"_s}, true});
        QVERIFY(bell.accessibleName().contains(u'1'));
        QSignalSpy spy(&host, &ToastHost::triggered);
        bell.setFocus();
        QTest::keyClick(&bell, Qt::Key_Space);
        auto *popup = window.findChild<QWidget *>(u"notices.popup"_s);
        QVERIFY(popup && popup->isVisible());
        QCOMPARE(host.unread(), 0);
        button(popup, u"Show"_s)->click();
        QCOMPARE(spy.size(), 1);
        QCOMPARE(spy.first().first().toString(), u"a"_s);
        QTRY_VERIFY(!window.findChild<QWidget *>(u"notices.popup"_s));
        QCOMPARE(host.count(), 0);
        host.forgetPast();
        bell.click();
        QVERIFY(window.findChild<QWidget *>(u"notices.popup"_s));
    }
};

QTEST_MAIN(TestStateView)
#include "tst_stateview.moc"
