// SPDX-License-Identifier: GPL-3.0-or-later
// A password that is typed into the overlay wizard, and looked for in all that comes of it on a cluster in memory: drafts, previews,
// commands, the plan, its record, what is logged. It is in the Secret that it was typed for, and nowhere else.
#include "FakeObjectApi.h"
#include "OverlayScene.h"
#include "base/Translation.h"
#include "dialogs/PlanDialog.h"
#include "editors/CodeEditor.h"
#include "engine/Changes.h"
#include "forms/ChoiceField.h"
#include "forms/TextFields.h"
#include "kit/Inputs.h"
#include "kit/Theme.h"
#include "overlay/Settings.h"
#include "pages/OverlayPage.h"
#include "window/Drafts.h"
#include "window/OverlayController.h"

#include <QAbstractButton>
#include <QApplication>
#include <QClipboard>
#include <QDirIterator>
#include <QJsonDocument>
#include <QLabel>
#include <QLoggingCategory>
#include <QPlainTextEdit>
#include <QTest>
#include <mutex>

using namespace Qt::StringLiterals;
using namespace cairn;
using namespace cairn::app;
using namespace cairn::tests;

namespace {

constexpr int wait = 60'000; // ms; a limit, not an expectation
const auto password = "Canary/7f3a+typed"_ba;
const auto server = u"https://cluster.example:6443"_s;

std::mutex logMutex;
QByteArray logged;

void keepLog(QtMsgType, const QMessageLogContext &, const QString &text)
{
    const std::lock_guard lock(logMutex);
    logged += text.toUtf8() + '\n';
}

QByteArray shapeOf(const QByteArray &text)
{
    for (const QByteArray &shape : {password, password.toBase64(), password.toHex(), password.toPercentEncoding(), QByteArray(password).replace('/', "\\/")}) {
        if (text.contains(shape))
            return shape;
    }
    return {};
}

QByteArray pipelinesYaml()
{
    return R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: cache-server, namespace: kubeflow}
spec:
  replicas: 1
  selector: {matchLabels: {app: cache-server}}
  template:
    metadata: {labels: {app: cache-server}}
    spec: {containers: [{name: server, image: "ghcr.io/kubeflow/kfp-cache-server:2.16.0"}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: pipeline-install-config, namespace: kubeflow}
data: {dbHost: mysql, dbPort: "3306", mysqlHost: mysql, mysqlPort: "3306", pipelineDb: mlpipeline, mlmdDb: metadb, cacheDb: cachedb, ConMaxLifeTime: 120s}
)";
}

RestMapper mapper()
{
    QList<ServedResource> served;
    for (const ResourceKind &kind : {kinds::deployments(), kinds::statefulSets(), kinds::configMaps(), kinds::disruptionBudgets(), kinds::autoscalers(), kinds::leases(), kinds::claims(),
                                     kinds::priorityClasses(), kinds::pods(), ResourceKind{u"rbac.authorization.k8s.io"_s, u"v1"_s, u"roles"_s, u"Role"_s, true},
                                     ResourceKind{u"rbac.authorization.k8s.io"_s, u"v1"_s, u"rolebindings"_s, u"RoleBinding"_s, true}})
        served.append({kind});
    return RestMapper(served);
}

} // namespace

class TestOverlaySecrets : public QObject
{
    Q_OBJECT
    QTemporaryDir m_home;
    std::shared_ptr<FakeObjectApi> m_api;
    std::unique_ptr<QWidget> m_window;
    std::unique_ptr<Changes> m_changes;
    OverlayController *m_controller = nullptr;

    pages::OverlayPage *page() const { return static_cast<pages::OverlayPage *>(m_controller->page()); }
    template <class Widget>
    Widget *find(const char *name) const
    {
        return m_window->findChild<Widget *>(QLatin1StringView(name));
    }
    /// All that is to be seen, and what is read aloud; the field itself aside.
    QByteArray shown() const
    {
        QStringList all;
        for (const QWidget *widget : m_window->findChildren<QWidget *>()) {
            all += {widget->accessibleName(), widget->accessibleDescription(), widget->toolTip(), widget->windowTitle()};
            if (const auto *label = qobject_cast<const QLabel *>(widget))
                all.append(label->text());
            if (const auto *text = qobject_cast<const QPlainTextEdit *>(widget))
                all.append(text->toPlainText());
            if (const auto *text = qobject_cast<const editors::CodeEditor *>(widget))
                all.append(text->text());
            if (const auto *button = qobject_cast<const QAbstractButton *>(widget))
                all.append(button->text());
            if (const auto *table = qobject_cast<const QAbstractItemView *>(widget); table && table->model()) {
                for (int row = 0; row < table->model()->rowCount(); ++row) {
                    for (int column = 0; column < table->model()->columnCount(); ++column) {
                        for (const int role : {int(Qt::DisplayRole), int(Qt::ToolTipRole), int(Qt::AccessibleTextRole)})
                            all.append(table->model()->index(row, column).data(role).toString());
                    }
                }
            }
        }
        return all.join(u'\n').toUtf8();
    }
    QByteArray files() const
    {
        QByteArray all;
        QDirIterator it(m_home.path(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
        while (it.hasNext()) {
            QFile file(it.next());
            if (file.open(QIODevice::ReadOnly))
                all += file.fileName().toUtf8() + '\n' + file.readAll() + '\n';
        }
        return all;
    }
    /// What was sent to the server for anything but a Secret.
    QByteArray sent() const
    {
        QByteArray all;
        for (const FakeObjectApi::Call &call : m_api->calls()) {
            if (call.resource != "secrets"_L1 || !call.writes())
                all += call.name.toUtf8() + ' ' + QJsonDocument(QJsonObject{{u"body"_s, call.body}}).toJson();
        }
        return all;
    }
    static QByteArray log()
    {
        const std::lock_guard lock(logMutex);
        return logged;
    }
    static void type(forms::TextField *field, const QString &text)
    {
        field->input()->clear();
        QTest::keyClicks(field->input(), text);
    }

private slots:
    void initTestCase()
    {
        QVERIFY(m_home.isValid());
        qputenv("XDG_CONFIG_HOME", QFile::encodeName(m_home.filePath(u"config"_s)));
        qputenv("XDG_DATA_HOME", QFile::encodeName(m_home.filePath(u"data"_s)));
        installTranslation(QLocale(u"en"_s));
        kit::Theme::install(*qApp, kit::ThemeMode::Light);
        QApplication::setQuitOnLastWindowClosed(false);
    }
    void init()
    {
        // Databases alone: nothing of the cluster has to elect a leader first.
        overlay::Settings settings;
        settings.base = {overlay::Base::Kind::Remote, u"https://github.com/kubeflow/community-distribution//example?ref=26.03"_s};
        settings.tiers = {};
        const Result<QByteArray> text = overlay::settingsText(settings);
        QVERIFY(text && writeDraft(draftFile(u"overlay"_s, server), *text));
        m_api = std::make_shared<FakeObjectApi>();
        m_api->setMapper(mapper());
        for (const QJsonObject &object : objectsOf(kubeflowYaml()) + objectsOf(pipelinesYaml()))
            m_api->put(*mapper().resolve(object[u"apiVersion"_s].toString(), object[u"kind"_s].toString()), object);
        m_api->put(kinds::secrets(), {{u"metadata"_s, QJsonObject{{u"name"_s, u"mysql-secret"_s}, {u"namespace"_s, u"kubeflow"_s}}},
                                      {u"type"_s, u"Opaque"_s},
                                      {u"data"_s, QJsonObject{{u"username"_s, u"cm9vdA=="_s}, {u"password"_s, u"b2xk"_s}}}});
        // The controller of Deployments.
        m_api->before = [api = m_api.get()](const FakeObjectApi::Call &call) -> std::optional<Error> {
            if (call.verb == u"get" && call.resource == u"deployments") {
                api->edit(kinds::deployments(), call.ns, call.name, [](QJsonObject &live) {
                    const int wanted = live[u"spec"_s][u"replicas"_s].toInt(1);
                    live.insert(u"status"_s, QJsonObject{{u"observedGeneration"_s, live[u"metadata"_s][u"generation"_s]}, {u"replicas"_s, wanted}, {u"updatedReplicas"_s, wanted}, {u"availableReplicas"_s, wanted}});
                    return true;
                });
            }
            return std::nullopt;
        };
        logged.clear();
        qInstallMessageHandler(keepLog);
        QLoggingCategory::setFilterRules(u"cairn.*=true"_s);
        m_changes = std::make_unique<Changes>();
        m_window = std::make_unique<QWidget>();
        m_window->resize(1280, 800);
        m_controller = new OverlayController(*m_changes, m_window.get());
        page()->setParent(m_window.get());
        page()->resize(1280, 800);
        m_window->show();
        page()->show();
        m_controller->setCluster(m_api, server, u"lab"_s);
        m_controller->open();
        QTRY_VERIFY_WITH_TIMEOUT(page()->settings().tiers.isEmpty(), wait); // the draft was read
        page()->showStep(2);
        find<kit::Check>("overlay.pipelines.use")->click();
    }
    void cleanup()
    {
        m_controller->setCluster(nullptr, {}, {});
        m_window.reset();
        m_changes.reset();
        qInstallMessageHandler(nullptr);
        QLoggingCategory::setFilterRules({});
    }

    void itIsInTheSecretAndNowhereElse()
    {
        type(find<forms::TextField>("overlay.pipelines.host"), u"mysql-ha.db.example"_s);
        type(find<forms::TextField>("overlay.pipelines.user"), u"kfp"_s);
        auto *field = find<forms::SecretField>("overlay.pipelines.password");
        QTest::keyClicks(field->findChild<QLineEdit *>(), QString::fromUtf8(password));
        QCOMPARE(field->value().toString().toUtf8(), password);
        // It is worked out, and kept as a draft.
        QTRY_VERIFY_WITH_TIMEOUT(files().contains("mysql-ha.db.example"), wait);
        QTRY_VERIFY_WITH_TIMEOUT(shown().contains("components/external-mysql"), wait);
        for (int step = 0; step < 4; ++step) {
            page()->showStep(step);
            QCOMPARE(shapeOf(shown()), QByteArray());
        }
        QApplication::clipboard()->clear();
        find<QAbstractButton>("overlay.copy")->click();
        QTRY_VERIFY_WITH_TIMEOUT(!QApplication::clipboard()->text().isEmpty(), wait); // a database is switched by Apply alone
        QCOMPARE(shapeOf(QApplication::clipboard()->text().toUtf8()), QByteArray());

        find<QAbstractButton>("overlay.apply")->click();
        auto *act = [&] {
            (void)QTest::qWaitFor([&] { return find<QAbstractButton>("plan.act") && find<QAbstractButton>("plan.act")->isEnabled(); }, wait);
            return find<QAbstractButton>("plan.act");
        }();
        QVERIFY(act && act->isEnabled());
        QCOMPARE(shapeOf(shown()), QByteArray());
        act->click();
        const auto there = [&] { return QByteArray::fromBase64(m_api->stored(kinds::secrets(), u"kubeflow"_s, u"mysql-secret"_s)[u"data"_s][u"password"_s].toString().toLatin1()); };
        QTRY_COMPARE_WITH_TIMEOUT(there(), password, wait); // so it went all the way
        QTRY_VERIFY_WITH_TIMEOUT(m_changes->running().isEmpty(), wait);
        QCOMPARE(shapeOf(shown()), QByteArray());
        const QByteArray all = sent();
        QVERIFY(all.contains("cairn-change-")); // the record was among it
        QCOMPARE(shapeOf(all), QByteArray());
        QCOMPARE(shapeOf(files()), QByteArray());
        QCOMPARE(shapeOf(log()), QByteArray());
        QCOMPARE(shapeOf(QJsonDocument(m_api->all(kinds::configMaps()).value(0)).toJson()), QByteArray());
    }

    /// As whoever pastes an address does; and a password where the name of a Secret belongs.
    void oneThatIsTypedIntoAnotherFieldReachesNoDraft_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("text");
        QTest::newRow("server") << u"overlay.pipelines.host"_s << u"kfp:Canary/7f3a+typed@mysql-ha.db.example"_s;
        QTest::newRow("user") << u"overlay.pipelines.user"_s << u"kfp:Canary/7f3a+typed"_s;
        QTest::newRow("Secret") << u"overlay.pipelines.secret"_s << u"Canary/7f3a+typed"_s;
        QTest::newRow("base") << u"overlay.where"_s << u"https://kfp:Canary%2F7f3a%2Btyped@git.example/manifests?ref=1"_s;
    }
    void oneThatIsTypedIntoAnotherFieldReachesNoDraft()
    {
        QFETCH(const QString, field);
        QFETCH(const QString, text);
        if (field.endsWith("secret"_L1))
            find<forms::ChoiceField>("overlay.pipelines.way")->setValue(u"exists"_s);
        if (field == "overlay.where"_L1)
            page()->showStep(0);
        type(m_window->findChild<forms::TextField *>(field), text);
        page()->showStep(2);
        // The last thing that is kept is this.
        type(find<forms::TextField>("overlay.pipelines.port"), u"3399"_s);
        QTRY_VERIFY_WITH_TIMEOUT(files().contains("3399"), wait);
        QCOMPARE(shapeOf(files()), QByteArray());
        QCOMPARE(shapeOf(sent()), QByteArray());
        QCOMPARE(shapeOf(log()), QByteArray());
        QCOMPARE(shapeOf(shown()), QByteArray());
    }
};

QTEST_MAIN(TestOverlaySecrets)
#include "tst_overlaysecrets.moc"
