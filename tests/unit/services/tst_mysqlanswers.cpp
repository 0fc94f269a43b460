// SPDX-License-Identifier: GPL-3.0-or-later
#include "services/MySqlAnswers.h"

#include <QTest>

using namespace cairn::services::mysql;

class TestMySqlAnswers : public QObject {
    Q_OBJECT

private slots:
    void theVersionIsReadOutOfWhatServersCallThemselves()
    {
        const auto maria = readVersion("5.5.5-10.11.6-MariaDB-0+deb12u1");
        QVERIFY(maria && maria->mariaDb);
        QCOMPARE(maria->major, 10);
        QCOMPARE(maria->minor, 11);
        QCOMPARE(maria->text, QByteArray("10.11.6-MariaDB-0+deb12u1"));
        const auto percona = readVersion("8.0.36-28");
        QVERIFY(percona && !percona->mariaDb);
        QCOMPARE(percona->major, 8);
        QCOMPARE(percona->minor, 0);
        QCOMPARE(readVersion("5.5.5-tail")->major, 5); // MySQL itself
        for (const char *bad : {"", "MariaDB", "8", "8.", "x8.0", "-8.0", "99999999999.1"})
            QVERIFY2(!readVersion(bad), bad);
    }

    void aGreetingIsReadWithinItsBounds()
    {
        const QByteArray whole =
            QByteArray("\x0a") + "8.0.36" + '\0' + QByteArray(13, '\1') + QByteArray::fromHex("008a2d0200ff81");
        const auto greeting = readGreeting(whole);
        QVERIFY(greeting);
        QCOMPARE(greeting->version, QByteArray("8.0.36"));
        QCOMPARE(greeting->capabilities, 0x81ff8a00u);
        QVERIFY(greeting->offersTls());
        for (qsizetype size = 0; size < whole.size() - 5; ++size)
            QVERIFY2(!readGreeting(whole.first(size)), QByteArray::number(size).constData());
        QVERIFY(!readGreeting("\x09" + whole.mid(1)));
        QVERIFY(!readGreeting('\x0a' + QByteArray(5000, 'x')));
        QVERIFY(!readGreeting('\x0a' + QByteArray(500, 'x') + '\0' + QByteArray(40, '\1')));
    }

    void aRefusalInsteadOfAGreetingIsToldByItsCode()
    {
        const auto refusal = readGreeting(QByteArray::fromHex("ff6a04") + "Host 'x' is not allowed");
        QVERIFY(refusal);
        QCOMPARE(refusal->errorCode, quint16(1130));
        QCOMPARE(refusal->errorText, QByteArray("Host 'x' is not allowed"));
        QCOMPARE(readGreeting(QByteArray::fromHex("ff1504") + "#28000Access denied")->errorText,
            QByteArray("Access denied"));
        QVERIFY(!readGreeting(QByteArray::fromHex("ff0000")));
    }

    void thePluginIsFoundBehindAnyNameAndBeforeAnyHash_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QByteArrayList>("plugins");
        using List = QByteArrayList;
        QTest::newRow("MySQL 8") << QByteArray(
            "CREATE USER `u`@`%` IDENTIFIED WITH 'caching_sha2_password' AS '$A$005$x' OR y' REQUIRE NONE")
                                 << List{"caching_sha2_password"};
        QTest::newRow("MySQL 5.7") << QByteArray("CREATE USER 'u'@'%' IDENTIFIED WITH 'mysql_native_password' AS '*F1'")
                                   << List{"mysql_native_password"};
        QTest::newRow("a name that lies")
            << QByteArray("CREATE USER `a IDENTIFIED WITH 'x'`@`%` IDENTIFIED WITH 'sha256_password' AS 'h'")
            << List{"sha256_password"};
        QTest::newRow("a quote within a name")
            << QByteArray("CREATE USER `a`` IDENTIFIED WITH 'x'`@`%` IDENTIFIED WITH 'sha256_password'")
            << List{"sha256_password"};
        QTest::newRow("MariaDB by password")
            << QByteArray("CREATE USER `u`@`%` IDENTIFIED BY PASSWORD '*F1E1'") << List{"mysql_native_password"};
        QTest::newRow("MariaDB without password") << QByteArray("CREATE USER `u`@`%`") << List{"mysql_native_password"};
        QTest::newRow("MariaDB via two") << QByteArray(
            "CREATE USER `root`@`localhost` IDENTIFIED VIA mysql_native_password USING 'invalid' OR unix_socket")
                                         << List{"mysql_native_password", "unix_socket"};
        QTest::newRow("MariaDB via one") << QByteArray("CREATE USER `e`@`%` IDENTIFIED VIA ed25519 USING '+NJg'")
                                         << List{"ed25519"};
        QTest::newRow("something else") << QByteArray("DROP DATABASE") << List{};
        QTest::newRow("nothing") << QByteArray() << List{};
    }
    void thePluginIsFoundBehindAnyNameAndBeforeAnyHash()
    {
        QFETCH(const QByteArray, answer);
        QFETCH(const QByteArrayList, plugins);
        QCOMPARE(pluginsOf(answer), plugins);
    }

    void theRightToCreateIsReadOutOfGrants_data()
    {
        QTest::addColumn<QByteArrayList>("grants");
        QTest::addColumn<QByteArray>("database");
        QTest::addColumn<bool>("may");
        using List = QByteArrayList;
        const QByteArray to = " TO `u`@`%`";
        QTest::newRow("all") << List{"GRANT ALL PRIVILEGES ON *.* TO `u`@`%` WITH GRANT OPTION"} << QByteArray("x")
                             << true;
        QTest::newRow("all, any") << List{"GRANT ALL PRIVILEGES ON *.* TO `u`@`%`"} << QByteArray() << true;
        QTest::newRow("MySQL 8 lists them")
            << List{"GRANT SELECT, INSERT, CREATE, DROP ON *.* TO `u`@`%`"} << QByteArray() << true;
        QTest::newRow("CREATE VIEW is not CREATE")
            << List{"GRANT CREATE VIEW, CREATE USER, CREATE TEMPORARY TABLES ON *.*" + to} << QByteArray("x") << false;
        QTest::newRow("usage") << List{"GRANT USAGE ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*F1 ON *.* TO'"}
                               << QByteArray("x") << false;
        QTest::newRow("this database") << List{"GRANT USAGE ON *.*" + to, "GRANT ALL PRIVILEGES ON `mlpipeline`.*" + to}
                                       << QByteArray("mlpipeline") << true;
        QTest::newRow("another") << List{"GRANT ALL PRIVILEGES ON `mlpipeline`.*" + to} << QByteArray("metadb")
                                 << false;
        QTest::newRow("one database is not any")
            << List{"GRANT ALL PRIVILEGES ON `mlpipeline`.*" + to} << QByteArray() << false;
        QTest::newRow("a pattern") << List{"GRANT CREATE ON `kf%`.*" + to} << QByteArray("kf_meta") << true;
        QTest::newRow("one character") << List{"GRANT CREATE ON `kf_`.*" + to} << QByteArray("kf12") << false;
        QTest::newRow("an escaped one") << List{"GRANT CREATE ON `k\\_x`.*" + to} << QByteArray("kax") << false;
        QTest::newRow("what was escaped") << List{"GRANT CREATE ON `k\\_x`.*" + to} << QByteArray("k_x") << true;
        QTest::newRow("double quotes") << List{"GRANT CREATE ON \"db\".* TO \"u\"@\"%\""} << QByteArray("db") << true;
        QTest::newRow("a table") << List{"GRANT CREATE ON `db`.`t`" + to} << QByteArray("db") << false;
        QTest::newRow("a name that lies")
            << List{"GRANT SELECT (`a ON *.* TO`), USAGE ON `b`.*" + to} << QByteArray("x") << false;
        QTest::newRow("revoked in part") << List{"GRANT CREATE ON *.*" + to, "REVOKE CREATE ON `mysql`.* FROM `u`@`%`"}
                                         << QByteArray("mysql") << false;
        QTest::newRow("revoked elsewhere")
            << List{"GRANT CREATE ON *.*" + to, "REVOKE CREATE ON `mysql`.* FROM `u`@`%`"} << QByteArray("db") << true;
        QTest::newRow("a role") << List{"GRANT `admin`@`%` TO `u`@`%`"} << QByteArray("x") << false;
        QTest::newRow("nothing") << List{"", "GRANT", "GRANT ALL PRIVILEGES ON ", "GRANT ALL ON `"} << QByteArray("x")
                                 << false;
    }
    void theRightToCreateIsReadOutOfGrants()
    {
        QFETCH(const QByteArrayList, grants);
        QFETCH(const QByteArray, database);
        QFETCH(const bool, may);
        QCOMPARE(mayCreate(grants, database), may);
    }

    void rolesAreSeen()
    {
        QVERIFY(hasRoles({"GRANT USAGE ON *.* TO `u`@`%`", "GRANT `admin`@`%` TO `u`@`%`"}));
        QVERIFY(!hasRoles({"GRANT USAGE ON *.* TO `u`@`%`", "REVOKE CREATE ON `mysql`.* FROM `u`@`%`"}));
    }

    void aPatternOfManyStarsIsNoTrap()
    {
        const QByteArray pattern = "GRANT CREATE ON `" + QByteArray("a%").repeated(1000) + "b`.* TO `u`@`%`";
        QVERIFY(!mayCreate({pattern}, QByteArray(5000, 'a')));
    }
};

QTEST_GUILESS_MAIN(TestMySqlAnswers)
#include "tst_mysqlanswers.moc"
