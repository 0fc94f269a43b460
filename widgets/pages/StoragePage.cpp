// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/StoragePage.h"

#include "base/Text.h"
#include "charts/UsageChart.h"
#include "items/CellText.h"
#include "items/UsageTableModel.h"
#include "kit/Button.h"
#include "kit/Card.h"
#include "kit/Inputs.h"
#include "kit/Label.h"
#include "kit/Messages.h"
#include "pages/SidePanel.h"

#include <QHBoxLayout>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <array>

namespace cairn::pages {

using namespace Qt::StringLiterals;
using namespace cairn::kit;
using items::BucketTableModel;
using items::ClaimTableModel;
using items::UsageTableModel;
using storage::ClaimAccount;
using storage::Severity;
using views::CellKind;
using Trouble = ClaimAccount::Trouble;

namespace {

constexpr std::array<int, 3> daysBack{7, 30, 90};
constexpr int mostShares = 6;

bool isLost(const ClaimAccount &account)
{
    return account.trouble == Trouble::Lost || account.trouble == Trouble::VolumeGone;
}

items::TagValue tagOf(const ClaimAccount &account)
{
    const Severity severity = storage::severity(account);
    if (isLost(account))
        return {StoragePage::tr("Volume lost"), Tone::Err};
    if (account.trouble == Trouble::Pending)
        return {StoragePage::tr("Not bound"), Tone::Warn};
    if (account.trouble == Trouble::VolumeFailed)
        return {StoragePage::tr("Volume failed"), Tone::Err};
    if (account.trouble == Trouble::Deleting)
        return {StoragePage::tr("Being deleted"), Tone::Warn};
    if (severity == Severity::Now)
        return {account.fraction() >= 0.97 ? StoragePage::tr("Nearly full") : StoragePage::tr("Full soon"), Tone::Err};
    if (severity == Severity::Soon)
        return {StoragePage::tr("Filling up"), Tone::Warn};
    return {StoragePage::tr("Bound"), Tone::Idle};
}

} // namespace

StoragePage::StoragePage(QWidget *parent)
    : ListPage(u"storage"_s, {tr("Storage"), tr("PVC, class, driver, or job"), tr("Filter PVCs"), tr("No PVC matches the filter")}, parent)
    , m_model(new ClaimTableModel(this))
    , m_bucketModel(new items::BucketTableModel(this))
    , m_usageModel(new items::UsageTableModel(this))
{
    m_sourcesButton = new Button(tr("Sources"));
    m_sourcesButton->setObjectName(u"storage.sourcesButton"_s);
    m_sourcesButton->setCheckable(true);
    header()->addAction(m_sourcesButton);
    auto *make = new Button(tr("New storage…"));
    make->setObjectName(u"storage.make"_s);
    header()->addAction(make);
    connect(make, &QPushButton::clicked, this, &StoragePage::makeRequested);
    m_notice = new Banner;
    m_notice->setObjectName(u"storage.notice"_s);

    table()->setTwoLine(true);
    setRows(m_model,
            {{ClaimTableModel::Name, CellKind::Text, 116, 240, true},
             {ClaimTableModel::Class, CellKind::Text, 112, 140, false, true, true},
             {ClaimTableModel::Used, CellKind::Progress, 150, 170},
             {ClaimTableModel::FullIn, CellKind::Number, 104, 160},
             {ClaimTableModel::UsedBy, CellKind::Text, 84, 140, false, true, true},
             {ClaimTableModel::MeasuredBy, CellKind::Text, 106, 150}},
            ClaimTableModel::FullIn, Qt::AscendingOrder);
    // The panel says them too.
    showFrom(ClaimTableModel::Class, 1060);
    showFrom(ClaimTableModel::UsedBy, 960);
    QWidget *list = makeList();
    m_panel = makePanel();
    arrange(inStates(beside(list, m_panel)), {makeSources(), m_notice});
    m_sourcesCard->hide();
    m_bucketCard->hide();

    connect(m_sourcesButton, &QPushButton::toggled, m_sourcesCard, &QWidget::setVisible);
    connect(m_kubelet, &QCheckBox::clicked, this, &StoragePage::kubeletRequested);
    connect(m_days, &Segment::currentChanged, this, &StoragePage::updatePanel);
    connect(m_asTable, &QPushButton::clicked, this, [this] { showTable(m_chartStack->currentIndex() == 0); });
    connect(m_chart, &charts::UsageChart::tableRequested, this, [this] { showTable(true); });
    connect(m_measure, &QPushButton::clicked, this, &StoragePage::measure);
    updateSources();
    settle();
}

void StoragePage::setProving(const QSet<QString> &claims)
{
    m_proving = claims;
    updatePanel();
}

void StoragePage::measure()
{
    const ClaimAccount *account = m_model->find(currentKey());
    if (!account)
        return;
    if (m_helperAllowed.contains(account->claim.ns) || m_asking == account->key()) {
        m_asking.clear();
        emit measureRequested(account->key());
    } else {
        m_asking = account->key();
        updatePanel();
    }
}

QWidget *StoragePage::makeList()
{
    m_buckets = new views::DataTable(tr("Buckets"));
    m_buckets->setObjectName(u"storage.buckets"_s);
    m_buckets->setColumns({{BucketTableModel::Name, CellKind::Text, 120, 240, true},
                           {BucketTableModel::Used, CellKind::Number, 120, 150},
                           {BucketTableModel::Checkpoints, CellKind::Number, 84, 100},
                           {BucketTableModel::UsedBy, CellKind::Text, 110, 180},
                           {BucketTableModel::MeasuredBy, CellKind::Text, 150, 220}});
    m_buckets->setSource(m_bucketModel);
    m_buckets->sortBy(BucketTableModel::Used);
    m_bucketCard = new Card(Card::Padding::Flush);
    m_bucketCard->body()->addWidget(m_buckets);

    auto *left = new QWidget;
    auto *column = vbox(12);
    column->addWidget(tableCard({{u"/"_s, tr("filter")}, {u"F5"_s, tr("refresh")}}), 2);
    column->addWidget(m_bucketCard);
    column->addWidget(makeChart(), 1);
    left->setLayout(column);
    bindTheme(table(), [this] { table()->setMinimumHeight(scaled(150)); });
    QScrollArea *scroll = scrollDown(left);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded); // the chart's buttons need their width
    return scroll;
}

QWidget *StoragePage::makeChart()
{
    auto *card = new Card;
    auto *head = hbox();
    m_chartTitle = new ElidedLabel({}, Type::Section);
    m_days = new Segment(tr("Time range"), {tr("7 d", "days"), tr("30 d", "days"), tr("90 d", "days")});
    m_days->setObjectName(u"storage.days"_s);
    m_days->setCurrent(1);
    m_asTable = new Button(tr("Show as table"), ButtonVariant::Normal, Button::Size::Small);
    m_asTable->setObjectName(u"storage.asTable"_s);
    head->addWidget(m_chartTitle, 1);
    head->addWidget(m_days);
    head->addWidget(m_asTable);
    card->body()->addLayout(head);

    m_chart = new charts::UsageChart;
    m_chart->setObjectName(u"storage.chart"_s);
    m_usage = new views::DataTable(tr("Usage over time"));
    m_usage->setObjectName(u"storage.usage"_s);
    m_usage->setColumns({{UsageTableModel::When, CellKind::Text, 130, 160, true},
                         {UsageTableModel::Used, CellKind::Number, 80, 110},
                         {UsageTableModel::Part, CellKind::Number, 60, 80},
                         {UsageTableModel::MeasuredBy, CellKind::Text, 100, 140}});
    m_usage->setSource(m_usageModel);
    m_usage->sortBy(UsageTableModel::When, Qt::DescendingOrder);
    m_usage->setPlaceholder(tr("No measurements in this period"));
    m_chartStack = new QStackedWidget;
    m_chartStack->addWidget(m_chart);
    m_chartStack->addWidget(m_usage);
    m_chartStack->setMinimumHeight(scaled(130));
    card->body()->addWidget(m_chartStack, 1);
    m_chartCard = card;
    return card;
}

QWidget *StoragePage::makeSources()
{
    m_sourcesCard = new Card;
    m_sourcesCard->setObjectName(u"storage.sources"_s);
    auto *column = m_sourcesCard->body();
    column->addWidget(new Label(tr("Where PVC usage comes from"), Type::Section));
    m_prometheus = new Paragraph({}, Type::Body, Token::Dim);
    column->addWidget(m_prometheus);
    m_kubelet = new Check(tr("Query the kubelets, through nodes/proxy"));
    m_kubelet->setObjectName(u"storage.kubelet"_s);
    column->addWidget(m_kubelet);
    column->addWidget(new Paragraph(
        tr("**The permission this needs allows far more than reading statistics.** Anyone who can `get nodes/proxy` can also run "
           "commands in every pod of a node, bypassing admission and the audit log. Cairn reads `/stats/summary` and nothing else; "
           "do not request this permission only for Cairn."),
        Type::Meta, Token::Dim));
    m_kubeletProblem = new Paragraph({}, Type::Meta, Token::Err);
    column->addWidget(m_kubeletProblem);
    column->addWidget(new Paragraph(tr("A helper pod can measure any bound PVC: select the PVC, then Measure…"), Type::Meta, Token::Dim));
    return m_sourcesCard;
}

SidePanel *StoragePage::makePanel()
{
    auto *panel = new SidePanel(u"storage.panel"_s, tr("The selected PVC"), 290);
    QVBoxLayout *column = panel->column();
    m_trouble = panel->addNote(Tone::Err, u"storage.trouble"_s);
    m_sharing = panel->addNote(Tone::Warn, u"storage.sharing"_s);
    m_silence = panel->addParagraph(u"storage.silence"_s);
    column->addSpacing(4);
    column->addWidget(new Label(tr("Details"), Type::Section));
    m_facts = panel->addFacts({tr("Used"), tr("Free"), tr("Files"), tr("Full in"), tr("Growth"), tr("Measured"), tr("Capacity"), tr("Volume"), tr("Driver")});
    m_measureText = new Paragraph({}, Type::Meta, Token::Dim);
    m_measureText->setObjectName(u"storage.measureText"_s);
    column->addSpacing(2);
    column->addWidget(m_measureText);
    m_measure = new Button(tr("Measure…"));
    m_measure->setObjectName(u"storage.measure"_s);
    m_prove = new Button(tr("Test from two nodes…"));
    m_prove->setObjectName(u"storage.prove"_s);
    connect(m_prove, &QPushButton::clicked, this, [this] { emit proveRequested(currentKey()); });
    auto *act = vbox();
    act->setAlignment(Qt::AlignLeft);
    act->addWidget(m_measure);
    act->addWidget(m_prove);
    column->addLayout(act);

    panel->addSection(tr("Used by"));
    m_users = panel->addParagraph(u"storage.users"_s);
    panel->addSection(tr("What fills it"));
    m_unread = panel->addParagraph(u"storage.unread"_s);
    auto *shares = new QGridLayout;
    shares->setHorizontalSpacing(12);
    shares->setVerticalSpacing(3);
    shares->setColumnStretch(0, 1);
    for (int i = 0; i < mostShares; ++i) {
        auto *name = new Button({}, ButtonVariant::Link, Button::Size::Small);
        auto *size = new Label({});
        shares->addWidget(name, i, 0, Qt::AlignLeft);
        shares->addWidget(size, i, 1, Qt::AlignRight);
        m_shareNames.append(name);
        m_shareSizes.append(size);
        connect(name, &QPushButton::clicked, this, [this, name] { emit jobRequested(name->property("job").toString()); });
    }
    column->addLayout(shares);
    m_shareFoot = new Paragraph({}, Type::Meta, Token::Dim);
    column->addWidget(m_shareFoot);
    column->addStretch(1);
    return panel;
}

void StoragePage::setClaims(const QList<ClaimAccount> &claims)
{
    m_model->setClaims(claims);
    settle();
}

void StoragePage::setBuckets(const QList<items::BucketRow> &buckets)
{
    m_bucketModel->setBuckets(buckets);
    m_bucketCard->setVisible(!buckets.isEmpty());
    // As high as its rows, up to four of them and the header.
    m_buckets->setFixedHeight(m_buckets->rowHeight() * (1 + qMin(4, static_cast<int>(buckets.size()))) + 2);
}

void StoragePage::updateAnswer()
{
    QList<ClaimAccount> all;
    const ClaimAccount *worst = nullptr;
    for (int i = 0; i < m_model->rowCount(); ++i) {
        all.append(*m_model->rowAt(i));
        if (!worst || storage::rank(*m_model->rowAt(i)) < storage::rank(*worst))
            worst = m_model->rowAt(i);
    }
    if (!worst) {
        header()->setAnswer({});
        return;
    }
    const storage::Totals totals = storage::totals(all);
    const QString path = text::safe(worst->path());
    QString first;
    if (isLost(*worst))
        first = tr("%1 has lost its volume").arg(path);
    else if (worst->fraction() >= 0.97)
        first = tr("%1 is %2 % full").arg(path).arg(qRound(worst->fraction() * 100));
    else if (worst->forecast.days >= 0 && worst->forecast.days < 2)
        first = tr("%1 is full in %n hour(s)", nullptr, static_cast<int>(worst->forecast.days * 24)).arg(path);
    else if (worst->forecast.days >= 0 && worst->forecast.days <= 90)
        first = tr("%1 is full in %n day(s)", nullptr, static_cast<int>(worst->forecast.days)).arg(path);
    else if (storage::severity(*worst) == Severity::Soon)
        first = tr("%1 is %2 % full").arg(path).arg(qRound(worst->fraction() * 100));
    QStringList parts;
    if (!first.isEmpty())
        parts.append(first);
    if (totals.capacity > 0)
        parts.append(tr("%1 of %2 in %n PVC(s)", nullptr, totals.claims - totals.silent).arg(text::bytes(totals.used), text::bytes(totals.capacity)));
    if (totals.silent > 0)
        parts.append(tr("%n not measured", nullptr, totals.silent));
    header()->setAnswer(parts.join(u" · "_s));
}

void StoragePage::updatePanel()
{
    const ClaimAccount *account = m_model->find(currentKey());
    m_panel->setVisible(account != nullptr);
    m_chartCard->setVisible(account != nullptr);
    if (!account)
        return;
    QStringList where{text::safe(account->claim.ns)};
    if (!account->claim.storageClass.isEmpty())
        where.append(text::safe(account->claim.storageClass));
    for (const QString &mode : account->claim.accessModes)
        where.append(text::safe(mode));
    m_panel->setHead(text::safe(account->claim.name), tagOf(*account), where.join(u" · "_s));
    const QString trouble = storage::troubleText(*account);
    m_trouble->setText(trouble);
    m_trouble->setVisible(!trouble.isEmpty());
    const QString sharing = storage::sharingText(*account);
    m_sharing->setText(sharing);
    m_sharing->setVisible(!sharing.isEmpty());
    // What is not bound said so above already.
    const QString silence = trouble.isEmpty() ? storage::silenceText(*account) : QString();
    m_silence->setText(silence);
    m_silence->setVisible(!silence.isEmpty());

    QString used = u"–"_s;
    QString free = u"–"_s;
    QString files = u"–"_s;
    QString measured = u"–"_s;
    if (const std::optional<VolumeUse> &use = account->use) {
        used = ClaimTableModel::used(*account);
        if (account->isLimited())
            free = text::bytes(use->available >= 0 ? use->available : qMax<qint64>(0, use->capacity - use->used));
        if (use->inodesUsed >= 0 && use->inodes > 0)
            files = tr("%1 of %2", "used, there are").arg(text::number(use->inodesUsed), text::number(use->inodes));
        measured = tr("%1, %2", "by, when").arg(storage::sourceName(use->source), text::ago(use->at, now()));
    }
    QString full = account->use ? ClaimTableModel::fullIn(*account) : u"–"_s;
    if (account->forecast.days >= 0 && account->forecast.soonest >= 0) {
        full = account->forecast.latest < 0
            ? tr("%1, at least %2", "likely, soonest").arg(full, tr("%1 d", "days").arg(qint64(account->forecast.soonest)))
            : tr("%1, likely %2 to %3", "likely, soonest, latest days").arg(full).arg(qint64(account->forecast.soonest)).arg(qint64(account->forecast.latest));
    }
    const QString rate = ClaimTableModel::rate(*account);
    const Claim &claim = account->claim;
    const QString granted = claim.capacity >= 0 ? text::bytes(claim.capacity) : u"–"_s;
    m_facts->setValues({used, free, files, full,
                             !rate.isEmpty()                                                                ? rate
                                 : account->forecast.state == storage::Forecast::State::NotGrowing ? tr("none")
                                                                                                            : u"–"_s,
                             measured,
                             claim.requested >= 0 && claim.requested != claim.capacity ? tr("%1, requested %2").arg(granted, text::bytes(claim.requested)) : granted,
                             claim.volume.isEmpty() ? u"–"_s : text::safe(claim.volume),
                             account->driver.isEmpty() ? u"–"_s : text::safe(account->driver)});
    updateMeasure(*account);
    updateShares(*account);
    updateChart(*account);
}

void StoragePage::updateMeasure(const ClaimAccount &account)
{
    const bool bound = account.trouble == Trouble::None && account.claim.volumeMode != "Block"_L1;
    const bool running = m_measuring.contains(account.key());
    const bool allowed = m_helperAllowed.contains(account.claim.ns);
    const bool asking = m_asking == account.key();
    const bool many = account.claim.accessModes.contains("ReadWriteMany"_L1);
    const bool proving = m_proving.contains(account.path());
    m_prove->setVisible(account.claim.volumeMode != "Block"_L1 && account.trouble == Trouble::None);
    m_prove->setText(proving ? tr("Testing…") : tr("Test from two nodes…"));
    m_prove->setRefusal(proving ? tr("Two nodes write and read it now.") : many ? QString() : tr("Its access modes allow writing from one node alone."));
    m_measure->setVisible(bound);
    m_measure->setEnabled(!running);
    m_measure->setText(running ? tr("Measuring…") : asking ? tr("Allow and measure") : allowed ? tr("Measure now") : tr("Measure…"));
    QString words;
    const auto problem = m_measureProblems.constFind(account.key());
    if (running)
        words = tr("A helper pod reads the file system's usage.");
    else if (asking)
        words = tr("Cairn creates a Job in namespace %1 with the image of a pod that uses the PVC. It mounts the PVC read-only, reads the "
                   "file system's usage, and is gone a minute later. This also allows the Jobs that list checkpoints there.")
                    .arg(text::safe(account.claim.ns));
    else if (problem != m_measureProblems.cend())
        words = text::safe(problem->oneLine());
    m_measureText->setToken(!running && !asking && !words.isEmpty() ? Token::Err : Token::Dim);
    m_measureText->setText(words);
    m_measureText->setVisible(bound && !words.isEmpty());
}

void StoragePage::updateShares(const ClaimAccount &account)
{
    QStringList users;
    for (const storage::ClaimUser &user : account.users.mid(0, 8)) {
        const QString name = text::safe(user.name);
        users.append(user.pods > 0 ? tr("%1 (%n pod(s))", nullptr, user.pods).arg(name) : tr("%1 (not running)").arg(name));
    }
    if (account.users.size() > 8)
        users.append(tr("%n more", nullptr, static_cast<int>(account.users.size()) - 8));
    QString nobody = tr("No pod mounts it now.");
    if (account.claim.unusedSince.isValid())
        nobody = tr("No pod since %1.").arg(items::exactTime(account.claim.unusedSince));
    m_users->setText(users.isEmpty() ? nobody : users.join(u", "_s));

    const bool read = !account.shares.isEmpty();
    m_unread->setVisible(!read);
    m_unread->setText(tr("The checkpoints on it have not been read yet: read them on the Checkpoints page."));
    qint64 sum = 0;
    for (const storage::JobShare &share : account.shares)
        sum += share.bytes;
    for (qsizetype i = 0; i < m_shareNames.size(); ++i) {
        const bool there = i < account.shares.size();
        m_shareNames[i]->setVisible(there);
        m_shareSizes[i]->setVisible(there);
        if (!there)
            continue;
        const storage::JobShare &share = account.shares[i];
        m_shareNames[i]->setText(text::safe(share.jobName));
        m_shareNames[i]->setProperty("job", share.jobUid);
        const QString size = share.partial ? tr("at least %1").arg(text::bytes(share.bytes)) : text::bytes(share.bytes);
        m_shareSizes[i]->setText(size);
        m_shareSizes[i]->setToolTip(tr("%n checkpoint(s), read %1", nullptr, share.checkpoints).arg(text::ago(share.readAt, now())));
    }
    QStringList foot;
    if (account.shares.size() > m_shareNames.size())
        foot.append(tr("And %n more job(s).", nullptr, static_cast<int>(account.shares.size() - m_shareNames.size())));
    if (read && account.use && account.use->used > sum)
        foot.append(tr("%1 is other data, or belongs to jobs that were not read.").arg(text::bytes(account.use->used - sum)));
    m_shareFoot->setText(foot.join(u' '));
    m_shareFoot->setVisible(!foot.isEmpty());
}

void StoragePage::updateChart(const ClaimAccount &account)
{
    m_chartTitle->setText(tr("%1 over time").arg(text::safe(account.claim.name)));
    charts::UsageData usage;
    usage.samples = account.history;
    usage.capacity = account.isLimited() ? account.use->capacity : -1;
    // The picture moves with the minutes, not with the seconds.
    usage.now = now().isValid() ? QDateTime::fromSecsSinceEpoch(now().toSecsSinceEpoch() / 60 * 60 + 60, Qt::UTC) : now();
    if (account.use && !usage.samples.isEmpty() && usage.samples.last().at < account.use->at)
        usage.samples.append({account.use->at, account.use->used, account.use->capacity, account.use->source});
    usage.days = daysBack.at(static_cast<std::size_t>(qBound(0, m_days->current(), 2)));
    if (account.forecast.state == storage::Forecast::State::Growing) {
        usage.bytesPerDay = account.forecast.bytesPerDay;
        usage.full = account.forecast.days;
        usage.soonest = account.forecast.soonest;
        usage.latest = account.forecast.latest;
    }
    m_chart->setData(usage);
    m_usageModel->setSamples(m_chart->shown());
}

void StoragePage::showTable(bool table)
{
    m_chartStack->setCurrentIndex(table ? 1 : 0);
    m_asTable->setText(table ? tr("Show as chart") : tr("Show as table"));
    m_chartStack->currentWidget()->setFocus(Qt::OtherFocusReason);
}

void StoragePage::setSources(const Sources &sources)
{
    if (sources == m_sources)
        return;
    m_sources = sources;
    updateSources();
}

void StoragePage::updateSources()
{
    QString words = tr("Prometheus: searching…");
    if (m_sources.prometheusSought) {
        words = m_sources.prometheus.isEmpty() ? tr("Prometheus: no service with its labels was found, or you don't have permission to list services.")
                                               : tr("Prometheus: %1, through services/proxy, every minute.").arg(text::safe(m_sources.prometheus));
    }
    if (!m_sources.prometheusProblem.isEmpty())
        words += u' ' + text::safe(m_sources.prometheusProblem);
    m_prometheus->setText(words);
    m_prometheus->setToken(m_sources.prometheusProblem.isEmpty() ? Token::Dim : Token::Err);
    m_kubelet->setChecked(m_sources.kubelet);
    m_kubeletProblem->setText(text::safe(m_sources.kubeletProblem));
    m_kubeletProblem->setVisible(!m_sources.kubeletProblem.isEmpty());
}

void StoragePage::setHelperAllowed(const QSet<QString> &namespaces)
{
    m_helperAllowed = namespaces;
    updatePanel();
}

void StoragePage::setMeasuring(const QSet<QString> &uids)
{
    m_measuring = uids;
    m_model->setMeasuring(uids);
    updatePanel();
}

void StoragePage::setMeasureProblem(const QString &uid, const Error *error)
{
    if (error)
        m_measureProblems.insert(uid, *error);
    else
        m_measureProblems.remove(uid);
    updatePanel();
}

void StoragePage::setHistoryNotice(const QString &title, const QString &text)
{
    if (title.isEmpty())
        m_notice->clear();
    else
        m_notice->set(Tone::Warn, title, text);
}

ListPage::FeedWords StoragePage::feedWords(const QString &why) const
{
    FeedWords words;
    words.reading = tr("Reading PVCs…");
    words.stale = tr("%1 Each number shows its age; they are refreshed as soon as the server answers.").arg(why);
    words.forbidden = tr("You don't have permission to list PVCs");
    words.failed = tr("The PVCs could not be read");
    words.emptyTitle = tr("No PVCs here");
    words.emptyText = tr("None of the watched namespaces contains a PersistentVolumeClaim.");
    words.counted = false;
    return words;
}

bool StoragePage::hasContent() const
{
    // Buckets need no PVC.
    return ListPage::hasContent() || m_bucketModel->rowCount() > 0;
}

void StoragePage::currentChanged()
{
    m_asking.clear();
    updatePanel();
}

void StoragePage::setNow(const QDateTime &now)
{
    m_model->setNow(now);
    m_bucketModel->setNow(now);
    ListPage::setNow(now);
}

} // namespace cairn::pages
