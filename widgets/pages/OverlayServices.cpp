// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/OverlayServices.h"

#include "base/Text.h"
#include "editors/CodeEditor.h"
#include "forms/ChoiceField.h"
#include "forms/FieldRow.h"
#include "forms/NumberField.h"
#include "forms/TextFields.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Marks.h"
#include "kit/Messages.h"

#include <QHBoxLayout>
#include <QRegularExpression>
#include <QVBoxLayout>
#include <QVersionNumber>
#include <algorithm>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using overlay::Database;
using overlay::EventBroker;
using overlay::ObjectStore;
using overlay::Replaceable;
using What = Replaceable::What;

/// The widgets of one service; those that it has no use for are nullptr.
struct ServiceCard {
    QString id;
    What what = What::Pipelines;
    services::Consumer consumer = services::Consumer::None;
    kit::Card *card = nullptr;
    QVBoxLayout *body = nullptr;
    Tag *tag = nullptr;
    ElidedLabel *now = nullptr;
    Check *use = nullptr;
    Paragraph *about = nullptr;
    QWidget *open = nullptr; ///< what stands below while it is used
    forms::Form *form = nullptr;
    forms::ChoiceField *engine = nullptr;
    forms::TextField *host = nullptr, *port = nullptr, *user = nullptr, *database = nullptr;
    forms::ChoiceField *tls = nullptr;
    forms::LinesField *ca = nullptr;
    forms::FieldRow *caRow = nullptr;
    forms::ChoiceField *way = nullptr; ///< of the password
    forms::TextField *secret = nullptr;
    forms::FieldRow *secretRow = nullptr;
    forms::SecretField *password = nullptr;
    forms::FieldRow *passwordRow = nullptr;
    forms::TextField *region = nullptr, *bucket = nullptr, *iam = nullptr;
    forms::TextField *ns = nullptr, *name = nullptr;
    forms::LinesField *servers = nullptr;
    forms::FieldRow *serversRow = nullptr, *hostRow = nullptr;
    forms::NumberField *replication = nullptr;
    forms::FieldRow *replicationRow = nullptr;
    kit::Button *here = nullptr, *cluster = nullptr, *cancel = nullptr;
    Check *writes = nullptr; ///< of a store: a test may write an object
    Paragraph *doing = nullptr;
    QVBoxLayout *results = nullptr;
    QVBoxLayout *limits = nullptr;
    QStringList shownLimits;

    Replaceable known;
    std::optional<services::Report> fromHere, fromCluster;
    std::optional<Error> error;
    QString consent;
    bool testing = false;
    EventBroker broker; ///< numbers that have no field
    forms::NumberField *keeps = nullptr; ///< connections, seconds

    bool isWhole() const
    {
        if (!use->isChecked())
            return true;
        for (const forms::Field *field : form->fields()) {
            if (field->isVisibleTo(form) && !field->isValid())
                return false;
        }
        return true;
    }
};

namespace {

/// Two parts side by side, and one below the other where there is no room.
class Halves : public QWidget
{
public:
    Halves(QWidget *left, QWidget *right)
        : m_box(new QBoxLayout(QBoxLayout::LeftToRight, this))
    {
        m_box->setContentsMargins(0, 0, 0, 0);
        m_box->setSpacing(20);
        m_box->addWidget(left, 11, Qt::AlignTop);
        m_box->addWidget(right, 9, Qt::AlignTop);
    }

    /// As one below the other: else it would never get narrow enough to become so.
    QSize minimumSizeHint() const override
    {
        int width = 0;
        for (int i = 0; i < m_box->count(); ++i)
            width = std::max(width, m_box->itemAt(i)->minimumSize().width());
        return {width, m_box->minimumSize().height()};
    }

protected:
    void resizeEvent(QResizeEvent *event) override
    {
        QWidget::resizeEvent(event);
        m_box->setDirection(width() < 640 ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    }

private:
    QBoxLayout *m_box;
};

const QRegularExpression &portPattern()
{
    static const QRegularExpression pattern(u"[1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5]"_s);
    return pattern;
}

const QRegularExpression &hostPattern()
{
    static const QRegularExpression pattern(u"[A-Za-z0-9:][A-Za-z0-9._:-]*"_s);
    return pattern;
}

const QRegularExpression &plainPattern()
{
    static const QRegularExpression pattern(u"[A-Za-z0-9_.-]+"_s);
    return pattern;
}

/// Of a Secret or of another object: what is typed here by mistake is a password.
const QRegularExpression &objectPattern()
{
    static const QRegularExpression pattern(u"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?"_s);
    return pattern;
}

const QRegularExpression &serverPattern()
{
    static const QRegularExpression pattern(u"[A-Za-z0-9\\[][A-Za-z0-9._:\\[\\]-]*"_s);
    return pattern;
}

/// Certificates, with whatever stands between them. A key is none.
const QRegularExpression &certificatePattern()
{
    static const QRegularExpression pattern(u"(?!.*PRIVATE KEY).*"_s);
    return pattern;
}

/// What goes into settings, and with them into a draft on the disk: a text that a field refuses may be a password, as in
/// "user:password@host".
QString taken(const forms::TextField *field)
{
    return field->isValid() ? field->text() : QString();
}

CheckItem::State stateOf(services::Check::State state)
{
    using State = services::Check::State;
    return state == State::Ok ? CheckItem::State::Ok : state == State::Warn ? CheckItem::State::Warn : state == State::Failed ? CheckItem::State::Err : CheckItem::State::Waiting;
}

/// Somebody was let in, from here or from the cluster.
bool hasSignedIn(const ServiceCard &one)
{
    for (const std::optional<services::Report> *report : {&one.fromHere, &one.fromCluster}) {
        for (const services::Check &check : *report ? (*report)->checks : QList<services::Check>()) {
            if (check.id == "login"_L1 && check.state == services::Check::State::Ok)
                return true;
        }
    }
    return false;
}

int defaultPort(const QString &engine)
{
    return engine == "postgresql"_L1 ? 5432 : 3306;
}

} // namespace

OverlayServices::OverlayServices(QWidget *parent)
    : QWidget(parent)
{
    makeDatabase(u"pipelines"_s, tr("Pipelines"), tr("Metadata, runs and cache, as shipped in one MySQL pod."));
    makeDatabase(u"katib"_s, tr("Katib"), tr("Measurements of experiments, as shipped in one MySQL pod."));
    makeDatabase(u"modelRegistry"_s, tr("Model registry"), tr("Registered models and their versions, as shipped in one PostgreSQL or MySQL pod."));
    makeDatabase(u"modelCatalog"_s, tr("Model catalogue"), tr("What the catalogue shows, as shipped in one PostgreSQL pod."));
    makeObjects();
    makeEvents();
    auto *box = vbox(space::cards);
    for (const auto &one : m_cards)
        box->addWidget(one->card);
    box->addWidget(makeMove());
    setLayout(box);
    for (const auto &one : m_cards)
        update(*one);
}

OverlayServices::~OverlayServices() = default;

ServiceCard &OverlayServices::card(const QString &id) const
{
    const auto it = std::ranges::find_if(m_cards, [&](const auto &one) { return one->id == id; });
    Q_ASSERT(it != m_cards.end());
    return **it;
}

void OverlayServices::makeDatabase(const QString &id, const QString &title, const QString &about)
{
    auto made = std::make_unique<ServiceCard>();
    ServiceCard &one = *made;
    m_cards.push_back(std::move(made));
    one.id = id;
    one.what = id == "pipelines"_L1 ? What::Pipelines : id == "katib"_L1 ? What::Katib : id == "modelRegistry"_L1 ? What::Registry : What::Catalog;
    one.consumer = one.what == What::Pipelines ? services::Consumer::Pipelines
        : one.what == What::Katib              ? services::Consumer::Katib
        : one.what == What::Registry           ? services::Consumer::ModelRegistry
                                               : services::Consumer::ModelCatalog;
    const QString prefix = u"overlay.%1."_s.arg(id);
    one.form = new forms::Form;
    if (one.what != What::Catalog) {
        one.engine = new forms::ChoiceField(tr("Kind"));
        one.engine->setObjectName(prefix + u"engine"_s);
        one.engine->setOptions({{u"mysql"_s, tr("MySQL"), {}, {}}, {u"postgresql"_s, tr("PostgreSQL"), {}, {}}});
        one.engine->setValue(u"mysql"_s);
        one.form->addRow(tr("Kind"), one.engine);
        connect(one.engine, &forms::Field::changed, this, [&one] {
            // The port of the other kind is not meant.
            const QString engine = one.engine->value().toString();
            const QString other = QString::number(defaultPort(engine == "mysql"_L1 ? u"postgresql"_s : u"mysql"_s));
            if (one.port->isEmpty() || one.port->text() == other)
                one.port->setValue(QString::number(defaultPort(engine)));
        });
    }
    one.host = new forms::TextField(tr("Server"));
    one.host->setObjectName(prefix + u"host"_s);
    one.host->setMono();
    one.host->setRequired(tr("Name the server."));
    one.host->setPattern(hostPattern(), tr("A name or an address alone, without user, scheme or path."));
    one.port = new forms::TextField(tr("Port")); // a name among numbers: nothing stands between its thousands
    one.port->setObjectName(prefix + u"port"_s);
    one.port->setMono();
    one.port->setColumns(6);
    one.port->setPattern(portPattern(), tr("A port is a number from 1 to 65535."));
    one.port->setRequired(tr("Name the port."));
    one.hostRow = one.form->addRow(tr("Server"));
    one.hostRow->add(one.host, true);
    one.hostRow->add(one.port);
    one.user = new forms::TextField(tr("User"));
    one.user->setObjectName(prefix + u"user"_s);
    one.user->setMono();
    one.user->setRequired(tr("Name the user that Kubeflow signs in as."));
    one.user->setPattern(plainPattern(), tr("Letters, digits, dots, hyphens and underscores."));
    one.form->addRow(tr("User"), one.user);
    if (one.what == What::Pipelines) {
        one.user->setHint(tr("It reads and writes mlpipeline, metadb and cachedb, and may create them."));
        one.keeps = new forms::NumberField(tr("Seconds that a connection is kept"), tr("s at most"), forms::NumberField::Look::Plain);
        one.keeps->setObjectName(u"overlay.pipelines.keeps"_s);
        one.keeps->setRange(1, 86400);
        one.keeps->setHint(tr("Less than the server or a proxy keeps idle ones. Empty: as it is."));
        one.form->addRow(tr("Connections"), one.keeps);
    } else {
        one.database = new forms::TextField(tr("Database"));
        one.database->setObjectName(prefix + u"database"_s);
        one.database->setMono();
        one.database->setPattern(plainPattern(), tr("Letters, digits, dots, hyphens and underscores."));
        one.database->setPlaceholder(one.what == What::Katib ? u"katib"_s : one.what == What::Registry ? u"metadb"_s : tr("that of the user"));
        one.form->addRow(tr("Database"), one.database);
    }
    one.tls = new forms::ChoiceField(tr("TLS"));
    one.tls->setObjectName(prefix + u"tls"_s);
    one.form->addRow(tr("TLS"), one.tls);
    one.ca = new forms::LinesField(tr("CA certificate"));
    one.ca->setObjectName(prefix + u"ca"_s);
    one.ca->setHint(tr("PEM. Empty: what the component's image trusts."));
    one.ca->setPattern(certificatePattern(), tr("Certificates alone: a private key does not belong here."));
    one.caRow = one.form->addRow(tr("CA"), one.ca);
    one.way = new forms::ChoiceField(tr("Password"));
    one.way->setObjectName(prefix + u"way"_s);
    one.way->setOptions({{u"written"_s, tr("Written last, on apply"), {}, {}}, {u"exists"_s, tr("A Secret that exists"), {}, {}}});
    one.way->setValue(u"written"_s);
    one.form->addRow(tr("Password"), one.way);
    one.password = new forms::SecretField(tr("Password"));
    one.password->setObjectName(prefix + u"password"_s);
    one.password->setHint(tr("Held in memory until then: never in a file, a log or a shown diff. For a secret store, the folder has an example."));
    one.passwordRow = one.form->addRow({}, one.password);
    one.secret = new forms::TextField(tr("Secret"));
    one.secret->setObjectName(prefix + u"secret"_s);
    one.secret->setMono();
    one.secret->setRequired(tr("Name the Secret that holds the password."));
    one.secret->setPattern(objectPattern(), tr("The name of a Secret: lower-case letters, digits, dots and hyphens."));
    one.secret->setHint(tr("A test from here reads the password in it; it is never written."));
    one.secretRow = one.form->addRow({}, one.secret);
    one.tag = new Tag({}, Tone::Idle);
    one.card = new kit::Card;
    one.body = one.card->body();
    auto *head = hbox();
    head->addWidget(new Label(title, Type::PanelTitle));
    one.now = new ElidedLabel({}, Type::Body, Token::Dim);
    head->addWidget(one.now, 1);
    head->addWidget(one.tag);
    one.body->addLayout(head);
    one.use = new Check(one.what == What::Pipelines ? tr("Use a MySQL outside of Kubeflow") : one.what == What::Catalog ? tr("Use a PostgreSQL outside of Kubeflow") : tr("Use a database outside of Kubeflow"));
    finish(one, about);
}

void OverlayServices::makeObjects()
{
    auto made = std::make_unique<ServiceCard>();
    ServiceCard &one = *made;
    m_cards.push_back(std::move(made));
    one.id = u"objectStore"_s;
    one.what = What::Objects;
    one.form = new forms::Form;
    one.host = new forms::TextField(tr("Server"));
    one.host->setObjectName(u"overlay.objectStore.host"_s);
    one.host->setMono();
    one.host->setRequired(tr("Name the server."));
    one.host->setPattern(hostPattern(), tr("A name or an address alone, without user, scheme or path."));
    one.port = new forms::TextField(tr("Port"));
    one.port->setMono();
    one.port->setColumns(6);
    one.port->setPattern(portPattern(), tr("A port is a number from 1 to 65535."));
    one.port->setRequired(tr("Name the port."));
    one.hostRow = one.form->addRow(tr("Server"));
    one.hostRow->add(one.host, true);
    one.hostRow->add(one.port);
    one.tls = new forms::ChoiceField(tr("TLS"));
    one.tls->setOptions({{u"on"_s, tr("Verified, by what the images trust"), {}, {}}, {u"off"_s, tr("Off"), {}, {}}});
    one.tls->setValue(u"on"_s);
    one.form->addRow(tr("TLS"), one.tls);
    one.bucket = new forms::TextField(tr("Bucket"));
    one.bucket->setMono();
    one.bucket->setRequired(tr("Name the bucket."));
    one.bucket->setPattern(plainPattern(), tr("Letters, digits, dots, hyphens and underscores."));
    one.form->addRow(tr("Bucket"), one.bucket);
    one.region = new forms::TextField(tr("Region"));
    one.region->setMono();
    one.region->setPattern(plainPattern(), tr("Letters, digits, dots, hyphens and underscores."));
    one.region->setPlaceholder(tr("as it is"));
    one.form->addRow(tr("Region"), one.region);
    one.iam = new forms::TextField(tr("IAM API"));
    one.iam->setMono();
    one.iam->setPattern(QRegularExpression(u"https?://[^@\\s]+"_s), tr("An address that begins with https:// or http://, without a user."));
    one.iam->setPlaceholder(tr("as it is"));
    one.iam->setHint(tr("Where the profile controller mints a key for each profile."));
    one.form->addRow(tr("IAM API"), one.iam);
    one.secret = new forms::TextField(tr("Secret"));
    one.secret->setMono();
    one.secret->setPlaceholder(u"mlpipeline-minio-artifact"_s);
    one.secret->setPattern(objectPattern(), tr("The name of a Secret: lower-case letters, digits, dots and hyphens."));
    one.secret->setHint(tr("With the keys accesskey and secretkey. You write it; a test reads the keys in it where it is named here."));
    one.form->addRow(tr("Secret"), one.secret);
    one.tag = new Tag({}, Tone::Idle);
    one.card = new kit::Card;
    one.body = one.card->body();
    auto *head = hbox();
    head->addWidget(new Label(tr("Object store"), Type::PanelTitle));
    one.now = new ElidedLabel({}, Type::Body, Token::Dim);
    head->addWidget(one.now, 1);
    head->addWidget(one.tag);
    one.body->addLayout(head);
    one.use = new Check(tr("Use an S3 store outside of Kubeflow"));
    one.writes = new Check(tr("Also write, read and delete one small object"));
    one.writes->setObjectName(u"overlay.objectStore.writes"_s);
    one.writes->setToolTip(tr("Below cairn-probe/ in the bucket. A bucket that keeps versions keeps a delete marker and the old version."));
    finish(one, tr("Artifacts of all runs, as shipped in one SeaweedFS or MinIO pod."));
}

void OverlayServices::makeEvents()
{
    auto made = std::make_unique<ServiceCard>();
    ServiceCard &one = *made;
    m_cards.push_back(std::move(made));
    one.id = u"events"_s;
    one.what = What::Events;
    one.consumer = services::Consumer::Eventing;
    one.form = new forms::Form;
    one.engine = new forms::ChoiceField(tr("Kind"));
    one.engine->setOptions({{u"kafka"_s, tr("Kafka"), {}, {}}, {u"rabbitmq"_s, tr("RabbitMQ"), {}, {}}});
    one.engine->setValue(u"kafka"_s);
    one.form->addRow(tr("Kind"), one.engine);
    one.ns = new forms::TextField(tr("Namespace"));
    one.name = new forms::TextField(tr("Broker"));
    for (forms::TextField *field : {one.ns, one.name}) {
        field->setMono();
        field->setPattern(plainPattern(), tr("Letters, digits, dots, hyphens and underscores."));
    }
    one.ns->setRequired(tr("Name the namespace of the new Broker."));
    one.name->setRequired(tr("Name the new Broker."));
    one.form->addRow(tr("Namespace"), one.ns);
    one.form->addRow(tr("New Broker"), one.name);
    one.servers = new forms::LinesField(tr("Bootstrap servers"));
    one.servers->setRows(3);
    one.servers->setRequired(tr("Name the bootstrap servers, HOST:PORT, one in each line."));
    one.servers->setPattern(serverPattern(), tr("HOST:PORT in each line, without user or scheme."));
    one.servers->setHint(tr("HOST:PORT, one in each line; three survive the loss of one."));
    one.serversRow = one.form->addRow(tr("Servers"), one.servers);
    one.replication = new forms::NumberField(tr("Replicas of each event"), tr("servers keep each event"), forms::NumberField::Look::Stepper);
    one.replication->setRange(1, 9);
    one.replicationRow = one.form->addRow(tr("Replicas"), one.replication);
    one.host = new forms::TextField(tr("Server"));
    one.host->setObjectName(u"overlay.events.host"_s);
    one.host->setMono();
    one.host->setRequired(tr("Name the server."));
    one.host->setPattern(hostPattern(), tr("A name or an address alone, without user, scheme or path."));
    one.port = new forms::TextField(tr("Port"));
    one.port->setMono();
    one.port->setColumns(6);
    one.port->setPattern(portPattern(), tr("A port is a number from 1 to 65535."));
    one.port->setRequired(tr("Name the port."));
    one.hostRow = one.form->addRow(tr("Server"));
    one.hostRow->add(one.host, true);
    one.hostRow->add(one.port);
    one.user = new forms::TextField(tr("User"));
    one.user->setMono();
    one.user->setPattern(plainPattern(), tr("Letters, digits, dots, hyphens and underscores."));
    one.user->setHint(tr("For the test; the Broker reads it in the Secret."));
    one.form->addRow(tr("User"), one.user);
    one.secret = new forms::TextField(tr("Secret"));
    one.secret->setMono();
    one.secret->setPattern(objectPattern(), tr("The name of a Secret: lower-case letters, digits, dots and hyphens."));
    one.form->addRow(tr("Secret"), one.secret);
    one.tag = new Tag({}, Tone::Idle);
    one.card = new kit::Card;
    one.body = one.card->body();
    auto *head = hbox();
    head->addWidget(new Label(tr("Message queue"), Type::PanelTitle));
    one.now = new ElidedLabel({}, Type::Body, Token::Dim);
    head->addWidget(one.now, 1);
    head->addWidget(one.tag);
    one.body->addLayout(head);
    one.use = new Check(tr("Make a Broker whose events survive the loss of a node"));
    finish(one, {});
}

void OverlayServices::finish(ServiceCard &one, const QString &about)
{
    one.use->setObjectName(u"overlay.%1.use"_s.arg(one.id));
    one.about = new Paragraph(about, Type::Body, Token::Dim);
    one.about->setVisible(!about.isEmpty());
    one.body->addWidget(one.about);
    one.limits = vbox(4);
    one.body->addWidget(one.use);
    auto *right = new QWidget;
    auto *column = vbox(8);
    one.here = new kit::Button(tr("Test from here"), ButtonVariant::Normal, kit::Button::Size::Small);
    one.here->setObjectName(u"overlay.%1.test"_s.arg(one.id));
    one.here->setToolTip(one.writes ? tr("From this machine.") : tr("From this machine: it writes nothing."));
    one.cluster = new kit::Button(tr("Test from the cluster…"), ButtonVariant::Normal, kit::Button::Size::Small);
    one.cluster->setObjectName(u"overlay.%1.testCluster"_s.arg(one.id));
    one.cluster->setToolTip(tr("From a pod beside the component, which is created for it and removed: that is where it has to work."));
    one.cancel = new kit::Button(tr("Cancel"), ButtonVariant::Normal, kit::Button::Size::Small);
    one.cancel->setObjectName(u"overlay.%1.cancel"_s.arg(one.id));
    auto *buttons = hbox();
    buttons->addWidget(one.here);
    buttons->addWidget(one.cluster);
    buttons->addWidget(one.cancel);
    buttons->addStretch(1);
    column->addLayout(buttons);
    if (one.writes)
        column->addWidget(one.writes);
    one.doing = new Paragraph({}, Type::Meta, Token::Dim);
    column->addWidget(one.doing);
    one.results = vbox(8);
    column->addLayout(one.results);
    column->addStretch(1);
    right->setLayout(column);
    one.open = new Halves(one.form, right);
    connect(one.here, &QPushButton::clicked, this, [this, &one] {
        if (!one.form->revealFirstError())
            emit testWanted(one.id, false);
    });
    connect(one.cluster, &QPushButton::clicked, this, [this, &one] {
        if (!one.form->revealFirstError())
            emit testWanted(one.id, true);
    });
    connect(one.cancel, &QPushButton::clicked, this, [this, &one] { emit cancelWanted(one.id); });
    one.body->addWidget(one.open);
    one.body->addLayout(one.limits);
    connect(one.use, &QCheckBox::clicked, this, [this, &one] { fieldsChanged(one); });
    connect(one.form, &forms::Form::changed, this, [this, &one] { fieldsChanged(one); });
}

QWidget *OverlayServices::makeMove()
{
    m_move = new kit::Card;
    m_move->setObjectName(u"overlay.move"_s);
    auto *head = hbox();
    head->addWidget(new Label(tr("Moving a database"), Type::PanelTitle));
    m_moved = new forms::ChoiceField(tr("Database"));
    m_moved->setObjectName(u"overlay.move.which"_s);
    head->addWidget(m_moved);
    head->addStretch(1);
    auto *copy = new kit::Button(tr("Copy"), ButtonVariant::Normal, kit::Button::Size::Small);
    copy->setObjectName(u"overlay.move.copy"_s);
    head->addWidget(copy);
    m_move->body()->addLayout(head);
    m_move->body()->addWidget(new Paragraph(tr("Dump, restore, compare counts, switch, go back: commands for this cluster. You run them; Cairn moves no data."), Type::Body, Token::Dim));
    m_moveText = new editors::CodeEditor(tr("How to move a database"));
    m_moveText->setObjectName(u"overlay.move.text"_s);
    m_moveText->setFixedHeight(240);
    m_move->body()->addWidget(m_moveText);
    connect(m_moved, &forms::Field::changed, this, &OverlayServices::updateMove);
    connect(copy, &QPushButton::clicked, this, [this] { emit copyWanted(m_moves.value(m_moved->value().toString())); });
    m_move->hide();
    return m_move;
}

void OverlayServices::fieldsChanged(ServiceCard &one)
{
    // What was found out was about other words.
    one.fromHere.reset();
    one.fromCluster.reset();
    one.error.reset();
    one.consent.clear();
    if (one.testing)
        emit cancelWanted(one.id);
    update(one);
    emit changed();
}

void OverlayServices::update(ServiceCard &one)
{
    const bool used = one.use->isChecked();
    one.now->setText(one.known.there && !one.known.now.isEmpty() ? one.what == What::Events ? one.known.now : tr("today in %1", "a server or Broker").arg(one.known.now) : QString());
    const bool offered = one.known.there || used;
    one.use->setVisible(offered);
    one.open->setVisible(used);
    // Rows that the choice has no use for.
    if (one.way) {
        const bool exists = one.way->value().toString() == "exists"_L1;
        one.secretRow->setVisible(exists);
        one.passwordRow->setVisible(!exists);
        one.caRow->setVisible(one.tls->value().toString() == "verify-full"_L1);
        const QString engine = one.engine ? one.engine->value().toString() : u"postgresql"_s;
        QList<forms::Option> options;
        for (const auto &[id, text] : {std::pair(u"default"_s, tr("As it is")), std::pair(u"disable"_s, tr("Off")), std::pair(u"require"_s, tr("Encrypted, nobody looks who answers")),
                                       std::pair(u"verify-full"_s, tr("Verified"))}) {
            Database probe;
            probe.engine = engine == "mysql"_L1 ? Database::Engine::MySql : Database::Engine::PostgreSql;
            probe.sslMode = id == "default"_L1 ? QString() : id;
            const auto refused = overlay::refusedIn(one.consumer, probe);
            options.append({id, text, {}, refused && refused->first == "sslMode"_L1 ? refused->second : QString()});
        }
        if (!options.last().refusal.isEmpty())
            options.first().text = tr("None");
        if (options != one.tls->options()) {
            one.tls->setOptions(options);
            if (one.tls->isEmpty())
                one.tls->setValue(u"default"_s);
        }
        one.tls->setHint(options.last().refusal);
    }
    if (one.what == What::Pipelines && one.engine) {
        const QVersionNumber version = QVersionNumber::fromString(m_pipelines);
        const QString why = version.majorVersion() >= 3 ? QString() : tr("Only MySQL: the cache server of Pipelines stops on anything else before 3.0.");
        one.engine->setOptions({{u"mysql"_s, tr("MySQL"), {}, {}}, {u"postgresql"_s, tr("PostgreSQL"), {}, why}});
        one.engine->setHint(why);
    }
    if (one.what == What::Events) {
        const bool kafka = one.engine->value().toString() == "kafka"_L1;
        one.serversRow->setVisible(kafka);
        one.replicationRow->setVisible(kafka);
        one.hostRow->setVisible(!kafka);
        one.secret->setRequired(kafka ? QString() : tr("Name the Secret that the Broker reads."));
        one.secret->setHint(kafka ? tr("In knative-eventing, with protocol, sasl.mechanism, user and password. Empty: nobody signs in.")
                                  : tr("Beside the Broker, with username, password, uri and port."));
    }
    QStringList limits = one.known.limits;
    if (one.tls && !one.tls->hint().isEmpty() && !limits.isEmpty() && one.consumer != services::Consumer::None)
        limits.removeIf([](const QString &limit) { return limit.contains("TLS"_L1); }); // the field says it
    // Before it is chosen one sentence is enough, but for what has nothing to choose.
    if (!used && one.what != What::Events && one.what != What::Objects)
        limits.clear();
    if (std::exchange(one.shownLimits, limits) != limits) {
        clearLayout(one.limits);
        for (const QString &limit : std::as_const(limits))
            one.limits->addWidget(new Paragraph(limit, Type::Body, Token::Dim));
    }

    const bool failed = (one.fromHere && !one.fromHere->usable()) || (one.fromCluster && !one.fromCluster->usable()) || one.error;
    if (one.what == What::Events && !one.known.there)
        one.tag->set(tr("Nothing to do"), Tone::Idle);
    else if (!one.known.there && !used)
        one.tag->set(tr("Not here"), Tone::Idle);
    else if (!used)
        one.tag->set(one.what == What::Events ? tr("As it is") : tr("Single point stays"), one.what == What::Events ? Tone::Idle : Tone::Warn);
    else if (one.testing)
        one.tag->set(tr("Testing…"), Tone::Info);
    else if (failed)
        one.tag->set(tr("Not usable yet"), Tone::Err);
    else if ((one.fromHere || one.fromCluster) && one.what == What::Objects && !hasSignedIn(one))
        one.tag->set(tr("There, not tested"), Tone::Warn);
    else if (one.fromHere || one.fromCluster)
        one.tag->set(tr("Usable"), Tone::Ok);
    else
        one.tag->set(tr("Not tested"), Tone::Idle);
    one.here->setVisible(!one.testing);
    one.cluster->setVisible(!one.testing);
    one.cancel->setVisible(one.testing);
    if (!one.testing)
        one.doing->setText(one.fromHere || one.fromCluster ? QString() : one.writes ? tr("The test from the cluster counts: that is where it has to work. Without a Secret above nobody signs in.") : tr("Tests write nothing. The one from the cluster counts: that is where it has to work."));
    one.doing->setVisible(!one.doing->text().isEmpty());
    clearLayout(one.results);
    if (!one.consent.isEmpty()) {
        one.results->addWidget(new Note(Tone::Warn, tr("It is created beside the component and removed when it is done. It runs the image of the database or store that is there."), tr("May this Job be created?")));
        one.results->addWidget(new CodeBox(one.consent));
        auto *agree = new kit::Button(tr("Create the Job and test"), ButtonVariant::Primary, kit::Button::Size::Small);
        agree->setObjectName(u"overlay.%1.agree"_s.arg(one.id));
        auto *row = hbox();
        row->addWidget(agree);
        row->addStretch(1);
        one.results->addLayout(row);
        connect(agree, &QPushButton::clicked, this, [this, &one] { emit testAgreed(one.id); });
    }
    for (const auto &[report, title] : {std::pair(&one.fromHere, tr("From this machine")), std::pair(&one.fromCluster, tr("From the cluster"))}) {
        if (!*report)
            continue;
        one.results->addWidget(new Label(title, Type::Meta, Token::Dim));
        QList<CheckItem> items;
        for (const services::Check &check : (*report)->checks) {
            CheckItem item;
            item.id = check.id;
            item.state = stateOf(check.state);
            item.text = u"%1: %2"_s.arg(text::safe(check.what), text::safe(check.text));
            item.detail = text::safe(check.fix);
            items.append(item);
        }
        auto *list = new CheckList;
        list->setItems(items);
        one.results->addWidget(list);
    }
    if (one.error)
        one.results->addWidget(new Note(Tone::Err, text::safe(u"%1 %2"_s.arg(one.error->why, one.error->fix).trimmed()), text::safe(one.error->what)));
}

void OverlayServices::setSettings(const overlay::Settings &settings)
{
    const auto fill = [&](const QString &id, const std::optional<Database> &database) {
        ServiceCard &one = card(id);
        Database shown = database.value_or(Database());
        if (!database && one.what == What::Catalog) {
            shown.engine = Database::Engine::PostgreSql;
            shown.port = 5432;
        }
        one.use->setChecked(database.has_value());
        if (one.engine)
            one.engine->setValue(shown.engine == Database::Engine::PostgreSql ? u"postgresql"_s : u"mysql"_s);
        one.host->setValue(shown.host);
        one.port->setValue(QString::number(shown.port));
        one.user->setValue(shown.user);
        if (one.database)
            one.database->setValue(shown.database);
        update(one); // the ways of TLS depend on the kind
        one.tls->setValue(shown.sslMode.isEmpty() ? u"default"_s : shown.sslMode);
        one.ca->setValue(shown.ca.isEmpty() ? QStringList() : shown.ca.trimmed().split(u'\n'));
        one.way->setValue(shown.secret.isEmpty() ? u"written"_s : u"exists"_s);
        one.secret->setValue(shown.secret);
        if (one.keeps)
            one.keeps->setValue(shown.connectionSeconds > 0 ? QVariant(shown.connectionSeconds) : QVariant());
        if (!database)
            one.password->setValue({});
    };
    fill(u"pipelines"_s, settings.pipelines);
    fill(u"katib"_s, settings.katib);
    fill(u"modelRegistry"_s, settings.registry);
    fill(u"modelCatalog"_s, settings.catalog);
    ServiceCard &objects = card(u"objectStore"_s);
    const ObjectStore store = settings.objects.value_or(ObjectStore());
    objects.use->setChecked(settings.objects.has_value());
    objects.host->setValue(store.host);
    objects.port->setValue(QString::number(store.port));
    objects.tls->setValue(store.secure ? u"on"_s : u"off"_s);
    objects.bucket->setValue(store.bucket);
    objects.region->setValue(store.region);
    objects.iam->setValue(store.iam);
    objects.secret->setValue(store.secret);
    ServiceCard &events = card(u"events"_s);
    const EventBroker broker = settings.events.value_or(EventBroker());
    events.broker = broker;
    events.use->setChecked(settings.events.has_value());
    events.engine->setValue(broker.kind == EventBroker::Kind::Kafka ? u"kafka"_s : u"rabbitmq"_s);
    events.ns->setValue(broker.ns);
    events.name->setValue(broker.name);
    events.servers->setValue(broker.servers);
    events.replication->setValue(broker.replication);
    events.host->setValue(broker.host);
    events.port->setValue(QString::number(broker.port));
    events.user->setValue(broker.user);
    events.secret->setValue(broker.secret);
    for (const auto &one : m_cards) {
        one->fromHere.reset();
        one->fromCluster.reset();
        one->error.reset();
        one->consent.clear();
        update(*one);
    }
}

void OverlayServices::take(overlay::Settings &settings) const
{
    const auto database = [&](const QString &id, std::optional<Database> &into) {
        const ServiceCard &one = card(id);
        into.reset();
        if (!one.use->isChecked())
            return;
        Database made;
        made.engine = !one.engine || one.engine->value().toString() == "postgresql"_L1 ? Database::Engine::PostgreSql : Database::Engine::MySql;
        made.host = taken(one.host);
        made.port = one.port->isValid() && !one.port->isEmpty() ? one.port->text().toInt() : defaultPort(made.engine == Database::Engine::MySql ? u"mysql"_s : u"postgresql"_s);
        made.user = taken(one.user);
        if (one.database)
            made.database = taken(one.database);
        const QString mode = one.tls->value().toString();
        made.sslMode = mode == "default"_L1 ? QString() : mode;
        if (mode == "verify-full"_L1 && !one.ca->isEmpty() && one.ca->isValid())
            made.ca = one.ca->value().toStringList().join(u'\n') + u'\n';
        if (one.way->value().toString() == "exists"_L1)
            made.secret = taken(one.secret);
        if (one.keeps && one.keeps->isValid() && one.keeps->number())
            made.connectionSeconds = static_cast<int>(*one.keeps->number());
        // A choice that went with another kind.
        if (const auto refused = overlay::refusedIn(one.consumer, made); refused && (refused->first == "sslMode"_L1 || refused->first == "ca"_L1)) {
            made.sslMode.clear();
            made.ca.clear();
        }
        into = made;
    };
    database(u"pipelines"_s, settings.pipelines);
    database(u"katib"_s, settings.katib);
    database(u"modelRegistry"_s, settings.registry);
    database(u"modelCatalog"_s, settings.catalog);
    settings.objects.reset();
    settings.events.reset();
    if (const ServiceCard &one = card(u"objectStore"_s); one.use->isChecked()) {
        ObjectStore store;
        store.host = taken(one.host);
        store.secure = one.tls->value().toString() == "on"_L1;
        store.port = one.port->isValid() && !one.port->isEmpty() ? one.port->text().toInt() : store.secure ? 443 : 80;
        store.bucket = taken(one.bucket);
        store.region = taken(one.region);
        store.iam = taken(one.iam);
        store.secret = taken(one.secret);
        settings.objects = store;
    }
    if (const ServiceCard &one = card(u"events"_s); one.use->isChecked()) {
        EventBroker broker = one.broker;
        broker.kind = one.engine->value().toString() == "kafka"_L1 ? EventBroker::Kind::Kafka : EventBroker::Kind::RabbitMq;
        broker.ns = taken(one.ns);
        broker.name = taken(one.name);
        broker.servers.clear();
        for (const QString &line : one.servers->isValid() ? one.servers->value().toStringList() : QStringList()) {
            if (!line.trimmed().isEmpty())
                broker.servers.append(line.trimmed());
        }
        if (one.replication->isValid() && one.replication->number())
            broker.replication = static_cast<int>(*one.replication->number());
        broker.host = taken(one.host);
        if (one.port->isValid() && !one.port->isEmpty())
            broker.port = one.port->text().toInt();
        broker.user = taken(one.user);
        broker.secret = taken(one.secret);
        settings.events = broker;
    }
}

void OverlayServices::setKnown(const QList<Replaceable> &known, const QString &pipelines)
{
    m_pipelines = pipelines;
    for (const auto &one : m_cards) {
        const auto it = std::ranges::find(known, one->what, &Replaceable::what);
        const Replaceable now = it == known.end() ? Replaceable{.what = one->what} : *it;
        if (now == one->known && one->what != What::Pipelines)
            continue; // its parts are kept, and the focus with them
        one->known = now;
        update(*one);
    }
}

void OverlayServices::setMoveTexts(const QMap<QString, QString> &texts)
{
    m_moves = texts;
    QList<forms::Option> options;
    for (const auto &one : m_cards) {
        if (!texts.value(one->id).isEmpty())
            options.append({one->id, one->card->findChild<Label *>()->text(), {}, {}});
    }
    m_moved->setOptions(options);
    if (!options.isEmpty() && std::ranges::none_of(options, [&](const forms::Option &option) { return option.id == m_moved->value().toString(); }))
        m_moved->setValue(options.first().id);
    m_move->setVisible(!options.isEmpty());
    updateMove();
}

void OverlayServices::updateMove()
{
    const QString text = m_moves.value(m_moved->value().toString());
    if (text != m_moveText->text())
        m_moveText->setText(text);
}

QMap<QString, Secret> OverlayServices::passwords() const
{
    QMap<QString, Secret> passwords;
    for (const auto &one : m_cards) {
        if (one->password && one->use->isChecked() && one->way->value().toString() == "written"_L1 && !one->password->isEmpty())
            passwords.insert(one->id, Secret(one->password->value().toString().toUtf8()));
    }
    return passwords;
}

bool OverlayServices::isTested(const QString &id) const
{
    const ServiceCard &one = card(id);
    return (one.fromHere || one.fromCluster) && (!one.fromHere || one.fromHere->usable()) && (!one.fromCluster || one.fromCluster->usable()) && !one.error;
}

bool OverlayServices::mayWrite(const QString &id) const
{
    const ServiceCard &one = card(id);
    return one.writes && one.writes->isChecked();
}

void OverlayServices::setTesting(const QString &id, const QString &what)
{
    ServiceCard &one = card(id);
    const bool was = std::exchange(one.testing, !what.isEmpty());
    one.doing->setText(what);
    if (one.testing) {
        one.error.reset();
        one.consent.clear();
    }
    if (was && one.testing)
        one.doing->show();
    else
        update(one);
}

void OverlayServices::setReport(const QString &id, const services::Report &report, bool fromCluster)
{
    ServiceCard &one = card(id);
    (fromCluster ? one.fromCluster : one.fromHere) = report;
    update(one);
    emit changed();
}

void OverlayServices::setTestError(const QString &id, const Error &error)
{
    ServiceCard &one = card(id);
    one.error = error;
    update(one);
    emit changed();
}

void OverlayServices::setConsent(const QString &id, const QString &job)
{
    ServiceCard &one = card(id);
    one.consent = job;
    update(one);
}

OverlayServices::Summary OverlayServices::summary() const
{
    Summary summary;
    for (const auto &one : m_cards) {
        int bad = 0, all = 0;
        for (const std::optional<services::Report> *report : {&one->fromHere, &one->fromCluster}) {
            for (const services::Check &check : *report ? (*report)->checks : QList<services::Check>()) {
                bad += check.state == services::Check::State::Failed;
                all += check.state != services::Check::State::Skipped;
            }
        }
        if (summary.answer.isEmpty() && one->use->isChecked() && bad > 0)
            summary.answer = tr("%1 cannot use this server yet: %2 of %n check(s) failed", "a component", all).arg(one->card->findChild<Label *>()->text()).arg(bad);
        summary.chosen += one->use->isChecked();
        summary.failed += one->use->isChecked() && ((one->fromHere && !one->fromHere->usable()) || (one->fromCluster && !one->fromCluster->usable()) || one->error);
        summary.whole = summary.whole && one->isWhole();
    }
    return summary;
}

} // namespace cairn::pages
