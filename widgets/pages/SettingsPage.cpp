// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/SettingsPage.h"

#include "forms/TextFields.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"

#include <QHBoxLayout>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;

namespace {

const QStringList themes{u"system"_s, u"light"_s, u"dark"_s};
const QStringList languages{u""_s, u"en"_s, u"zh_TW"_s};
const QStringList firstPages{u"overview"_s, u"jobs"_s};

Card *section(const QString &title)
{
    auto *card = new Card;
    card->body()->setSpacing(12);
    card->body()->addWidget(new Label(title, Type::Section));
    return card;
}

} // namespace

SettingsPage::SettingsPage(QWidget *parent)
    : QWidget(parent)
{
    setObjectName(u"settings"_s);
    setAccessibleName(tr("Settings"));
    auto *content = new QWidget;
    auto *cards = vbox(space::cards);
    cards->setContentsMargins(space::pageH, 0, space::pageH, space::pageV);
    for (QWidget *card : {makeLook(), makeJobs(), makeAlerts(), makeGrants(), makeFacts()})
        cards->addWidget(card);
    cards->addStretch(1);
    content->setLayout(cards);
    // Wider, a button would be far from what it is about.
    bindTheme(content, [content] { content->setMaximumWidth(scaled(960)); });
    auto *head = new PageHeader(tr("Settings"));
    head->setAnswer(tr("Changes apply immediately. Kept in one file, which holds no secrets."));
    head->setContentsMargins(space::pageH, space::pageV, space::pageH, 0);
    auto *page = vbox(14);
    page->addWidget(head);
    page->addWidget(scrollDown(content), 1);
    setLayout(page);
    showSettings();
}

QWidget *SettingsPage::makeLook()
{
    m_theme = new Segment(tr("Colours"), {tr("Follow the system"), tr("Light"), tr("Dark")});
    m_theme->setObjectName(u"settings.theme"_s);
    QStringList sizes;
    for (const int percent : textSizes)
        sizes.append(tr("%1 %", "text size").arg(percent));
    m_text = new Segment(tr("Text size"), sizes);
    m_text->setObjectName(u"settings.text"_s);
    m_language = new Segment(tr("Language"), {tr("Follow the system"), u"English"_s, u"繁體中文"_s});
    m_language->setObjectName(u"settings.language"_s);
    m_first = new Segment(tr("After connecting show"), {tr("Overview"), tr("Jobs")});
    m_first->setObjectName(u"settings.first"_s);
    connect(m_theme, &Segment::currentChanged, this, [this](int index) { edit([index](SettingsView &view) { view.theme = themes[index]; }); });
    connect(m_text, &Segment::currentChanged, this, [this](int index) { edit([index](SettingsView &view) { view.textPercent = textSizes[index]; }); });
    connect(m_language, &Segment::currentChanged, this, [this](int index) { edit([index](SettingsView &view) { view.language = languages[index]; }); });
    connect(m_first, &Segment::currentChanged, this, [this](int index) { edit([index](SettingsView &view) { view.firstPage = firstPages[index]; }); });
    Card *card = section(tr("Appearance and startup"));
    card->body()->addWidget(new FormRow(tr("Colours"), m_theme));
    card->body()->addWidget(new FormRow(tr("Text size"), m_text));
    auto *language = new FormRow(tr("Language"), m_language);
    language->setHint(tr("Takes effect at the next start."));
    card->body()->addWidget(language);
    card->body()->addWidget(new FormRow(tr("After connecting show"), m_first));
    return card;
}

QWidget *SettingsPage::makeJobs()
{
    m_templates = new forms::PathField(tr("Folder of templates"), forms::PathField::Kind::Folder);
    m_templates->setObjectName(u"settings.templates"_s);
    connect(m_templates, &forms::Field::changed, this, [this] {
        if (m_templates->isValid())
            edit([folder = m_templates->value().toString()](SettingsView &view) { view.templateFolder = folder; });
    });
    Card *card = section(tr("New jobs"));
    auto *row = new FormRow(tr("Folder of templates"), m_templates);
    row->setHint(tr("YAML files that a new job can begin with, each with its form beside it; a folder of a Git checkout does too. Left empty, Cairn's own folder."));
    card->body()->addWidget(row);
    return card;
}

QWidget *SettingsPage::makeAlerts()
{
    Card *card = section(tr("Notifications"));
    m_where = new FormRow(tr("Shown"), [this] {
        auto *row = new QWidget;
        auto *box = hbox();
        auto *button = new Button(tr("Send a test"), ButtonVariant::Normal, Button::Size::Small);
        button->setObjectName(u"settings.tryNotification"_s);
        connect(button, &QPushButton::clicked, this, &SettingsPage::tryNotificationRequested);
        box->addWidget(button);
        box->addStretch(1);
        row->setLayout(box);
        return row;
    }());
    card->body()->addWidget(m_where);
    // In the order of situation::AlertKind.
    const QStringList words{tr("A job failed"), tr("The newest checkpoint is damaged"), tr("A checkpoint is overdue"), tr("A controller has no leader"),
                            tr("A PVC is nearly full"), tr("A node is lost"), tr("A component is down"),
                            tr("A change was not finished"), tr("A component lost a replica"), tr("Another pod leads a controller")};
    auto *kinds = new QWidget;
    auto *list = vbox(6);
    for (int i = 0; i < words.size(); ++i) {
        auto *check = new Check(words[i]);
        check->setObjectName(u"settings.alert"_s);
        connect(check, &QCheckBox::toggled, this, [this, i](bool on) {
            edit([i, on](SettingsView &view) {
                if (on)
                    view.alerts.wanted.insert(static_cast<situation::AlertKind>(i));
                else
                    view.alerts.wanted.remove(static_cast<situation::AlertKind>(i));
            });
        });
        m_kinds.append(check);
        list->addWidget(check);
    }
    kinds->setLayout(list);
    card->body()->addWidget(new FormRow(tr("Tell me when"), kinds));
    m_percent = new Input(tr("Nearly full at, in per cent"));
    m_percent->setObjectName(u"settings.percent"_s);
    bindTheme(m_percent, [this] { m_percent->setMaximumWidth(scaled(90)); });
    m_percentRow = new FormRow(tr("Nearly full at"), m_percent);
    connect(m_percent, &QLineEdit::editingFinished, this, [this] {
        bool ok = false;
        const int percent = m_percent->text().remove(u'%').trimmed().toInt(&ok);
        const bool valid = ok && percent >= 50 && percent <= 99;
        m_percentRow->setError(valid ? QString() : tr("Enter a number from 50 to 99, in per cent."));
        if (valid)
            edit([percent](SettingsView &view) { view.alerts.claimPercent = percent; });
    });
    card->body()->addWidget(m_percentRow);
    m_quiet = new Check(tr("Quiet hours: no desktop notifications, only in the window"));
    m_quiet->setObjectName(u"settings.quiet"_s);
    connect(m_quiet, &QCheckBox::toggled, this, [this](bool on) { edit([on](SettingsView &view) { view.alerts.quiet = on; }); });
    auto *times = new QWidget;
    auto *row = hbox();
    m_from = new Input(tr("Quiet from"));
    m_from->setObjectName(u"settings.quietFrom"_s);
    m_to = new Input(tr("Quiet until"));
    m_to->setObjectName(u"settings.quietTo"_s);
    for (Input *input : {m_from, m_to}) {
        bindTheme(input, [input] { input->setMaximumWidth(scaled(90)); });
        input->setPlaceholderText(u"22:00"_s);
        connect(input, &QLineEdit::editingFinished, this, &SettingsPage::takeTimes);
    }
    row->addWidget(m_from);
    row->addWidget(new Label(tr("until", "between two times"), Type::Body, Token::Dim));
    row->addWidget(m_to);
    row->addStretch(1);
    times->setLayout(row);
    m_times = new FormRow(tr("From"), times);
    card->body()->addWidget(m_quiet);
    card->body()->addWidget(m_times);
    m_again = new Check(tr("Start a helper pod when a checkpoint is due on a PVC"));
    m_again->setObjectName(u"settings.again"_s);
    connect(m_again, &QCheckBox::toggled, this, [this](bool on) { edit([on](SettingsView &view) { view.looksAgain = on; }); });
    card->body()->addWidget(m_again);
    card->body()->addWidget(new Paragraph(tr("Where helper pods are allowed, for jobs whose checkpoints were read before, at most every 15 minutes. Buckets are always checked."),
                                          Type::Meta, Token::Dim));
    return card;
}

QWidget *SettingsPage::makeGrants()
{
    Card *card = section(tr("Permissions and additions"));
    m_grantRows = vbox(6);
    card->body()->addLayout(m_grantRows);
    auto *buttons = hbox();
    auto *file = new Button(tr("Add a kubeconfig…"), ButtonVariant::Normal, Button::Size::Small);
    file->setObjectName(u"settings.addKubeconfig"_s);
    auto *folder = new Button(tr("Add a folder of sign-in programs…"), ButtonVariant::Normal, Button::Size::Small);
    folder->setObjectName(u"settings.addFolder"_s);
    connect(file, &QPushButton::clicked, this, &SettingsPage::addKubeconfigRequested);
    connect(folder, &QPushButton::clicked, this, &SettingsPage::addProgramFolderRequested);
    buttons->addWidget(file);
    buttons->addWidget(folder);
    buttons->addStretch(1);
    card->body()->addLayout(buttons);
    setGrants({});
    return card;
}

QWidget *SettingsPage::makeFacts()
{
    Card *card = section(tr("About"));
    m_factRows = vbox(4);
    card->body()->addLayout(m_factRows);
    auto *buttons = hbox();
    auto *copy = new Button(tr("Copy diagnostics…"), ButtonVariant::Normal, Button::Size::Small);
    copy->setObjectName(u"settings.diagnostics"_s);
    connect(copy, &QPushButton::clicked, this, &SettingsPage::diagnosticsRequested);
    buttons->addWidget(copy);
    buttons->addStretch(1);
    card->body()->addLayout(buttons);
    return card;
}

void SettingsPage::setFacts(const QList<std::pair<QString, QString>> &facts)
{
    clearLayout(m_factRows);
    for (const auto &[name, value] : facts) {
        auto *text = new ElidedLabel(value, Type::Body);
        m_factRows->addWidget(new FormRow(name, text));
    }
}

void SettingsPage::setGrants(const QList<Grant> &grants)
{
    if (!grants.isEmpty() && grants == m_grants)
        return;
    m_grants = grants;
    clearLayout(m_grantRows);
    if (grants.isEmpty()) {
        m_grantRows->addWidget(new Paragraph(tr("Nothing. Cairn asks before it runs a program, starts a helper pod, queries kubelets or uses a bucket's credentials."), Type::Body,
                                             Token::Dim));
        return;
    }
    const auto kindText = [](Grant::Kind kind) {
        switch (kind) {
        case Grant::Kind::Program: return tr("Runs for sign-in");
        case Grant::Kind::Helper: return tr("Helper pods");
        case Grant::Kind::Kubelets: return tr("Queries kubelets");
        case Grant::Kind::Bucket: return tr("Bucket credentials");
        case Grant::Kind::Kubeconfig: return tr("Kubeconfig");
        case Grant::Kind::ProgramFolder: return tr("Program folder");
        }
        return QString();
    };
    for (const Grant &grant : grants) {
        auto *field = new QWidget;
        auto *row = hbox(10);
        auto *texts = vbox(0);
        texts->addWidget(new ElidedLabel(grant.text));
        if (!grant.detail.isEmpty())
            texts->addWidget(new ElidedLabel(grant.detail, Type::Meta, Token::Dim));
        row->addLayout(texts, 1);
        const bool added = grant.kind == Grant::Kind::Kubeconfig || grant.kind == Grant::Kind::ProgramFolder;
        auto *button = new Button(added ? tr("Remove") : tr("Revoke"), ButtonVariant::Normal, Button::Size::Small);
        button->setObjectName(u"settings.takeBack"_s);
        button->setAccessibleName(added ? tr("Remove %1").arg(grant.text) : tr("Revoke: %1, %2", "kind of consent, whom").arg(kindText(grant.kind), grant.text));
        connect(button, &QPushButton::clicked, this, [this, grant] { emit takeBackRequested(grant.kind, grant.id); });
        row->addWidget(button);
        field->setLayout(row);
        m_grantRows->addWidget(new FormRow(kindText(grant.kind), field));
    }
}

void SettingsPage::setDesktopReachable(bool reachable)
{
    m_where->setHint(reachable ? tr("On the desktop; in the window while it is active.")
                               : tr("In the window only: this desktop has no notification service."));
}

void SettingsPage::takeTimes()
{
    const QTime from = QTime::fromString(m_from->text().trimmed(), u"H:mm"_s);
    const QTime to = QTime::fromString(m_to->text().trimmed(), u"H:mm"_s);
    const bool valid = from.isValid() && to.isValid();
    m_times->setError(valid ? QString() : tr("Enter two times, such as 22:00 and 7:00."));
    if (valid)
        edit([from, to](SettingsView &view) {
            view.alerts.quietFrom = from;
            view.alerts.quietTo = to;
        });
}

void SettingsPage::edit(const std::function<void(SettingsView &)> &change)
{
    const SettingsView before = m_view;
    change(m_view);
    if (m_view == before)
        return;
    showSettings();
    emit changed(m_view);
}

void SettingsPage::setSettings(const SettingsView &view)
{
    m_view = view;
    showSettings();
}

void SettingsPage::showSettings()
{
    m_theme->setCurrent(static_cast<int>(themes.indexOf(m_view.theme)));
    const auto *size = std::ranges::find(textSizes, m_view.textPercent);
    m_text->setCurrent(size == std::end(textSizes) ? -1 : static_cast<int>(size - std::begin(textSizes)));
    m_language->setCurrent(static_cast<int>(languages.indexOf(m_view.language)));
    m_first->setCurrent(static_cast<int>(firstPages.indexOf(m_view.firstPage)));
    const auto check = [](Check *box, bool on) {
        const QSignalBlocker quiet(box);
        box->setChecked(on);
    };
    for (int i = 0; i < m_kinds.size(); ++i)
        check(m_kinds[i], m_view.alerts.wanted.contains(static_cast<situation::AlertKind>(i)));
    check(m_quiet, m_view.alerts.quiet);
    check(m_again, m_view.looksAgain);
    if (m_templates->value().toString() != m_view.templateFolder) // it may be typed in just now
        m_templates->setValue(m_view.templateFolder);
    m_percent->setText(QString::number(m_view.alerts.claimPercent));
    m_from->setText(m_view.alerts.quietFrom.toString(u"HH:mm"_s));
    m_to->setText(m_view.alerts.quietTo.toString(u"HH:mm"_s));
    m_times->setEnabled(m_view.alerts.quiet);
    m_percentRow->setEnabled(m_view.alerts.wanted.contains(situation::AlertKind::ClaimFull));
}

void SettingsPage::focusFirst()
{
    m_theme->setFocus(Qt::OtherFocusReason);
}

} // namespace cairn::pages
